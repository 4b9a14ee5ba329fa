"""Splits depend on nothing but ids, labels, fraction and seed."""

import numpy as np

from lctransfer.evaluation.splits import split

IDS = np.array([f"star{i}" for i in range(100)])
LABELS = np.array(["a"] * 70 + ["b"] * 28 + ["c"] * 2)


def _names(mask):
    return set(IDS[mask])


def test_subsets_are_nested_stratified_and_apart_from_one_test_set():
    small, large = (split(IDS, LABELS, 3, fraction, 0.5) for fraction in (0.01, 0.2))
    assert np.array_equal(small.test, large.test)
    assert _names(small.labelled) < _names(large.labelled)
    assert not (large.labelled & large.test).any()
    assert set(LABELS[small.labelled]) == {"a", "b", "c"}
    assert [(LABELS[large.labelled] == name).sum() for name in "abc"] == [14, 6, 1]
    assert [(LABELS[large.test] == name).sum() for name in "abc"] == [35, 14, 1]


def test_order_of_rows_does_not_matter_and_seeds_do():
    order = np.random.default_rng(0).permutation(len(IDS))
    one, other = split(IDS, LABELS, 0, 0.1, 0.5), split(IDS[order], LABELS[order], 0, 0.1, 0.5)
    assert np.array_equal(one.test[order], other.test)
    assert np.array_equal(one.labelled[order], other.labelled)
    assert _names(split(IDS, LABELS, 1, 0.1, 0.5).test) != _names(one.test)


def test_two_bands_of_a_star_stay_together():
    ids, labels = np.repeat(IDS, 2), np.repeat(LABELS, 2)
    part = split(ids, labels, 0, 0.1, 0.5)
    assert np.array_equal(part.test[::2], part.test[1::2])
    assert np.array_equal(part.test[::2], split(IDS, LABELS, 0, 0.1, 0.5).test)
