"""From epochs as they come to epochs that can be computed with, and the reason where there are none."""

from typing import NamedTuple

import numpy as np

from lctransfer.config import Features
from lctransfer.lightcurves import Ragged

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


def usable(epochs: Ragged, row: int) -> LightCurve:
    """Return the usable epochs of one row, sorted by time, with their errors repaired.

    Parameters
    ----------
    epochs : Ragged
        As `lctransfer.lightcurves.ragged` gives them.
    row : int
        Which light curve.

    Returns
    -------
    LightCurve
        An epoch is usable if time and magnitude are finite, and the error is finite and not negative. Where no epoch
        of a row has such an error, errors count as missing.
    """
    part = slice(epochs.offsets[row], epochs.offsets[row + 1])
    time, mag, mag_err = epochs.time[part], epochs.mag[part], epochs.mag_err[part]
    has_error = np.isfinite(mag_err) & (mag_err >= 0)
    if not has_error.any():
        mag_err, has_error = np.zeros_like(mag), np.ones_like(has_error)
    keep = np.isfinite(time) & np.isfinite(mag) & has_error
    if not keep.all():
        time, mag, mag_err = time[keep], mag[keep], mag_err[keep]
    if (np.diff(time) < 0).any():
        order = np.argsort(time, kind="stable")
        time, mag, mag_err = time[order], mag[order], mag_err[order]
    curve = LightCurve(time, mag, _repaired(mag_err, mag))
    for column in curve:
        column.flags.writeable = False  # as Arrow's own are: else the kernels would be compiled for both kinds
    return curve


def _repaired(mag_err: np.ndarray, mag: np.ndarray) -> np.ndarray:
    """Return errors without zeros, as the released software does it.

    Missing or all-zero errors become the standard deviation of the magnitudes, single zeros the row's median error
    (of the positive ones, should that be zero too).
    """
    positive = mag_err > 0
    if positive.all():
        return mag_err
    if not positive.any():
        return np.full(len(mag), np.std(mag))
    return np.where(positive, mag_err, np.median(mag_err) or np.median(mag_err[positive]))


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
