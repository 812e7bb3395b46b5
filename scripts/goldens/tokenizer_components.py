#!/usr/bin/env python3
"""Small tokenizers that use every component, each with random texts as the Python package encodes them.

    python tokenizer_components.py [ROWS SEED OUT]   (needs: pip install tokenizers==0.23.3)

Writes Tests/Vectors/tokenizer-components.json.
"""
import json
import pathlib
import random
import sys

from random_encodings import row
from random_texts import texts
from tokenizers import Tokenizer

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 25
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 11
VECTORS = pathlib.Path(__file__).resolve().parent.parent.parent / "Tests/Vectors"
OUT = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else VECTORS / "tokenizer-components.json"
CHARSMAP = json.loads((VECTORS / "unigram-tokenizer.json").read_text())["normalizer"]["normalizers"][0]["precompiled_charsmap"]

sample = "".join(texts(5, 1500))
characters = sorted({c for c in sample if not "\ud800" <= c < "\ue000"} | set("abcdefghijklmnopqrstuvwxyz▁"))
r = random.Random(3)
few = [c for c in characters if r.random() < 0.5 or c < "\u0250" or c == "▁"]
pairs = sorted({a + b for a, b in zip(sample, sample[1:]) if r.random() < 0.15 and a in few and b in few} | {"▁t", "the", "▁the", "ing", "un"})

SPECIAL = dict(single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)


def token(i, content, **options):
    return {"id": i, "content": content, **SPECIAL, **options}


def wordpiece(**options):
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + few + pairs + ["##" + c for c in few] + ["##" + p for p in pairs]
    return {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
            "vocab": {t: i for i, t in enumerate(dict.fromkeys(vocabulary))}, **options}


def unigram(byte_fallback=False):
    r = random.Random(9)
    vocabulary = ["<s>", "<pad>", "</s>", "<unk>"] + [c for c in few + pairs if c not in ("<s>", "</s>")]
    if byte_fallback:
        vocabulary += [f"<0x{i:02X}>" for i in range(256)]
    scored = [[t, 0.0 if i < 4 else -round(r.uniform(2, 12), 4)] for i, t in enumerate(dict.fromkeys(vocabulary))]
    return {"type": "Unigram", "unk_id": 3, "byte_fallback": byte_fallback, "vocab": scored}


BERT_TOKENS = [token(i, t) for i, t in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])]
E5_TOKENS = [token(i, t) for i, t in enumerate(["<s>", "<pad>", "</s>", "<unk>"])]


def bert(**options):
    return {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True, **options}


def metaspace(**options):
    return {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True, **options}


def sequence(key, *steps):
    return {"type": "Sequence", key: list(steps)}


def added(model, tokens):
    """Tokens with the ids the package gives them: the model's own, or the next ones behind its vocabulary."""
    known = model["vocab"] if isinstance(model["vocab"], dict) else {t: i for i, (t, _) in enumerate(model["vocab"])}
    behind = len(known)
    for t in tokens:
        t["id"] = known.get(t["content"], behind)
        behind += t["content"] not in known
    return tokens


def make(model, normalizer=None, pre_tokenizer=None, added=None, post=None, decoder=None):
    tokens = added if added is not None else (BERT_TOKENS if model["type"] == "WordPiece" else E5_TOKENS)
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": tokens, "normalizer": normalizer,
            "pre_tokenizer": pre_tokenizer, "post_processor": post, "decoder": decoder, "model": model}


w, u = wordpiece(), unigram()
cleaning = {"type": "WordPiece", "prefix": "##", "cleanup": True}
plain = {"type": "WordPiece", "prefix": "##", "cleanup": False}
white, punct = {"type": "WhitespaceSplit"}, {"type": "Punctuation", "behavior": "Isolated"}
roberta = {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": True, "add_prefix_space": True}
precompiled = {"type": "Precompiled", "precompiled_charsmap": CHARSMAP}
spaces = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}

TOKENIZERS = [
    make(w, bert(), {"type": "BertPreTokenizer"}, post={"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}, decoder=cleaning),
    make(w, bert(lowercase=False), {"type": "BertPreTokenizer"}, decoder=plain),
    make(w, bert(strip_accents=True, lowercase=False), {"type": "BertPreTokenizer"}, decoder=cleaning),
    make(w, bert(strip_accents=False), {"type": "BertPreTokenizer"}),
    make(w, bert(clean_text=False), {"type": "BertPreTokenizer"}),
    make(w, bert(handle_chinese_chars=False), {"type": "BertPreTokenizer"}),
    make(wordpiece(max_input_chars_per_word=7), sequence("normalizers", {"type": "NFD"}, {"type": "Lowercase"}, {"type": "StripAccents"}),
         {"type": "Whitespace"}),
    make(w, {"type": "NFC"}, white),
    make(w, {"type": "NFKC"}, {"type": "Whitespace"}),
    make(w, {"type": "NFKD"}, sequence("pretokenizers", white, punct)),
    make(w, {"type": "NFD"}, sequence("pretokenizers", white, {"type": "Punctuation", "behavior": "MergedWithNext"})),
    make(w, {"type": "StripAccents"}, {"type": "Punctuation", "behavior": "MergedWithPrevious"}),
    make(w, {"type": "Strip", "strip_left": True, "strip_right": True}, {"type": "Punctuation", "behavior": "Contiguous"}),
    make(w, {"type": "Lowercase"}, {"type": "Punctuation", "behavior": "Removed"}),
    make(u, sequence("normalizers", {"type": "NFKC"}, {"type": "Lowercase"}, {"type": "Strip", "strip_left": False, "strip_right": True}), metaspace(),
         post=roberta, decoder=metaspace()),
    make(u, precompiled, sequence("pretokenizers", white, metaspace()), post=roberta, decoder=metaspace()),
    make(u, sequence("normalizers", precompiled, spaces), metaspace(prepend_scheme="first"), decoder=metaspace(prepend_scheme="first")),
    make(u, sequence("normalizers", spaces, precompiled), metaspace(prepend_scheme="never", split=False), decoder=metaspace(prepend_scheme="never")),
    make(u, sequence("normalizers", {"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"})),
    make(u, {"type": "Replace", "pattern": {"Regex": "[^a-z\\s]+"}, "content": "un"}, metaspace(replacement="_")),
    make(u, {"type": "Replace", "pattern": {"Regex": "\\s+a?"}, "content": ""}, metaspace()),
    make(unigram(byte_fallback=True), {"type": "NFC"}, metaspace(), decoder=metaspace()),
    make(w, bert(), {"type": "BertPreTokenizer"}, decoder=cleaning, added=BERT_TOKENS + added(w, [
        token(0, "Café", normalized=True, special=False), token(0, "the", single_word=True, special=False),
        token(0, "мир", normalized=True, lstrip=True, rstrip=True), token(0, "科技", normalized=True, single_word=True, special=False),
        token(0, "<mask>", lstrip=True, rstrip=True), token(0, "<mask><mask>", special=False), token(0, "a", single_word=True, normalized=True)])),
    make(u, sequence("normalizers", precompiled, spaces), metaspace(prepend_scheme="first"), decoder=metaspace(), post={**roberta, "trim_offsets": False}, added=E5_TOKENS + added(u, [
        token(0, "<mask>", lstrip=True), token(0, "ﬁne", normalized=True, special=False), token(0, " ", normalized=False, special=False),
        token(0, "가", normalized=True, rstrip=True)])),
]

result = []
for index, tokenizer in enumerate(TOKENIZERS):
    r = random.Random(SEED * 1000 + index)
    python = Tokenizer.from_str(json.dumps(tokenizer))
    rows = [x for x in (row(python, r, number) for number in range(ROWS)) if x]
    # The two large things are stored once.
    small = json.loads(json.dumps(tokenizer).replace(json.dumps(CHARSMAP), '"CHARSMAP"'))
    key = json.dumps(small["model"])
    small["model"] = next((i for i, other in enumerate(result) if json.dumps(other["tokenizer"]["model"]) == key), small["model"])
    result.append({"tokenizer": small, "rows": rows})
OUT.write_text(json.dumps(result, ensure_ascii=False, separators=(",", ":")) + "\n")
print(len(result), "tokenizers,", OUT.stat().st_size, "bytes")
