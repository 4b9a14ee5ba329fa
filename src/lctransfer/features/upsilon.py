"""The feature set `upsilon`: the 16 features that the released weights of UPSILoN-T were trained on."""

from typing import NamedTuple

import numpy as np

from lctransfer.features.compiled import kernel, mean, median
from lctransfer.features.folded import phase_cusum, phase_eta, slope_percentiles
from lctransfer.features.fourier import amplitude, amplitude_ratio, fourier_series, phase_difference
from lctransfer.features.periodogram import best_on_grid, period_snr, period_uncertainty
from lctransfer.features.spectrum import Grid, peaks
from lctransfer.features.statistics import (
    hl_amp_ratio,
    quartile31,
    shapiro_w,
    skewness_kurtosis,
    stetson_k,
    weighted_mean_std,
)

NAMES = (
    "amplitude",
    "hl_amp_ratio",
    "kurtosis",
    "period",
    "phase_cusum",
    "phase_eta",
    "phi21",
    "phi31",
    "quartile31",
    "r21",
    "r31",
    "shapiro_w",
    "skewness",
    "slope_per10",
    "slope_per90",
    "stetson_k",
)
"""In alphabetical order, as the released weights want them."""
DIAGNOSTICS = ("period_power", "period_snr", "period_uncertainty_days")
MIN_HIFAC = 100
"""The released software searches at least so many times the mean Nyquist frequency."""
HARMONICS = 3


class Views(NamedTuple):
    """The magnitudes again: minus their mean, in ascending order, in the order of phase."""

    deviation: np.ndarray
    ordered: np.ndarray
    phased: np.ndarray


@kernel
def grid(duration_days, n_epochs, search):
    """Return the released software's frequencies: ``k / (oversampling duration)``.

    The highest is about 1 / min_period, but truncation and the floor at `MIN_HIFAC` make it depend on the number of
    epochs; the released weights have seen periods from this very grid.
    """
    hifac = max(int(duration_days / n_epochs / search.min_period_days * 2.0), MIN_HIFAC)
    size = int(0.5 * search.oversampling * hifac * n_epochs)
    return Grid(1.0 / (duration_days * search.oversampling), size)


@kernel
def row(curve, search):
    """Return the values of `NAMES` and `DIAGNOSTICS` for one light curve.

    Parameters
    ----------
    curve : LightCurve
        At least 6 usable epochs, not all at one time or of one magnitude.
    search : Search
        The shortest period, the oversampling, and what the transforms need.

    Returns
    -------
    tuple of float
        NaN or infinite where a feature is undefined.
    """
    days = curve.time - curve.time[0]
    deviation = curve.mag - mean(curve.mag)
    frequencies = grid(days[-1], len(days), search)
    step, size = frequencies
    suspects = peaks(days, deviation / np.abs(deviation).max(), frequencies, search.plans)
    index, power = best_on_grid(days, deviation, suspects.index, step, size)
    period = 1.0 / (index * step)
    # Two cycles, so that both eclipses of a binary are seen; the released software folds dates, not days.
    folded = curve.time % (2.0 * period)
    order = np.argsort(folded, kind="mergesort")
    series = fourier_series(folded / period, deviation, np.ones(len(days)), HARMONICS)
    views = Views(deviation, np.sort(curve.mag), curve.mag[order])
    slopes = slope_percentiles(folded[order], views.phased)
    values = _row(curve, views, series, period, slopes)
    uncertainty = period_uncertainty(power, len(days), days[-1], period)
    return (*values, power, period_snr(power, len(days)), uncertainty)


@kernel
def _row(curve, views, series, period, slopes):
    """Return the values of `NAMES`."""
    deviation, ordered, phased = views
    middle = median(ordered)
    centre, std = weighted_mean_std(curve.mag, curve.mag_err)
    skewness, kurtosis = skewness_kurtosis(deviation)
    return (
        amplitude(series, 1),
        hl_amp_ratio(curve.mag, curve.mag_err, middle),
        kurtosis,
        period,
        phase_cusum(phased, centre, std),
        phase_eta(phased, std),
        phase_difference(series, 2),
        phase_difference(series, 3),
        quartile31(ordered),
        amplitude_ratio(series, 2),
        amplitude_ratio(series, 3),
        shapiro_w(ordered, deviation),
        skewness,
        slopes[0],
        slopes[1],
        stetson_k(curve.mag, curve.mag_err, middle),
    )
