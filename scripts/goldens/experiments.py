"""Writes Tests/Vectors/experiments.json: small experiments with what numpy and scipy find in them.

Needs numpy and scipy. Run from the repository's root: python3 scripts/goldens/experiments.py
"""

import json
import pathlib

import numpy
from scipy import optimize, stats

random = numpy.random.default_rng(11)
n = 160
arm = numpy.array([i % 2 for i in range(n)])
before = random.gamma(2.0, 3.0, n).round(4)
spend = (0.8 * before + random.gamma(1.5, 2.0, n) + 0.9 * arm).round(4)
views = random.integers(1, 12, n)
clicks = numpy.array([random.binomial(v, 0.2 + 0.05 * a) for v, a in zip(views, arm)])
visit = (random.random(n) < 0.3 + 0.2 * arm).astype(int)


def normal_or_t(effect, error, df=None):
    law = stats.norm if df is None else stats.t(df)
    margin = law.ppf(0.975) * error
    return {"effect": effect, "error": error, "p": 2 * law.sf(abs(effect / error)), "interval": [effect - margin, effect + margin]}


def welch(y):
    a, b = y[arm == 1], y[arm == 0]
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    result = normal_or_t(a.mean() - b.mean(), (va + vb) ** 0.5, df)
    assert abs(result["p"] - stats.ttest_ind(a, b, equal_var=False).pvalue) < 1e-12
    # Fieller's ends as the zeros of |a - r b| = t se(a - r b).
    t = stats.t.ppf(0.975, df)
    edge = lambda r: abs(a.mean() - r * b.mean()) - t * (va + r * r * vb) ** 0.5
    ratio = a.mean() / b.mean()
    result["relative"] = [optimize.brentq(edge, 0, ratio) - 1, optimize.brentq(edge, ratio, 100) - 1]
    return result


def delta(x, y):
    parts = []
    for a in (1, 0):
        u, v = x[arm == a], y[arm == a]
        r = u.sum() / v.sum()
        parts.append((r, (u - r * v).var(ddof=1) / v.mean() ** 2 / len(u)))
    return normal_or_t(parts[0][0] - parts[1][0], (parts[0][1] + parts[1][1]) ** 0.5)


def score_difference(x1, n1, x0, n0):
    """Miettinen and Nurminen's interval, the restricted shares by maximising the likelihood."""
    total = n1 + n0

    def statistic(d):
        def loss(q):
            p = q + d
            return -(stats.binom.logpmf(x1, n1, p) + stats.binom.logpmf(x0, n0, q))
        low, high = max(0, -d) + 1e-12, min(1, 1 - d) - 1e-12
        q = optimize.minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-13}).x
        p = q + d
        return (x1 / n1 - x0 / n0 - d) / ((p * (1 - p) / n1 + q * (1 - q) / n0) * total / (total - 1)) ** 0.5

    effect, z = x1 / n1 - x0 / n0, stats.norm.ppf(0.975)
    return {
        "effect": effect,
        "p": 2 * stats.norm.sf(abs(statistic(0.0))),
        "interval": [optimize.brentq(lambda d: statistic(d) - z, -0.99, effect), optimize.brentq(lambda d: statistic(d) + z, effect, 0.99)],
    }


theta = numpy.cov(spend, before, ddof=1)[0, 1] / before.var(ddof=1)
cuped = welch(spend - theta * (before - before.mean()))


def lin(y, x):
    centered = x - x.mean()
    parts = []
    for a in (1, 0):
        own = arm == a
        slope, start = numpy.polyfit(centered[own], y[own], 1)
        rest = y[own] - start - slope * centered[own]
        parts.append((start, rest @ rest / (own.sum() - 2) / own.sum()))
    return {"effect": parts[0][0] - parts[1][0], "error": (parts[0][1] + parts[1][1]) ** 0.5}


counts = [int(visit[arm == 1].sum()), int((arm == 1).sum()), int(visit[arm == 0].sum()), int((arm == 0).sum())]
golden = {
    "data": {
        "arm": ["ab"[a] for a in arm], "before": before.tolist(), "spend": spend.tolist(), "views": views.tolist(),
        "clicks": clicks.tolist(), "visit": visit.tolist(),
    },
    "spend": welch(spend), "cuped": cuped, "cuped_reduction": 1 - (cuped["error"] / welch(spend)["error"]) ** 2, "lin": lin(spend, before), "ratio": delta(clicks, views), "visit": score_difference(*counts),
    "winsorized": welch(numpy.minimum(spend, numpy.quantile(spend, 0.9))),
    "rank_p": stats.mannwhitneyu(spend[arm == 1], spend[arm == 0], method="asymptotic").pvalue,
    "srm_p": stats.chisquare([500, 560, 610], [1670 / 3] * 3).pvalue,
}
path = pathlib.Path("Tests/Vectors/experiments.json")
path.write_text(json.dumps(golden, indent=0) + "\n")
