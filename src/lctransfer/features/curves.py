"""Light curves as the period search wants them: days since the first epoch, magnitudes minus their mean, weights."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from lctransfer.features.compiled import dot, entry, mean, median


class Curves(NamedTuple):
    """Light curves end to end: those of row i are ``[offsets[i]:offsets[i + 1]]``."""

    days: np.ndarray  # float64 (epochs,): since each one's first epoch
    deviation: np.ndarray  # float64 (epochs,): magnitude minus its (weighted) mean
    weight: np.ndarray  # float64 (epochs,): of sum one
    offsets: np.ndarray  # int64 (rows + 1,)


@entry
def unweighted(time: np.ndarray, mag: np.ndarray, offsets: np.ndarray) -> Curves:
    """Return light curves whose epochs weigh the same."""
    days, deviation, weight = np.empty(len(time)), np.empty(len(time)), np.empty(len(time))
    for row in range(len(offsets) - 1):
        a, b = offsets[row], offsets[row + 1]
        centre = mean(mag[a:b])
        for i in range(a, b):
            days[i], deviation[i], weight[i] = time[i] - time[a], mag[i] - centre, 1.0 / (b - a)
    return Curves(days, deviation, weight, offsets)


@entry
def weighted(time: np.ndarray, mag: np.ndarray, errors: tuple[np.ndarray, np.ndarray], offsets: np.ndarray) -> Curves:
    """Return light curves whose epochs weigh 1 / (mag_err^2 + its median^2), so that none of them rules.

    `errors` are those of the epochs, and the same in ascending order.
    """
    days, deviation, weight = np.empty(len(time)), np.empty(len(time)), np.empty(len(time))
    mag_err, ordered = errors
    for row in range(len(offsets) - 1):
        a, b = offsets[row], offsets[row + 1]
        typical, total = median(ordered[a:b]), 0.0
        for i in range(a, b):
            weight[i] = 1.0 / ((mag_err[i] / typical) ** 2 + 1.0)
            total += weight[i]
        for i in range(a, b):
            weight[i] /= total
        centre = dot(weight[a:b], mag[a:b])
        for i in range(a, b):
            days[i], deviation[i] = time[i] - time[a], mag[i] - centre
    return Curves(days, deviation, weight, offsets)


def in_order(values: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Return the values of each row in ascending order; NumPy sorts in vector registers, compiled code does not."""
    ordered = values.copy()
    for start, end in pairwise(offsets):
        ordered[start:end].sort()
    return ordered
