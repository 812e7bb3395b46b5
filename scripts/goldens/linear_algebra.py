"""Writes Tests/Vectors/linear_algebra.json: what numpy and scikit-learn give for factorisations, their signs turned as ours are.

Run with a Python that has numpy, scipy and scikit-learn:  python scripts/goldens/linear_algebra.py
"""
import json
import pathlib

import numpy as np
import scipy.linalg
from sklearn.decomposition import PCA

rng = np.random.default_rng(31)


def sixteenths(*shape):
    return rng.integers(-64, 65, shape) / 16


def turned(rows, *others):
    """Rows, the element of largest magnitude of each positive; `others` turned along."""
    signs = np.array([1.0 if r[np.abs(r) >= np.abs(r).max() * (1 - 1e-6)][0] >= 0 else -1.0 for r in rows]) if rows.size else np.ones(len(rows))
    return [part * signs[:, None] for part in (rows, *others)]


def pack(x):
    x = np.asarray(x, dtype=float)
    return {"shape": list(x.shape), "values": [float(v) for v in x.ravel()]}


cases = []


def case(op, inputs, outputs, **options):
    cases.append({"op": op, "inputs": [pack(i) for i in inputs], "outputs": [pack(o) for o in outputs], **options})


def spd(n):
    a = sixteenths(n + 2, n)
    return a.T @ a + np.eye(n) / 4


shapes = [(1, 1), (3, 3), (5, 3), (3, 5), (40, 33), (7, 1), (1, 6)]
for shape in shapes:
    x = sixteenths(*shape)
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    vt, ut = turned(vt, u.T)
    case("svd", [x], [ut.T, s, vt.T])
    q, r = np.linalg.qr(x)
    signs = np.where(np.diag(r) < 0, -1.0, 1.0)
    case("qr", [x], [q * signs, r * signs[:, None]])
    case("pinv", [x], [np.linalg.pinv(x)])
    b = sixteenths(shape[0], 2)
    case("lstsq", [x, b], [np.linalg.lstsq(x, b, rcond=None)[0]])
    case("rank", [x], [np.linalg.matrix_rank(x)])
    if shape[0] > 1:
        k = min(shape)
        pca = PCA(n_components=k, svd_solver="full").fit(x)
        # A last component without variance has no direction of its own.
        k = int((pca.explained_variance_ > 1e-20).sum()) or 1
        if pca.explained_variance_[0] > 1e-20:
            components, scores = turned(pca.components_[:k], pca.transform(x).T[:k])
            case("pca", [x], [scores.T, components, pca.explained_variance_[:k], pca.explained_variance_ratio_[:k], pca.mean_], k=k)
for scale in [1e-160, 1e160]:
    x = sixteenths(4, 3) * scale
    case("svd values", [x], [np.linalg.svd(x / scale, compute_uv=False) * scale])
low = sixteenths(8, 2) @ sixteenths(2, 6)
case("svd values", [low], [np.linalg.svd(low, compute_uv=False)])
case("pinv", [low], [np.linalg.pinv(low, rcond=1e-12)])
case("lstsq", [low, low[:, :1] + 1], [np.linalg.lstsq(low, low[:, :1] + 1, rcond=1e-12)[0]])
case("rank", [low], [2])
case("rank", [np.zeros((3, 2))], [0])

for n in [1, 2, 5, 33]:
    x = spd(n)
    values, vectors = np.linalg.eigh(x)
    (vectors,) = turned(vectors.T)
    case("eigh", [x], [values, vectors.T])
    case("cholesky", [x], [np.linalg.cholesky(x)])
    x = sixteenths(n, n) + np.diag(np.full(n, 5.0))
    for b in [sixteenths(n), sixteenths(n, 3)]:
        case("solve", [x, b], [np.linalg.solve(x, b)])
    case("inv", [x], [np.linalg.inv(x)])
    case("det", [x], [np.linalg.det(x)])
hilbert = scipy.linalg.hilbert(6)
case("eigh values", [hilbert], [np.linalg.eigvalsh(hilbert)])
case("solve", [hilbert, hilbert.sum(1)], [np.ones(6)])
permutation = np.eye(4)[[2, 0, 3, 1]]
case("det", [permutation], [np.linalg.det(permutation)])
case("solve", [permutation, np.arange(4.0)], [permutation.T @ np.arange(4.0)])
case("det", [np.zeros((0, 0))], [1])
batch = np.stack([spd(3), spd(3)]).reshape(2, 1, 3, 3)
case("cholesky", [batch], [np.linalg.cholesky(batch)])
case("inv", [batch], [np.linalg.inv(batch)])
case("det", [batch], [np.linalg.det(batch)])
sides = sixteenths(2, 1, 3, 2)
case("solve", [batch, sides], [np.linalg.solve(batch, sides)])
case("solve", [batch, sides[..., 0]], [np.linalg.solve(batch, sides[..., :1])[..., 0]])

path = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Vectors" / "linear_algebra.json"
path.write_text('{"cases":[\n%s\n]}\n' % ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases))
print(len(cases), "cases,", path.stat().st_size, "bytes")
