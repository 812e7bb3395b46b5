"""What scripts/bench-tensors.lua times, by numpy: medians over repeats, on as many threads as numpy takes."""
import sys
import time

import numpy as np

repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 3
rng = np.random.default_rng(1)


def measure(name, work):
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    print(f"{name:34} {sorted(seconds)[repeats // 2]:9.4f} s  numpy")


def pca(x, k):
    x = x.astype("float64") - x.mean(0, dtype="float64")
    values, vectors = np.linalg.eigh(x.T @ x)
    return x @ vectors[:, -k:]


rows = rng.standard_normal((60000, 384), dtype="float32")
square = rng.standard_normal((1000, 1000), dtype="float32")
wide = square.astype("float64")
numbers = rng.standard_normal(1000000, dtype="float32")
measure("matmul 1000 x 1000, float32", lambda: square @ square)
measure("matmul 1000 x 1000, float64", lambda: wide @ wide)
measure("svd 1000 x 1000, float64", lambda: np.linalg.svd(wide))
measure("eigh 1000 x 1000, float64", lambda: np.linalg.eigh(wide + wide.T))
measure("solve 1000 x 1000, float64", lambda: np.linalg.solve(wide, wide))
measure("pca 60,000 x 384, 10 components", lambda: pca(rows, 10))
measure("sort 1,000,000, float32", lambda: np.argsort(numbers, kind="stable"))
