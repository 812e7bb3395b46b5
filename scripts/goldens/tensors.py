"""Writes Tests/Vectors/tensors.json: what numpy and PyTorch give for the tensor operations.

Run with a Python that has numpy and torch:  python scripts/goldens/tensors.py
"""
import json
import math
import pathlib

import numpy as np
import torch

rng = np.random.default_rng(20)
dtypes = ["float32", "float64", "int32", "int64", "bool"]


def sample(shape, dtype, nonzero=False):
    if dtype == "bool":
        return rng.random(shape) < 0.5
    if dtype.startswith("int"):
        x = rng.integers(-9, 10, shape).astype(dtype)
        return np.where(x == 0, 4, x).astype(dtype) if nonzero else x
    # Sixteenths are exact in both floating-point dtypes and short in the file.
    x = (rng.integers(-64, 65, shape) / 16).astype(dtype)
    return np.where(x == 0, 1.5, x).astype(dtype) if nonzero else x


def number(x):
    x = x.item() if hasattr(x, "item") else x
    if isinstance(x, bool):
        return int(x)
    if isinstance(x, float) and not math.isfinite(x):
        return "nan" if math.isnan(x) else "inf" if x > 0 else "-inf"
    return x


def pack(x):
    x = np.asarray(x)
    return {"dtype": str(x.dtype), "shape": list(x.shape), "values": [number(v) for v in x.ravel()]}


cases = []


def case(op, inputs, output, **options):
    cases.append({"op": op, "inputs": [pack(i) for i in inputs], "output": pack(output), "options": options})


promotion = []
for a in dtypes:
    for b in dtypes:
        both = torch.promote_types(getattr(torch, a), getattr(torch, b))
        promotion.append([a, b, str(both).removeprefix("torch.")])

broadcast = []
for _ in range(60):
    a = [int(v) for v in rng.choice([0, 1, 1, 2, 3], rng.integers(0, 4))]
    b = [int(v) for v in rng.choice([0, 1, 1, 2, 3], rng.integers(0, 4))]
    try:
        shape = list(np.broadcast_shapes(tuple(a), tuple(b)))
    except ValueError:
        shape = None
    broadcast.append([a, b, shape])

shapes = [((3,), (3,)), ((2, 3), (3,)), ((2, 1), (1, 4)), ((2, 1, 3), (4, 1)), ((), (2, 2)), ((0, 3), (3,))]
binary = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.true_divide, "//": np.floor_divide, "%": np.mod,
    "^": lambda a, b: np.power(np.abs(a.astype("float64")), b.astype("float64")),
}
for symbol, function in binary.items():
    for index, (left, right) in enumerate(shapes):
        dtype = ["float64", "int64", "int32", "float32", "int64", "float64"][index]
        a, b = sample(left, dtype), sample(right, dtype, nonzero=True)
        a = np.abs(a) if symbol == "^" else a
        with np.errstate(all="ignore"):
            case(symbol, [a, b], function(a, b))
# Divisors of zero, infinities and NaN, with fractions.
special = np.array([1.5, -1.5, 0, -0.0, np.inf, -np.inf, np.nan])
for symbol in ["+", "-", "*", "/", "^"]:
    with np.errstate(all="ignore"):
        function = np.power if symbol == "^" else binary[symbol]
        case(symbol, [special[:, None], special[None, :]], function(special[:, None], special[None, :]))
for symbol, function in {"eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal,
                         "gt": np.greater, "ge": np.greater_equal}.items():
    case(symbol, [special[:, None], special[None, :]], function(special[:, None], special[None, :]))
    for dtype in dtypes:
        a, b = sample((2, 3), dtype), sample((3,), dtype)
        case(symbol, [a, b], function(a, b))

for dtype in dtypes:
    for shape in [(7,), (3, 4), (2, 3, 5), (1, 1), (4, 0)]:
        x = sample(shape, dtype)
        wide = x.astype("float64") if dtype != "float64" else x
        for dim in range(len(shape)):
            for keep in [False, True]:
                whole = dtype in ("int32", "int64", "bool")
                case("sum", [x], np.sum(x.astype("int64") if whole else wide, axis=dim, keepdims=keep), dim=dim, keepdim=keep)
                if shape[dim] == 0:
                    continue
                case("mean", [x], np.mean(wide, axis=dim, keepdims=keep), dim=dim, keepdim=keep)
                case("norm", [x], np.sqrt(np.sum(wide * wide, axis=dim, keepdims=keep)), dim=dim, keepdim=keep)
                if shape[dim] > 1:
                    for ddof in [0, 1]:
                        case("var", [x], np.var(wide, axis=dim, ddof=ddof, keepdims=keep), dim=dim, keepdim=keep, ddof=ddof)
                    case("std", [x], np.std(wide, axis=dim, ddof=1, keepdims=keep), dim=dim, keepdim=keep, ddof=1)
                case("min", [x], np.min(x, axis=dim, keepdims=keep), dim=dim, keepdim=keep)
                case("max", [x], np.max(x, axis=dim, keepdims=keep), dim=dim, keepdim=keep)
                case("argmin", [x], np.argmin(x, axis=dim, keepdims=keep), dim=dim, keepdim=keep)
                case("argmax", [x], np.argmax(x, axis=dim, keepdims=keep), dim=dim, keepdim=keep)
with_nan = np.array([[3, np.nan, 1, np.nan, 2], [5, 4, -np.inf, np.inf, 4]])
for dim in [0, 1]:
    case("max", [with_nan], np.max(with_nan, axis=dim), dim=dim, keepdim=False)
    case("argmax", [with_nan], np.argmax(with_nan, axis=dim), dim=dim, keepdim=False)
    case("argmin", [with_nan], np.argmin(with_nan, axis=dim), dim=dim, keepdim=False)
    case("sort", [with_nan], np.sort(with_nan, axis=dim, kind="stable"), dim=dim)
    case("argsort", [with_nan], np.argsort(with_nan, axis=dim, kind="stable"), dim=dim)

for dtype in dtypes:
    x = sample((3, 6, 2), dtype)
    for dim in range(3):
        case("sort", [x], np.sort(x, axis=dim, kind="stable"), dim=dim)
        case("argsort", [x], np.argsort(x, axis=dim, kind="stable"), dim=dim)
        whole = dtype in ("int32", "int64", "bool")
        case("cumsum", [x], np.cumsum(x.astype("int64") if whole else x, axis=dim), dim=dim)
long = sample((600,), "float64")
case("argsort", [long], np.argsort(long, kind="stable"), dim=0)
case("argsort", [long.astype("float32")], np.argsort(long, kind="stable"), dim=0)

for dim in range(2):
    x = sample((3, 5), "float64")
    case("softmax", [x], torch.softmax(torch.tensor(x), dim).numpy(), dim=dim)
    case("normalize", [x], torch.nn.functional.normalize(torch.tensor(x), dim=dim).numpy(), dim=dim)
x = np.concatenate([sample((20,), "float64"), special])
with np.errstate(all="ignore"):
    for name, y in {"exp": np.exp(x), "log": np.log(x), "sqrt": np.sqrt(x), "abs": np.abs(x), "tanh": np.tanh(x),
                    "sigmoid": torch.sigmoid(torch.tensor(x)).numpy(), "relu": torch.relu(torch.tensor(x)).numpy()}.items():
        case(name, [x], y)

products = [((3, 4), (4, 5)), ((4,), (4,)), ((4,), (4, 2)), ((3, 4), (4,)), ((2, 3, 4), (4, 5)), ((2, 3, 4), (2, 4, 5)),
            ((3, 4), (2, 4, 5)), ((2, 1, 3, 4), (3, 4, 2)), ((2, 3, 4), (4,)), ((4,), (2, 4, 3)), ((3, 0), (0, 2)),
            ((0, 4), (4, 2)), ((9, 17), (17, 11))]
for left, right in products:
    for dtype in ["float32", "float64", "int64"]:
        a, b = sample(left, dtype), sample(right, dtype)
        case("matmul", [a, b], np.matmul(a, b))
a, b = sample((3, 4), "float64"), sample((5, 4), "float64")
case("cosine", [a, b], torch.nn.functional.normalize(torch.tensor(a)).numpy() @ torch.nn.functional.normalize(torch.tensor(b)).numpy().T)

path = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Vectors" / "tensors.json"
lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
path.write_text('{"promotion":%s,\n"broadcast":%s,\n"cases":[\n%s\n]}\n' % (json.dumps(promotion), json.dumps(broadcast), lines))
print(len(cases), "cases,", path.stat().st_size, "bytes")
