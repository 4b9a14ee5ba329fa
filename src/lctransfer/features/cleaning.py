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


class LightCurve(NamedTuple):
    """Usable epochs of one source in order of time: days, magnitudes, positive errors [mag]."""

    time: np.ndarray
    mag: np.ndarray
    mag_err: np.ndarray


def light_curve(epochs: Ragged, row: int) -> LightCurve:
    """Return one of many light curves."""
    part = slice(epochs.offsets[row], epochs.offsets[row + 1])
    return LightCurve(epochs.time[part], epochs.mag[part], epochs.mag_err[part])


@np.errstate(over="ignore", invalid="ignore")  # of numbers that `verdict` refuses
def clean(epochs: Ragged) -> Ragged:
    """Return the usable epochs of each row, sorted by time, with their errors repaired.

    Parameters
    ----------
    epochs : Ragged
        As `lctransfer.table.light_curves.ragged` gives them.

    Returns
    -------
    Ragged
        New arrays, of the same rows. An epoch is usable if time and magnitude are finite, and the error is finite and
        not negative. Where no epoch of a row has such an error, errors count as missing.
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
        _sort(light_curve(usable, unsorted))
    for flawed in np.unique(row[mag_err == 0]):
        _repair(light_curve(usable, flawed))
    return usable


def _sort(curve: LightCurve) -> None:
    """Sort epochs by time, in place."""
    order = np.argsort(curve.time, kind="stable")
    for column in curve:
        column[:] = column[order]


def _repair(curve: LightCurve) -> None:
    """Replace zeros among the errors, in place, as the released software does it.

    All-zero errors become the standard deviation of the magnitudes, single zeros the row's median error (of the
    positive ones, should that be zero too).
    """
    positive = curve.mag_err > 0
    if positive.any():
        curve.mag_err[~positive] = np.median(curve.mag_err) or np.median(curve.mag_err[positive])
    else:
        curve.mag_err[:] = np.std(curve.mag)


def verdict(curve: LightCurve, settings: Features) -> str:
    """Return ``ok``, or why no feature can be computed."""
    if len(curve.time) < max(settings.min_epochs, FEWEST_EPOCHS):
        return "too_few_epochs"
    duration = curve.time[-1] - curve.time[0]
    if duration <= 0:
        return "no_duration"
    if duration * settings.oversampling / settings.min_period_days > MAX_FREQUENCIES:
        return "too_many_frequencies"
    if max(np.abs(curve.mag).max(), curve.mag_err.max()) > MAX_MAG:
        return "magnitude_out_of_range"
    if np.ptp(curve.mag) <= CONSTANT * np.abs(curve.mag).max():
        return "constant_magnitude"
    return "ok"
