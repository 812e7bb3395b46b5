"""Classifiers, rankings, clusters."""
from common import *

for place, n in enumerate([3, 8, 40, 200]):
    y = rng.integers(0, 2, n)
    y[:2] = [0, 1]
    score = np.clip(rng.normal(0.5, 0.2, n) + 0.2 * (y - 0.5), 0.001, 0.999).round(1 if place % 2 else 4)
    pred = (score >= 0.5).astype(int)
    case("classification_metrics", f"{place}", {"y": y, "score": score, "threshold": 0.5}, lambda: {
        "roc_auc": skm.roc_auc_score(y, score), "average_precision": skm.average_precision_score(y, score), "brier": skm.brier_score_loss(y, score),
        "log_loss": skm.log_loss(y, score), "accuracy": skm.accuracy_score(y, pred), "precision": skm.precision_score(y, pred, zero_division=0),
        "recall": skm.recall_score(y, pred), "f1": skm.f1_score(y, pred), "mcc": skm.matthews_corrcoef(y, pred),
        "balanced_accuracy": skm.balanced_accuracy_score(y, pred), "cohen_kappa": skm.cohen_kappa_score(y, pred), "macro_f1": skm.f1_score(y, pred, average="macro"),
        "micro_f1": skm.f1_score(y, pred, average="micro"), "weighted_f1": skm.f1_score(y, pred, average="weighted"),
        "confusion": skm.confusion_matrix(y, pred)})
    many, other = rng.integers(0, 4, n), rng.integers(0, 3, n)
    case("classification_metrics", f"classes{place}", {"y": many, "pred": other}, lambda: {
        "accuracy": skm.accuracy_score(many, other), "macro_f1": skm.f1_score(many, other, average="macro", zero_division=0),
        "micro_f1": skm.f1_score(many, other, average="micro"), "weighted_f1": skm.f1_score(many, other, average="weighted", zero_division=0),
        "mcc": skm.matthews_corrcoef(many, other), "balanced_accuracy": skm.balanced_accuracy_score(many, other),
        "cohen_kappa": skm.cohen_kappa_score(many, other)})
    grades = rng.integers(0, 4, n)
    k = min(6, n)
    def ranking():
        linear = skm.ndcg_score([grades], [-np.arange(n)], k=k)
        exponential = skm.ndcg_score([2**grades - 1], [-np.arange(n)], k=k)
        return {"linear_gain": linear, "exponential_gain": exponential}
    case("ranking_metrics", f"{place}", {"relevance_in_ranked_order": grades, "k": k}, ranking)
    points = rng.normal(0, 1, (n, 2)).round(3) + np.repeat(other[:, None], 2, 1) * 2
    case("clustering_metrics", f"{place}", {"true": other, "pred": many, "X": points}, lambda: {
        "ari": skm.adjusted_rand_score(other, many), "nmi": skm.normalized_mutual_info_score(other, many), "ami": skm.adjusted_mutual_info_score(other, many),
        "v_measure": skm.v_measure_score(other, many), "silhouette_true": skm.silhouette_score(points, other),
        "davies_bouldin_true": skm.davies_bouldin_score(points, other), "calinski_harabasz_true": skm.calinski_harabasz_score(points, other)})
