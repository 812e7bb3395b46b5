"""Writes Tests/Vectors/boosted.json: small data sets and what LightGBM's Python package predicts for them.

Needs numpy and lightgbm 4.7. Run from the repository's root: python3 scripts/goldens/boosted.py
"""

import json
import pathlib

import lightgbm
import numpy

random = numpy.random.default_rng(17)


def flat(array):
    return [None if numpy.isnan(value) else float(value) for value in numpy.asarray(array, dtype=float).ravel()]


x = numpy.round(random.normal(size=(240, 4)) * 64) / 64
x[:, 3] = random.integers(6, size=240)
score = x[:, 0] * x[:, 1] + numpy.array([2.0, -1, 0, 1, -2, 0.5])[x[:, 3].astype(int)]
noise = random.normal(size=240)
x[random.random(240) < 0.1, 2] = numpy.nan
weights = random.integers(1, 4, size=240).astype(float)
number = numpy.round(score + noise / 2, 3)
two = (score + noise > 0).astype(int)
three = numpy.digitize(score + noise / 2, [-0.8, 0.8])

same = {
    "verbosity": -1, "deterministic": True, "force_row_wise": True, "num_threads": 1, "seed": 5, "learning_rate": 0.1,
    "num_leaves": 7, "min_data_in_leaf": 5,
}
cases = []


def add(name, y, objective, iterations, patience=None, categorical=(), row_weights=None, **options):
    train, held = slice(0, 180), slice(180, 240)
    metric = {"binary": "binary_logloss", "multiclass": "multi_logloss", "regression": "l2"}[objective]
    parameters = {**same, **options, "objective": objective, "metric": metric}
    if objective == "multiclass":
        parameters["num_class"] = 3
    data = lightgbm.Dataset(
        x[train], y[train], weight=None if row_weights is None else row_weights[train],
        categorical_feature=list(categorical) or "auto", params=parameters)
    losses = {}
    callbacks = [lightgbm.record_evaluation(losses)]
    if patience:
        callbacks.append(lightgbm.early_stopping(patience, verbose=False))
    model = lightgbm.train(
        parameters, data, iterations, valid_sets=[lightgbm.Dataset(x[held], y[held], reference=data)],
        valid_names=["held"], callbacks=callbacks)
    best = model.best_iteration if patience else iterations
    cases.append({
        "name": name, "y": flat(y), "objective": objective, "iterations": iterations, "patience": patience,
        "categorical": list(categorical), "weighted": row_weights is not None,
        "columnShare": options.get("feature_fraction", 1.0), "rowShare": options.get("bagging_fraction", 1.0),
        "best": best, "losses": [float(v) for v in losses["held"][metric]],
        "predictions": flat(model.predict(x[held], num_iteration=best)),
        "gains": flat(model.feature_importance("gain", iteration=best)),
    })


add("two classes", two, "binary", 20)
add("two classes, weighted, stopped early", two, "binary", 200, patience=5, row_weights=weights)
add("three classes, categories", three, "multiclass", 15, categorical=[3])
add("numbers, shares", number, "regression", 25, feature_fraction=0.5, bagging_fraction=0.7, bagging_freq=1)

golden = {"shape": list(x.shape), "x": flat(x), "weights": flat(weights), "cases": cases}
target = pathlib.Path(__file__).parents[2] / "Tests/Vectors/boosted.json"
target.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
