"""MCC after so many suggested labels against random ones: python benchmarks/suggest.py FEATURES CLASS_MAP.

Half of the stars are held out to measure on. Of the other half, some first labels are drawn at random; then batches of
suggested, most uncertain, or random stars are added, and the model is fitted anew after each.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from lctransfer.classifier import suggest
from lctransfer.classifier.estimator import TransferClassifier
from lctransfer.cli.arguments import seeds
from lctransfer.evaluation.metrics import agreement
from lctransfer.evaluation.splits import ranks
from lctransfer.table.class_map import read_class_map
from lctransfer.transfer.sweep import inputs

FIRST, STEPS = 20, (20, 50, 100)
"""Random labels to begin with, and labels added in all after each round."""


def most_uncertain(X, probabilities, labelled, n, order):
    """Choose by uncertainty alone."""
    free = np.flatnonzero(~labelled)
    return free[np.lexsort((order[free], -suggest.uncertainty(probabilities)[free]))[:n]]


def random(X, probabilities, labelled, n, order):
    """Choose at random."""
    free = np.flatnonzero(~labelled)
    return free[np.argsort(order[free])[:n]]


WAYS = {"suggested": suggest.choose, "most uncertain": most_uncertain, "random": random}


def rounds(X, y, ids, *, seed, way, strategy):
    """Yield (labels, classes found, metrics) after each round."""
    order = ranks(ids, seed).astype(float)
    test = order < np.median(order)
    pool = np.flatnonzero(~test)
    place = pool[np.argsort(order[pool])]
    labelled = np.zeros(len(X), bool)
    labelled[place[:FIRST]] = True
    probabilities, added, again = np.zeros((len(X), 1)), 0, ranks(ids, seed + 1000).astype(float)
    for step in (0, *STEPS):
        if step:
            rows = WAYS[way](X.iloc[pool], probabilities[pool], labelled[pool], step - added, again[pool])
            labelled[pool[rows]] = True
            added = step
        fitted = TransferClassifier("simulated", strategy).fit(X[labelled], y[labelled].tolist())
        probabilities = fitted.predict_proba(X)
        predicted = fitted.classes_[probabilities.argmax(axis=1)]
        yield {"added": step, "classes": len(fitted.classes_), **agreement(y[test], predicted[test])}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("features", type=Path)
    parser.add_argument("class_map", type=Path)
    parser.add_argument("--seeds", type=seeds, default=list(range(5)))
    parser.add_argument("--strategy", default="auto")
    parser.add_argument("--column", default="label")
    given = parser.parse_args()
    torch.set_num_threads(1)
    words = read_class_map(given.class_map)
    stars = pd.read_parquet(given.features)
    stars["class_name"] = [None if pd.isna(word) else words.get(word, word) for word in stars[given.column]]
    stars = stars[(stars["flag"] == "ok") & stars["class_name"].notna()].sort_values("source_id").reset_index(drop=True)
    X, y, ids = inputs(stars), stars["class_name"].to_numpy(dtype=str), stars["source_id"].to_numpy()
    rows = []
    for seed in given.seeds:
        for way in WAYS:
            start = time.time()
            rows += [
                {"seed": seed, "way": way, **row}
                for row in rounds(X, y, ids, seed=seed, way=way, strategy=given.strategy)
            ]
            print(f"seed {seed}, {way}: {time.time() - start:.0f} s", flush=True)
    table = (
        pd.DataFrame(rows).groupby(["way", "added"], sort=False)[["classes", "mcc", "macro_f1"]].agg(["mean", "std"])
    )
    print(table.round(3).to_string())


if __name__ == "__main__":
    main()
