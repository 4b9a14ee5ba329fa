"""Splits depend on nothing but ids, labels, fraction and seed."""

import numpy as np
import pytest

from lctransfer.errors import LctransferError
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


def _split(fraction, protocol, seed=0):
    mags = 10 + np.arange(len(IDS)) % 50 / 10
    return split(IDS, LABELS, seed, fraction, 0.5, protocol=protocol, median_mag=mags), mags


def test_all_protocols_share_the_test_stars_and_nest_their_labels():
    whole = split(IDS, LABELS, 3, 0.2, 0.5).test
    for protocol in ("stratified", "random", "brightest"):
        few, more, share = (_split(fraction, protocol, 3)[0] for fraction in (7, 20, 0.2))
        for part in (few, more, share):
            assert np.array_equal(part.test, whole)
            assert not (part.test & part.labelled).any()
        assert (few.labelled.sum(), more.labelled.sum()) == (7, 20)
        assert _names(few.labelled) < _names(more.labelled)


def test_counts_of_labels_are_exact_and_name_every_class_first():
    for seed in range(5):
        assert set(LABELS[_split(3, "stratified", seed)[0].labelled]) == {"a", "b", "c"}
        counts = [(LABELS[_split(20, "stratified", seed)[0].labelled] == name).sum() for name in "abc"]
        assert sum(counts) == 20
        assert counts[2] == 1
        assert abs(counts[0] - 14) <= 1
    assert _split(1000, "stratified")[0].labelled.sum() == 50


def test_a_random_draw_may_miss_a_class_and_does_not_know_classes():
    drawn = [LABELS[_split(10, "random", seed)[0].labelled] for seed in range(60)]
    assert any("c" not in names for names in drawn)
    # The share of `a` scatters as in draws without replacement: no class comes first because of where its test ends.
    counts = np.array([(names == "a").sum() for names in drawn])
    assert counts.mean() == pytest.approx(7, abs=0.5)
    assert counts.var() == pytest.approx(10 * 0.7 * 0.3 * 40 / 49, rel=0.5)
    assert _split(0.1, "random")[0].labelled.sum() == 10


def test_the_brightest_fifth_of_the_pool_is_labelled_first():
    part, mags = _split(8, "brightest")
    limit = np.quantile(mags[~part.test], 0.2)
    assert (mags[part.labelled] <= limit + 0.1).all()
    more, _ = _split(30, "brightest")
    pool = np.sort(mags[~more.test])
    assert mags[more.labelled].max() <= pool[30]
    with pytest.raises(LctransferError, match="median_mag"):
        split(IDS, LABELS, 0, 8, 0.5, protocol="brightest")
    with pytest.raises(LctransferError, match="no protocol 'faintest'"):
        split(IDS, LABELS, 0, 8, 0.5, protocol="faintest")
