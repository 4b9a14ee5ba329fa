"""The feature set `lctransfer`: refined periods, weights, wrapped phases, the folded curve's shape, a second period.

What spans decades is a logarithm, for trees that draw thresholds at random, and for networks. Nothing depends on a
survey's zero point or number of epochs, but by noise. Chosen by extra trees on half of the ASAS stars at hand, and on
Hipparcos and LMC Cepheids; benchmarks/features_ablation.py measures each group on the other ASAS half. What did not
help: odd-even depth difference, offset of the secondary minimum, difference of the maxima, share of odd harmonics of
2P, profile of the double cycle (neither trees nor networks), steepest slopes and curvature of the fit, sin phi21,
phi31, phi41, skewness, kurtosis, Stetson's K, powers at P / 2, P / 3 and 2P, position of the next unrelated peak of the
spectrum.
"""

import numpy as np

from lctransfer.features import shape
from lctransfer.features.compiled import kernel, mean, median, percentile, reduction
from lctransfer.features.fourier import amplitude, amplitude_ratio, evaluate, fourier_series
from lctransfer.features.periodogram import best_refined, period_snr, period_uncertainty
from lctransfer.features.spectrum import Grid, peaks
from lctransfer.features.statistics import quartile31

NAMES = (
    "log_period",
    "explained",
    "explained_2p",
    "log_second_ratio",
    "second_power",
    "log_second_amplitude",
    "log_amplitude",
    "refined_r21",
    "refined_r31",
    "r41",
    "cos_phi21",
    "log_fit_range",
    "faint_fraction",
    "rise_fraction",
    "asymmetry",
    "faint_fraction_2p",
    "bright_fraction_2p",
    "log_residual_to_error",
    "log_residual_eta",
    "log_folded_eta",
    "log_std",
    "log_signal_to_noise",
    "log_eta",
    "log_range90",
    "quartile_ratio",
)
"""What each is stands in the functions below, in this order; logarithms are to base 10, of values of at least 1e-4."""
DIAGNOSTICS = (
    "period",
    "reported_period_days",
    "doubling_probability",
    "period_power",
    "period_snr",
    "period_uncertainty_days",
)
HARMONICS = 4
DOUBLE_HARMONICS = 8
RIDGE = 0.1
DOUBLING = (-3.44, 12.91, -3.61, 1.86, -1.24, -11.73, 4.03)
"""Logistic coefficients: constant, then those of `doubling_evidence` (benchmarks/features_period.py fits them)."""


@kernel
def grid(duration_days, search):
    """Return frequencies up to 1 / min_period; how many does not depend on the number of epochs."""
    samples = search.oversampling * duration_days
    return Grid(1.0 / samples, max(int(samples / search.min_period_days), int(search.oversampling) + 2))


@kernel
def row(curve, search):
    """Return the values of `NAMES` and `DIAGNOSTICS` for one light curve; see `upsilon.row`.

    Epochs are weighted by 1 / (mag_err^2 + its median^2), so that none of them rules; periods are at most the duration.
    """
    days, deviation, weight = weighted(curve)
    frequency, power = _highest(days, deviation, weight, search)
    phase = days * frequency
    series, double = both_series(phase, deviation, weight)
    residual = deviation - evaluate(double, 0.5 * phase)
    variance = _mean(deviation**2, weight)
    left = _mean((deviation - evaluate(series, phase)) ** 2, weight)
    left_2p = _mean(residual**2, weight)
    doubling = _doubling_probability(doubling_evidence(series, double, left_2p, len(days), frequency))
    second, second_power = _highest(days, residual - _mean(residual, weight), weight, search)
    period = 1.0 / frequency
    reported = period * (2.0 if doubling > 0.5 else 1.0)  # here, for within the tuple it cannot be compiled
    return (
        _log(period),
        1.0 - left / variance,
        1.0 - left_2p / variance,
        _log(second / frequency),
        second_power,
        _log(np.sqrt(second_power * left_2p / variance)),
        *_cycle_features(series),
        *_double_features(double),
        *_residual_features(residual, curve.mag_err),
        _log(shape.neighbour_ratio(deviation[np.argsort(0.5 * phase % 1.0, kind="mergesort")], variance)),
        *_magnitude_features(curve, np.sqrt(variance)),
        period,
        reported,
        doubling,
        power,
        period_snr(power, len(days)),
        period_uncertainty(power, len(days), days[-1], period),
    )


@kernel
def weighted(curve):
    """Return days since the first epoch, magnitudes minus their weighted mean, and the weights, of sum one."""
    weight = 1.0 / ((curve.mag_err / median(np.sort(curve.mag_err))) ** 2 + 1.0)
    weight /= weight.sum()
    return curve.time - curve.time[0], curve.mag - _mean(curve.mag, weight), weight


@kernel
def both_series(phase, deviation, weight):
    """Return the Fourier series of one cycle, and that of two."""
    single = fourier_series(phase, deviation, weight, HARMONICS, RIDGE)
    return single, fourier_series(0.5 * phase, deviation, weight, DOUBLE_HARMONICS, RIDGE)


@reduction
def _mean(values, weight):
    total = 0.0
    for i in range(len(values)):
        total += weight[i] * values[i]
    return total


@kernel
def _log(value):
    return np.log10(1e-4 if value < 1e-4 else value)  # NaN stays what it is


@kernel
def _highest(days, deviation, weight, search):
    """Return frequency [1/d] and generalised power of the highest peak; no power where nothing deviates."""
    frequencies = grid(days[-1], search)
    strength = weight * deviation
    if not strength.any():
        return frequencies.step_per_day, 0.0
    suspects = peaks(days, strength / np.abs(strength).max(), frequencies, search.plans)
    return best_refined((days, deviation), weight, suspects.index, frequencies, int(search.oversampling))


@kernel
def _cycle_features(series):
    """Return log amplitude [mag], ratios to it, cos phi21 (true quadrant), log range [mag], shape of the cycle at P."""
    model = evaluate(series, shape.PHASES)
    cycle = shape.scaled(model)
    return (
        _log(amplitude(series, 1)),
        amplitude_ratio(series, 2),
        amplitude_ratio(series, 3),
        amplitude_ratio(series, 4),
        np.cos(_phi21(series)),
        _log(np.ptp(model)),
        shape.faint_fraction(cycle),
        shape.rise_fraction(cycle),
        shape.asymmetry(cycle),
    )


@kernel
def _phi21(series):
    """Return phi_2 - 2 phi_1 [rad] of cosines ``A_k cos(2 pi k phase + phi_k)`` (Simon & Lee 1981, ApJ 248, 291)."""
    return np.arctan2(-series[3], series[4]) - 2.0 * np.arctan2(-series[1], series[2])


@kernel
def _double_features(double):
    """Return the shape of two cycles, in which the eclipses of a binary may differ."""
    cycle = shape.scaled(evaluate(double, shape.PHASES))
    return shape.faint_fraction(cycle), shape.bright_fraction(cycle)


@kernel
def _residual_features(residual, mag_err):
    """Return logs of the typical residual over its error, and of von Neumann's ratio of the residuals in time."""
    typical = np.sqrt(median(np.sort((residual / mag_err) ** 2)))
    return _log(typical), _log(shape.neighbour_ratio(residual, max(mean(residual**2), 1e-300)))


@kernel
def _magnitude_features(curve, std):
    """Return logs of std [mag], of it over the median error, of von Neumann's ratio, of the range of 90% [mag].

    Then the quartiles' distance over that range.
    """
    ordered = np.sort(curve.mag)
    low, high = percentile(ordered, 5.0), percentile(ordered, 95.0)
    ratio = quartile31(ordered) / (high - low) if high > low else 0.0
    to_error = std / median(np.sort(curve.mag_err))
    return _log(std), _log(to_error), _log(shape.neighbour_ratio(curve.mag, std**2)), _log(high - low), ratio


@kernel
def doubling_evidence(series, double, left, n, frequency):
    """Return what tells two eclipses from one pulsation, of n epochs of which the double cycle left a variance.

    The second harmonic's phase times its ratio (eclipses are faint and narrow, at equal distances), log10 of the
    ratio, of the variance in odd harmonics of 2P over that of the mean, and of the period; the shape at 2P.
    """
    r21 = amplitude_ratio(series, 2)
    odd = 0.0
    for k in range(1, DOUBLE_HARMONICS, 2):
        odd += amplitude(double, k) ** 2
    noise = left / max(n - 2 * DOUBLE_HARMONICS - 1, 0.2 * n)  # squared error of a mean of the epochs
    significance = np.log10(1.0 + 0.5 * odd / noise) if noise > 0 else 0.0
    eclipsing = np.cos(_phi21(series)) * min(r21, 0.5)
    return eclipsing, np.log10(r21 + 0.01), significance, -np.log10(frequency), *_double_features(double)


@kernel
def _doubling_probability(evidence):
    """Return the probability that the star repeats at 2P only: a logistic model fitted to real stars (`DOUBLING`)."""
    score = DOUBLING[0]
    for k in range(len(evidence)):
        score += DOUBLING[k + 1] * evidence[k]
    return 1.0 / (1.0 + np.exp(-score))
