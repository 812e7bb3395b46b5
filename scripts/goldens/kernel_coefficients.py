#!/usr/bin/env python3
"""Finds the coefficients of the functions in Sources/CKernels and prints them, with the error of each in exact arithmetic and in float32.

erf (template_floats.h): erf(z) = z P(z^2) / Q(z^2) on [-4, 4] with P and Q of degree 5, minimising the largest relative error by least squares
reweighted after Lawson.

near GELU (template_floats.h): x Phi(x) = max(x, 0) - a Phi(-a) with a = |x|, and a Phi(-a) = a P(a) on [0, 3.9], what it is at 3.9 beyond, P of degree 6,
minimising the largest error by linear programming.

near power (template_bf16.h): 2^x on [-1/2, 1/2] by a polynomial of degree 3, minimising the largest relative error likewise.

    python3 scripts/goldens/kernel_coefficients.py        (needs numpy and scipy)
"""
import numpy as np
from scipy.optimize import linprog
from scipy.special import erf, ndtr


def rational(degree_p, degree_q, end, points=4000, rounds=60):
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


def minimax(columns, values):
    """x that minimises the largest |columns x - values|, and that error."""
    one = np.ones((len(values), 1))
    both = np.block([[columns, -one], [-columns, -one]])
    goal = np.r_[np.zeros(columns.shape[1]), 1]
    found = linprog(goal, both, np.r_[values, -values], bounds=(None, None), method="highs")
    return found.x[:-1], found.x[-1]


def evaluated(coefficients, x):
    y = np.full_like(x, coefficients[-1])
    for c in coefficients[-2::-1]:
        y = y * x + np.float32(c)
    return y


def show(name, coefficients):
    print(name, [float(np.float32(c)) for c in coefficients])


p, q, error = rational(5, 5, 4.0)
z = np.linspace(-4, 4, 200000).astype(np.float32)
ratio = z * evaluated(p.astype(np.float32), z * z) / evaluated(q.astype(np.float32), z * z)
show("erf, P", p)
show("erf, Q", q)
print("    relative error: exact", error, "float32", np.abs(ratio / erf(z.astype(float)) - 1).max())

end, degree = 3.9, 6
a = end * (1 - np.cos(np.linspace(0, np.pi, 600))) / 2
p, error = minimax(a[:, None] * np.vander(a / end, degree + 1, increasing=True), a * ndtr(-a))
p /= end ** np.arange(degree + 1)
x = np.linspace(-30, 30, 600001).astype(np.float32)
a = np.minimum(np.abs(x), np.float32(end))
gelu = np.maximum(x, 0) - a * evaluated(p.astype(np.float32), a)
show("near GELU, P", p)
print("    error: exact", error, "float32", np.abs(gelu - x * ndtr(x.astype(float))).max())

r = np.cos(np.linspace(0, np.pi, 500)) / 2
p, error = minimax(np.vander(r, 4, increasing=True) / np.exp2(r)[:, None], np.ones(500))
r = r.astype(np.float32)
show("near power", p)
print("    relative error: exact", error, "float32", np.abs(evaluated(p.astype(np.float32), r) / np.exp2(r.astype(float)) - 1).max())
