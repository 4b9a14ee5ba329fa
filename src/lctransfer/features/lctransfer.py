"""The feature set `lctransfer`: refined periods, weights, wrapped phases, the folded curve's shape, a second period.

What spans decades is a logarithm, for trees that draw thresholds at random, and for networks. Nothing depends on a
survey's zero point or number of epochs, but by noise. Chosen by extra trees on half of the ASAS stars at hand, and on
Hipparcos and LMC Cepheids; benchmarks/features_ablation.py measures each group on the other ASAS half. What did not
help: odd-even depth difference, offset of the secondary minimum, difference of the maxima, share of odd harmonics of
2P, profile of the double cycle (neither trees nor networks), steepest slopes and curvature of the fit, sin phi21,
phi31, phi41, skewness, kurtosis, Stetson's K, powers at P / 2, P / 3 and 2P, position of the next unrelated peak of the
spectrum.
"""

from typing import NamedTuple

import numpy as np

from lctransfer.feature_names import LCTRANSFER as NAMES
from lctransfer.features import shape
from lctransfer.features.compiled import dot, entry, fill, kernel, mean, median, percentile
from lctransfer.features.curves import Curves, in_order, weighted
from lctransfer.features.doubling import (
    DOUBLE_HARMONICS,
    HARMONICS,
    MIN_DOUBLE_CYCLES,
    MIN_SHAPE,
    MIN_SHAPE_SHORT,
    RIDGE,
    SHORTEST_BINARY_DAYS,
    double_features,
    doubling_evidence,
    doubling_probability,
    shape_significance,
)
from lctransfer.features.fourier import amplitude, amplitude_ratio, evaluate, fourier_series, phi21
from lctransfer.features.order import sort
from lctransfer.features.periodogram import period_snr, period_uncertainty
from lctransfer.features.search import Search, grids, highest_peaks, refined_peaks
from lctransfer.features.statistics import quartile31
from lctransfer.table.light_curves import Ragged

DIAGNOSTICS = (
    "period",
    "reported_period_days",
    "doubling_probability",
    "period_power",
    "period_snr",
    "period_uncertainty_days",
)


class Fits(NamedTuple):
    """Fourier series of each light curve, and what they leave over."""

    single: np.ndarray  # float64 (rows, 2 HARMONICS + 1): one cycle
    double: np.ndarray  # float64 (rows, 2 DOUBLE_HARMONICS + 1): two
    residual: np.ndarray  # float64 (epochs,): magnitude minus the series of two cycles
    variance: np.ndarray  # float64 (3, rows): of the magnitudes, and left over by each series


class Peak(NamedTuple):
    """The highest peak of each light curve; arrays of shape (rows,)."""

    frequency: np.ndarray  # [1/d]
    power: np.ndarray  # 0 to 1


class Star(NamedTuple):
    """One light curve, float64 arrays of shape (n,)."""

    days: np.ndarray
    mag: np.ndarray
    mag_err: np.ndarray
    ordered: np.ndarray  # magnitudes, ascending
    ordered_err: np.ndarray
    deviation: np.ndarray
    residual: np.ndarray


def rows(epochs: Ragged, search: Search, nyquist: np.ndarray) -> np.ndarray:
    """Return the values of `NAMES` and `DIAGNOSTICS` of light curves; see `upsilon.rows`.

    Epochs are weighted by 1 / (mag_err^2 + its median^2), so that none of them rules; periods are at most the duration.
    """
    ordered = in_order(epochs.mag, epochs.offsets), in_order(epochs.mag_err, epochs.offsets)
    curves = weighted(epochs.time, epochs.mag, (epochs.mag_err, ordered[1]), epochs.offsets)
    first = _peaks(curves, search, nyquist)
    fits = _fit(curves, first.frequency)
    second = _peaks(_left_over(curves, fits.residual), search, nyquist)
    return _features((epochs.mag, epochs.mag_err, *ordered), curves, fits, first, second)


def _peaks(curves: Curves, search: Search, nyquist: np.ndarray) -> Peak:
    grid = grids(curves.days, curves.offsets, search[:2], nyquist, False)
    index, _ = highest_peaks(curves, grid, True, search.plans)
    return Peak(*refined_peaks(curves, grid, index))


@entry
def _fit(curves: Curves, frequency: np.ndarray) -> Fits:
    rows, offsets = len(frequency), curves.offsets
    single, double = np.empty((rows, 2 * HARMONICS + 1)), np.empty((rows, 2 * DOUBLE_HARMONICS + 1))
    residual, variance = np.empty(len(curves.days)), np.empty((3, rows))
    for row in range(rows):
        a, b = offsets[row], offsets[row + 1]
        deviation, weight = curves.deviation[a:b], curves.weight[a:b]
        phase = curves.days[a:b] * frequency[row]
        once, twice = both_series(phase, deviation, weight)
        fill(single[row], once)
        fill(double[row], twice)
        fill(residual[a:b], deviation - evaluate(twice, 0.5 * phase))
        variance[0, row] = dot(deviation**2, weight)
        variance[1, row] = dot((deviation - evaluate(once, phase)) ** 2, weight)
        variance[2, row] = dot(residual[a:b] ** 2, weight)
    return Fits(single, double, residual, variance)


@kernel
def both_series(phase: np.ndarray, deviation: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the Fourier series of one cycle, and that of two."""
    single = fourier_series(phase, deviation, weight, HARMONICS, RIDGE)
    return single, fourier_series(0.5 * phase, deviation, weight, DOUBLE_HARMONICS, RIDGE)


@entry
def _left_over(curves: Curves, residual: np.ndarray) -> Curves:
    """Return the residuals, minus their weighted mean, as light curves."""
    deviation = np.empty(len(residual))
    for row in range(len(curves.offsets) - 1):
        a, b = curves.offsets[row], curves.offsets[row + 1]
        fill(deviation[a:b], residual[a:b] - dot(residual[a:b], curves.weight[a:b]))
    return Curves(curves.days, deviation, curves.weight, curves.offsets)


@entry
def _features(epochs: tuple[np.ndarray, ...], curves: Curves, fits: Fits, first: Peak, second: Peak) -> np.ndarray:
    mag, mag_err, ordered, ordered_err = epochs
    values = np.empty((len(NAMES) + len(DIAGNOSTICS), len(first.power)))
    for row in range(len(first.power)):
        a, b = curves.offsets[row], curves.offsets[row + 1]
        residual, deviation = fits.residual[a:b], curves.deviation[a:b]
        magnitudes = (mag[a:b], mag_err[a:b], ordered[a:b], ordered_err[a:b])
        star = Star(curves.days[a:b], *magnitudes, deviation, residual)
        series, variance = (fits.single[row], fits.double[row]), fits.variance[:, row]
        peaks = (first.frequency[row], first.power[row], second.frequency[row], second.power[row])
        _fill_features(star, series, variance, peaks, values[: len(NAMES), row])
        _fill_diagnostics(star, series, variance[2], peaks, values[len(NAMES) :, row])
    return values


@kernel
def _fill_features(star: Star, series: tuple, variance: np.ndarray, peaks: tuple, values: np.ndarray) -> None:
    """Fill the values of `NAMES`."""
    single, double = series
    frequency, _, second, second_power = peaks
    values[0] = _log(1.0 / frequency)
    values[1], values[2] = 1.0 - variance[1] / variance[0], 1.0 - variance[2] / variance[0]
    values[3] = _log(second / frequency)
    values[4] = second_power
    values[5] = _log(np.sqrt(second_power * variance[2] / variance[0]))
    fill(values[6:15], _cycle_features(single))
    fill(values[15:17], double_features(double))
    fill(values[17:19], _residual_features(star.residual, star.mag_err))
    phased = star.deviation[sort(0.5 * (star.days * frequency) % 1.0)[1]]
    values[19] = _log(shape.neighbour_ratio(phased, variance[0]))
    fill(values[20:25], _magnitude_features(star, np.sqrt(variance[0])))


@kernel
def _fill_diagnostics(star: Star, series: tuple, left: float, peaks: tuple, values: np.ndarray) -> None:
    """Fill the values of `DIAGNOSTICS`."""
    frequency, power, _, _ = peaks
    n, period, duration = len(star.days), 1.0 / frequency, star.days[-1]
    doubling = doubling_probability(doubling_evidence(series[0], series[1], left, n, frequency))
    needed = MIN_SHAPE_SHORT if 2.0 * period < SHORTEST_BINARY_DAYS else MIN_SHAPE
    if duration < MIN_DOUBLE_CYCLES * 2.0 * period or shape_significance(*series, left, n) < needed:
        doubling = 0.0
    values[0], values[1], values[2] = period, period * (2.0 if doubling > 0.5 else 1.0), doubling
    values[3], values[4] = power, period_snr(power, n)
    values[5] = period_uncertainty(power, n, duration, period)


@kernel
def _log(value: float) -> float:
    return np.log10(1e-4 if value < 1e-4 else value)  # NaN stays what it is


@kernel
def _cycle_features(series: np.ndarray) -> tuple[float, ...]:
    """Return log amplitude [mag], ratios to it, cos phi21 (true quadrant), log range [mag], shape of the cycle at P."""
    model = evaluate(series, shape.PHASES)
    cycle = shape.scaled(model)
    return (
        _log(amplitude(series, 1)),
        amplitude_ratio(series, 2),
        amplitude_ratio(series, 3),
        amplitude_ratio(series, 4),
        np.cos(phi21(series)),
        _log(model.max() - model.min()),
        shape.faint_fraction(cycle),
        shape.rise_fraction(cycle),
        shape.asymmetry(cycle),
    )


@kernel
def _residual_features(residual: np.ndarray, mag_err: np.ndarray) -> tuple[float, float]:
    """Return logs of the typical residual over its error, and of von Neumann's ratio of the residuals in time."""
    typical = np.sqrt(median(sort((residual / mag_err) ** 2)[0]))
    return _log(typical), _log(shape.neighbour_ratio(residual, max(mean(residual**2), 1e-300)))


@kernel
def _magnitude_features(star: Star, std: float) -> tuple[float, float, float, float, float]:
    """Return logs of std [mag], of it over the median error, of von Neumann's ratio, of the range of 90% [mag].

    Then the quartiles' distance over that range.
    """
    low, high = percentile(star.ordered, 5.0), percentile(star.ordered, 95.0)
    ratio = quartile31(star.ordered) / (high - low) if high > low else 0.0
    to_error = std / median(star.ordered_err)
    return _log(std), _log(to_error), _log(shape.neighbour_ratio(star.mag, std**2)), _log(high - low), ratio
