import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from lctransfer.table import cuts

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


@given(st.lists(st.lists(st.floats(0, 1e4) | st.integers(0, 3).map(float), max_size=40), min_size=1, max_size=6))
def test_time_order_sorts_each_light_curve_alone_and_leaves_equal_times_as_they_are(curves):
    offsets = np.cumsum([0, *map(len, curves)])
    time = np.array([t for curve in curves for t in curve])
    order = cuts.time_order(time, offsets)
    stable = np.lexsort((time, np.repeat(np.arange(len(curves)), [len(curve) for curve in curves])))
    assert (np.arange(len(time)) if order is None else order).tolist() == stable.tolist()


def table(lengths, step=1.0):
    times = [np.arange(n) * step for n in lengths]
    rows = {"source_id": [f"star {i}" for i in range(len(lengths))], "label": ["a"] * len(lengths)}
    return pa.table({**rows, "time": times, "mag": [t / 10 for t in times], "mag_err": [t * 0 + 0.1 for t in times]})


def test_resampling_keeps_one_stretch_and_so_many_epochs():
    whole = table([400, 50, 0, 3])
    short = cuts.resample(whole, duration_days=60.0, epochs=20, seed=3)
    assert short["label"].to_pylist() == whole["label"].to_pylist()
    for before, after in zip(whole.to_pylist(), short.to_pylist()):
        assert len(after["time"]) == min(len(before["time"]), 20)
        assert after["time"] == sorted(set(after["time"]))
        assert after["mag"] == [t / 10 for t in after["time"]]
        assert not after["time"] or after["time"][-1] - after["time"][0] <= 60
    assert short["time"][3].as_py() == [0.0, 1.0, 2.0]


def test_a_stretch_lies_anywhere_that_the_light_curve_spans():
    whole = table([101])
    firsts = {cuts.resample(whole, duration_days=30.0, seed=seed)["time"][0].as_py()[0] for seed in range(400)}
    assert firsts == set(np.arange(71.0))
    for seed in range(20):
        assert len(cuts.resample(whole, duration_days=30.0, seed=seed)["time"][0]) == 31


def test_resampling_hangs_on_name_and_seed_alone():
    whole = table([80, 90, 100])
    first = cuts.resample(whole, duration_days=40.0, epochs=15, seed=1)
    assert cuts.resample(whole.slice(1), duration_days=40.0, epochs=15, seed=1).to_pylist() == first.to_pylist()[1:]
    assert cuts.resample(whole, duration_days=40.0, epochs=15, seed=2).to_pylist() != first.to_pylist()
    fewer = cuts.resample(whole, duration_days=40.0, epochs=7, seed=1)
    for few, many in zip(fewer["time"].to_pylist(), first["time"].to_pylist()):
        assert set(few) < set(many)
