"""Several tests."""
from common import *

for name, p in [("single", [0.04]), ("ties", [0.01, 0.01, 0.03, 0.03, 0.5]), ("ends", [0.0, 1.0, 0.05, 0.05]), ("ones", [1.0, 1.0]), ("tiny", [1e-200, 1e-8, 0.02, 0.9]),
                ("many", (np.arange(1, 31) / 611).tolist()), ("random", rng.random(12).round(4).tolist()), ("edge", [0.025, 0.05])]:
    for method in ["bonferroni", "sidak", "holm-sidak", "holm", "simes-hochberg", "hommel", "fdr_bh", "fdr_by", "fdr_tsbh", "fdr_tsbky"]:
        for alpha in [0.05, 0.1]:
            case("multiple_testing", f"{name}_{method}_{alpha}", {"p": p, "correction": method, "alpha": alpha}, lambda: (
                lambda r: {"adjusted": r[1], "reject": r[0]})(multitest.multipletests(p, alpha=alpha, method=method)))
for p in [[0.01, 0.2, 0.3], [0.5], [1e-200, 0.5], [0.04, 0.04], [0.9, 0.99, 1e-3]]:
    case("combine_p", f"{p}", {"p": p}, lambda: {"fisher": stats.combine_pvalues(p).pvalue, "stouffer": stats.combine_pvalues(p, "stouffer").pvalue})
    weights = list(range(1, len(p) + 1))
    case("combine_p", f"{p}_weights", {"p": p, "weights": weights}, lambda: {"stouffer": stats.combine_pvalues(p, "stouffer", weights=weights).pvalue})
