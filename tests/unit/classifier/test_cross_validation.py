"""Folds that depend on stars, not on rows; quality with intervals that hold the truth."""

import numpy as np
import pandas as pd
import pytest
from joblib import Parallel

from lctransfer.classifier.cross_validation import folds_of, out_of_fold, per_class, quality
from lctransfer.evaluation.metrics import score


def test_folds_spread_every_class_and_keep_a_star_together_whatever_the_order():
    ids = np.repeat([f"s{i}" for i in range(50)], 2)
    labels = np.repeat(["A"] * 30 + ["B"] * 20, 2)
    fold = folds_of(ids, labels, 5)
    assert all(len(set(fold[ids == name])) == 1 for name in ids)
    for label, size in (("A", 12), ("B", 8)):
        assert np.bincount(fold[labels == label], minlength=5).tolist() == [size] * 5
    order = np.random.default_rng(0).permutation(len(ids))
    assert (folds_of(ids[order], labels[order], 5) == fold[order]).all()


def test_no_star_is_predicted_by_a_classifier_that_saw_its_label():
    X, labels = pd.DataFrame({"x": np.arange(20.0)}), np.array(["A", "B"] * 10)
    seen = []

    def fit(train, y):
        seen.append(set(train["x"]))
        return lambda held_out: (np.tile([0.25, 0.75], (len(held_out), 1)), np.unique(y))

    fold = folds_of(np.arange(20).astype(str), labels, 4)
    given = out_of_fold(X, labels, fold, fit)
    assert (given == [0.25, 0.75]).all()
    for number, train in enumerate(seen):
        assert train == set(X["x"][fold != number])


def test_there_are_no_more_processes_than_folds(monkeypatch):
    asked = []

    def parallel(workers, **options):
        asked.append(workers)
        return Parallel(1, **options)

    monkeypatch.setattr("joblib.Parallel", parallel)
    labels, fold = np.repeat(["A", "B"], 6), np.arange(12) % 3
    X = pd.DataFrame({"x": np.zeros(12)})
    out_of_fold(X, labels, fold, lambda *_: lambda X: (np.full((len(X), 2), 0.5), np.array(["A", "B"])), jobs=1000)
    assert asked == [3]


def test_a_class_with_one_star_gets_nothing_out_of_fold():
    labels = np.array(["A"] * 6 + ["B"] * 5 + ["C"])
    fold = folds_of(np.arange(12).astype(str), labels, 3)

    def fit(train, y):
        names = np.unique(y)
        return lambda held_out: (np.full((len(held_out), len(names)), 1 / len(names)), names)

    given = out_of_fold(pd.DataFrame({"x": np.zeros(12)}), labels, fold, fit)
    assert given[labels == "C", 2].tolist() == [0.0]
    assert given.sum(axis=1) == pytest.approx(1)


def test_quality_is_that_of_the_metrics_and_its_intervals_shrink_with_stars():
    rng = np.random.default_rng(0)
    classes = np.array(["A", "B", "C"])
    widths = []
    for n in (100, 1600):
        p = rng.dirichlet([0.4] * 3, n)
        labels = classes[[rng.choice(3, p=row) for row in p]]
        found, values = quality(labels, p, classes, np.arange(n)), score(labels, p, classes)
        assert {name: entry["value"] for name, entry in found.items()} == {name: values[name] for name in found}
        for name in ("mcc", "macro_f1", "accuracy"):
            assert found[name]["low"] < found[name]["value"] < found[name]["high"]
        widths.append(found["mcc"]["high"] - found["mcc"]["low"])
    assert widths[0] / widths[1] == pytest.approx(4, rel=0.3)


def test_rows_of_one_star_do_not_make_the_intervals_narrower():
    rng = np.random.default_rng(0)
    classes, n = np.array(["A", "B"]), 200
    p = rng.dirichlet([0.5] * 2, n)
    labels = classes[[rng.choice(2, p=row) for row in p]]
    alone = quality(labels, p, classes, np.arange(n))
    stars = rng.permutation(np.repeat(np.arange(n), 5))
    bands = quality(labels[stars], p[stars], classes, stars)
    for name in ("mcc", "accuracy"):
        assert bands[name]["value"] == pytest.approx(alone[name]["value"])
        widths = [found[name]["high"] - found[name]["low"] for found in (alone, bands)]
        assert widths[1] == pytest.approx(widths[0], rel=0.1)


def test_recall_and_precision_of_each_class():
    p = np.array([[0.9, 0.1, 0.0], [0.8, 0.2, 0.0], [0.7, 0.3, 0.0], [0.1, 0.9, 0.0]])
    found = per_class(np.array(["A", "A", "B", "C"]), p, np.array(["A", "B", "C"]))
    assert found["A"] == {"labels": 2, "recall": 1.0, "precision": 2 / 3}
    assert found["B"] == {"labels": 1, "recall": 0.0, "precision": 0.0}
    assert found["C"] == {"labels": 1, "recall": 0.0, "precision": None}
