"""Writes Tests/Vectors/metric_values.json: calls of the metrics module with what scikit-learn and scipy give for them.

Each case is the text of the call's arguments in Lua and the value. Run with a Python that has numpy, scipy and scikit-learn:
    python scripts/goldens/metric_values.py
"""
import json
import pathlib

import numpy as np
import scipy.special
import scipy.stats
import sklearn.metrics as sk
from sklearn.calibration import calibration_curve

rng = np.random.default_rng(71)
n = 40


def lua(x):
    if isinstance(x, (list, tuple, np.ndarray)):
        return "{" + ", ".join(lua(v) for v in x) + "}"
    if isinstance(x, str):
        return f"'{x}'"
    if isinstance(x, (bool, np.bool_)):
        return "true" if x else "false"
    return repr(x.item() if hasattr(x, "item") else x)


cases = []


def case(name, value, *arguments, field=None, **options):
    text = ", ".join(lua(a) for a in arguments)
    if options:
        text += ", {" + ", ".join(f"{k} = {lua(v)}" for k, v in options.items()) + "}"
    value = np.asarray(value, dtype=float)
    cases.append({"call": f"metrics.{name}({text})" + (f".{field}" if field else ""), "value": value.tolist()})


weights = rng.integers(0, 9, n) / 4
truth, guess = rng.integers(0, 2, n), rng.integers(0, 2, n)
classes, guessed = rng.integers(1, 5, n), rng.integers(1, 6, n)
texts = np.array(["cat", "dog", "emu"])[rng.integers(0, 3, n)]
told = np.array(["cat", "dog", "emu"])[rng.integers(0, 3, n)]
for w in [None, weights]:
    o = {} if w is None else {"sample_weight": w}
    case("accuracy", sk.accuracy_score(classes, guessed, sample_weight=w), classes, guessed, **o)
    case("balanced_accuracy", sk.balanced_accuracy_score(classes, np.minimum(guessed, 4), sample_weight=w), classes, np.minimum(guessed, 4), **o)
    case("mcc", sk.matthews_corrcoef(classes, guessed, sample_weight=w), classes, guessed, **o)
    case("cohen_kappa", sk.cohen_kappa_score(classes, guessed, sample_weight=w), classes, guessed, **o)
    for name, f in [("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score)]:
        case(name, f(truth, guess, sample_weight=w), truth, guess, **o)
        case(name, f(texts, told, pos_label="dog", labels=["dog"], average="macro", sample_weight=w), texts, told, positive="dog", **o)
        for average in ["macro", "micro", "weighted"]:
            case(name, f(classes, guessed, average=average, sample_weight=w, zero_division=0), classes, guessed, average=average, **o)
            case(name, f(classes, guessed, average=average, labels=[2, 3], sample_weight=w), classes, guessed, average=average, labels=[2, 3], **o)
            case(name, f(texts, told, average=average, labels=["emu", "yak"], sample_weight=w, zero_division=0), texts, told, average=average,
                 labels=["emu", "yak"], **o)
    case("confusion", sk.confusion_matrix(classes, guessed, sample_weight=w), classes, guessed, field="counts", **o)
    for ours, theirs in [("truth", "true"), ("prediction", "pred"), ("all", "all")]:
        case("confusion", sk.confusion_matrix(classes, guessed, labels=[3, 1, 2], normalize=theirs, sample_weight=w), classes, guessed,
             field="counts", labels=[3, 1, 2], normalize=ours, **o)
    scores = rng.integers(0, 12, n) / 8
    share = rng.random(n)
    case("roc_auc", sk.roc_auc_score(truth, scores, sample_weight=w), truth, scores, **o)
    case("average_precision", sk.average_precision_score(truth, scores, sample_weight=w), truth, scores, **o)
    case("log_loss", sk.log_loss(truth, share, sample_weight=w), truth, share, **o)
    case("brier", sk.brier_score_loss(truth, share, sample_weight=w), truth, share, **o)
    logits = rng.normal(0, 4, n)
    case("log_loss", sk.log_loss(truth, scipy.special.expit(logits), sample_weight=w), truth, logits, from_logits=True, **o)
    rows = rng.normal(0, 2, (n, 4))
    shares = scipy.special.softmax(rows, axis=1)
    case("log_loss", sk.log_loss(classes, shares, sample_weight=w), classes, shares, **o)
    case("log_loss", sk.log_loss(classes, shares, sample_weight=w), classes, rows, from_logits=True, **o)
    y, z = rng.normal(0, 3, n), rng.normal(0, 3, n)
    z = y + z / 2
    case("mse", sk.mean_squared_error(y, z, sample_weight=w), y, z, **o)
    case("rmse", np.sqrt(sk.mean_squared_error(y, z, sample_weight=w)), y, z, **o)
    case("mae", sk.mean_absolute_error(y, z, sample_weight=w), y, z, **o)
    case("mape", sk.mean_absolute_percentage_error(y, z, sample_weight=w), y, z, **o)
    case("r2", sk.r2_score(y, z, sample_weight=w), y, z, **o)
case("log_loss", sk.log_loss([0, 1, 1], [0.0, 1.0, 0.0]), [0, 1, 1], [0.0, 1.0, 0.0])
case("log_loss", 1000 / 2, [1, 0], [-1000, -1000], from_logits=True)
case("median_absolute_error", sk.median_absolute_error(y, z), y, z)
case("r2", sk.r2_score([2, 2, 2], [2, 2, 2]), [2, 2, 2], [2, 2, 2])
case("r2", sk.r2_score([2, 2, 2], [1, 2, 2]), [2, 2, 2], [1, 2, 2])
case("roc_auc", sk.roc_auc_score(classes, shares, multi_class="ovr"), classes, shares)
case("roc_auc", sk.roc_auc_score(classes, shares, multi_class="ovr", average="weighted"), classes, shares, average="weighted")
case("roc_auc", sk.roc_auc_score(texts, shares[:, :3] / shares[:, :3].sum(1, keepdims=True), multi_class="ovr"), texts,
     shares[:, :3] / shares[:, :3].sum(1, keepdims=True))
case("pearson", scipy.stats.pearsonr(y, z)[0], y, z)
case("spearman", scipy.stats.spearmanr(y, z)[0], y, z)
case("spearman", scipy.stats.spearmanr(scores, truth)[0], scores, truth)
for strategy in ["uniform", "quantile"]:
    for bins in [1, 4, 10]:
        observed, predicted = calibration_curve(truth, share, n_bins=bins, strategy=strategy)
        case("calibration", observed, truth, share, field="observed", bins=bins, strategy=strategy)
        case("calibration", predicted, truth, share, field="predicted", bins=bins, strategy=strategy)
relevance = rng.integers(0, 4, (5, 12))
order = rng.permuted(np.tile(np.arange(12.0), (5, 1)), axis=1)
for k in [None, 3]:
    o = {} if k is None else {"k": k}
    case("ndcg", sk.ndcg_score(relevance, order, k=k), relevance, order, **o)
    case("ndcg", sk.ndcg_score(relevance[:1], order[:1], k=k), relevance[0], order[0], **o)
    tied = np.floor(order / 3)
    case("ndcg", sk.ndcg_score(relevance, tied, k=k), relevance, tied, **o)
    case("ndcg", sk.ndcg_score(relevance, order, k=k), relevance, order, ties="order", **o)
    hits = [np.flatnonzero(r[np.argsort(-s)] > 0) for r, s in zip(relevance, order)]
    case("mrr", np.mean([0 if len(h) == 0 or (k and h[0] >= k) else 1 / (h[0] + 1) for h in hits]), relevance, order, **o)
    case("hit_rate", np.mean([float(len(h) > 0 and (k is None or h[0] < k)) for h in hits]), relevance, order, **o)

path = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Vectors" / "metric_values.json"
path.write_text('{"cases":[\n%s\n]}\n' % ",\n".join(json.dumps(c) for c in cases))
print(len(cases), "cases,", path.stat().st_size, "bytes")
