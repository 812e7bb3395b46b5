#!/usr/bin/env python3
"""Writes Tests/Vectors/statistics-more.json: further cases in the form of statistics.json, edges before all, by scipy, statsmodels, gbstats and
spotify-confidence, or by the formula written out here where none of them has the method.

Run with a Python that has scipy, statsmodels, scikit-learn, gbstats and spotify-confidence:
    python3 scripts/goldens/statistics_cases [CASES_PER_METHOD] [FILE]
"""
from common import *
# Each adds its cases, in this order, for the random numbers are drawn from one stream.
import shares
import means
import tables
import several
import planning
import rates
import posteriors
import sequential
import adjusted
import sums
import learners

cases = []
for method in groups:
    # Long samples are for runs to a file of one's own.
    found = [entry for entry in groups[method] if limit > 100 or len(json.dumps(entry)) < 2500]
    step = max(1, math.ceil(len(found) / limit))
    # An even choice over all kinds; the first always.
    cases += found[::step] + kept.get(method, [])
path = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else pathlib.Path(__file__).parents[3] / "Tests/Vectors/statistics-more.json"
with open(path, "w") as file:
    file.write('{"schema": "as statistics.json", "cases": [\n' + ",\n".join(json.dumps(entry) for entry in cases) + "\n]}\n")
print(len(cases), "cases of", sum(map(len, groups.values())), "in", len(groups), "methods")
