#!/usr/bin/env python3
"""Zip archives as Python's own zipfile writes them, for Tests/EncodersTests.

    python scripts/goldens/archives.py      # writes Tests/Vectors/archives/
"""
import os
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
VECTORS = os.path.join(HERE, "..", "..", "Tests", "Vectors", "archives")
TEXT = "".join("line %d of a text that packs well\n" % i for i in range(200))


def main():
    os.makedirs(VECTORS, exist_ok=True)
    for name, method in {"deflated": zipfile.ZIP_DEFLATED, "stored": zipfile.ZIP_STORED, "bzip2": zipfile.ZIP_BZIP2}.items():
        with zipfile.ZipFile(os.path.join(VECTORS, name + ".zip"), "w", method) as archive:
            archive.comment = b"a comment"
            for entry, content in {"folder/": "", "folder/text.txt": TEXT, "empty": "", "名字.bin": "\0\1\2"}.items():
                info = zipfile.ZipInfo(entry, (2020, 1, 1, 0, 0, 0))
                info.compress_type = method
                archive.writestr(info, content)


if __name__ == "__main__":
    main()
