"""Planning."""
from common import *

for p1, p2 in [(0.12, 0.15), (0.01, 0.011), (0.5, 0.4), (0.001, 0.01), (0.9, 0.95)]:
    for alpha, pw in [(0.05, 0.8), (0.01, 0.9), (0.1, 0.5)]:
        for alt in ["two-sided", "larger" if p2 > p1 else "smaller"]:
            def size():
                h = proportion.proportion_effectsize(p2, p1)
                a = stats.norm.isf(alpha / 2 if alt == "two-sided" else alpha)
                b = stats.norm.isf(1 - pw)
                mid = (p1 + p2) / 2
                return {"cohens_h": h, "n_per_arm_arcsine": power.NormalIndPower().solve_power(h, None, alpha, pw, 1, alt),
                        "n_per_arm_unpooled_wald": (a + b) ** 2 * (p1 * (1 - p1) + p2 * (1 - p2)) / (p1 - p2) ** 2,
                        "n_per_arm_pooled": (a * math.sqrt(2 * mid * (1 - mid)) + b * math.sqrt(p1 * (1 - p1) + p2 * (1 - p2))) ** 2 / (p1 - p2) ** 2}
            case("sample_size_two_proportions", f"{p1}_{p2}_{alpha}_{pw}_{alt}", {"p1": p1, "p2": p2, "alpha": alpha, "power": pw, "alt": alt}, size, rtol=1e-5)
for d in [0.01, 0.2, 0.8, 2]:
    for alpha, pw, ratio in [(0.05, 0.8, 1), (0.01, 0.9, 2), (0.1, 0.5, 0.5)]:
        for alt in ["two-sided", "larger"]:
            case("sample_size_t", f"{d}_{alpha}_{pw}_{ratio}_{alt}", {"d": d, "alpha": alpha, "power": pw, "ratio": ratio, "alternative": alt}, lambda: {
                "n1": power.TTestIndPower().solve_power(d, None, alpha, pw, ratio, alt)}, rtol=1e-5)
for d in [0, 0.01, 0.3, -0.3, 2]:
    for n1 in [2, 5, 50, 20000]:
        for alt in ["two-sided", "larger", "smaller"]:
            if math.isnan(power.TTestIndPower().power(d, n1, 0.05, 1.5, alternative=alt)):
                continue
            case("power_t", f"{d}_{n1}_{alt}", {"d": d, "n1": n1, "ratio": 1.5, "alpha": 0.05, "alternative": alt}, lambda: {
                "power": power.TTestIndPower().power(d, n1, 0.05, 1.5, alternative=alt)}, rtol=1e-7, atol=1e-9)
for n1 in [3, 10, 500, 20000, 10**6]:
    for alpha, pw in [(0.05, 0.8), (0.01, 0.95)]:
        case("mde_t", f"{n1}_{alpha}", {"n1": n1, "alpha": alpha, "power": pw}, lambda: {
            "d": optimize.brentq(lambda d: power.TTestIndPower().power(d, n1, alpha, 1) - pw, 1e-9, min(8, 8 / math.sqrt(n1)), xtol=1e-14)}, rtol=1e-6)
for p0, n in [(0.1, 50000), (0.5, 100), (0.001, 10**6), (0.95, 2000)]:
    for alpha, pw in [(0.05, 0.8), (0.01, 0.9)]:
        def mde():
            z = stats.norm.isf(alpha / 2) + stats.norm.isf(1 - pw)
            p1 = optimize.brentq(lambda p: p - p0 - z * math.sqrt((p0 * (1 - p0) + p * (1 - p)) / n), p0 + 1e-12, 1 - 1e-12, xtol=1e-15)
            return {"p1": p1, "absolute": p1 - p0, "relative": p1 / p0 - 1}
        case("mde_two_proportions", f"{p0}_{n}_{alpha}", {"p0": p0, "n_per_arm": n, "alpha": alpha, "power": pw}, mde, rtol=1e-7)
