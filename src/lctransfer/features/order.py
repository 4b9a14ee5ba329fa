"""Sorting inside of compiled code: NumPy's functions there take seconds to compile, and longer to run."""

import numpy as np

from lctransfer.features.compiled import kernel

RUN = 8
"""Elements that are sorted by insertion before runs are merged."""


@kernel
def sort(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return float64 values in ascending order, and the places they came from; equal ones stay in their order.

    Parameters
    ----------
    values : ndarray, shape (n,)
        No NaN.

    Returns
    -------
    (ndarray of float64, ndarray of int64), each of shape (n,)
    """
    n = len(values)
    keys, places = values.copy(), np.arange(n)
    for start in range(0, n, RUN):
        _insertion_sort(keys, places, start, min(start + RUN, n))
    spare_keys, spare_places = np.empty(n), np.empty(n, np.int64)
    width = RUN
    while width < n:
        for start in range(0, n, 2 * width):
            bounds = (start, min(start + width, n), min(start + 2 * width, n))
            _merge((keys, places), (spare_keys, spare_places), bounds)
        keys, places, spare_keys, spare_places = spare_keys, spare_places, keys, places
        width *= 2
    return keys, places


@kernel
def _insertion_sort(keys: np.ndarray, places: np.ndarray, start: int, end: int) -> None:
    for i in range(start + 1, end):
        key, place, j = keys[i], places[i], i
        while j > start and keys[j - 1] > key:
            keys[j], places[j] = keys[j - 1], places[j - 1]
            j -= 1
        keys[j], places[j] = key, place


@kernel
def _merge(source: tuple, target: tuple, bounds: tuple) -> None:
    """Merge two sorted runs that lie side by side, ``[start, middle)`` and ``[middle, end)``."""
    keys, places = source
    to_keys, to_places = target
    i, middle, end = bounds
    j = middle
    for k in range(bounds[0], end):
        later = i >= middle or (j < end and keys[j] < keys[i])
        at = j if later else i
        to_keys[k], to_places[k] = keys[at], places[at]
        i, j = (i, j + 1) if later else (i + 1, j)
