"""Means."""
from common import *

for place, (kind, control, treat) in enumerate(pairs):
    for side in sides:
        for level in [0.95, 0.9]:
            inputs = {"control": control, "treat": treat, "alternative": side, "level": level}
            for method, equal in [("welch_t", False), ("student_t_pooled", True)]:
                def t_test():
                    r = stats.ttest_ind(treat, control, equal_var=equal, alternative=side)
                    ci = r.confidence_interval(level)
                    return {"diff": treat.mean() - control.mean(), "t": r.statistic, "p": r.pvalue, "df": r.df, "ci_lo": ci.low, "ci_hi": ci.high}
                case(method, f"{kind}{place}_{side}_{level}", inputs, t_test, rtol=1e-6 if kind == "huge" else 1e-9)
        size = min(len(control), len(treat))
        a, b = treat[:size], control[:size]
        def paired():
            r = stats.ttest_rel(a, b, alternative=side)
            ci = r.confidence_interval(0.95)
            return {"t": r.statistic, "p": r.pvalue, "df": r.df, "ci_lo": ci.low, "ci_hi": ci.high}
        case("paired_t", f"{kind}{place}_{side}", {"after": a, "before": b, "alternative": side}, paired, rtol=1e-6 if kind == "huge" else 1e-9)
        mu = float(control.mean().round(1))
        case("one_sample_t", f"{kind}{place}_{side}", {"x": treat, "mu": mu, "alternative": side}, lambda: (
            lambda r: {"t": r.statistic, "p": r.pvalue, "df": r.df})(stats.ttest_1samp(treat, mu, alternative=side)), rtol=1e-6 if kind == "huge" else 1e-9)
        for trim in [0.1, 0.2, 0.0, 0.4]:
            if min(len(control), len(treat)) > 8:
                case("yuen_t", f"{kind}{place}_{side}_{trim}", {"control": control, "treat": treat, "trim": trim, "alternative": side}, lambda: (
                    lambda r: {"t": r.statistic, "p": r.pvalue})(stats.ttest_ind(treat, control, equal_var=False, trim=trim, alternative=side)),
                    rtol=1e-6 if kind == "huge" else 1e-9)
        for continuity in [True, False]:
            case("mann_whitney_u", f"{kind}{place}_{side}_cc{continuity}",
                 {"control": control, "treat": treat, "method": "asymptotic", "alternative": side, "use_continuity": continuity}, lambda: (
                     lambda r: {"U_treat": r.statistic, "p": r.pvalue, "prob_superiority": r.statistic / len(treat) / len(control),
                                "cliffs_delta": 2 * r.statistic / len(treat) / len(control) - 1})(
                     stats.mannwhitneyu(treat, control, alternative=side, method="asymptotic", use_continuity=continuity)))
        if len(control) * len(treat) < 1000:
            case("mann_whitney_u", f"{kind}{place}_{side}_exact", {"control": control, "treat": treat, "method": "exact", "alternative": side}, lambda: (
                lambda r: {"U_treat": r.statistic, "p": r.pvalue})(stats.mannwhitneyu(treat, control, alternative=side, method="exact")))
            case("mann_whitney_u", f"{kind}{place}_{side}_auto", {"control": control, "treat": treat, "method": "auto", "alternative": side}, lambda: (
                lambda r: {"U_treat": r.statistic, "p": r.pvalue})(stats.mannwhitneyu(treat, control, alternative=side, method="auto")),
                note="auto is the reference's choice of method")
        for distribution in ["t", "normal"]:
            if len(control) > 2 and max(control) > min(treat) and max(treat) > min(control):
                case("brunner_munzel", f"{kind}{place}_{side}_{distribution}",
                     {"control": control, "treat": treat, "alternative": side, "distribution": distribution}, lambda: (
                         lambda r: {"statistic": r.statistic, "p": r.pvalue})(
                         stats.brunnermunzel(treat, control, alternative=side, distribution=distribution)))
        diff = (a - b).round(15 if kind == "tiny" else 6)
        for correction in [False, True]:
            for method in ["approx", "auto"]:
                case("wilcoxon_signed_rank", f"{kind}{place}_{side}_{method}_cc{correction}",
                     {"diff": diff, "alternative": side, "correction": correction, "method": method}, lambda: (
                         lambda r: {"W": r.statistic, "p": r.pvalue})(
                         stats.wilcoxon(diff, alternative=side, correction=correction, method="asymptotic" if method == "approx" else method)))
        case("dunnett", f"{kind}{place}_{side}", {"control": control, "groups": [treat, treat[::-1] + 0.5], "alternative": side}, lambda: (
            lambda r: {"statistic": r.statistic, "p": r.pvalue})(
            stats.dunnett(treat, treat[::-1] + 0.5, control=control, alternative=side, rng=np.random.default_rng(1))), rtol=0, atol=0.003)
    case("kruskal_wallis", f"{kind}{place}", {"groups": [control, treat, control[:5]]}, lambda: (
        lambda r: {"H": r.statistic, "p": r.pvalue})(stats.kruskal(control, treat, control[:5])))
    for variant in ["equal", "unequal", "bf"]:
        case("anova_oneway", f"{kind}{place}_{variant}", {"groups": [control, treat, control[:5] + 1], "var": variant}, lambda: (
            lambda r: {"F": r.statistic, "p": r.pvalue, "df_num": r.df_num, "df_denom": r.df_denom})(
            oneway.anova_oneway([control, treat, control[:5] + 1], use_var=variant)), rtol=1e-6 if kind == "huge" else 1e-9)
    case("tukey_hsd", f"{kind}{place}", {"groups": [control, treat, control[:5] + 1]}, lambda: (
        lambda r: {"diff": r.statistic, "p": r.pvalue})(stats.tukey_hsd(control, treat, control[:5] + 1)), rtol=1e-5, atol=1e-9)
    for low, high in [(-0.5, 2.5), (-10, 10), (0, 0.1)]:
        def tost():
            p, lower, upper = weightstats.ttost_ind(treat, control, low, high, usevar="unequal")
            return {"p": p, "t_low": lower[0], "p_low": lower[1], "df": lower[2], "t_high": upper[0], "p_high": upper[1]}
        case("tost_welch", f"{kind}{place}_{low}_{high}", {"control": control, "treat": treat, "low": low, "high": high}, tost,
             rtol=1e-6 if kind == "huge" else 1e-9)
    for margin in [-0.5, 0, 1] if kind != "tiny" else []:
        case("non_inferiority_means", f"{kind}{place}_{margin}", {"control": control, "treat": treat, "margin": margin}, lambda: (
            lambda r: {"t": r.statistic, "p": r.pvalue, "df": r.df})(stats.ttest_ind(treat, control + margin, equal_var=False, alternative="greater")),
            rtol=1e-6 if kind == "huge" else 1e-8)
    for q in [0.25, 0.5, 0.9, 0.01, 0.999]:
        names = ["inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull", "linear",
                 "median_unbiased", "normal_unbiased"]
        case("quantile_types", f"{kind}{place}_{q}", {"x": treat, "q": q}, lambda: {
            # numpy before 2 takes the wrong neighbour for type 3: the nearest order statistic, the even one of two as near.
            f"type{place + 1}": np.sort(treat)[max(0, int(np.rint(len(treat) * q)) - 1)] if place == 2 else np.quantile(treat, q, method=name)
            for place, name in enumerate(names)})
        case("quantile_harrell_davis", f"{kind}{place}_{q}", {"x": treat, "q": [q, 0.5]}, lambda: {
            "hd": stats.mstats.hdquantiles(treat, [q, 0.5]), "se": stats.mstats.hdquantiles_sd(treat, [q, 0.5])}, rtol=1e-6, atol=1e-9)
        for level in [0.95, 0.8]:
            def order():
                ci = stats.quantile_test(treat, p=q).confidence_interval(level)
                return {"lo": ci.low, "hi": ci.high}
            case("quantile_ci_binomial", f"{kind}{place}_{q}_{level}", {"x": treat, "q": q, "level": level}, order)
    for share in [0.9, 0.5, 0.99]:
        for ignores in [False, True]:
            def cap():
                values = treat[treat != 0] if ignores else treat
                limit = np.quantile(values, share)
                return {"cap": limit, "mean": np.minimum(treat, limit).mean()}
            case("winsorize", f"{kind}{place}_{share}_{ignores}", {"x": treat, "percentile": share, "ignore_zeros": ignores}, cap)
    for cut in [0, 0.1, 0.25, 0.49]:
        case("trimmed_mean", f"{kind}{place}_{cut}", {"x": treat, "cut": cut}, lambda: {"mean": stats.trim_mean(treat, cut)})
    def sizes():
        n, m = len(treat), len(control)
        df = n + m - 2
        sp = math.sqrt(((n - 1) * treat.var(ddof=1) + (m - 1) * control.var(ddof=1)) / df)
        d = (treat.mean() - control.mean()) / sp
        factor = math.exp(math.lgamma(df / 2) - 0.5 * math.log(df / 2) - math.lgamma((df - 1) / 2))
        return {"cohens_d": d, "hedges_g_exact": d * factor, "glass_delta": (treat.mean() - control.mean()) / control.std(ddof=1)}
    case("effect_sizes", f"{kind}{place}", {"control": control, "treat": treat}, sizes, rtol=1e-6 if kind == "huge" else 1e-9)
    if len(control) == len(treat) or len(treat) > 3:
        size = min(len(control), len(treat))
        x, y = control[:size], treat[:size]
        def correlation():
            return {"pearson": stats.pearsonr(x, y).statistic, "pearson_p": stats.pearsonr(x, y).pvalue, "spearman": stats.spearmanr(x, y).statistic,
                    "spearman_p": stats.spearmanr(x, y).pvalue, "kendall_b": stats.kendalltau(x, y).statistic, "kendall_p": stats.kendalltau(x, y).pvalue}
        if size > 2:
            case("correlation", f"{kind}{place}", {"x": x, "y": y}, correlation, rtol=1e-6 if kind in ("huge", "tiny") else 1e-9)
x = np.arange(1, 13.0)
case("correlation", "perfect", {"x": x, "y": 2 * x}, {"pearson": 1, "pearson_p": 0, "spearman": 1, "spearman_p": 0, "kendall_b": 1,
     "kendall_p": stats.kendalltau(x, 2 * x).pvalue}, atol=1e-10)
case("correlation", "constant", {"x": x, "y": x * 0 + 3}, {"pearson": math.nan, "spearman": math.nan, "kendall_b": math.nan})
same = np.full(5, 3.0)
case("kruskal_wallis", "all_equal", {"groups": [same, same, same]}, {"H": math.nan, "p": math.nan})
case("effect_sizes", "no_variance", {"control": same, "treat": same}, {"cohens_d": math.nan, "hedges_g_exact": math.nan})
for summary in [((1, 5, 10**6), (1.02, 5.5, 10**6)), ((0, 1, 2), (3, 1, 2)), ((10, 1, 5), (10, 1, 5)), ((1, 1, 10**8), (1.01, 1, 10**8)), ((1, 0, 10), (2, 1, 10))]:
    (mean, sd, n), (mean2, sd2, n2) = summary
    for method, equal in [("welch_t_from_summary", False), ("student_t_pooled_from_summary", True)]:
        for level in [0.95, 0.99]:
            def summed():
                r = stats.ttest_ind_from_stats(mean2, sd2, n2, mean, sd, n, equal_var=equal)
                va, vb = sd2**2 / n2, sd**2 / n
                if equal:
                    df = n + n2 - 2
                    se = math.sqrt(((n - 1) * sd**2 + (n2 - 1) * sd2**2) / df * (1 / n + 1 / n2))
                else:
                    df = (va + vb) ** 2 / (va**2 / (n2 - 1) + vb**2 / (n - 1))
                    se = math.sqrt(va + vb)
                half = stats.t.isf((1 - level) / 2, df) * se
                return {"t": r.statistic, "p": r.pvalue, "df": df, "ci_lo": mean2 - mean - half, "ci_hi": mean2 - mean + half}
            case(method, f"{summary}_{level}", {"control": {"mean": mean, "sd": sd, "n": n}, "treat": {"mean": mean2, "sd": sd2, "n": n2}, "level": level}, summed)
