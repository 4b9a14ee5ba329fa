"""The feature set `upsilon`: the 16 features that the released weights of UPSILoN-T were trained on."""

from typing import NamedTuple

import numpy as np

from lctransfer.feature_names import UPSILON as NAMES
from lctransfer.features.compiled import entry, fill, kernel, median
from lctransfer.features.curves import in_order, unweighted
from lctransfer.features.folded import phase_cusum, phase_eta, slope_percentiles
from lctransfer.features.fourier import amplitude, amplitude_ratio, fourier_series, phase_difference
from lctransfer.features.order import sort
from lctransfer.features.periodogram import period_snr, period_uncertainty
from lctransfer.features.search import Curves, Search, grids, highest_peaks
from lctransfer.features.statistics import (
    hl_amp_ratio,
    quartile31,
    shapiro_w,
    skewness_kurtosis,
    stetson_k,
    weighted_mean_std,
)
from lctransfer.table.light_curves import Ragged

DIAGNOSTICS = ("period_power", "period_snr", "period_uncertainty_days")
HARMONICS = 3


class Star(NamedTuple):
    """One light curve, float64 arrays of shape (n,): as it came, its magnitudes minus their mean, and in order."""

    time: np.ndarray
    mag: np.ndarray
    mag_err: np.ndarray
    deviation: np.ndarray
    ordered: np.ndarray


def rows(epochs: Ragged, search: Search, nyquist: np.ndarray) -> np.ndarray:
    """Return the values of `NAMES` and `DIAGNOSTICS` of light curves.

    Parameters
    ----------
    epochs : Ragged
        Of each at least 6 usable epochs, sorted by time, not all at one time or of one magnitude.
    search : Search
        The shortest period, the oversampling, and what the transforms need.
    nyquist : ndarray of float64, shape (rows,)
        No higher frequencies [1/d] are searched; see `lctransfer.features.sampling.nyquist_frequencies`.

    Returns
    -------
    ndarray of float64, shape (names, rows)
        NaN or infinite where a feature is undefined.
    """
    curves = unweighted(epochs.time, epochs.mag, epochs.offsets)
    grid = grids(curves.days, curves.offsets, search[:2], nyquist, True)
    index, power = highest_peaks(curves, grid, False, search.plans)
    ordered = in_order(epochs.mag, epochs.offsets)
    return _features(tuple(epochs), curves, ordered, 1.0 / (index * grid.step_per_day), power)


@entry
def _features(
    epochs: tuple[np.ndarray, ...], curves: Curves, ordered: np.ndarray, period: np.ndarray, power: np.ndarray
) -> np.ndarray:
    time, mag, mag_err, offsets = epochs
    values = np.empty((len(NAMES) + len(DIAGNOSTICS), len(period)))
    for row in range(len(period)):
        a, b = offsets[row], offsets[row + 1]
        star = Star(time[a:b], mag[a:b], mag_err[a:b], curves.deviation[a:b], ordered[a:b])
        _magnitude_features(star, values[:, row])
        _folded_features(star, period[row], values[:, row])
        snr = period_snr(power[row], b - a)
        uncertainty = period_uncertainty(power[row], b - a, time[b - 1] - time[a], period[row])
        fill(values[len(NAMES) :, row], (power[row], snr, uncertainty))
    return values


@kernel
def _magnitude_features(star: Star, values: np.ndarray) -> None:
    """Fill the features that need no period, at their places in `NAMES`."""
    middle = median(star.ordered)
    values[1] = hl_amp_ratio(star.mag, star.mag_err, middle)
    values[12], values[2] = skewness_kurtosis(star.deviation)
    values[8] = quartile31(star.ordered)
    values[11] = shapiro_w(star.ordered, star.deviation)
    values[15] = stetson_k(star.mag, star.mag_err, middle)


@kernel
def _folded_features(star: Star, period: float, values: np.ndarray) -> None:
    """Fill the features of the folded light curve, at their places in `NAMES`.

    Two cycles are folded, so that both eclipses of a binary are seen; the released software folds dates, not days.
    """
    folded = star.time % (2.0 * period)
    days, order = sort(folded)
    phased = star.mag[order]
    centre, std = weighted_mean_std(star.mag, star.mag_err)
    series = fourier_series(folded / period, star.deviation, np.ones(len(folded)), HARMONICS, 0.0)
    values[0], values[3] = amplitude(series, 1), period
    values[4], values[5] = phase_cusum(phased, centre, std), phase_eta(phased, std)
    values[6], values[7] = phase_difference(series, 2), phase_difference(series, 3)
    values[9], values[10] = amplitude_ratio(series, 2), amplitude_ratio(series, 3)
    values[13], values[14] = slope_percentiles(days, phased)
