"""Sequential."""
from common import *

for diff, var, n, tau2, alpha in [(0.05, 0.2112, 5000, 4e-4, 0.05), (0, 1, 1, 1, 0.05), (0.001, 0.2, 10**6, 1e-6, 0.01), (-0.3, 1, 50, 0.1, 0.1), (1, 1, 1000, 1, 0.05)]:
    def sprt():
        v = var + n * tau2
        lam = math.exp(0.5 * math.log(var / v) + n * n * tau2 * diff**2 / (2 * var * v))
        half = math.sqrt(var * v / (n * n * tau2) * (math.log(v / var) - 2 * math.log(alpha)))
        return {"lambda_n": lam, "p_instant": min(1, 1 / lam), "ci_half_width": half}
    case("msprt_normal", f"{diff}_{n}", {"diff": diff, "var_per_pair": var, "n_pairs": n, "tau2": tau2, "alpha": alpha}, sprt)
for est, se, n, alpha, star in [(0.05, 0.012, 20000, 0.05, 20000), (0.05, 0.01, 10000, 0.01, 5000), (0, 1, 1, 0.05, 1), (1, 0.01, 10**6, 0.05, 1000), (-0.5, 0.1, 100, 0.1, 10**6)]:
    def sequence():
        rho = math.sqrt((-2 * math.log(alpha) + math.log(1 - 2 * math.log(alpha))) / star)
        one = math.sqrt((-2 * math.log(2 * alpha) + math.log(1 - 2 * math.log(2 * alpha))) / star)
        def growth(r):
            return n * r * r + 1
        s = se * math.sqrt(n)
        two_sided = s * math.sqrt(2 * growth(rho) / (n * rho) ** 2 * math.log(math.sqrt(growth(rho)) / alpha))
        one_sided = s * math.sqrt(2 * growth(one) / (n * one) ** 2 * math.log(1 + math.sqrt(growth(one)) / (2 * alpha)))
        p = min(1, math.sqrt(growth(rho)) * math.exp(-(rho**2) * n * (est / se) ** 2 / (2 * growth(rho))))
        return {"rho": rho, "half_width_two_sided": two_sided, "half_width_one_sided": one_sided, "p": p}
    case("asymptotic_confidence_sequence", f"{est}_{n}_{alpha}", {"estimate": est, "se": se, "n_total": n, "alpha": alpha, "n_star": star}, sequence)
known = {"v": 100, "alpha": 0.05, "v_opt": 100, "alpha_opt": 0.05}
for name, extra, expected in [
    ("bound_two_sided_normal", {}, {"bound": 30.35209}), ("two_sided_normal_log_mixture", {"s": 10}, {"log_mixture": -0.6510052}),
    ("one_sided_normal_log_mixture", {"s": 10}, {"log_mixture": -0.06502391}), ("bound_gamma_poisson", {"c": 2}, {"bound": 30.1949}),
    ("gamma_poisson_log_mixture", {"s": 10, "c": 2}, {"log_mixture": -0.06991219}), ("bound_two_sided_beta_binomial", {"g": 0.2, "h": 0.8}, {"bound": 31.4308}),
    ("two_sided_beta_binomial_log_mixture", {"s": 10, "g": 0.2, "h": 0.8}, {"log_mixture": -0.6941012}),
    ("one_sided_beta_binomial_log_mixture", {"s": 10, "g": 0.2, "h": 0.8}, {"log_mixture": -0.07134019}),
    ("bound_poly_stitching_vmin10_cneg1", {"v_min": 10, "c": -1}, {"bound": 28.99389}), ("bound_poly_stitching_vmin10_c3", {"v_min": 10, "c": 3, "s": 1.4, "eta": 2}, {"bound": 64.48755})]:
    case("mixture_boundary", name, {**known, **extra}, expected, rtol=0, atol=1e-4)


def crossing(times, bounds, sides):
    """The chance of crossing at each look, by the recursion of Armitage, McPherson and Rowe on a Simpson grid."""
    out, grid, density = [], None, None
    for place, (t, z) in enumerate(zip(times, bounds)):
        if place == 0:
            out.append(stats.norm.sf(z) * sides)
        else:
            step = math.sqrt(t - times[place - 1])
            edge = z * math.sqrt(t)
            exits = stats.norm.sf((edge - grid) / step) + (stats.norm.cdf((-edge - grid) / step) if sides == 2 else 0)
            out.append(integrate.simpson(density * exits, x=grid))
        edge = z * math.sqrt(t)
        new = np.linspace(-edge if sides == 2 else -9 * math.sqrt(t), edge, 801)
        if place == 0:
            density = stats.norm.pdf(new, scale=math.sqrt(t))
        else:
            gaps = (new[:, None] - grid[None, :]) / step
            density = integrate.simpson(density * np.exp(-gaps * gaps / 2) / (step * math.sqrt(2 * math.pi)), x=grid)
        grid = new
    return out


thirds, fifths = [1 / 3, 2 / 3, 1.0], [0.2, 0.4, 0.6, 0.8, 1.0]
for times in [[0.5, 1.0], thirds, fifths, [0.1, 0.55, 1.0]]:
    for alpha, side in [(0.05, 2), (0.025, 1), (0.01, 2)]:
        for kind in ["pocock", "obrien-fleming"]:
            def shaped():
                def z(c):
                    return [c if kind == "pocock" else c / math.sqrt(t) for t in times]
                c = optimize.brentq(lambda c: sum(crossing(times, z(c), side)) - alpha, 1.2, 5, xtol=1e-8)
                return {"z": z(c)}
            if times in (thirds, [0.5, 1.0]):
                case("group_sequential", f"{kind.replace('-', '_')}_K{len(times)}_{alpha}_{side}", {"looks": times, "alpha": alpha, "sides": side, "kind": kind},
                     shaped, rtol=0, atol=1e-4)
        for spending in ["lan_demets_pocock", "lan_demets_obf", "power_rho1", "power_rho3"]:
            def spent():
                def total(t):
                    if "obf" in spending:
                        return side * 2 * stats.norm.sf(stats.norm.isf(alpha / side / 2) / math.sqrt(t))
                    if "pocock" in spending:
                        return alpha * math.log(1 + (math.e - 1) * t)
                    return alpha * t ** int(spending[-1])
                z, cumulative, before = [], [], 0
                for place, t in enumerate(times):
                    target = total(t)
                    z.append(optimize.brentq(lambda u: crossing(times[:place + 1], z + [u], side)[-1] - (target - before), 0, 12, xtol=1e-9))
                    cumulative.append(target)
                    before = target
                return {"cumulative_alpha": cumulative, "z": z}
            if times == thirds or alpha == 0.05 and len(times) < 4:
                case("group_sequential", f"{spending}_{len(times)}_{times[0]:.2f}_{alpha}_{side}",
                     {"information": times, "alpha": alpha, "sides": side, "spending": spending}, spent, rtol=0, atol=1e-4)
# Two-sided at 5 per cent, as everybody's tables of Lan and DeMets's functions have them.
for spending, z in [("lan_demets_obf", [4.877, 3.357, 2.680, 2.290, 2.031]), ("lan_demets_pocock", [2.438, 2.427, 2.410, 2.397, 2.386])]:
    case("group_sequential", f"{spending}_published", {"information": fifths, "alpha": 0.05, "sides": 2, "spending": spending}, {"z": z}, rtol=0,
         atol=6e-4, note="Reboussin, DeMets, Kim and Lan 2000", keep=True)
# Looks as they come: far apart, close together, late.
for times, alpha, side in [([0.15, 0.4, 0.45, 0.9, 1.0], 0.05, 2), ([0.5, 0.55, 1.0], 0.025, 1), ([0.3, 0.8], 0.05, 2)]:
    for spending in ["lan_demets_obf", "lan_demets_pocock"]:
        case("group_sequential", f"{spending}_uneven_{len(times)}_{side}", {"information": times, "alpha": alpha, "sides": side, "spending": spending},
             spent(), rtol=0, atol=1e-4, keep=True)
for looks, rate in [(1, 0.05), (2, 0.0831), (3, 0.1072), (4, 0.1262), (5, 0.1417), (10, 0.1933), (20, 0.2479)]:
    case("peeking_inflation", f"{looks}", {"looks": looks, "z": stats.norm.isf(0.025)}, {"type1": rate}, rtol=0, atol=6e-5,
         note="Armitage, McPherson and Rowe 1969, table 2")
