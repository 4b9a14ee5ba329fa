"""Light curves of a batch, end to end, and without the epochs that are no measurements.

Plain numpy: the first call of a compiled function in a process costs a second, more than reading most tables.
"""

from collections import Counter

import numpy as np

from lctransfer.table import sentinels, times
from lctransfer.table.cuts import apply, lengths_after, owner

NOT_MEASURED = "epochs that are no measurement (sentinels such as 99.99)"
NO_TIME = "epochs whose time is none (sentinels such as -99 or 0)"
MARKED_TIME_DAYS = 1000.0
"""A time that looks like a sentinel is one if it is so far from the others."""
MOST_WITHOUT_TIME = 0.1
"""Share of a light curve's epochs whose times may be sentinels."""


class Curves:
    """Light curves of a batch, end to end; changed as epochs are dropped."""

    def __init__(self, time: np.ndarray, mag: np.ndarray, mag_err: np.ndarray, offsets: np.ndarray):
        self.time, self.mag, self.mag_err, self.offsets = time, mag, mag_err, offsets

    def keep(self, chosen: np.ndarray) -> np.ndarray:
        """Drop the other epochs, and return how many each light curve lost, shape (curves,)."""
        lost = np.diff(self.offsets) - lengths_after(chosen, self.offsets)
        self.offsets = apply(chosen, self.offsets)
        self.time, self.mag, self.mag_err = self.time[chosen], self.mag[chosen], self.mag_err[chosen]
        return lost


def drop_no_times(curves: Curves, zero: float, dropped: Counter) -> np.ndarray:
    """Drop single epochs whose time, counted from `zero`, is none, such as -99; return how many each curve lost."""
    given, sizes = curves.time - zero, np.diff(curves.offsets)
    marks = sentinels.are_marks(given) | (given == 0.0) | (given == -1.0)
    if not marks.any() and not (spans(curves.time, curves.offsets) > times.LONGEST_DAYS).any():
        return np.zeros(len(sizes), np.int64)
    apart = np.abs(curves.time - medians(curves.time, curves.offsets, -np.inf, np.inf)[owner(curves.offsets)])
    bad = (apart > times.LONGEST_DAYS) | (marks & (apart > MARKED_TIME_DAYS))
    # Many such epochs are no sentinels: the unit is another, and the whole light curve is judged by its span.
    few = sizes - lengths_after(~bad, curves.offsets) <= np.maximum(2, MOST_WITHOUT_TIME * sizes)
    bad &= few[owner(curves.offsets)]
    if not bad.any():
        return np.zeros(len(sizes), np.int64)
    dropped[NO_TIME] += int(bad.sum())
    return curves.keep(~bad)


def clean(curves: Curves, dropped: Counter, flux_zero_point: float | None = None) -> np.ndarray:
    """Drop sentinels; return how many epochs each light curve lost, shape (curves,)."""
    which = owner(curves.offsets)
    median = np.full(len(curves.offsets) - 1, np.nan)
    if (spans(curves.mag, curves.offsets) > sentinels.far_from_median(flux_zero_point)).any():
        median = medians(curves.mag, curves.offsets, *sentinels.USABLE_MAG)
    bad = sentinels.no_measurement(curves.mag, curves.mag_err, median[which], which, flux_zero_point)
    lost = np.zeros(len(curves.offsets) - 1, np.int64)
    if bad.any():
        dropped[NOT_MEASURED] += int(bad.sum())
        lost += curves.keep(~bad)
    return lost


def repeated_epochs(curves: Curves) -> np.ndarray:
    """Tell which epochs are the same as the one before: time, magnitude and error (a join that doubled the rows)."""
    again = np.zeros(len(curves.time), bool)
    if len(again) > 1:
        same = (np.diff(curves.time) == 0) & (np.diff(curves.mag) == 0)
        same &= (np.diff(curves.mag_err) == 0) | (np.isnan(curves.mag_err[1:]) & np.isnan(curves.mag_err[:-1]))
        again[1:] = same & (np.diff(owner(curves.offsets)) == 0)
    return again


def spans(values: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Return how far apart the smallest and the largest value of each light curve are, 0 where it has none."""
    some = np.flatnonzero(np.diff(offsets))
    span = np.zeros(len(offsets) - 1)
    if len(some):
        span[some] = np.subtract(*(f.reduceat(values, offsets[some]) for f in (np.fmax, np.fmin)))
    return np.nan_to_num(span)


def medians(values: np.ndarray, offsets: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return the median of each light curve's values between two bounds, NaN where there are none."""
    inside = (values > low) & (values < high)
    offsets, values = apply(inside, offsets), values[inside]
    for start, end in zip(offsets[:-1].tolist(), offsets[1:].tolist()):
        values[start:end].sort()
    sizes = np.diff(offsets)
    some = sizes > 0
    first, sizes = offsets[:-1][some], sizes[some]
    found = np.full(len(some), np.nan)
    found[some] = (values[first + (sizes - 1) // 2] + values[first + sizes // 2]) / 2
    return found
