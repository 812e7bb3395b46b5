"""Margins and rates."""
from common import *

for x, n, y, m in counts[3:]:
    for margin in [-0.015, -0.2, 0.05, 0]:
        for kind in ["wald", "agresti-caffo", "score"]:
            def margins():
                r = proportion.test_proportions_2indep(y, m, x, n, value=margin, method=kind, compare="diff", alternative="larger", correction=False)
                return {"z": r.statistic, "p": r.pvalue}
            if n < 10**6 and not (kind == "wald" and (x in (0, n) and y in (0, m))):
                case("non_inferiority_proportions", f"{x}of{n}_{y}of{m}_{margin}_{kind}",
                     {"x_control": x, "n_control": n, "x_treat": y, "n_treat": m, "margin": margin, "kind": kind}, margins, rtol=1e-6)
for c1, e1, c2, e2 in [(60, 51477.5, 30, 54308.7), (0, 100, 5, 100), (5, 100, 0, 100), (10, 10, 10, 10), (3, 1, 9, 2), (10000, 1e6, 10300, 1e6), (1, 1, 1, 5)]:
    for kind in ["wald", "score", "exact-cond", "cond-midp", "sqrt", "etest", "etest-wald"]:
        for alt in ["two-sided", "larger", "smaller"]:
            for value in [1, 1.5]:
                def rate():
                    r = rates.test_poisson_2indep(c1, e1, c2, e2, value=value, method=kind, compare="ratio", alternative=alt)
                    return {"p": r.pvalue, **({} if kind in ("exact-cond", "cond-midp") else {"statistic": r.statistic})}
                if c1 < 1000 or "etest" not in kind:
                    case("poisson_rate_ratio", f"{c1}_{c2}_{kind}_{alt}_{value}",
                         {"count1": c1, "exposure1": e1, "count2": c2, "exposure2": e2, "kind": kind, "alternative": alt, "value": value}, rate, rtol=1e-5, atol=1e-9)
