"""Numbers against numbers worked out another way."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn import metrics

from lctransfer.report import statistics

CURVE = pd.DataFrame({"n_labels": [10, 100, 1000], "m_c": [0.6, 0.7, 0.9]})


def test_labels_needed_interpolates_in_the_logarithm():
    assert statistics.labels_needed(CURVE, 0.65) == pytest.approx(10**1.5)
    assert statistics.labels_needed(CURVE, 0.9) == pytest.approx(1000)


def test_labels_needed_outside_the_curve():
    assert statistics.labels_needed(CURVE, 0.5) == 10
    assert statistics.labels_needed(CURVE, 0.95) == np.inf


def test_labels_needed_takes_the_first_crossing_of_a_curve_that_dips():
    dip = pd.DataFrame({"n_labels": [10, 100, 1000], "m_c": [0.8, 0.7, 0.9]})
    assert statistics.labels_needed(dip, 0.75) == 10


def _rows(values: dict[str, list[float]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"survey": "a", "strategy": name, "fraction": 0.1, "seed": seed, "m_c": value}
            for name, list_ in values.items()
            for seed, value in enumerate(list_)
        ]
    )


def test_paired_interval_is_that_of_scipy_widened_for_test_sets_that_overlap():
    ours, rival = [0.8, 0.83, 0.81, 0.79], [0.7, 0.75, 0.74, 0.71]
    row = statistics.paired(_rows({"x": ours, "extra_trees": rival}), "extra_trees").iloc[0]
    test = stats.ttest_rel(ours, rival)
    assert row["difference"] == pytest.approx(np.mean(ours) - np.mean(rival))
    low, high = test.confidence_interval(0.95)
    # Four splits in halves: sqrt((1/4 + 1) / (1/4)) times as wide.
    wider = np.sqrt(5) * (high - low) / 2
    assert (row["low"], row["high"]) == pytest.approx((row["difference"] - wider, row["difference"] + wider))
    assert row["better"] == 4
    rows = _rows({"x": ours, "extra_trees": rival}).assign(n_test=20, n_pool=80)
    narrow = statistics.paired(rows, "extra_trees").iloc[0]
    assert narrow["high"] - narrow["low"] == pytest.approx(np.sqrt(2) * (high - low))


def test_paired_uses_only_seeds_that_both_have():
    row = statistics.paired(_rows({"x": [0.8, 0.9, 0.1], "extra_trees": [0.7, 0.8]}), "extra_trees").iloc[0]
    assert row["n_seeds"] == 2
    assert row["difference"] == pytest.approx(0.1)


def test_paired_with_one_seed_has_no_interval():
    row = statistics.paired(_rows({"x": [0.8], "extra_trees": [0.7]}), "extra_trees").iloc[0]
    assert np.isnan(row["low"])


def test_paired_without_the_rival_is_empty():
    assert statistics.paired(_rows({"x": [0.8]}), "extra_trees").empty


def test_confusion_and_per_class_agree_with_scikit_learn():
    rng = np.random.default_rng(0)
    classes = ["a", "b", "c", "never"]
    truth, predicted = (pd.Series(rng.choice(classes[:3], 200)) for _ in range(2))
    counts = statistics.confusion(truth, predicted, classes)
    assert np.array_equal(counts, metrics.confusion_matrix(truth, predicted, labels=classes))
    table = statistics.per_class(counts, classes)
    expected = metrics.precision_recall_fscore_support(truth, predicted, labels=classes, zero_division=0)
    for column, values in zip(["precision", "recall", "f1", "stars"], expected):
        np.testing.assert_allclose(table[column], values)
