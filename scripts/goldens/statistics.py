#!/usr/bin/env python3
"""Writes Tests/Vectors/statistics-goldens.json: distributions by scipy, tails in mpmath where scipy is not exact.

Run with a Python that has scipy and mpmath: python3 scripts/goldens/statistics.py
"""
import json
import pathlib

import numpy
import scipy
from scipy import stats

try:
    import mpmath

    mpmath.mp.dps = 40
except ImportError:
    mpmath = None

cases = []


def add(name, parameters, x, lower, upper):
    cases.append({"name": name, "parameters": parameters, "x": float(x), "cdf": float(lower), "sf": float(upper)})


def exact_beta(a, b, x, y=None):
    """I_x(a, b) and its complement: the tail below the mean by its series of positive terms with 120 digits."""
    with mpmath.workdps(120):
        a, b, x = mpmath.mpf(a), mpmath.mpf(b), mpmath.mpf(x)
        y = 1 - x if y is None else y
        if x > a / (a + b):
            return exact_beta(b, a, y, x)[::-1]
        term = total = mpmath.mpf(1)
        n = mpmath.mpf(0)
        while term > total * mpmath.mpf(10) ** -118:
            term *= x * (a + b + n) / (a + 1 + n)
            total += term
            n += 1
        log_front = a * mpmath.log(x) + b * mpmath.log(y) + mpmath.loggamma(a + b) - mpmath.loggamma(a) - mpmath.loggamma(b)
        lower = total * mpmath.exp(log_front) / a
        return lower, 1 - lower


def exact_t(df, t):
    df, t = mpmath.mpf(df), mpmath.mpf(t)
    with mpmath.workdps(120):
        tail = exact_beta(df / 2, mpmath.mpf(1) / 2, df / (df + t * t))[0] / 2
    return (1 - tail, tail) if t > 0 else (tail, 1 - tail)


def exact_gamma(a, x):
    """P(a, x) by its series with 120 digits, and 1 - P, which is exact enough down to 1e-90."""
    with mpmath.workdps(120):
        a, x = mpmath.mpf(a), mpmath.mpf(x)
        term = total = mpmath.mpf(1)
        n = a
        while term > total * mpmath.mpf(10) ** -118:
            n += 1
            term *= x / n
            total += term
        lower = total * mpmath.exp(a * mpmath.log(x) - x - mpmath.loggamma(a + 1))
        return lower, 1 - lower


for z in [-38, -20, -8.3, -3, -1, -0.1, 0, 0.5, 1.96, 5, 12, 25, 37]:
    z = mpmath.mpf(z)
    add("normal", [], z, mpmath.erfc(-z / mpmath.sqrt(2)) / 2, mpmath.erfc(z / mpmath.sqrt(2)) / 2)
for df in [0.5, 1, 2, 5.3, 30, 1000]:
    for t in [-40, -6, -2.5, -0.3, 0.001, 1, 3.3, 15, 200]:
        add("t", [df], t, *exact_t(df, t))
for df in [0.5, 1, 2, 7, 50, 999, 20000]:
    for q in [0.001, 0.3, 0.9, 1.1, 2, 5]:
        x = df * q
        if exact_gamma(df / 2, mpmath.mpf(x) / 2)[1] > 1e-90:
            add("chi2", [df], x, *exact_gamma(df / 2, mpmath.mpf(x) / 2))
for a, b in [(0.5, 0.5), (1, 3), (2.5, 7), (40, 3), (300, 900), (4000, 9000)]:
    mean = a / (a + b)
    sd = (mean * (1 - mean) / (a + b + 1)) ** 0.5
    for x in [mean * 1e-3, mean - 3 * sd, mean - sd / 2, mean, mean + 2 * sd, (mean + 1) / 2]:
        if 0 < x < 1:
            add("beta", [a, b], x, *exact_beta(a, b, x))
for a, b in [(1, 1), (2, 10), (5.5, 3.2), (100, 80)]:
    for x in [0.01, 0.5, 1, 2.7, 30]:
        y = mpmath.mpf(a) * x / (mpmath.mpf(a) * x + b)
        add("f", [a, b], x, *exact_beta(mpmath.mpf(a) / 2, mpmath.mpf(b) / 2, y))
for n, p in [(1, 0.3), (10, 0.5), (200, 0.01), (20000, 0.12)]:
    for k in sorted({0, int(n * p / 2), int(n * p), int(n * p + 2 * (n * p) ** 0.5), n - 1}):
        if k < n:
            lower, upper = exact_beta(k + 1, n - k, p)
            add("binomial", [n, p], k, upper, lower)
for mean in [0.1, 3, 200, 20000]:
    for k in sorted({0, int(mean / 2), int(mean), int(mean + 5 * mean**0.5)}):
        lower, upper = exact_gamma(k + 1, mean)
        add("poisson", [mean], k, upper, lower)
for df, delta in [(5, 1), (20, 2.8), (98, 1.5), (40000, 2.8), (3.5, -2)]:
    for x in [-2, 0.5, 2, 5]:
        add("nct", [df, delta], x, stats.nct.cdf(x, df, delta), stats.nct.sf(x, df, delta))
for k, df in [(3, 10), (5, 60), (2, 4)]:
    for q in [0.5, 3, 6]:
        add("studentized_range", [k, df], q, stats.studentized_range.cdf(q, k, df), stats.studentized_range.sf(q, k, df))
for n in [5, 20, 100]:
    for d in [0.05, 0.15, 0.3, 0.6]:
        add("ks", [n], d, stats.kstwo.cdf(d, n), stats.kstwo.sf(d, n))

quantiles = []
for p in [1e-300, 1e-20, 1e-8, 0.001, 0.025, 0.3, 0.5, 0.8, 0.999]:
    quantiles.append({"name": "normal", "parameters": [], "p": p, "x": float(stats.norm.ppf(p))})
    for df in [1, 2.5, 18, 5000]:
        quantiles.append({"name": "t", "parameters": [df], "p": p, "x": float(stats.t.ppf(p, df))})
    for df in [1, 4, 300]:
        quantiles.append({"name": "chi2", "parameters": [df], "p": p, "x": float(stats.chi2.ppf(p, df))})
    for a, b in [(0.5, 20.5), (121, 881), (3, 2)]:
        quantiles.append({"name": "beta", "parameters": [a, b], "p": p, "x": float(stats.beta.ppf(p, a, b))})
quantiles = [q for q in quantiles if numpy.isfinite(q["x"]) and abs(q["x"]) > 1e-290]

path = pathlib.Path(__file__).parents[2] / "Tests/Vectors/statistics-goldens.json"
with open(path, "w") as file:
    json.dump({"scipy": scipy.__version__, "tails": cases, "quantiles": quantiles}, file, indent=1)
    file.write("\n")
print(len(cases), "tails,", len(quantiles), "quantiles")
