"""Two shares."""
from common import *

def score_interval(x, n, y, m, alpha):
    """Miettinen and Nurminen's interval by brute force: the likelihood maximised under each difference (statsmodels' cubic is off in one term)."""
    z, p, q = stats.norm.isf(alpha / 2), x / n, y / m

    def statistic(delta):
        def loss(b):
            return -(stats.binom.logpmf(x, n, b + delta) + stats.binom.logpmf(y, m, b))
        low, high = max(0, -delta), min(1, 1 - delta)
        b = optimize.minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-13}).x
        a = b + delta
        variance = (a * (1 - a) / n + b * (1 - b) / m) * (n + m) / (n + m - 1)
        return (p - q - delta) / math.sqrt(variance)
    return (optimize.brentq(lambda d: statistic(d) - z, -1 + 1e-9, p - q - 1e-12, xtol=1e-13),
            optimize.brentq(lambda d: statistic(d) + z, p - q + 1e-12, 1 - 1e-9, xtol=1e-13))


for x, n, y, m in counts:
    inputs = {"x_control": x, "n_control": n, "x_treat": y, "n_treat": m}
    name = f"{x}of{n}_{y}of{m}"
    for side in sides:
        def z_test(pooled):
            def run():
                p, q, both = y / m, x / n, (x + y) / (n + m)
                variance = both * (1 - both) * (1 / n + 1 / m) if pooled else p * (1 - p) / m + q * (1 - q) / n
                if variance == 0:
                    return {"z": math.nan, "p": math.nan}
                z = (p - q) / math.sqrt(variance)
                return {"z": z, "p": {"two-sided": 2 * stats.norm.sf(abs(z)), "greater": stats.norm.sf(z), "less": stats.norm.cdf(z)}[side]}
            return run
        case("two_proportion_z_pooled", f"{name}_{side}", {**inputs, "alternative": side}, z_test(True))
        case("two_proportion_z_unpooled", f"{name}_{side}", {**inputs, "alternative": side}, z_test(False))
    for level in [0.95, 0.8, 0.999]:
        for kind in ["newcomb", "wald", "agresti-caffo", "score"]:
            def difference():
                low, high = (score_interval(y, m, x, n, 1 - level) if kind == "score" else
                             proportion.confint_proportions_2indep(y, m, x, n, compare="diff", method=kind, alpha=1 - level))
                return {"diff": y / m - x / n, "lo": low, "hi": high}
            if kind != "score" or n < 10**5 and 0 < x + y < n + m and abs(y / m - x / n) < 1:
                case("two_proportion_diff_ci", f"{name}_{kind}_{level}", {**inputs, "kind": kind, "level": level}, difference,
                     rtol=1e-6 if kind == "score" else 1e-9, atol=1e-7 if kind == "score" else 1e-12)
        for kind in ["log", "log-adjusted", "score"]:
            def ratio():
                low, high = proportion.confint_proportions_2indep(y, m, x, n, compare="ratio", method=kind, alpha=1 - level)
                return {"ratio": (y / m) / (x / n), "lo": low, "hi": high}
            if x and y and (kind != "score" or x < n and y < m):
                case("two_proportion_ratio_ci", f"{name}_{kind}_{level}", {**inputs, "kind": kind, "level": level}, ratio,
                     rtol=1e-5 if kind == "score" else 1e-9)
for x, n in [(0, 1), (1, 1), (0, 20), (20, 20), (3, 7), (1, 2), (120, 1000), (1, 10**6), (999999, 10**6), (50, 100)]:
    for kind in ["normal", "agresti_coull", "wilson", "jeffreys", "beta"]:
        for level in [0.95, 0.5, 0.999]:
            def one():
                low, high = proportion.proportion_confint(x, n, alpha=1 - level, method=kind)
                return {"lo": low, "hi": high}
            case("proportion_ci", f"{x}of{n}_{kind}_{level}", {"x": x, "n": n, "kind": kind, "level": level}, one, rtol=1e-8)
