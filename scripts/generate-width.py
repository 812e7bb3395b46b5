#!/usr/bin/env python3
"""Writes Sources/CUnicode/width.c: which code points take no column of a terminal, and which take two.

Source: the Unicode database in Python's unicodedata (East_Asian_Width and General_Category).
Run from the repository's root: python3 scripts/generate-width.py
"""
import unicodedata

# Planes and blocks where even unassigned code points are wide, by EastAsianWidth.txt, and the pictograph blocks that new emoji
# come from.
WIDE_WHEN_UNASSIGNED = [
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2FFFD), (0x30000, 0x3FFFD),
    (0x1F6D8, 0x1F6DF), (0x1F900, 0x1F9FF), (0x1FA70, 0x1FAFF),
]


def width(code):
    character = chr(code)
    category = unicodedata.category(character)
    if code == 0xAD:  # the soft hyphen is shown where it is printed
        return 1
    if category in ("Cc", "Cf", "Mn", "Me", "Zl", "Zp", "Cs"):
        return 0
    if 0x1160 <= code <= 0x11FF or 0xD7B0 <= code <= 0xD7FF:  # vowels and finals join the leading consonant
        return 0
    if category == "Cn":
        return 2 if any(low <= code <= high for low, high in WIDE_WHEN_UNASSIGNED) else 1
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def ranges(wanted):
    result = []
    for code in range(0x110000):
        if width(code) != wanted:
            continue
        if result and result[-1][1] == code - 1:
            result[-1][1] = code
        else:
            result.append([code, code])
    return result


def table(name, wanted):
    lines, line = [], "   "
    for low, high in ranges(wanted):
        item = f" {{0x{low:x}, 0x{high:x}}},"
        if len(line) + len(item) > 118:
            lines.append(line)
            line = "   "
        line += item
    return f"static const struct range {name}[] = {{\n" + "\n".join(lines + [line]) + "\n};\n"


with open("Sources/CUnicode/width.c", "w", encoding="ascii") as out:
    out.write(f"""// Written by scripts/generate-width.py from Unicode {unicodedata.unidata_version}.
#include "cunicode.h"

#include <stddef.h>

struct range {{
    uint32_t first, last;
}};

{table("zero_columns", 0)}
{table("two_columns", 2)}
static int contains(const struct range *ranges, size_t count, uint32_t code_point) {{
    size_t low = 0, high = count;
    while (low < high) {{
        size_t middle = (low + high) / 2;
        if (code_point > ranges[middle].last)
            low = middle + 1;
        else if (code_point < ranges[middle].first)
            high = middle;
        else
            return 1;
    }}
    return 0;
}}

int cunicode_width(uint32_t code_point) {{
    if (code_point >= 0x20 && code_point < 0x7f) return 1;
    if (contains(zero_columns, sizeof zero_columns / sizeof *zero_columns, code_point)) return 0;
    return contains(two_columns, sizeof two_columns / sizeof *two_columns, code_point) ? 2 : 1;
}}
""")
