#!/usr/bin/env python3
"""Finds the coefficients of erf in Sources/CKernels/template_rows.h: erf(z) = z P(z^2) / Q(z^2) on [-4, 4] with P and Q of degree 5,
minimising the largest relative error by least squares reweighted after Lawson. Prints them, and the error when evaluated in float32.

    python3 scripts/goldens/erf_coefficients.py        (needs numpy and scipy)
"""
import numpy as np
from scipy.special import erf


def fit(degree_p, degree_q, end, points=4000, rounds=60):
    nodes = (np.cos(np.pi * (np.arange(points) + 0.5) / points) + 1) / 2 * end
    z = np.maximum(nodes, 1e-4)
    u = z * z / end**2
    f = erf(z) / z
    lawson, q = np.ones(points), np.ones(points)
    for turn in range(rounds):
        weight = np.sqrt(lawson) / f / q
        columns = [np.vander(u, degree_p + 1, increasing=True), -f[:, None] * np.vander(u, degree_q + 1, increasing=True)[:, 1:]]
        x = np.linalg.lstsq(np.concatenate(columns, 1) * weight[:, None], f * weight, rcond=None)[0]
        p, tail = x[: degree_p + 1], np.r_[1, x[degree_p + 1 :]]
        q = np.polyval(tail[::-1], u)
        error = np.abs(np.polyval(p[::-1], u) / q / f - 1)
        if turn > 5:
            lawson = lawson * (error / error.max() + 1e-3) ** 0.7
            lawson /= lawson.sum()
    scale = float(end) ** (2 * np.arange(max(degree_p, degree_q) + 1))
    return p / scale[: degree_p + 1], tail / scale[: degree_q + 1], error.max()


p, q, error = fit(5, 5, 4.0)
print("P", [float(np.float32(c)) for c in p])
print("Q", [float(np.float32(c)) for c in q])
z = np.linspace(-4, 4, 200000).astype(np.float32)
u = z * z
top, bottom = np.float32(p[-1]), np.float32(q[-1])
for c in p[-2::-1]:
    top = top * u + np.float32(c)
for c in q[-2::-1]:
    bottom = bottom * u + np.float32(c)
print("relative error: exact", error, "float32", np.abs(z * top / bottom / erf(z.astype(float)) - 1).max())
