"""Sums of arms, as GrowthBook has them."""
from common import *

try:
    from gbstats.bayesian.tests import EffectBayesianABTest, EffectBayesianConfig, GaussianPrior
    from gbstats.frequentist.tests import (FrequentistConfig, OneSidedTreatmentGreaterTTest, SequentialConfig, SequentialTwoSidedTTest, TwoSidedTTest)
    from gbstats.models.statistics import ProportionStatistic, QuantileStatistic, RatioStatistic, RegressionAdjustedStatistic, SampleMeanStatistic, compute_theta

    def share(n, x):
        return {"kind": "proportion", "n": n, "sum": float(x)}

    def mean(x):
        return {"kind": "mean", "n": len(x), "sum": float(x.sum()), "sum_squares": float((x * x).sum())}

    def made(s):
        if s["kind"] == "proportion":
            return ProportionStatistic(n=s["n"], sum=s["sum"])
        if s["kind"] == "mean":
            return SampleMeanStatistic(n=s["n"], sum=s["sum"], sum_squares=s["sum_squares"])
        if s["kind"] == "ratio":
            return RatioStatistic(n=s["n"], m_statistic=made(s["numerator"]), d_statistic=made(s["denominator"]), m_d_sum_of_products=s["sum_of_products"])
        if s["kind"] == "cuped":
            return RegressionAdjustedStatistic(n=s["n"], post_statistic=made(s["post"]), pre_statistic=made(s["pre"]),
                                               post_pre_sum_of_products=s["post_pre_sum_of_products"], theta=0)
        return QuantileStatistic(**{key: value for key, value in s.items() if key != "kind"})

    def gamma(n, scale):
        return rng.gamma(1, scale, n).round(2)

    def ratio_arm(n, lift):
        d = rng.integers(1, 12, n).astype(float)
        x = (d * rng.uniform(0, 1 + lift, n)).round(3)
        return {"kind": "ratio", "n": n, "numerator": mean(x), "denominator": mean(d), "sum_of_products": float((x * d).sum())}

    def cuped_arm(n, lift):
        pre = rng.gamma(2, 3, n).round(2)
        y = (0.7 * pre + rng.normal(2 + lift, 1, n)).round(3)
        return {"kind": "cuped", "n": n, "post": mean(y), "pre": mean(pre), "post_pre_sum_of_products": float((pre * y).sum())}

    def quantile_arm(n, star, hat):
        return {"kind": "quantile", "n": n, "n_star": star, "nu": 0.9, "quantile_hat": hat, "quantile_lower": hat - 0.06, "quantile_upper": hat + 0.05}

    arms = {
        "prop_basic": (share(1000, 120), share(1000, 150)), "prop_small": (share(28, 14), share(30, 16)), "prop_rare": (share(90000, 12), share(90000, 30)),
        "prop_huge": (share(10**7, 10**6), share(10**7, 10**6 + 5000)), "mean": (mean(gamma(80, 5)), mean(gamma(120, 6))), "tiny": (mean(gamma(2, 5)), mean(gamma(3, 6))),
        "negative": ({"kind": "mean", "n": 50, "sum": -100.0, "sum_squares": 400.0}, {"kind": "mean", "n": 50, "sum": -80.0, "sum_squares": 300.0}),
        "ratio": (ratio_arm(90, 0), ratio_arm(110, 0.2)), "cuped": (cuped_arm(150, 0), cuped_arm(170, 0.3)), "equal": (share(100, 20), share(100, 20)),
        "quantile": (quantile_arm(5000, 5000, 7.0), quantile_arm(5200, 5200, 7.1)), "quantile_star": (quantile_arm(5000, 3000, 7.0), quantile_arm(5200, 3000, 7.1))}
    def cuped_relative():
        """By the delta method: control's own mean stands above and below the line of (a - b)/|b|, its covariate above only."""
        control, treat = arms["cuped"]
        theta = compute_theta(made(control), made(treat))

        def parts(s):
            y, x = s["post"], s["pre"]
            cov = (s["post_pre_sum_of_products"] - y["sum"] * x["sum"] / s["n"]) / (s["n"] - 1)
            return y["sum"] / s["n"], x["sum"] / s["n"], np.array([[made(y).variance, cov], [cov, made(x).variance]]), s["n"]
        (yc, xc, vc, nc), (yt, xt, vt, nt) = parts(control), parts(treat)
        slope = np.array([1, -theta])
        a, b = slope @ vt @ slope / nt, slope @ vc @ slope / nc
        g = np.array([-yt / yc, theta]) / yc
        se = math.sqrt(a / yc**2 + g @ vc @ g / nc)
        effect = (yt - theta * xt - yc + theta * xc) / yc
        df = (a + b) ** 2 / (a**2 / (nt - 1) + b**2 / (nc - 1))
        half = stats.t.isf(0.025, df) * se
        return {"expected": effect, "se": se, "p": 2 * stats.t.sf(abs(effect) / se, df), "ci_lo": effect - half, "ci_hi": effect + half}
    case("gb_cuped", "cuped_relative", {"control": arms["cuped"][0], "treat": arms["cuped"][1], "difference": "relative", "alpha": 0.05}, cuped_relative, rtol=1e-7)
    for name, (control, treat) in arms.items():
        for difference in ["absolute", "relative"]:
            if difference == "relative" and name in ("negative", "cuped"):
                # The release divides by a negative mean as it stands, and leaves out how the covariate goes with control's mean.
                continue

            def ready():
                a, b = made(control), made(treat)
                if control["kind"] == "cuped":
                    a.theta = b.theta = compute_theta(a, b)
                return a, b
            for alpha in [0.05, 0.01]:
                inputs = {"control": control, "treat": treat, "difference": difference, "alpha": alpha}
                def frequentist(test, config):
                    def run():
                        a, b = ready()
                        r = test(a, b, config)
                        out = r.compute_result()
                        assert out.error_message is None, out.error_message
                        return {"expected": out.expected, "ci_lo": out.ci[0], "ci_hi": out.ci[1], "p": out.p_value, "se": out.uplift.stddev}
                    return run
                method = {"cuped": "gb_cuped", "quantile": "gb_quantile"}.get(control["kind"], "gb_two_sided_t")
                config = FrequentistConfig(difference_type=difference, alpha=alpha)
                case(method, f"{name}_{difference}_{alpha}", inputs, frequentist(TwoSidedTTest, config), rtol=1e-7, atol=1e-11)
                case("gb_one_sided_t", f"greater_{name}_{difference}_{alpha}", inputs, frequentist(OneSidedTreatmentGreaterTTest, config), rtol=1e-7, atol=1e-11)
                for star in [5000, 20000]:
                    case("gb_sequential_two_sided", f"{name}_{difference}_{alpha}_N{star}", {**inputs, "n_star": star}, frequentist(
                        SequentialTwoSidedTTest, SequentialConfig(difference_type=difference, alpha=alpha, sequential_tuning_parameter=star)), rtol=1e-7)
                def bayes(config):
                    def run():
                        a, b = ready()
                        out = EffectBayesianABTest(a, b, config).compute_result()
                        assert out.error_message is None, out.error_message
                        return {"chance_to_win": out.chance_to_win, "expected": out.expected, "ci_lo": out.ci[0], "ci_hi": out.ci[1],
                                "risk_control": out.risk[0], "risk_treat": out.risk[1]}
                    return run
                case("gb_bayes_flat", f"{name}_{difference}_{alpha}", inputs, bayes(EffectBayesianConfig(difference_type=difference, alpha=alpha)), rtol=1e-6, atol=1e-10)
                prior = {"mean": 0.05, "variance": 0.09}
                case("gb_bayes_informative", f"{name}_{difference}_{alpha}", {**inputs, "prior": prior}, bayes(EffectBayesianConfig(
                    difference_type=difference, alpha=alpha, prior_type="relative", prior_effect=GaussianPrior(mean=0.05, variance=0.09, proper=True))),
                    rtol=1e-6, atol=1e-10)
except ImportError:
    print("no gbstats")
try:
    import pandas
    from spotify_confidence import StudentsTTest, ZTest
    from spotify_confidence.samplesize.sample_size_calculator import SampleSize

    for alpha, pw in [(0.05, 0.85), (0.14, 0.67), (0.01, 0.95)]:
        case("sample_size_spotify", f"binomial_{alpha}", {"absolute_percentage_mde": 0.003, "baseline_proportion": 0.34, "alpha": alpha, "power": pw}, lambda: (
            lambda r: {"n_total": r[0], "allocation": r[2]})(SampleSize.binomial(0.003, 0.34, alpha=alpha, power=pw)), rtol=1e-4)
        case("sample_size_spotify", f"continuous_{alpha}", {"average_absolute_mde": 1.5, "baseline_variance": 5000, "alpha": alpha, "power": pw}, lambda: (
            lambda r: {"n_total": r[0], "allocation": r[2]})(SampleSize.continuous(1.5, 5000, alpha=alpha, power=pw)), rtol=1e-4)
    for x, n, y, m in [(120, 1000, 150, 1000), (45, 300, 410, 2500), (5, 100, 9, 100)]:
        for preferred in ["increase", "decrease", None]:
            for margin in [0.05, 0.2, None]:
                frame = pandas.DataFrame({"x": [x, y], "x2": [x, y], "n": [n, m], "g": ["c", "t"]})
                def z():
                    test = ZTest(frame, "x", "x2", "n", "g")
                    r = test.difference("c", "t", non_inferiority_margins=(margin, preferred) if margin or preferred else None).iloc[0]
                    return {"difference": r["difference"], "ci_lower": r["ci_lower"], "ci_upper": r["ci_upper"], "p-value": r["p-value"],
                            "null_hypothesis": r["null_hypothesis"] if "null_hypothesis" in r else 0}
                case("spotify_z", f"{x}of{n}_{preferred}_{margin}", {k: v for k, v in {"x_control": x, "n_control": n, "x_treat": y, "n_treat": m,
                     "relative_margin": margin, "preferred": preferred}.items() if v is not None}, z, rtol=1e-6)
    for absolute in [True, False]:
        for s1, q1, n1, s2, q2, n2 in [(312, 984, 104, 1969, 5767, 1009), (10, 30, 5, 14, 44, 6)]:
            frame = pandas.DataFrame({"x": [s1, s2], "x2": [q1, q2], "n": [n1, n2], "g": ["c", "t"]})
            def student():
                r = StudentsTTest(frame, "x", "x2", "n", "g").difference("c", "t", absolute=absolute).iloc[0]
                return {"difference": r["difference"], "ci_lo": r["ci_lower"], "ci_hi": r["ci_upper"], "p": r["p-value"]}
            case("spotify_students_t", f"{s1}_{absolute}", {"control": {"sum": s1, "sum_squares": q1, "n": n1}, "treat": {"sum": s2, "sum_squares": q2, "n": n2},
                 "absolute": absolute}, student, rtol=1e-6)
except ImportError:
    print("no spotify-confidence")
