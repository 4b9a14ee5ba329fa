"""From epochs as they come to epochs that can be computed with, and the reason where there are none."""

from typing import NamedTuple

import numpy as np

from lctransfer.config import Features
from lctransfer.table.light_curves import Ragged

FEWEST_EPOCHS = 6
"""Below, Shapiro-Wilk's weights and a Fourier series are not defined."""
MAX_FREQUENCIES = 50_000_000
"""A longer grid is refused: times are hardly days then, and one star would take minutes."""
MAX_MAG = 1e6
"""Beyond, magnitudes or errors are none; the bound keeps fourth powers finite."""
CONSTANT = 1e-12
"""Magnitudes that vary less than this, relatively, vary by rounding only."""


class Cleaned(NamedTuple):
    """Usable epochs of many rows, sorted by time, with positive errors, and how many were repeats of others."""

    epochs: Ragged
    n_repeated: np.ndarray  # int64 (rows,)


@np.errstate(over="ignore", invalid="ignore")  # of numbers that `quality_flags` refuses
def clean(epochs: Ragged) -> Cleaned:
    """Return the usable epochs of each row, sorted by time, with their errors repaired.

    Parameters
    ----------
    epochs : Ragged
        As `lctransfer.table.light_curves.ragged` gives them.

    Returns
    -------
    Cleaned
        New arrays, of the same rows. An epoch is usable if time and magnitude are finite, and the error is finite and
        not negative. Where no epoch of a row has such an error, errors count as missing. Of epochs that agree in time,
        magnitude and error, as joins of tables make them, one is kept.
    """
    rows = len(epochs.offsets) - 1
    row = np.repeat(np.arange(rows), np.diff(epochs.offsets))
    has_error = np.isfinite(epochs.mag_err) & (epochs.mag_err >= 0)
    missing = np.bincount(row[has_error], minlength=rows) == 0
    keep = np.isfinite(epochs.time) & np.isfinite(epochs.mag) & (has_error | missing[row])
    time, mag, mag_err, row = epochs.time[keep], epochs.mag[keep], epochs.mag_err[keep], row[keep]
    mag_err[missing[row]] = 0.0
    usable = Ragged(time, mag, mag_err, np.cumsum([0, *np.bincount(row, minlength=rows)]))
    for unsorted in np.unique(row[1:][(np.diff(time) < 0) & (np.diff(row) == 0)]):
        _sort(usable, unsorted)
    usable, n_repeated = _without_repeats(usable, row)
    row = np.repeat(np.arange(rows), np.diff(usable.offsets))
    for flawed in np.unique(row[usable.mag_err == 0]):
        _repair(usable, flawed)
    return Cleaned(usable, n_repeated)


def part(epochs: Ragged, row: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return times, magnitudes and errors of one row."""
    a, b = epochs.offsets[row], epochs.offsets[row + 1]
    return epochs.time[a:b], epochs.mag[a:b], epochs.mag_err[a:b]


def _sort(epochs: Ragged, row: int) -> None:
    """Sort the epochs of a row by time, in place."""
    columns = part(epochs, row)
    order = np.argsort(columns[0], kind="stable")
    for column in columns:
        column[:] = column[order]


def _without_repeats(epochs: Ragged, row: np.ndarray) -> tuple[Ragged, np.ndarray]:
    """Return sorted epochs without those that are equal to an earlier one, and how many those are in each row."""
    rows = len(epochs.offsets) - 1
    keep = np.ones(len(row), bool)
    for suspect in np.unique(row[1:][(np.diff(epochs.time) == 0) & (np.diff(row) == 0)]):
        columns = np.stack(part(epochs, suspect))
        order = np.lexsort(columns[::-1])
        repeats = order[1:][(np.diff(columns[:, order]) == 0).all(axis=0)]
        keep[epochs.offsets[suspect] + repeats] = False
    if keep.all():
        return epochs, np.zeros(rows, np.int64)
    offsets = np.cumsum([0, *np.bincount(row[keep], minlength=rows)])
    kept = Ragged(epochs.time[keep], epochs.mag[keep], epochs.mag_err[keep], offsets)
    return kept, np.diff(epochs.offsets) - np.diff(offsets)


def _repair(epochs: Ragged, row: int) -> None:
    """Replace zeros among the errors of a row, in place, as the released software does it.

    All-zero errors become the standard deviation of the magnitudes, single zeros the row's median error (of the
    positive ones, should that be zero too).
    """
    _, mag, mag_err = part(epochs, row)
    positive = mag_err > 0
    if positive.any():
        mag_err[~positive] = np.median(mag_err) or np.median(mag_err[positive])
    else:
        mag_err[:] = np.std(mag)


@np.errstate(over="ignore", invalid="ignore")  # of numbers that are refused here
def quality_flags(epochs: Ragged, durations: np.ndarray, settings: Features) -> list[str]:
    """Return ``ok`` for each row, or why no feature can be computed.

    Parameters
    ----------
    epochs : Ragged
        Usable epochs, sorted by time.
    durations : ndarray of float64, shape (rows,)
        From the first to the last epoch [d], zero where there is none.
    settings : Features
        Fewest epochs, shortest period and oversampling.
    """
    n = np.diff(epochs.offsets)
    largest, error, span = ranges(epochs)
    reasons = {
        "too_few_epochs": n < max(settings.min_epochs, FEWEST_EPOCHS),
        "no_duration": durations <= 0,
        "too_many_frequencies": durations * settings.oversampling / settings.min_period_days > MAX_FREQUENCIES,
        "magnitude_out_of_range": np.maximum(largest, error) > MAX_MAG,
        "constant_magnitude": span <= CONSTANT * largest,
    }
    return np.select(list(reasons.values()), list(reasons), "ok").tolist()


@np.errstate(over="ignore")  # of times that `quality_flags` refuses
def durations_days(epochs: Ragged) -> np.ndarray:
    """Return the time from each row's first epoch to its last [d]; zero where empty, infinite beyond float64."""
    filled = np.diff(epochs.offsets) > 0
    first, last = epochs.offsets[:-1][filled], epochs.offsets[1:][filled] - 1
    durations = np.zeros(len(filled))
    durations[filled] = epochs.time[last] - epochs.time[first]
    return durations


@np.errstate(over="ignore")  # of magnitudes that `quality_flags` refuses
def ranges(epochs: Ragged) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return each row's largest modulus of a magnitude, largest error, and range of magnitudes; zeros where empty."""
    filled = np.diff(epochs.offsets) > 0
    starts = epochs.offsets[:-1][filled]
    values = np.zeros((3, len(filled)))
    if len(starts):
        high, low = np.maximum.reduceat(epochs.mag, starts), np.minimum.reduceat(epochs.mag, starts)
        values[:, filled] = np.maximum(high, -low), np.maximum.reduceat(epochs.mag_err, starts), high - low
    return values[0], values[1], values[2]
