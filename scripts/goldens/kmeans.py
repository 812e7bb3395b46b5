"""Writes Tests/Vectors/kmeans.json: small data sets and the inertia of scikit-learn's KMeans on them.

Needs numpy and scikit-learn. Run from the repository's root: python3 scripts/goldens/kmeans.py
"""

import json
import pathlib

import numpy
from sklearn.cluster import KMeans

random = numpy.random.default_rng(20)


def blobs(rows, columns, centres, spread, offset=0.0):
    middle = random.normal(size=(centres, columns)) * 4
    return middle[random.integers(centres, size=rows)] + random.normal(size=(rows, columns)) * spread + offset


def unit(data):
    return data / numpy.linalg.norm(data, axis=1, keepdims=True)


sets = {
    "separate blobs": (blobs(300, 8, 5, 0.5), 5),
    "overlapping blobs": (blobs(400, 6, 8, 3.0), 8),
    "noise": (random.normal(size=(300, 4)), 6),
    "far from zero": (blobs(300, 3, 4, 0.7, offset=5000.0), 4),
    "one column": (random.exponential(size=(200, 1)), 5),
    "directions": (unit(blobs(300, 16, 6, 1.5)), 6),
}

out = []
for name, (data, k) in sets.items():
    data = numpy.round(data, 4)
    model = KMeans(k, n_init=10, random_state=0).fit(data)
    out.append({"name": name, "k": k, "shape": list(data.shape), "data": data.flatten().tolist(), "inertia": model.inertia_})

path = pathlib.Path("Tests/Vectors/kmeans.json")
path.write_text("[\n" + ",\n".join(json.dumps(entry) for entry in out) + "\n]\n")
