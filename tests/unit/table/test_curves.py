import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lctransfer.table import curves

NUMBERS = st.floats(-100, 100) | st.just(np.nan)


@given(st.lists(st.lists(NUMBERS, max_size=7), min_size=1, max_size=6))
def test_medians_are_those_of_numpy_for_each_light_curve_alone(lists):
    values = np.array([value for one in lists for value in one])
    found = curves.medians(values, np.cumsum([0, *map(len, lists)]), -50.0, 50.0)
    for one, median in zip(lists, found):
        inside = [value for value in one if -50 < value < 50]
        assert np.isnan(median) if not inside else np.isclose(median, np.median(inside))


def test_medians_leave_their_input_as_it_was():
    values = np.array([3.0, 1.0, 2.0])
    assert curves.medians(values, np.array([0, 3]), -np.inf, np.inf).tolist() == [2.0]
    assert values.tolist() == [3.0, 1.0, 2.0]


@given(st.lists(st.lists(NUMBERS, max_size=7), min_size=1, max_size=6))
def test_spans_are_those_of_numpy_for_each_light_curve_alone(lists):
    values = np.array([value for one in lists for value in one])
    for one, span in zip(lists, curves.spans(values, np.cumsum([0, *map(len, lists)]))):
        known = [value for value in one if np.isfinite(value)]
        assert span == (np.ptp(known) if known else 0.0)
