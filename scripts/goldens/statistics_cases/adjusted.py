"""Covariates, clusters, strata."""
from common import *

for place, (n, m, slope, kind) in enumerate([(30, 25, 0.8, "normal"), (4, 4, 0, "constant"), (200, 100, 0.3, "zeros"), (10, 50, 2, "huge"), (12, 12, -1, "normal")]):
    pre = samples(kind, n + m) if kind != "constant" else np.ones(n + m)
    post = (slope * (pre - pre.mean()) + rng.normal(3, 1, n + m) + np.repeat([0, 0.4], [n, m])).round(9)
    cp, tp, c, t = pre[:n], pre[n:], post[:n], post[n:]
    def cuped():
        out = {}
        total = np.cov(post, pre)
        theta = {"pooled_total": total[0, 1] / total[1, 1] if total[1, 1] > 0 else 0}
        within = [((len(a) - 1) * np.cov(a, b)) for a, b in [(c, cp), (t, tp)]]
        theta["pooled_within"] = (within[0][0, 1] + within[1][0, 1]) / (within[0][1, 1] + within[1][1, 1]) if within[0][1, 1] + within[1][1, 1] > 0 else 0
        for name, th in theta.items():
            a, b = t - th * (tp - pre.mean()), c - th * (cp - pre.mean())
            r = stats.ttest_ind(a, b, equal_var=False)
            ci = r.confidence_interval(0.95)
            out[name] = {"theta": th, "diff": a.mean() - b.mean(), "se": math.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b)), "p": r.pvalue,
                         "lo": ci.low, "hi": ci.high}
        r = stats.ttest_ind(t, c, equal_var=False)
        out["unadjusted"] = {"diff": t.mean() - c.mean(), "p": r.pvalue, "se": math.sqrt(t.var(ddof=1) / len(t) + c.var(ddof=1) / len(c))}
        out["variance_reduction"] = 1 - (out["pooled_total"]["se"] / out["unadjusted"]["se"]) ** 2
        return out
    case("cuped", f"{kind}{place}", {"control_pre": cp, "control_post": c, "treat_pre": tp, "treat_post": t, "level": 0.95}, cuped,
         rtol=1e-5 if kind == "huge" else 1e-8)
    treat = np.repeat([0, 1], [n, m])
    if kind != "constant":
        def lin():
            z = pre - pre.mean()
            fit = sm.OLS(post, np.column_stack([np.ones(n + m), treat, z, treat * z])).fit(cov_type="HC2", use_t=False)
            return {"ate": fit.params[1], "se": fit.bse[1], "z": fit.tvalues[1], "p": fit.pvalues[1]}
        case("regression_adjustment_lin", f"{kind}{place}", {"treat": treat, "x": pre, "y": post}, lin, rtol=1e-6 if kind == "huge" else 1e-8)
    clusters = np.arange(n + m) // 3 if place % 2 else rng.integers(0, 9, n + m)
    def clustered():
        fit = sm.OLS(post, sm.add_constant(treat)).fit(cov_type="cluster", cov_kwds={"groups": clusters})
        return {"diff": fit.params[1], "se": fit.bse[1]}
    case("cluster_robust_ols", f"{kind}{place}", {"treat": treat, "y": post, "cluster": clusters}, clustered, rtol=1e-7)
    nc, nt = np.abs(c[:min(n, m)]).round(3), np.abs(t[:min(n, m)]).round(3)
    dc, dt = rng.integers(1, 9, len(nc)), rng.integers(1, 9, len(nt))
    def ratio_metric():
        def one(x, y):
            r = x.mean() / y.mean()
            cov = np.cov(x, y)
            return r, (cov[0, 0] - 2 * r * cov[0, 1] + r * r * cov[1, 1]) / len(x) / y.mean() ** 2
        (rc, vc), (rt, vt) = one(nc, dc), one(nt, dt)
        z = (rt - rc) / math.sqrt(vc + vt)
        rel, rse = rt / rc - 1, math.sqrt(vt / rc**2 + vc * rt**2 / rc**4)
        return {"ratio_c": rc, "ratio_t": rt, "var_c": vc, "var_t": vt, "diff": rt - rc, "z": z, "p": 2 * stats.norm.sf(abs(z)), "rel": rel, "rel_se": rse,
                "rel_lo": rel - stats.norm.isf(0.025) * rse, "rel_hi": rel + stats.norm.isf(0.025) * rse}
    case("ratio_metric_delta", f"{kind}{place}", {"control_num": nc, "control_den": dc, "treat_num": nt, "treat_den": dt}, ratio_metric, rtol=1e-7)
for place in range(6):
    strata = [{"name": str(k), "x_control": int(x), "n_control": int(n), "x_treat": int(y), "n_treat": int(m)}
              for k, (n, m) in enumerate(rng.integers(20, 900, (place + 1, 2))) for x, y in [(rng.integers(0, n + 1), rng.integers(0, m + 1))]]
    def post_stratified():
        total = sum(s["n_control"] + s["n_treat"] for s in strata)
        d = v = 0
        for s in strata:
            w = (s["n_control"] + s["n_treat"]) / total
            p, q = s["x_treat"] / s["n_treat"], s["x_control"] / s["n_control"]
            d += w * (p - q)
            v += w * w * (p * (1 - p) / s["n_treat"] + q * (1 - q) / s["n_control"])
        return {"diff": d, "se": math.sqrt(v), "z": d / math.sqrt(v), "p": 2 * stats.norm.sf(abs(d / math.sqrt(v)))}
    case("post_stratification", f"{place}", {"strata": strata}, post_stratified)
    several = rng.integers(1, 400, (place + 1, 2, 2)).tolist()
    def mantel():
        s = contingency_tables.StratifiedTable([np.array(t, float) for t in several])
        cmh, homogeneity = s.test_null_odds(), s.test_equal_odds()
        return {"oddsratio_pooled": s.oddsratio_pooled, "riskratio_pooled": s.riskratio_pooled, "cmh": cmh.statistic, "p": cmh.pvalue,
                **({"homog_stat": homogeneity.statistic, "homog_p": homogeneity.pvalue} if place else {})}
    case("mantel_haenszel", f"{place}", {"tables": several}, mantel, rtol=1e-7)
    effect, variance = rng.normal(0, 0.1, place + 1).round(4), rng.uniform(1e-4, 1e-2, place + 1).round(5)
    def meta():
        w = 1 / variance
        fixed = (w * effect).sum() / w.sum()
        q = (w * (effect - fixed) ** 2).sum()
        k = len(w)
        tau2 = max(0, (q - (k - 1)) / (w.sum() - (w**2).sum() / w.sum())) if k > 1 else 0
        w2 = 1 / (variance + tau2)
        return {"fixed": fixed, "fixed_se": w.sum() ** -0.5, "Q": q, "I2": max(0, (q - (k - 1)) / q) if q > 0 else 0, "tau2_DL": tau2,
                "random": (w2 * effect).sum() / w2.sum(), "random_se": w2.sum() ** -0.5}
    if place:
        case("meta_analysis", f"{place}", {"effect": effect, "variance": variance}, meta)
