#!/usr/bin/env python3
"""Encodes random texts by a tokenizer.json with the Python package, one JSON object a line, in the form of Tests/Vectors/wordpiece.jsonl.

    python random_encodings.py TOKENIZER_JSON COUNT SEED > FILE   (needs: pip install tokenizers==0.23.3)
"""
import json
import random
import sys

from random_texts import text
from tokenizers import Tokenizer


def row(tokenizer, r, number):
    first, pair = text(r), text(r) if r.random() < 0.15 else None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    option = None
    if r.random() < 0.25:
        option = dict(max_length=r.randrange(4, 24), strategy=r.choice(["longest_first"] * 3 + ["only_first", "only_second"]),
                      side=r.choice(["right", "left"]), stride=r.choice([0, 0, 0, 1, 2]))
        tokenizer.enable_truncation(option["max_length"], stride=option["stride"], strategy=option["strategy"], direction=option["side"])
    try:
        encoding = tokenizer.encode(first, pair)
    except BaseException:
        # Truncation that cannot be had. (Rust's panics are no Exception.)
        return None
    result = dict(n=number, cat="random", text=first)
    if pair is not None:
        result["pair"] = pair
        result["type_ids"] = encoding.type_ids
    if option:
        result["opt"] = option
        result["mask"] = encoding.attention_mask
        result["overflow"] = [window.ids for window in encoding.overflowing]
    result["ids"] = encoding.ids
    result["off"] = [x for pair in encoding.offsets for x in pair]
    sides = [first, pair]
    result["boff"] = [len(sides[s][:x].encode()) if s is not None else 0 for s, o in zip(encoding.sequence_ids, encoding.offsets) for x in o]
    result["decoded"] = tokenizer.decode(encoding.ids)
    return result


if __name__ == "__main__":
    tokenizer = Tokenizer.from_file(sys.argv[1])
    r = random.Random(int(sys.argv[3]))
    for number in range(int(sys.argv[2])):
        if result := row(tokenizer, r, number):
            print(json.dumps(result))
