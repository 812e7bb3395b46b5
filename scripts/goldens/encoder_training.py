#!/usr/bin/env python3
"""Loss curves of encoders fine-tuned by PyTorch: Tests/Vectors/encoder_training.json.

    python3 scripts/goldens/encoder_training.py MINILM_FOLDER            (needs torch, transformers)
    python3 scripts/goldens/encoder_training.py --check FOLDER VECTORS.json

float32, one thread, dropout off, attention "eager" (scores in full), mean pooling over real tokens, a linear head whose weights are a formula of
an element's position, cross-entropy, 50 steps. Batches are of unequal lengths, padded here and unpadded in Cohort. The tiny models are
Tests/Vectors/tiny-bert/base, brain and roberta; all-MiniLM-L6-v2 is read from MINILM_FOLDER.

The second form loads a folder that save_pretrained wrote with transformers, and with sentence-transformers where that is installed, and compares with
{"texts": [...], "vectors": [[...], ...]}, pooled and not made unit length.
"""
import json
import math
import pathlib
import sys

sys.path.pop(0)

import torch
from safetensors.torch import load_file
from transformers import AutoModel, AutoTokenizer, PreTrainedTokenizerFast

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Vectors"
STEPS = 50
torch.set_num_threads(1)

TINY = ["a book", "the hotel phone", "good hotel, the book!", "bad price", "a", "phones phones phones user", "book the good", "the the price 书"]
REVIEWS = ["great shoes", "broke after two days", "I love this hotel", "terrible service, never again", "works as described",
           "waste of money", "fits well and looks good", "arrived late and damaged"]


def wave(shape, scale, phase):
    numbers = [scale * math.sin(1.3 * i + phase) for i in range(math.prod(shape))]
    return torch.tensor(numbers, dtype=torch.float64).float().reshape(shape)


def curve(folder, texts, optimiser, rate, frozen=()):
    model = AutoModel.from_pretrained(folder, attn_implementation="eager", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
                                      add_pooling_layer=False, torch_dtype=torch.float32).train()
    single = pathlib.Path(folder) / "model.safetensors"
    if single.exists():
        # Whatever stands before the names, as sentence-transformers' "0.auto_model.", transformers would not know.
        weights = load_file(single)
        prefix = next(name for name in weights if name.endswith("embeddings.word_embeddings.weight"))[:-len("embeddings.word_embeddings.weight")]
        missing = model.load_state_dict({name[len(prefix):]: w.float() for name, w in weights.items()}, strict=False).missing_keys
        assert not missing, missing
    for name, parameter in model.named_parameters():
        parameter.requires_grad = not any(name.startswith(part) for part in frozen)
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(pathlib.Path(folder) / "tokenizer.json"))
    ids = [tokenizer(text, return_token_type_ids=False)["input_ids"] for text in texts]
    head = torch.nn.Linear(model.config.hidden_size, 2)
    with torch.no_grad():
        head.weight.copy_(wave(head.weight.shape, 0.1, 0))
        head.bias.copy_(wave(head.bias.shape, 0.1, 1))
    learning = [p for p in list(model.parameters()) + list(head.parameters()) if p.requires_grad]
    steps = {"adamw": lambda: torch.optim.AdamW(learning, lr=rate, weight_decay=0.01), "sgd": lambda: torch.optim.SGD(learning, lr=rate)}
    optimiser = steps[optimiser]()
    losses = []
    for step in range(STEPS):
        rows = [(step * 3 + i) % len(texts) for i in range(4)]
        length = max(len(ids[r]) for r in rows)
        batch = torch.tensor([ids[r] + [model.config.pad_token_id] * (length - len(ids[r])) for r in rows])
        mask = torch.tensor([[1] * len(ids[r]) + [0] * (length - len(ids[r])) for r in rows])
        hidden = model(input_ids=batch, attention_mask=mask).last_hidden_state
        weights = mask[:, :, None].float()
        vectors = (hidden * weights).sum(1) / weights.sum(1)
        loss = torch.nn.functional.cross_entropy(head(vectors), torch.tensor([r % 2 for r in rows]))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach().double()))
    return {"texts": texts, "ids": ids, "losses": losses}


def check(folder, path):
    given = json.loads(pathlib.Path(path).read_text())
    model = AutoModel.from_pretrained(folder, attn_implementation="eager", add_pooling_layer=False).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    worst = 0.0
    for text, vector in zip(given["texts"], given["vectors"]):
        batch = tokenizer(text, truncation=True, max_length=given["max_tokens"], return_tensors="pt")
        with torch.no_grad():
            worst = max(worst, float((model(**batch).last_hidden_state[0].mean(0) - torch.tensor(vector)).abs().max()))
    print(f"transformers: largest difference {worst:.2g}")
    assert worst < 1e-4
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError:
        print("sentence-transformers is not installed")
        return
    ours = torch.nn.functional.normalize(torch.tensor(given["vectors"]), dim=1)
    theirs = torch.nn.functional.normalize(torch.tensor(SentenceTransformer(folder, device="cpu").encode(given["texts"])), dim=1)
    print(f"sentence-transformers: largest difference {float((ours - theirs).abs().max()):.2g}")
    assert torch.allclose(ours, theirs, atol=1e-4)


if __name__ == "__main__":
    if sys.argv[1] == "--check":
        check(sys.argv[2], sys.argv[3])
    else:
        tiny = VECTORS / "tiny-bert"
        curves = {
            "torch": torch.__version__,
            "base": curve(tiny / "base", TINY, "adamw", 1e-3),
            "brain": curve(tiny / "brain", TINY, "adamw", 1e-3),
            "roberta": curve(tiny / "roberta", TINY, "sgd", 0.05, frozen=("embeddings", "encoder.layer.0")),
            "minilm": curve(sys.argv[1], REVIEWS, "adamw", 2e-5),
        }
        (VECTORS / "encoder_training.json").write_text(json.dumps(curves, ensure_ascii=False, separators=(",", ":")).replace('},"', '},\n"') + "\n")
