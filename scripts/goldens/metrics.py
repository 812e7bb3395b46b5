"""Writes Tests/Vectors/metrics.json: labellings and points with scikit-learn's scores of them.

Needs numpy and scikit-learn. Run from the repository's root: python3 scripts/goldens/metrics.py
"""

import json
import pathlib

import numpy
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, silhouette_score
from sklearn.metrics.cluster import contingency_matrix

random = numpy.random.default_rng(7)


def purity(truth, prediction):
    return float(contingency_matrix(truth, prediction).max(axis=0).sum() / len(truth))


def noisy(truth, share, labels):
    return [int(random.integers(labels)) if random.random() < share else int(label) for label in truth]


truth = random.integers(6, size=250).tolist()
pairs = [
    ([0, 0, 1, 1], [0, 0, 1, 1]),
    ([0, 0, 1, 1], [1, 1, 0, 0]),
    ([0, 0, 1, 2], [0, 0, 1, 1]),
    ([0, 0, 0, 0], [0, 1, 2, 3]),
    ([0, 1, 2, 3], [0, 0, 0, 0]),
    ([0, 0, 0], [5, 5, 5]),
    ([0, 1, 2, 3], [7, 3, 1, 2]),
    ([0, 0, 1, 1], [0, 1, 0, 1]),
    ([3], [9]),
    (truth, truth),
    (truth, noisy(truth, 0.3, 6)),
    (truth, noisy(truth, 0.7, 11)),
    (truth, noisy(truth, 1.0, 4)),
    (truth, list(range(250))),
]
labelled = [
    {
        "truth": a,
        "prediction": b,
        "adjusted_rand": float(adjusted_rand_score(a, b)),
        "normalized_mutual_information": float(normalized_mutual_info_score(a, b)),
        "purity": purity(a, b),
    }
    for a, b in pairs
]

points = []
for rows, columns, groups, spread in [(60, 2, 3, 0.3), (90, 19, 5, 2.0), (40, 1, 2, 1.0), (50, 8, 12, 1.0)]:
    middle = random.normal(size=(groups, columns)) * 2
    labels = numpy.concatenate([numpy.arange(groups), random.integers(groups, size=rows - groups)])
    data = middle[labels] + random.normal(size=(rows, columns)) * spread + 3
    grand = [data[labels == group].mean(axis=0) for group in range(groups)]
    points.append(
        {
            "shape": [rows, columns],
            "data": data.flatten().tolist(),
            "labels": labels.tolist(),
            "euclidean": float(silhouette_score(data, labels)),
            "cosine": float(silhouette_score(data, labels, metric="cosine")),
            "inertia": float(sum(((row - grand[label]) ** 2).sum() for row, label in zip(data, labels))),
        }
    )

pathlib.Path("Tests/Vectors/metrics.json").write_text(
    '{"labelled": [\n' + ",\n".join(map(json.dumps, labelled)) + '\n], "points": [\n' + ",\n".join(map(json.dumps, points)) + "\n]}\n"
)
