"""What the groups of cases share: samples, counts, and how a case is noted."""
import json
import math
import pathlib
import sys
import warnings

import numpy as np
from scipy import integrate, optimize, stats
from sklearn import metrics as skm
from statsmodels.stats import contingency_tables, multitest, oneway, power, proportion, rates, weightstats
import statsmodels.api as sm

warnings.filterwarnings("ignore")
limit = int(sys.argv[1]) if len(sys.argv) > 1 else 6
rng = np.random.default_rng(20240607)
groups = {}
kept = {}


def plain(value):
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(inner) for inner in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        if math.isnan(value):
            return "nan"
        if math.isinf(value):
            return "inf" if value > 0 else "-inf"
        return float(value)
    return value


def case(method, name, inputs, expected, rtol=1e-9, atol=1e-12, note=None, keep=False):
    if callable(expected):
        try:
            expected = expected()
        except Exception as error:  # what the reference cannot do is no case
            print("left out", method, name, type(error).__name__, str(error)[:80])
            return
    entry = {"id": f"{method}/{name}", "method": method, "input": plain(inputs), "expected": plain(expected), "rtol": rtol, "atol": atol}
    if note:
        entry["note"] = note
    (kept if keep else groups).setdefault(method, []).append(entry)


def samples(kind, n):
    return {
        "normal": lambda: rng.normal(5, 2, n),
        "skewed": lambda: rng.lognormal(1, 1.2, n),
        "tied": lambda: rng.integers(0, 5, n).astype(float),
        "zeros": lambda: np.where(rng.random(n) < 0.7, 0.0, rng.gamma(2, 10, n)),
        "huge": lambda: rng.normal(1e9, 3, n),
        "tiny": lambda: rng.normal(1e-9, 1e-10, n),
    }[kind]().round(12)


pairs = [
    (kind, samples(kind, n), samples(kind, m) + shift)
    for kind, n, m, shift in [
        ("normal", 2, 2, 0), ("normal", 2, 9, 1), ("normal", 12, 9, 0), ("normal", 40, 25, 6), ("skewed", 15, 18, 0), ("tied", 10, 12, 0),
        ("tied", 30, 30, 1), ("zeros", 20, 25, 0), ("huge", 12, 12, 1), ("tiny", 9, 9, 0), ("normal", 200, 150, 0.3), ("normal", 300, 300, 30)]
]
sides = ["two-sided", "greater", "less"]
counts = [
    (0, 10, 0, 10), (0, 10, 10, 10), (10, 10, 10, 10), (0, 100, 5, 100), (5, 100, 0, 100), (1, 1, 0, 1), (1, 2, 2, 2), (3, 10, 9, 10),
    (120, 1000, 150, 1000), (56, 70, 48, 80), (30, 98, 45, 101), (500, 100000, 700, 100000), (1, 10**7, 9, 10**7), (499000, 10**6, 501000, 10**6),
    (200000, 10**6, 260000, 10**6), (7, 13, 7, 13), (99, 100, 100, 100), (3, 7, 300, 900)]
