"""Writes Tests/Vectors/classical.json: small data sets and what scikit-learn's models make of them.

Needs numpy and scikit-learn. Run from the repository's root: python3 scripts/goldens/classical.py
"""

import json
import pathlib

import numpy
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

random = numpy.random.default_rng(41)


def flat(array):
    return [float(value) for value in numpy.asarray(array, dtype=float).ravel()]


def rows(count, columns, classes, spread=1.5):
    """Rows around one centre for each class, on a grid that float32 holds exactly."""
    y = random.integers(classes, size=count)
    centers = random.normal(size=(classes, columns))
    x = centers[y] + spread * random.normal(size=(count, columns))
    return numpy.round(x * 64) / 64, y


def logistic():
    cases = []

    def add(name, x, y, weights=None, standardize=False, **options):
        scaler = StandardScaler().fit(x) if standardize else None
        seen = scaler.transform(x) if standardize else x
        model = LogisticRegression(solver="newton-cg", tol=1e-13, max_iter=100000, **options)
        model.fit(seen, y, sample_weight=weights)
        proba = model.predict_proba(seen[:10])
        coefficients, intercepts = model.coef_, model.intercept_ * numpy.ones(len(model.coef_))
        if standardize:
            coefficients = coefficients / scaler.scale_
            intercepts = intercepts - coefficients @ scaler.mean_
        if len(intercepts) > 1 and options.get("fit_intercept", True):
            intercepts = intercepts - intercepts.mean()
        C = options.get("C", 1.0)
        weight = options.get("class_weight")
        cases.append({
            "name": name, "shape": list(x.shape), "x": flat(x), "y": [int(v) for v in y],
            "l2": 0.0 if C == numpy.inf else 1 / C, "intercept": options.get("fit_intercept", True),
            "standardize": standardize, "balanced": weight == "balanced",
            "classWeights": [weight[k] for k in sorted(weight)] if isinstance(weight, dict) else None,
            "weights": None if weights is None else flat(weights),
            "coefficients": flat(coefficients), "intercepts": flat(intercepts), "probabilities": flat(proba),
        })

    x, y = rows(120, 4, 2)
    add("two classes", x, y)
    add("two classes, strong penalty", x, y, C=0.05)
    add("two classes, no penalty", x, y, C=numpy.inf)
    add("two classes, no intercept", x, y, fit_intercept=False)
    add("two classes, balanced", x[20:], numpy.where(random.random(100) < 0.2, 1, y[20:] * 0), class_weight="balanced")
    add("two classes, weighted rows", x, y, weights=random.integers(0, 4, size=120).astype(float))
    add("two classes, standardized", x * [1, 100, 0.01, 1] + [0, 500, 0, 3], y, standardize=True)
    add("columns of very different sizes", x * [1, 4096, 1 / 64, 1] + [0, 20480, 0, 3], y)
    x, y = rows(150, 5, 3)
    add("three classes", x, y)
    add("three classes, no penalty", x, y, C=numpy.inf)
    add("three classes, class weights", x, y, class_weight={0: 1.0, 1: 2.5, 2: 0.5})
    add("three classes, no intercept", x, y, fit_intercept=False, C=0.5)
    x, y = rows(20, 40, 3)
    add("more columns than rows", x, y)
    x, y = rows(80, 3, 2)
    x[:, 1] = 7
    add("a constant column", x, y)
    return cases


def neighbors():
    x, y = rows(90, 6, 3)
    queries, _ = rows(25, 6, 3)
    number = numpy.round(x @ random.normal(size=6), 3)
    cases = []
    for metric in ["euclidean", "cosine"]:
        for weights in ["uniform", "distance"]:
            options = {"metric": metric, "weights": weights, "n_neighbors": 7, "algorithm": "brute"}
            model = KNeighborsClassifier(**options).fit(x, y)
            distances, positions = model.kneighbors(queries)
            cases.append({
                "metric": metric, "weights": weights, "k": 7,
                "probabilities": flat(model.predict_proba(queries)),
                "numbers": flat(KNeighborsRegressor(**options).fit(x, number).predict(queries)),
                "positions": [int(v) for v in positions.ravel()], "distances": flat(distances),
            })
    return {
        "shape": list(x.shape), "x": flat(x), "y": [int(v) for v in y], "number": flat(number),
        "queries": flat(queries), "cases": cases,
    }


def bayes():
    x, y = rows(80, 4, 3)
    counts = random.poisson(2, size=(80, 5)) + (numpy.arange(5)[None, :] == y[:, None])
    weights = random.integers(1, 4, size=80).astype(float)
    cases = []
    for kind, data, model in [
        ("gaussian", x, GaussianNB()),
        ("multinomial", counts, MultinomialNB(alpha=0.5)),
        ("bernoulli", x, BernoulliNB(alpha=0.5, binarize=0.25)),
    ]:
        for row_weights in [None, weights]:
            model.fit(data, y, sample_weight=row_weights)
            cases.append({
                "kind": kind, "shape": list(data.shape), "x": flat(data), "y": [int(v) for v in y],
                "weights": None if row_weights is None else flat(row_weights),
                "probabilities": flat(model.predict_proba(data[:15])),
            })
    return cases


def trees():
    cases = []
    x, y = rows(150, 5, 3)
    number = x[:, 0] * 2 - numpy.abs(x[:, 1]) + random.normal(size=150) / 4
    number = numpy.round(number, 4)

    def add(name, model, target, criterion, **options):
        # scikit-learn draws the order of the columns; a tree counts only if that order does not matter.
        while True:
            models = [type(model)(criterion=criterion, random_state=s, **options).fit(x, target) for s in range(12)]
            if len({(tuple(m.tree_.feature), tuple(m.tree_.threshold)) for m in models}) == 1:
                break
            options["min_samples_leaf"] += 1
            assert options["min_samples_leaf"] < 40, name
        tree = models[0].tree_
        weight = options.get("class_weight")
        cases.append({
            "name": name, "criterion": criterion, "shape": list(x.shape), "x": flat(x), "y": flat(target),
            "depth": options.get("max_depth"), "leaf": options.get("min_samples_leaf", 1),
            "decrease": options.get("min_impurity_decrease", 0.0), "balanced": weight == "balanced",
            "features": [int(v) if v >= 0 else -1 for v in tree.feature],
            "thresholds": [float(t) if f >= 0 else 0.0 for t, f in zip(tree.threshold, tree.feature)],
            "impurities": flat(tree.impurity), "values": flat(tree.value),
            "importances": flat(models[0].feature_importances_),
        })

    add("gini", DecisionTreeClassifier(), y, "gini", max_depth=4, min_samples_leaf=4)
    add("entropy", DecisionTreeClassifier(), y, "entropy", max_depth=4, min_samples_leaf=5)
    add("balanced", DecisionTreeClassifier(), y, "gini", max_depth=3, min_samples_leaf=3, class_weight="balanced")
    add("decrease", DecisionTreeClassifier(), y, "gini", min_impurity_decrease=0.02, min_samples_leaf=3)
    add("numbers", DecisionTreeRegressor(), number, "squared_error", max_depth=5, min_samples_leaf=3)
    return cases


def ridge():
    cases = []

    def add(name, x, y, weights=None, **options):
        outputs = 1 if y.ndim == 1 else y.shape[1]
        model = Ridge(**options).fit(x, y, sample_weight=weights)
        if name.startswith("the same"):
            # Without a penalty scikit-learn keeps what rounding makes of the missing direction; this is the shortest solution.
            model.coef_ = numpy.linalg.pinv(x - x.mean(axis=0), rcond=1e-10) @ (y - y.mean())
            model.intercept_ = y.mean() - x.mean(axis=0) @ model.coef_
        cases.append({
            "name": name, "shape": list(x.shape), "x": flat(x), "outputs": outputs, "y": flat(y),
            "alpha": options["alpha"], "intercept": options.get("fit_intercept", True),
            "weights": None if weights is None else flat(weights),
            "coefficients": flat(model.coef_), "intercepts": flat(model.intercept_ * numpy.ones(outputs)),
        })

    x, _ = rows(60, 5, 2)
    y = numpy.round(x @ random.normal(size=5) + random.normal(size=60), 3) + 4
    add("one output", x, y, alpha=1.0)
    add("no penalty", x, y, alpha=0.0)
    add("no intercept", x, y, alpha=2.0, fit_intercept=False)
    add("weights", x, y, weights=random.integers(0, 4, size=60).astype(float), alpha=0.5)
    add("far from zero", x + 1024, y, alpha=1.0)
    y2 = numpy.round(numpy.stack([y, y * y, x[:, 0]], axis=1), 3)
    add("three outputs", x, y2, alpha=3.0)
    x, _ = rows(12, 30, 2)
    y = numpy.round(x[:, 0] + random.normal(size=12), 3)
    add("more columns than rows", x, y, alpha=0.7)
    x, _ = rows(40, 3, 2)
    x = numpy.concatenate([x, x[:, :1] + x[:, 1:2]], axis=1)
    y = numpy.round(x[:, 0] - x[:, 2] + random.normal(size=40), 3)
    add("a column that others add up to", x, y, alpha=1.0)
    add("the same without penalty", x, y, alpha=0.0)
    return cases


def calibration():
    scores = numpy.round(random.normal(size=120), 3)
    truth = (random.random(120) < 1 / (1 + numpy.exp(-2 * scores + 0.5))).astype(int)
    weights = random.integers(1, 4, size=120).astype(float)
    grid = numpy.round(numpy.linspace(-3, 3, 13), 3)
    sigmoid = _SigmoidCalibration().fit(scores, truth)
    isotonic = IsotonicRegression(out_of_bounds="clip").fit(scores, truth)
    weighted = IsotonicRegression(out_of_bounds="clip").fit(scores, truth, sample_weight=weights)
    return {
        "scores": flat(scores), "truth": [int(v) for v in truth], "weights": flat(weights), "grid": flat(grid),
        "a": float(sigmoid.a_), "b": float(sigmoid.b_),
        "isotonic": flat(isotonic.predict(grid)), "weighted": flat(weighted.predict(grid)),
    }


golden = {
    "logistic": logistic(), "neighbors": neighbors(), "bayes": bayes(), "trees": trees(), "ridge": ridge(),
    "calibration": calibration(),
}
target = pathlib.Path(__file__).parents[2] / "Tests/Vectors/classical.json"
target.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
