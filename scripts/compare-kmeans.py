"""Compares the segments of a table with scikit-learn's KMeans on the same vectors, by NMI against a column of true classes.

Usage: compare-kmeans.py VECTORS.npy TABLE.csv TRUTH-COLUMN K
The table has a column `segment_number`; rows without a segment (no text) were not encoded.
"""

import csv
import sys

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import normalized_mutual_info_score

vectors_path, table_path, truth_column, k = sys.argv[1:]
csv.field_size_limit(1 << 24)
with open(table_path, encoding="utf-8", newline="") as file:
    rows = [row for row in csv.DictReader(file) if row["segment_number"]]
truth = [row[truth_column] for row in rows]
ours = [int(row["segment_number"]) for row in rows]
vectors = np.load(vectors_path)
assert len(vectors) == len(rows), f"{len(vectors)} vectors for {len(rows)} rows"

inertia = sum(
    ((vectors[members] - vectors[members].mean(axis=0, dtype=np.float64)) ** 2).sum()
    for members in (np.flatnonzero(np.array(ours) == label) for label in sorted(set(ours)))
)
peer = KMeans(int(k), n_init=10, random_state=0).fit(vectors)
ours_nmi = normalized_mutual_info_score(truth, ours)
peer_nmi = normalized_mutual_info_score(truth, peer.labels_)
print(f"{len(rows)} texts, k = {k}")
print(f"cohort        NMI {ours_nmi:.4f}  inertia {inertia:.2f}")
print(f"scikit-learn  NMI {peer_nmi:.4f}  inertia {peer.inertia_:.2f}")
sys.exit(0 if ours_nmi >= peer_nmi - 0.01 else 1)
