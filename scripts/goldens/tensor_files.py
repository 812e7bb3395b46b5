#!/usr/bin/env python3
"""Files of tensors as the Python libraries write them, for Tests/TensorsTests.

    python scripts/goldens/tensor_files.py write            # writes Tests/Vectors/tensor_files/
    python scripts/goldens/tensor_files.py check FOLDER     # reads what the tests wrote with COHORT_KEEP_FILES=FOLDER

Needs numpy, torch and safetensors.
"""
import json
import os
import sys

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

HERE = os.path.dirname(os.path.abspath(__file__))
VECTORS = os.path.join(HERE, "..", "..", "Tests", "Vectors", "tensor_files")


def samples():
    """Every type that is read, with the values that a wrong conversion would change."""
    halves = [0.0, -0.0, 1.0, -2.5, 65504.0, 6.1035e-05, 5.96e-08, -5.96e-08, float("inf"), float("-inf"), 0.333, 1e-6]
    return {
        "float64": torch.tensor([[1.5, -2.25, 1e300], [0.1, -1e-300, 3.0]], dtype=torch.float64),
        "float32": torch.arange(12, dtype=torch.float32).reshape(3, 4) / 7,
        "float16": torch.tensor(halves, dtype=torch.float16).reshape(3, 4),
        "bfloat16": torch.tensor([0.0, 1.0, -3.14159, 1e38, 1e-38, float("inf")], dtype=torch.bfloat16),
        "int64": torch.tensor([-(2**63), 2**63 - 1, 0, 2**53 + 1]),
        "int32": torch.tensor([[-(2**31)], [2**31 - 1]], dtype=torch.int32),
        "int16": torch.tensor([-32768, 32767, 5], dtype=torch.int16),
        "int8": torch.tensor([-128, 127, 0], dtype=torch.int8),
        "uint8": torch.tensor([0, 255, 7], dtype=torch.uint8),
        "bool": torch.tensor([True, False, True, True, False]),
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(0, 3),
        "名字 é": torch.tensor([1.0]),
    }


def number(value):
    """A number as JSON can hold it."""
    return value if np.isfinite(value) else str(value)


def write():
    os.makedirs(VECTORS, exist_ok=True)
    tensors = samples()
    save_file(tensors, os.path.join(VECTORS, "types.safetensors"), metadata={"format": "pt", "note": "values: types.json"})
    values = {}
    for name, tensor in tensors.items():
        flat = tensor.reshape(-1)
        flat = flat.float() if flat.dtype in (torch.float16, torch.bfloat16) else flat
        values[name] = {"shape": list(tensor.shape), "values": [number(v) for v in flat.tolist()]}
    with open(os.path.join(VECTORS, "types.json"), "w", encoding="utf-8") as file:
        json.dump(values, file, ensure_ascii=False, indent=1)

    matrix = np.arange(6, dtype=np.float32).reshape(2, 3) / 3
    for name, array in {
        "float32": matrix,
        "float64_column_major": np.asfortranarray(matrix.astype(np.float64)),
        "float16": matrix.astype(np.float16),
        "int64": np.array([-(2**63), 2**63 - 1]),
        "int16": np.array([[-32768], [32767]], dtype=np.int16),
        "uint32": np.array([2**32 - 1, 0], dtype=np.uint32),
        "bool": np.array([True, False, True]),
        "scalar": np.array(1.5),
        "empty": np.zeros((0, 4), dtype=np.float32),
        "big_endian": matrix.astype(">f4"),
        "complex": matrix.astype(np.complex64),
        "text": np.array(["a", "bc"]),
        "record": np.zeros(2, dtype=[("x", "<f4"), ("y", "<i4")]),
        "uint64": np.array([2**64 - 1], dtype=np.uint64),
    }.items():
        np.save(os.path.join(VECTORS, name + ".npy"), array)
    np.save(os.path.join(VECTORS, "objects.npy"), np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
    with open(os.path.join(VECTORS, "version2.npy"), "wb") as file:
        np.lib.format.write_array(file, matrix, version=(2, 0))


def check(folder):
    """The tests write tensors of 1/3, 2/3, ...; equal on both sides means that Python reads our files."""
    expected = {
        "floats": np.arange(6, dtype=np.float32).reshape(2, 3) / np.float32(3),
        "doubles": np.arange(6, dtype=np.float64).reshape(3, 2) / 3,
        "integers": np.arange(6, dtype=np.int32),
        "longs": np.arange(6, dtype=np.int64).reshape(6, 1) * -(2**40),
        "flags": np.array([True, False, True]),
        "scalar": np.array(0.5, dtype=np.float32),
        "empty": np.zeros((0, 3), dtype=np.float32),
    }
    loaded = load_file(os.path.join(folder, "written.safetensors"))
    assert sorted(loaded) == sorted(expected), sorted(loaded)
    for name, array in expected.items():
        assert loaded[name].numpy().dtype == array.dtype and np.array_equal(loaded[name].numpy(), array), name
        read = np.load(os.path.join(folder, name + ".npy"))
        assert read.dtype == array.dtype and read.shape == array.shape and np.array_equal(read, array), name
    with safe_open(os.path.join(folder, "written.safetensors"), "np") as file:
        assert file.metadata() == {"format": "pt"}, file.metadata()
    print(len(expected), "tensors read from .safetensors and .npy: equal")


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        write()
    elif sys.argv[1:2] == ["check"] and len(sys.argv) == 3:
        check(sys.argv[2])
    else:
        sys.exit(__doc__)
