#!/usr/bin/env python3
"""Cuts a Unigram tokenizer.json down to what the texts of Tests/Vectors/unigram.jsonl can use: Tests/Vectors/unigram-tokenizer.json.

Kept are the special tokens, every piece that occurs in a normalised text, and the worst piece (unknown characters are scored from it). The
ids the pieces have in the whole vocabulary stand in Tests/Vectors/unigram-ids.json, in the order of the pieces.

    python reduce_unigram.py FOLDER_OF_multilingual-e5-small   (needs: pip install tokenizers==0.23.3)
"""
import json
import pathlib
import sys

from tokenizers import Tokenizer

VECTORS = pathlib.Path(__file__).resolve().parent.parent.parent / "Tests/Vectors"
SPECIAL = 4

path = pathlib.Path(sys.argv[1]) / "tokenizer.json"
whole = Tokenizer.from_file(str(path))
data = json.loads(path.read_text())
vocabulary = data["model"]["vocab"]
number = {piece: i for i, (piece, _) in enumerate(vocabulary)}
longest = max(map(len, number))

rows = [json.loads(line) for line in open(VECTORS / "unigram.jsonl")]
used = set(range(SPECIAL)) | {token["id"] for token in data["added_tokens"]} | {min(range(len(vocabulary)), key=lambda i: vocabulary[i][1])}
for row in rows:
    for text in (row["text"], row.get("pair", "")):
        # Tokens that are added to the text split it before normalisation; without them whole texts give at least the same pieces.
        for piece, _ in whole.pre_tokenizer.pre_tokenize_str(whole.normalizer.normalize_str(text)):
            piece = "\u2581" + piece
            for start in range(len(piece)):
                for end in range(start + 1, min(len(piece), start + longest) + 1):
                    if (found := number.get(piece[start:end])) is not None:
                        used.add(found)
        for token in whole.encode(text).ids:
            if token < len(vocabulary):
                used.add(token)

kept = sorted(used)
data["model"]["vocab"] = [vocabulary[i] for i in kept]
place = {token: i for i, token in enumerate(kept)}
for token in data["added_tokens"]:
    token["id"] = place[token["id"]]

out = VECTORS / "unigram-tokenizer.json"
out.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n")
(VECTORS / "unigram-ids.json").write_text(json.dumps(kept, separators=(",", ":")) + "\n")
small = Tokenizer.from_file(str(out))
for row in rows:
    if "opt" not in row and "pair" not in row:
        assert [kept[i] for i in small.encode(row["text"]).ids] == row["ids"], row["n"]
print(len(kept), "pieces of", len(vocabulary), "-", out.stat().st_size, "bytes")
