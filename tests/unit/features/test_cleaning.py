"""Epochs of many rows at a time, against the same rules read out for one row and one epoch after another."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lctransfer.features.cleaning import clean, part
from lctransfer.table.light_curves import Ragged

numbers = st.sampled_from([0.0, 1.0, 2.0, 3.0, 0.5, -1.0, np.nan, np.inf, -np.inf])
rows = st.lists(st.lists(st.tuples(numbers, numbers, numbers), max_size=8), max_size=6)


def ragged(table):
    columns = np.array([epoch for row in table for epoch in row], float).reshape(-1, 3).T
    return Ragged(*map(np.ascontiguousarray, columns), np.cumsum([0, *map(len, table)]))


def one_by_one(row):
    """Return the usable epochs of one row, as the documentation says it."""
    missing = not any(np.isfinite(err) and err >= 0 for _, _, err in row)
    row = [(time, mag, 0.0 if missing else err) for time, mag, err in row]
    row = [epoch for epoch in row if np.isfinite(epoch).all() and epoch[2] >= 0]
    row.sort(key=lambda epoch: epoch[0])
    row = list(dict.fromkeys(row))
    errors = [err for _, _, err in row]
    if not any(errors):
        spread = np.std([mag for _, mag, _ in row]) if row else 0.0
        return [(time, mag, spread) for time, mag, _ in row]
    typical = np.median(errors) or np.median([err for err in errors if err > 0])
    return [(time, mag, err or typical) for time, mag, err in row]


@given(rows)
@settings(max_examples=200, deadline=None)
def test_all_rows_together_are_each_row_for_itself(table):
    usable, _ = clean(ragged(table))
    for i, row in enumerate(table):
        np.testing.assert_array_equal(np.transpose(part(usable, i)), np.reshape(one_by_one(row), (-1, 3)))


def test_what_was_given_is_left_as_it_was():
    given_epochs = ragged([[(2.0, 1.0, 0.0), (1.0, 2.0, 0.1)]])
    before = [column.copy() for column in given_epochs]
    clean(given_epochs)
    for column, old in zip(given_epochs, before):
        np.testing.assert_array_equal(column, old)


def test_single_zero_errors_take_the_median_and_lone_zeros_the_scatter():
    usable, _ = clean(ragged([[(0, 1, 0), (1, 2, 0.1), (2, 3, 0.3)], [(0, 1, 0), (1, 3, 0)]]))
    assert part(usable, 0)[2].tolist() == [0.1, 0.1, 0.3]
    assert part(usable, 1)[2].tolist() == [1.0, 1.0]


def test_epochs_that_a_join_repeated_are_dropped_and_counted():
    once = [(2.0, 1.0, 0.1), (1.0, 2.0, 0.1), (1.0, 3.0, 0.1)]
    other_error = [(1.0, 2.0, 0.2)]
    usable, repeated = clean(ragged([once + once[::-1] + other_error, once]))
    assert repeated.tolist() == [3, 0]
    assert np.transpose(part(usable, 0)).tolist() == [[1, 2, 0.1], [1, 3, 0.1], [1, 2, 0.2], [2, 1, 0.1]]
