"""The peers' side of scripts/bench: prepares a piece of work, then does it once for every line it reads, and answers with a line of JSON: the
seconds it took, the processor's, and what there is to say about the result.

    peers.py FUNCTION ARGUMENTS

Each function returns the work and what says it of the work's result (or None). Libraries are loaded by the functions that need them, so that
those of `first_` show what a start costs. Threads are taken from OMP_NUM_THREADS.
"""

import json
import os
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np

threads = int(os.environ.get("OMP_NUM_THREADS", "1"))


def lines(path):
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


# Encoding: tokens by tokenizers, the hidden states by a runtime, in batches of texts of like length, as sentence-transformers does it.


def tokenizer_of(model):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(f"{model}/tokenizer.json")
    tokenizer.no_padding()
    with open(f"{model}/sentence_bert_config.json") as file:
        tokenizer.enable_truncation(json.load(file)["max_seq_length"])
    return tokenizer


def hidden_onnxruntime(model, exported, precision, inner):
    """What gives the hidden states of a batch of ids, on `inner` threads; safe to call from several."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = inner, 1
    session = onnxruntime.InferenceSession(f"{exported}/{precision}.onnx", options, providers=["CPUExecutionProvider"])
    return lambda inputs: session.run(None, inputs)[0]


def hidden_openvino(model, exported, precision, inner):
    import openvino

    name, hint = {"float32": ("float32", "f32"), "bfloat16": ("float32", "bf16")}.get(precision, (precision, "f32"))
    streams = max(1, threads // inner)
    settings = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": streams, "INFERENCE_PRECISION_HINT": hint, "ENABLE_CPU_PINNING": False}
    compiled = openvino.Core().compile_model(f"{exported}/{name}.xml", "CPU", settings)
    own = threading.local()

    def run(inputs):
        if not hasattr(own, "request"):
            own.request = compiled.create_infer_request()
        own.request.infer(inputs)
        return own.request.get_output_tensor(0).data

    return run


def inputs_of(encodings):
    longest = max(len(e.ids) for e in encodings)
    ids, mask = np.zeros((2, len(encodings), longest), np.int64)
    for row, e in enumerate(encodings):
        ids[row, : len(e.ids)], mask[row, : len(e.ids)] = e.ids, 1
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}


def pooled(hidden, mask):
    weights = mask.astype(np.float32)
    vectors = np.einsum("bsh,bs->bh", hidden, weights) / weights.sum(1, keepdims=True)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def against(reference):
    """How near vectors come to the reference's, as ours.lua defines it."""
    if not reference:
        return None
    exact = np.load(reference)

    def nearest(vectors):
        scores = vectors[:1000] @ vectors[:1000].T
        np.fill_diagonal(scores, -4)
        return np.argpartition(-scores, 10, axis=1)[:, :10]

    def fidelity(vectors):
        vectors = vectors.astype(np.float32)
        cosines = (exact * vectors).sum(1)
        same = [len(np.intersect1d(*pair)) for pair in zip(nearest(vectors), nearest(exact))]
        return {"cosine": float(cosines.mean()), "least_cosine": float(cosines.min()), "neighbours": float(np.mean(same)) / 10}

    return fidelity


def encode(runtime, model, exported, file, precision, reference):
    texts, tokenizer = lines(file), tokenizer_of(model)
    hidden = globals()[f"hidden_{runtime}"](model, exported, precision, 1)
    pool = ThreadPoolExecutor(threads)

    def work(size, texts=texts):
        encodings = tokenizer.encode_batch(texts)
        order = sorted(range(len(texts)), key=lambda i: -len(encodings[i].ids))
        result = np.empty((len(texts), 384), np.float32)

        def batch(rows):
            inputs = inputs_of([encodings[i] for i in rows])
            result[rows] = pooled(hidden(inputs), inputs["attention_mask"])

        list(pool.map(batch, (order[i : i + size] for i in range(0, len(order), size))))
        return result

    def speed(size):
        start = time.perf_counter()
        work(size, texts[:256])
        return time.perf_counter() - start

    speed(8)
    best = min((8, 16, 32), key=speed)
    return lambda: work(best), against(reference)


def encode_sentence_transformers(model, exported, file, precision, reference):
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads)
    encoder = SentenceTransformer(model, device="cpu").to(getattr(torch, precision))
    texts = lines(file)

    def work(texts=texts):
        with torch.inference_mode():
            return encoder.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True)

    work(texts[:64])
    return work, against(reference)


def latency(runtime, model, exported, file, precision):
    texts, tokenizer = lines(file), tokenizer_of(model)
    hidden = globals()[f"hidden_{runtime}"](model, exported, precision, threads)

    def one(text):
        inputs = inputs_of([tokenizer.encode(text)])
        return pooled(hidden(inputs), inputs["attention_mask"])

    def work():
        seconds = []
        for text in texts[:300]:
            start = time.perf_counter()
            one(text)
            seconds.append(time.perf_counter() - start)
        return sorted(seconds)[150]

    for text in texts[:20]:
        one(text)
    return work, lambda median: {"seconds": median}


def first(runtime, model, exported, precision):
    """The first vector after a start; says so by the line that every function ends its preparations with."""
    inputs = inputs_of([tokenizer_of(model).encode("running shoes")])
    pooled(globals()[f"hidden_{runtime}"](model, exported, precision, 1)(inputs), inputs["attention_mask"])
    return None, None


def first_sentence_transformers(model):
    encode_sentence_transformers(model, None, os.devnull, "float32", None)[0](["running shoes"])
    return None, None


def tokenize(model, file, passes):
    texts, tokenizer = lines(file), tokenizer_of(model)
    tokenizer.no_truncation()

    def work():
        for _ in range(int(passes)):
            encodings = tokenizer.encode_batch_fast(texts)
        return encodings

    return work, lambda encodings: {"tokens": sum(len(e.ids) for e in encodings)}


# Clustering, with the inertia of the centres that were found.


def inertia(points, centers):
    total = 0.0
    for block in np.array_split(points, 100):
        block = block.astype(np.float64)
        squares = (block**2).sum(1)[:, None] - 2 * block @ centers.T.astype(np.float64) + (centers.astype(np.float64) ** 2).sum(1)
        total += squares.min(1).sum()
    return {"inertia": float(total)}


def kmeans_faiss(file, k):
    import faiss

    faiss.omp_set_num_threads(threads)
    points, seed = np.load(file), iter(range(1, 1000))

    def work():
        model = faiss.Kmeans(points.shape[1], int(k), niter=20, seed=next(seed), max_points_per_centroid=len(points))
        model.train(points)
        model.index.search(points, 1)
        return model.centroids

    return work, lambda centers: inertia(points, centers)


def kmeans_sklearn(file, k):
    from sklearn.cluster import KMeans

    points, seed = np.load(file), iter(range(1, 1000))
    work = lambda: KMeans(int(k), init="k-means++", n_init=1, max_iter=20, random_state=next(seed)).fit(points).cluster_centers_
    return work, lambda centers: inertia(points, centers)


# The bootstrap of a difference of means, by processes: numpy draws on one thread.

arms = []


def resample(seed, count, dtype):
    start, generator = time.process_time(), np.random.default_rng(seed)
    means = [[arm.take(generator.integers(0, len(arm), len(arm), dtype)).mean() for arm in arms] for _ in range(count)]
    return means, time.process_time() - start


def bootstrap(dtype, a, b):
    arms.extend((np.load(a), np.load(b)))
    pool = ProcessPoolExecutor(threads)

    def work():
        parts = [pool.submit(resample, seed, 500, dtype) for seed in range(20)]
        means = np.concatenate([part.result()[0] for part in parts])
        return np.percentile(means[:, 0] - means[:, 1], [2.5, 97.5]), sum(part.result()[1] for part in parts)

    return work, lambda r: {"lower": r[0][0], "upper": r[0][1], "processor": r[1]}


# Steps of training with Adam.


def steps(count, parameters, loss, rate):
    import torch

    torch.set_num_threads(threads)
    optimizer = torch.optim.Adam(parameters, lr=rate)

    def work(count=count):
        for _ in range(count):
            optimizer.zero_grad()
            value = loss()
            value.backward()
            optimizer.step()
        return value

    work(count // 10 + 2)
    return work, lambda value: {"loss": float(value.detach())}


def finetune(model):
    import torch
    from transformers import AutoModel

    body, head = AutoModel.from_pretrained(model).train(), torch.nn.Linear(384, 2)
    ids, truth = torch.randint(1000, 29000, (16, 64)), torch.randint(0, 2, (16,))

    def loss():
        hidden = body(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
        return torch.nn.functional.cross_entropy(head(hidden.mean(1)), truth)

    return steps(10, [*body.parameters(), *head.parameters()], loss, 2e-5)


def mlp():
    import torch
    from torch import nn

    network = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 1))
    x, y = torch.randn(256, 64), torch.randint(0, 2, (256, 1)).float()
    return steps(1000, network.parameters(), lambda: nn.functional.binary_cross_entropy_with_logits(network(x), y), 1e-3)


def tensor(name):
    generator = np.random.default_rng(1)
    square, numbers = generator.standard_normal((1000, 1000), np.float32), generator.standard_normal(1000000, np.float32)
    wide, tall = square.astype("f8"), generator.standard_normal((60000, 384), np.float32) if name == "pca" else None

    def pca():
        centred = tall.astype("f8") - tall.mean(0, dtype="f8")
        return centred @ np.linalg.eigh(centred.T @ centred)[1][:, -10:]

    named = {
        "matmul": lambda: square @ square,
        "matmul64": lambda: wide @ wide,
        "svd": lambda: np.linalg.svd(wide),
        "eigh": lambda: np.linalg.eigh(wide + wide.T),
        "solve": lambda: np.linalg.solve(wide, wide),
        "pca": pca,
        "sort": lambda: np.argsort(numbers, kind="stable"),
    }
    return named[name], None


def main():
    # Libraries that print must not be taken for answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    work, say = globals()[sys.argv[1]](*sys.argv[2:])
    print("{}", file=answers)
    for _ in sys.stdin:
        start, processor = time.perf_counter(), time.process_time()
        result = work()
        answer = {"seconds": time.perf_counter() - start, "processor": time.process_time() - processor}
        print(json.dumps(answer | (say(result) if say else {})), file=answers)


if __name__ == "__main__":
    main()
