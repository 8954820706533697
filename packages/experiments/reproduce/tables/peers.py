"""Measures scikit-learn's models on the divisions that `pnpm reproduce:tables --splits FOLDER` has written.

    python3 peers.py FOLDER DATA > peers.json

DATA is the folder of the shared tables. Linear models see standardised numbers and one-hot categories, the
random forest the same numbers as they are; histogram boosting takes categories and missing cells itself.
"""

import csv
import glob
import gzip
import json
import os
import sys
import warnings

import numpy as np
import sklearn
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
folder, data = sys.argv[1:3]


def models(regression, codes):
    if regression:
        linear = RidgeCV(np.logspace(-3, 3, 13))
        boosting = HistGradientBoostingRegressor(random_state=0, categorical_features=codes)
        forest = RandomForestRegressor(n_estimators=300, random_state=0)
    else:
        linear = LogisticRegression(max_iter=1000)
        boosting = HistGradientBoostingClassifier(random_state=0, categorical_features=codes)
        forest = RandomForestClassifier(n_estimators=300, random_state=0)
    return {"linear": make_pipeline(StandardScaler(), linear), "HistGB": boosting, "RandomForest": forest}


def features(rows, header, own, train):
    numbers, codes, dummies = [], [], []
    for j in own["columns"]:
        cells = np.array([row[j] for row in rows])
        if header[j] in own["categorical"]:
            levels = {value: i for i, value in enumerate(sorted(set(cells[train])))}
            codes.append([levels.get(value, np.nan) for value in cells])
            dummies += [(cells == value).astype(float) for value in levels]
        else:
            numbers.append([float(value) if value not in ("", "?") else np.nan for value in cells])
    numbers = np.array(numbers, float).reshape(len(numbers), len(rows)).T
    filled = np.where(np.isnan(numbers), np.nanmean(numbers[train], axis=0), numbers) if numbers.size else numbers
    tree = np.column_stack([numbers, *codes]) if codes else numbers
    dense = np.column_stack([filled, *dummies]) if dummies else filled
    return tree, dense, list(range(numbers.shape[1], tree.shape[1])) or None


results = {}
for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
    own = json.load(open(path))
    table = list(csv.reader(gzip.open(os.path.join(data, own["file"]), "rt")))
    header, rows = table[0], table[1:]
    target = header.index(own["target"])
    own["columns"] = [j for j, name in enumerate(header) if j != target and name not in own["ignore"]]
    y = np.array([row[target] for row in rows])
    y = y.astype(float) if own["isRegression"] else y
    for seed, division in zip(own["seeds"], own["divisions"]):
        train, test = np.array(division["train"]), np.array(division["test"])
        tree, dense, codes = features(rows, header, own, train)
        scores = {}
        for name, model in models(own["isRegression"], codes).items():
            x = tree if name == "HistGB" else dense
            scores[name] = round(float(model.fit(x[train], y[train]).score(x[test], y[test])), 6)
        results[f"{own['name']} {seed}"] = scores
        print(own["name"], seed, scores, file=sys.stderr)
json.dump({"by": f"scikit-learn {sklearn.__version__}", "results": results}, sys.stdout, indent=1)
