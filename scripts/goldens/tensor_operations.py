"""Writes Tests/Vectors/tensor_operations.json: what PyTorch and numpy give for positions, rearranging, counting and einsum.

Positions count from 0 here, as in the Swift interface. Run with a Python that has numpy and torch:
    python scripts/goldens/tensor_operations.py
"""
import json
import math
import pathlib

import numpy as np
import torch

rng = np.random.default_rng(47)


def sample(*shape):
    return rng.integers(-64, 65, shape) / 16


def number(x):
    return x if isinstance(x, int) or math.isfinite(x) else "nan" if math.isnan(x) else "inf" if x > 0 else "-inf"


def pack(x):
    x = np.asarray(x)
    kind = {"b": "bool", "i": "int64", "f": "float64"}[x.dtype.kind]
    return {"dtype": kind, "shape": list(x.shape), "values": [number(v.item()) if kind != "bool" else int(v) for v in x.ravel()]}


cases = []


def case(op, inputs, outputs, **options):
    cases.append({"op": op, "inputs": [pack(i) for i in inputs], "outputs": [pack(o) for o in outputs], **options})


def t(x):
    return torch.tensor(np.ascontiguousarray(x))


special = np.array([0, -0.0, 0.5, 1.5, 2.5, -0.5, -1.5, 1e-10, 30, -30, 800, -800, np.inf, -np.inf, np.nan])
x = np.concatenate([sample(12), special])
with np.errstate(all="ignore"):
    for name in ["log1p", "expm1", "log2", "log10", "sin", "cos", "tan", "erf", "rsqrt", "reciprocal", "square", "round", "floor", "ceil",
                 "trunc", "isnan", "isinf", "isfinite"]:
        case(name, [x], [getattr(torch, name)(t(x)).numpy()])
    case("softplus", [x], [np.logaddexp(0, x)])
    case("sign", [x], [np.sign(x)])
    case("maximum", [x[:, None], special[None, :]], [np.maximum(x[:, None], special[None, :])])
    case("minimum", [x[:, None], special[None, :]], [np.minimum(x[:, None], special[None, :])])
for op in ["floor", "sign"]:
    case(op, [np.array([-3, 0, 7])], [getattr(np, op)(np.array([-3, 0, 7])).astype(int)])

for shape, dim in [((4, 5), 0), ((4, 5), 1), ((6,), 0), ((2, 3, 4), 1), ((2, 3, 4), 2)]:
    x = sample(*shape)
    smaller = [max(1, s - 1) if d != dim else s + 2 for d, s in enumerate(shape)]
    index = rng.integers(0, shape[dim], smaller)
    case("gather", [x, index], [torch.gather(t(x), dim, t(index)).numpy()], dim=dim)
    source = sample(*smaller)
    case("scatter_add", [x, index, source], [t(x).scatter_add(dim, t(index), t(source)).numpy()], dim=dim)
    # One position for each line only, since the order of several is not PyTorch's to say.
    once = np.argsort(rng.random(shape), axis=dim).take(range(shape[dim] - 1), axis=dim)
    source = sample(*once.shape)
    case("scatter", [x, once, source], [t(x).scatter(dim, t(once), t(source)).numpy()], dim=dim)
    rows = rng.integers(0, shape[dim], 5)
    source = sample(*[5 if d == dim else s for d, s in enumerate(shape)])
    case("index_add", [x, rows, source], [t(x).index_add(dim, t(rows), t(source)).numpy()], dim=dim)
    case("flip", [x], [np.flip(x, dim)], dim=dim)
    for shift in [1, -2, 7]:
        case("roll", [x], [np.roll(x, shift, dim)], dim=dim, counts=[shift])
    case("cumprod", [x], [np.cumprod(x, dim)], dim=dim)
    case("prod", [x], [np.prod(x, dim)], dim=dim)
    case("logsumexp", [x], [torch.logsumexp(t(x), dim).numpy()], dim=dim)
    order = list(rng.permutation(len(shape)))
    case("permute", [x], [np.transpose(x, order)], counts=[int(v) for v in order])
case("gather", [np.zeros((0, 3)), np.zeros((0, 2), int)], [np.zeros((0, 2))], dim=1)
case("cumprod", [np.array([[1, 2], [3, -4], [5, 6]])], [np.cumprod([[1, 2], [3, -4], [5, 6]], 0)], dim=0)
case("prod", [np.zeros((2, 0))], [np.ones(2)], dim=1)
infinite = np.array([[np.inf, 1, -np.inf], [-np.inf, -np.inf, -np.inf], [np.nan, 1, 2], [1000, 1000, 1000]])
case("logsumexp", [infinite], [torch.logsumexp(t(infinite), 1).numpy()], dim=1)

for x, counts in [(sample(3), [2]), (sample(2, 3), [2, 1]), (sample(3), [2, 2]), (sample(2, 3), [3]), (sample(2), [0])]:
    case("tile", [x], [torch.tile(t(x), counts).numpy()], counts=counts)
for x, widths in [(sample(3), [1, 2]), (sample(2, 3), [0, 1, 2, 0]), (sample(0, 2), [1, 0, 0, 0])]:
    pairs = [tuple(widths[i:i + 2]) for i in range(0, len(widths), 2)]
    case("pad", [x], [np.pad(x, pairs, constant_values=7)], counts=widths)
for k in [-5, -1, 0, 1, 2, 5]:
    x = sample(3, 4)
    case("triu", [x], [np.triu(x, k)], counts=[k])
    case("tril", [x], [np.tril(x, k)], counts=[k])
    case("diag", [x], [np.diag(x, k)], counts=[k])
    case("diag", [x[0, :2]], [np.diag(x[0, :2], k)], counts=[k])

for x in [np.array([3, 1, 2, 3, 1]), np.array([2.5, np.nan, 2.5, -np.inf, np.nan, 0.0, -0.0]), np.array([[True, False], [True, True]]), np.zeros(0)]:
    values, inverse, counts = np.unique(x, return_inverse=True, return_counts=True)
    case("unique", [x], [values, inverse.reshape(x.shape), counts])
labels = rng.integers(0, 4, 9)
case("bincount", [labels], [np.bincount(labels)])
weights = sample(9)
case("bincount", [labels, weights], [np.bincount(labels, weights)])
case("one_hot", [labels], [torch.nn.functional.one_hot(t(labels), 6).numpy().astype(float)], counts=[6])
x = np.where(rng.random((2, 3, 2)) < 0.5, 0, sample(2, 3, 2))
case("nonzero", [x], [np.argwhere(x)])
case("outer", [sample(0), sample(2)], [np.zeros((0, 2))])

sizes = {"i": 2, "j": 3, "k": 4, "b": 2, "l": 5}
for subscripts in ["ij,jk->ik", "ij,jk", "ij->ji", "ij->", "ij->j", "i,i->", "i,j->ij", "bij,bjk->bik", "bij,kj->bik", "ij,ij->i", "ij,j->i",
                   "ijk,jk->i", "bi,bj->bij", "ij,jk,kl->il", "i,j,k->kji", "ij,jk,ik->", "ijk->k", "i->i", "ij,k->", "bij,jk,bk->bi"]:
    left = subscripts.split("->")[0].split(",")
    inputs = [sample(*[sizes[c] for c in part]) for part in left]
    case("einsum", inputs, [np.einsum(subscripts, *inputs)], subscripts=subscripts)
square = sample(3, 3)
for subscripts in ["ii->i", "ii->", "ii", "ij,ii->j"]:
    inputs = [square, sample(3, 3)][: subscripts.count(",") + 1]
    case("einsum", inputs, [np.einsum(subscripts, *inputs)], subscripts=subscripts)
case("einsum", [np.zeros((2, 0)), np.zeros((0, 3))], [np.zeros((2, 3))], subscripts="ij,jk->ik")

path = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Vectors" / "tensor_operations.json"
path.write_text('{"cases":[\n%s\n]}\n' % ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases))
print(len(cases), "cases,", path.stat().st_size, "bytes")
