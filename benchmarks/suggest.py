"""MCC after so many suggested labels against random ones: python benchmarks/suggest.py FEATURES CLASS_MAP.

Half of the stars are held out; those of the part to report on, which no choice has seen, measure. Of the other half,
first labels are drawn at random, or there are none; then batches of suggested, most uncertain, or random stars are
added, and the model is fitted anew after each.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from publishing import publish

from lctransfer.classifier import suggest
from lctransfer.classifier.estimator import TransferClassifier
from lctransfer.cli.arguments import seeds
from lctransfer.evaluation.metrics import agreement
from lctransfer.evaluation.partition import REPORT, purpose
from lctransfer.evaluation.splits import ranks
from lctransfer.table.class_map import read_class_map
from lctransfer.transfer.sweep import inputs

STEPS = (20, 50, 100)
"""Labels added in all after each round."""


def most_uncertain(X, probabilities, labelled, n, order):
    """Choose by uncertainty alone; before any label, by that of the simulated sky's answers."""
    if probabilities is None:
        probabilities = TransferClassifier.from_source("simulated").predict_proba(X)
    free = np.flatnonzero(~labelled)
    return free[np.lexsort((order[free], -suggest.uncertainty(probabilities)[free]))[:n]]


def random(X, probabilities, labelled, n, order):
    """Choose at random."""
    free = np.flatnonzero(~labelled)
    return free[np.argsort(order[free])[:n]]


WAYS = {"suggested": suggest.choose, "most uncertain": most_uncertain, "random": random}


def rounds(X, y, ids, *, seed, way, strategy, first):
    """Yield (labels, classes found, metrics) after each round."""
    order = ranks(ids, seed).astype(float)
    held_out = order < np.median(order)
    test, pool = held_out & (purpose(ids) == REPORT), np.flatnonzero(~held_out)
    place = pool[np.argsort(order[pool])]
    labelled = np.zeros(len(X), bool)
    labelled[place[:first]] = True
    added, again = 0, ranks(ids, seed + 1000).astype(float)
    probabilities = _fitted(X, y, labelled, strategy).predict_proba(X.iloc[pool]) if first else None
    for step in STEPS:
        rows = WAYS[way](X.iloc[pool], probabilities, labelled[pool], step - added, again[pool])
        labelled[pool[rows]] = True
        added = step
        fitted = _fitted(X, y, labelled, strategy)
        probabilities, predicted = fitted.predict_proba(X.iloc[pool]), fitted.predict(X[test])
        yield {"added": step, "classes": len(fitted.classes_), **agreement(y[test], predicted)}


def _fitted(X, y, labelled, strategy):
    return TransferClassifier("simulated", strategy).fit(X[labelled], y[labelled].tolist())


def report(rows, given):
    """Return means and standard errors, and differences to random labels of the same seed, as Markdown."""
    table = pd.DataFrame(rows)
    keys = ["first", "added", "way"]
    means = table.groupby(keys, sort=False)[["classes", "mcc", "macro_f1"]].agg(["mean", "sem"]).round(3)
    means.columns = [f"{name}, {kind}" for name, kind in means.columns]
    wide = table.pivot_table(index=["first", "added", "seed"], columns="way", values="mcc")
    better = wide[[name for name in wide if name != "random"]].sub(wide["random"], axis=0)
    gains = better.groupby(["first", "added"]).agg(["mean", "sem"]).round(3)
    gains.columns = [f"{name}, {kind}" for name, kind in gains.columns]
    return "\n\n".join(
        [
            "# Suggested labels against random ones",
            " ".join(__doc__.split("\n\n", 1)[1].split()),
            f"{given.features.stem}, {given.strategy}, {table['seed'].nunique()} seeds; `first`: random labels "
            "to start from, `added`: labels after that, sem: standard error of the mean.",
            means.reset_index().to_markdown(index=False),
            "## MCC above that of random labels, seed by seed",
            gains.reset_index().to_markdown(index=False),
        ]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("features", type=Path)
    parser.add_argument("class_map", type=Path)
    parser.add_argument("--seeds", type=seeds, default=list(range(5)))
    parser.add_argument("--first", type=int, nargs="+", default=[0, 20])
    parser.add_argument("--strategy", default="auto")
    parser.add_argument("--column", default="label")
    parser.add_argument("--target", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    words = read_class_map(given.class_map)
    stars = pd.read_parquet(given.features)
    stars["class_name"] = [None if pd.isna(word) else words.get(word, word) for word in stars[given.column]]
    stars = stars[(stars["flag"] == "ok") & stars["class_name"].notna()].sort_values("source_id").reset_index(drop=True)
    X, y, ids = inputs(stars), stars["class_name"].to_numpy(dtype=str), stars["source_id"].to_numpy()
    rows = []
    for seed in given.seeds:
        start = time.time()
        for first in given.first:
            for way in WAYS:
                made = rounds(X, y, ids, seed=seed, way=way, strategy=given.strategy, first=first)
                rows += [{"seed": seed, "first": first, "way": way, **row} for row in made]
        print(f"seed {seed}: {time.time() - start:.0f} s", flush=True)
    publish(report(rows, given), given.target)


if __name__ == "__main__":
    main()
