"""Relative effects, posteriors."""
from common import *

for mc, vc, mt, vt in [(0.5, 0.04, 0.6, 0.05), (10, 0.01, 10.5, 0.02), (-2, 0.05, -1.6, 0.04), (1, 0.5, 3, 0.5), (5, 0, 6, 0.1), (1e-5, 1e-12, 1.2e-5, 1e-12)]:
    for level in [0.95, 0.8]:
        def lift():
            z = stats.norm.isf((1 - level) / 2)
            rel = (mt - mc) / abs(mc)
            se = math.sqrt(vt / mc**2 + vc * mt**2 / mc**4)
            out = {"rel": rel, "delta_lo": rel - z * se, "delta_hi": rel + z * se}
            if mc > 0 and mt > 0:
                half = z * math.sqrt(vt / mt**2 + vc / mc**2)
                out.update(log_lo=mt / mc * math.exp(-half) - 1, log_hi=mt / mc * math.exp(half) - 1)
                a, b, c = mc**2 - z * z * vc, mt * mc, mt**2 - z * z * vt
                if a > 0:
                    out.update(fieller_lo=(b - math.sqrt(b * b - a * c)) / a - 1, fieller_hi=(b + math.sqrt(b * b - a * c)) / a - 1)
            return out
        case("relative_lift_ci", f"{mc}_{mt}_{level}", {"mean_c": mc, "var_mean_c": vc, "mean_t": mt, "var_mean_t": vt, "level": level}, lift, rtol=1e-8)
for x, n, y, m in counts[:14]:
    for a, b in [(1, 1), (0.5, 0.5), (30, 270)]:
        def beta():
            c, t = stats.beta(a + x, b + n - x), stats.beta(a + y, b + m - y)
            lo, hi = max(0, min(c.ppf(1e-15), t.ppf(1e-15))), min(1, max(c.isf(1e-15), t.isf(1e-15)))
            grid = np.linspace(lo, hi, 40)
            def whole(f):
                return sum(integrate.quad(f, u, v, epsabs=1e-15, epsrel=1e-12, limit=200)[0] for u, v in zip(grid, grid[1:]))
            return {"prob_treat_better": whole(lambda p: t.pdf(p) * c.cdf(p)), "expected_loss_choose_treat": whole(lambda p: t.cdf(p) * c.sf(p)),
                    "expected_loss_choose_control": whole(lambda p: c.cdf(p) * t.sf(p)), "post_mean_c": c.mean(), "post_mean_t": t.mean(),
                    "ci_c": [c.ppf(0.025), c.isf(0.025)], "ci_t": [t.ppf(0.025), t.isf(0.025)]}
        case("beta_binomial", f"{x}of{n}_{y}of{m}_{a}", {"x_control": x, "n_control": n, "x_treat": y, "n_treat": m, "prior_a": a, "prior_b": b}, beta,
             rtol=1e-7, atol=1e-9)
