#!/usr/bin/env python3
"""Generates Sources/CUnicode/unicode_tables.c.

Tokenizer files are applied by the Python package `tokenizers`, whose normalisers use several versions of Unicode at once (an old one for
marks, punctuation and decompositions, a new one for lower case and grapheme clusters). So its behaviour is asked for every code point, one
by one. Grapheme cluster properties come from scripts/data, as that package offers no way to ask for them; a test compares clusters.

    python3 -m venv env && env/bin/pip install tokenizers==0.23.3
    env/bin/python scripts/generate-unicode-tables.py
"""
import pathlib
import unicodedata

from tokenizers import Regex, normalizers, pre_tokenizers

ROOT = pathlib.Path(__file__).resolve().parent.parent
POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
FLAGS = ["WHITESPACE", "WORD", "PUNCTUATION", "REMOVE", "TO_SPACE", "CJK", "ACCENT", "MARK", "DECOMPOSES", "COMPATIBLE", "LOWERS",
         "PICTOGRAPHIC", "INDIC_CONSONANT", "INDIC_LINKER", "INDIC_EXTEND"]
BIT = {name: 1 << i for i, name in enumerate(FLAGS)}
BREAKS = {"Any": 0, "CR": 1, "LF": 2, "Control": 3, "Extend": 4, "ZWJ": 5, "SpacingMark": 6, "Prepend": 7, "Regional_Indicator": 8,
          "L": 9, "V": 10, "T": 11, "LV": 12, "LVT": 13}


def bert(**options):
    every = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**{**every, **options}).normalize_str


flags = [0] * 0x110000
classes = [0] * 0x110000
breaks = [0] * 0x110000


def mark(name, test):
    for c in POINTS:
        if test(chr(c)):
            flags[c] |= BIT[name]


def mapping(normalise):
    return {c: normalise(chr(c)) for c in POINTS if normalise(chr(c)) != chr(c)}


clean, chinese, accents = bert(clean_text=True), bert(handle_chinese_chars=True), bert(strip_accents=True)
nfd, nfkd, nfc = (n().normalize_str for n in (normalizers.NFD, normalizers.NFKD, normalizers.NFC))
lower, strip = normalizers.Lowercase().normalize_str, normalizers.StripAccents().normalize_str
space = pre_tokenizers.WhitespaceSplit().pre_tokenize_str
words = pre_tokenizers.Whitespace().pre_tokenize_str
punctuation = pre_tokenizers.Punctuation().pre_tokenize_str
regex_space = normalizers.Replace(Regex(r"\s"), "").normalize_str

mark("WHITESPACE", lambda s: len(space("a" + s + "b")) == 2)
mark("WORD", lambda s: len(words("a" + s)) == 1 and words("a" + s)[0][0] == "a" + s)
mark("PUNCTUATION", lambda s: len(punctuation("a" + s + "b")) == 3)
mark("REMOVE", lambda s: clean("a" + s + "b") == "ab")
mark("TO_SPACE", lambda s: clean("a" + s + "b") == "a b" and s != " ")
mark("CJK", lambda s: chinese("a" + s + "b") != "a" + s + "b")
mark("MARK", lambda s: strip("a" + s) == "a")
canonical, compatible, lowered = mapping(nfd), mapping(nfkd), mapping(lower)
# A mark with a decomposition is gone before marks are dropped: only what stays is asked.
mark("ACCENT", lambda s: ord(s) not in canonical and accents("a" + s) == "a")
for c in POINTS:
    white, split = bool(flags[c] & BIT["WHITESPACE"]), len(pre_tokenizers.BertPreTokenizer().pre_tokenize_str("a" + chr(c) + "b"))
    assert white == (split == 2) == (regex_space(chr(c)) == ""), hex(c)
    assert bool(flags[c] & BIT["PUNCTUATION"]) == (split == 3), hex(c)

# Combining classes: whether a mark moves past one of class 1 and one of class 240 tells that it has a class at all; the value itself never
# changes between versions of Unicode.
for c in POINTS:
    if c in canonical:
        continue
    s = chr(c)
    moves = nfd("a" + s + "\u0334") != "a" + s + "\u0334" or nfd("a\u0345" + s) != "a\u0345" + s
    if moves:
        classes[c] = unicodedata.combining(s)
        assert classes[c], hex(c)
    elif unicodedata.combining(s):
        print("no combining class there:", hex(c))

hangul = range(0xAC00, 0xD7A4)
for c in hangul:
    t = (c - 0xAC00) % 28
    parts = chr(0x1100 + (c - 0xAC00) // 588) + chr(0x1161 + (c - 0xAC00) % 588 // 28) + (chr(0x11A7 + t) if t else "")
    assert canonical.pop(c) == parts == compatible.pop(c) and nfc(parts) == chr(c)
    flags[c] |= BIT["DECOMPOSES"] | BIT["COMPATIBLE"]

pairs = {}
for c in canonical:
    if nfc(chr(c)) != chr(c):
        continue
    first, second = (int(x, 16) for x in unicodedata.decomposition(chr(c)).split())
    assert nfc(chr(first) + chr(second)) == chr(c), hex(c)
    pairs[first << 32 | second] = c

for table, name in ((canonical, "DECOMPOSES"), (compatible, "COMPATIBLE"), (lowered, "LOWERS")):
    for c in table:
        flags[c] |= BIT[name]

for line in open(ROOT / "scripts/data/grapheme-break-17.0.txt"):
    if line.startswith("#"):
        continue
    span, name = (part.strip() for part in line.split(";"))
    first, last = (int(x, 16) for x in (span.split("..") * 2)[:2])
    for c in range(first, last + 1):
        if name == "Extended_Pictographic":
            flags[c] |= BIT["PICTOGRAPHIC"]
        elif name.startswith("InCB_"):
            flags[c] |= BIT["INDIC_" + name[5:].upper()]
        else:
            breaks[c] = BREAKS[name]

out = ["// Generated by scripts/generate-unicode-tables.py; not to be edited.", '#include "unicode_tables.h"', ""]


def array(kind, name, values, text=str):
    out.append(f"const {kind} {name}[] = {{")
    line = "   "
    for value in values:
        item = " " + text(value) + ","
        if len(line) + len(item) > 118:
            out.append(line)
            line = "   "
        line += item
    out.append(line)
    out.append("};\n")


def two_stages(values):
    blocks, seen, content = [], {}, []
    for start in range(0, 0x110000, 128):
        block = tuple(values[start:start + 128])
        if block not in seen:
            seen[block] = len(seen)
            content.extend(block)
        blocks.append(seen[block])
    return blocks, content


records = sorted({*zip(flags, classes, breaks)})
number = {record: i for i, record in enumerate(records)}
assert len(records) <= 256
blocks, content = two_stages([number[record] for record in zip(flags, classes, breaks)])
array("uint16_t", "cu_property_blocks", blocks)
array("uint8_t", "cu_property_indices", content)
array("cu_properties", "cu_property_records", records, lambda r: "{%d, %d, %d}" % r)


def emit(name, table):
    """A mapping as sorted code points, the place of each image in a pool (with one more place for the end), and the pool."""
    points = sorted(table)
    pool, places = [], []
    for c in points:
        places.append(len(pool))
        pool.extend(map(ord, table[c]))
    places.append(len(pool))
    array("uint32_t", f"cu_{name}_points", points)
    array("uint16_t", f"cu_{name}_places", places)
    array("uint32_t", f"cu_{name}_pool", pool)
    out.append(f"const int cu_{name}_count = {len(points)};\n")


emit("canonical", canonical)
emit("compatible", {c: s for c, s in compatible.items() if canonical.get(c) != s})
emit("lower", lowered)
array("uint64_t", "cu_pairs", sorted(pairs), lambda v: hex(v))
array("uint32_t", "cu_composites", [pairs[key] for key in sorted(pairs)])
out.append(f"const int cu_pair_count = {len(pairs)};")
(ROOT / "Sources/CUnicode/unicode_tables.c").write_text("\n".join(out) + "\n")
print(len(records), "records,", len(set(blocks)), "blocks,", len(canonical), len(compatible), len(lowered), len(pairs))
