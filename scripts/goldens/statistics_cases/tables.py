"""Tables."""
from common import *

tables = [[[8, 2], [1, 5]], [[0, 10], [10, 0]], [[0, 5], [3, 7]], [[5, 0], [0, 0]], [[120, 880], [150, 850]], [[3, 0], [2, 9]], [[1, 1], [1, 1]],
          [[1000, 200000], [1200, 200000]], [[10, 10], [10, 10]], [[1, 0], [0, 1]]]
for place, t in enumerate(tables):
    def fisher():
        odds = stats.contingency.odds_ratio(t)
        out = {f"p_{side.replace('-', '_')}": stats.fisher_exact(t, alternative=side).pvalue for side in sides}
        out["odds_ratio_sample"] = stats.fisher_exact(t).statistic
        ci = odds.confidence_interval(0.95)
        return {**out, "odds_ratio_cmle": odds.statistic, "cmle_lo": ci.low, "cmle_hi": ci.high}
    case("fisher_exact", f"table{place}", {"table": t}, fisher, rtol=1e-6)
    for yates in [False, True]:
        def chi():
            r = stats.chi2_contingency(t, correction=yates)
            g = stats.chi2_contingency(t, correction=yates, lambda_="log-likelihood")
            total = np.sum(t)
            plain_chi = stats.chi2_contingency(t, correction=False).statistic
            return {"chi2": r.statistic, "p": r.pvalue, "dof": r.dof, "cramers_v": math.sqrt(plain_chi / total), "G": g.statistic, "G_p": g.pvalue}
        case("chi_square_independence", f"table{place}_{yates}", {"table": t, "yates": yates}, chi)
    if np.sum(t) < 200:
        for side in sides:
            for pooled in [True, False]:
                case("barnard_exact", f"table{place}_{side}_{pooled}", {"table": t, "alternative": side, "pooled": pooled}, lambda: (
                    lambda r: {"wald": r.statistic, "p": r.pvalue})(stats.barnard_exact(t, alternative=side, pooled=pooled, n=64)), rtol=2e-3)
    for exact in [True, False]:
        for correction in [True, False] if exact or t[0][1] + t[1][0] > 0 else []:
            case("mcnemar", f"table{place}_{exact}_{correction}", {"table": t, "exact": exact, "correction": correction}, lambda: (
                lambda r: {"statistic": r.statistic, "p": r.pvalue})(contingency_tables.mcnemar(t, exact=exact, correction=correction)))
case("chi_square_independence", "4x3", {"table": [[10, 0, 5], [3, 9, 2], [1, 1, 8], [0, 4, 4]], "yates": False}, lambda: (
    lambda t: {"chi2": stats.chi2_contingency(t).statistic, "p": stats.chi2_contingency(t).pvalue, "dof": 6,
               "cramers_v": stats.contingency.association(t, "cramer"), "G": stats.chi2_contingency(t, lambda_="log-likelihood").statistic})(
    np.array([[10, 0, 5], [3, 9, 2], [1, 1, 8], [0, 4, 4]])))
for observed, weights in [([5050, 4950], [0.5, 0.5]), ([0, 100], [0.5, 0.5]), ([10, 20, 30], [1, 2, 3]), ([9000, 1000], [0.9, 0.1]), ([821588, 815482], [1, 1]),
                          ([10**9, 10**9 + 10**6], [0.5, 0.5]), ([5, 5, 5, 5], [1, 1, 1, 1]), ([3334, 3333, 3333], [0.3333, 0.3333, 0.3334])]:
    case("srm_chi_square", f"{observed}", {"observed": observed, "weights": weights}, lambda: (
        lambda r: {"chi2": r.statistic, "p": r.pvalue, "dof": len(observed) - 1})(
        stats.chisquare(observed, np.array(weights) / sum(weights) * sum(observed))))
case("srm_chi_square", "zero_weight", {"observed": [500, 560, 0], "weights": [0.5, 0.5, 0]}, lambda: (
    lambda r: {"chi2": r.statistic, "p": r.pvalue, "dof": 1})(stats.chisquare([500, 560])))
