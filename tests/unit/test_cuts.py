import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lctransfer import cuts

OFFSETS = np.array([0, 3, 3, 7])


def test_epochs_kept_are_counted_per_light_curve():
    keep = np.array([True, False, True, False, False, True, True])
    assert cuts.lengths_after(keep, OFFSETS).tolist() == [2, 0, 2]
    assert cuts.apply(keep, OFFSETS).tolist() == [0, 2, 2, 4]


def test_duration_counts_from_the_first_epoch_of_each_light_curve():
    time = np.array([10.0, 40.0, 41.0, 5.0, 0.0, 30.0, 30.1])
    assert cuts.within_duration(time, OFFSETS, 30.0).tolist() == [True, True, False, True, True, True, False]


def test_the_clip_cuts_what_is_far_out_in_its_own_light_curve():
    quiet = np.r_[np.zeros(50), 1.0, np.linspace(0, 1, 50)]
    keep = cuts.within_sigma(quiet, np.array([0, 51, 101]), 3.0)
    assert np.flatnonzero(~keep).tolist() == [50]


def test_a_light_curve_without_scatter_keeps_everything():
    assert cuts.within_sigma(np.full(5, 12.3), np.array([0, 5]), 3.0).all()


@given(st.lists(st.lists(st.floats(0, 1e4), max_size=6), min_size=1, max_size=6))
def test_time_order_sorts_each_light_curve_alone(curves):
    offsets = np.cumsum([0, *map(len, curves)])
    time = np.array([t for curve in curves for t in curve])
    order = cuts.time_order(time, offsets)
    ordered = time if order is None else time[order]
    assert ordered.tolist() == [t for curve in curves for t in sorted(curve)]
