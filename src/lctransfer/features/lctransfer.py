"""The feature set `lctransfer`: refined periods, weights, wrapped phases, and the shape of the folded curve.

Each feature is here because trees on real ASAS stars ranked it among the best of 56 candidates. That choice saw the
stars of the ASAS half at hand, so a gain measured on them is too good (benchmarks/features_ablation.py measures it);
other surveys decide. Candidates that ranked low: odd-even depth difference, offset of the secondary minimum,
difference of the maxima, gain and string length at twice the period, higher moments, sin phi21, phi31, the power of
a second period.
"""

import numpy as np

from lctransfer.config import Features
from lctransfer.features import shape
from lctransfer.features.cleaning import LightCurve
from lctransfer.features.fourier import amplitude, amplitude_ratio, evaluate, fourier_series
from lctransfer.features.periodogram import best_refined, period_snr, period_uncertainty
from lctransfer.features.spectrum import Grid, Peaks, peaks

NAMES = (
    "refined_period",
    "power",
    "second_frequency_ratio",
    "refined_amplitude",
    "refined_r21",
    "refined_r31",
    "r41",
    "cos_phi21",
    "fit_range",
    "faint_fraction",
    "rise_fraction",
    "asymmetry",
    "faint_fraction_2p",
    "bright_fraction_2p",
    *(f"profile_{step:02d}" for step in shape.PROFILE_STEPS),
    "residual_to_error",
    "residual_eta",
    "std",
    "signal_to_noise",
    "eta",
    "range90",
    "quartile_ratio",
)
"""What each is stands in `_search_features`, `_cycle_features`, `_double_features`, `_magnitude_features`."""
DIAGNOSTICS = (
    "reported_period_days",
    "doubling_probability",
    "period_power",
    "period_snr",
    "period_uncertainty_days",
)
HARMONICS = 4
DOUBLE_HARMONICS = 8
RIDGE = 0.1
ALIASES_PER_DAY = (-2.0, -1.0, 0.0, 1.0, 2.0)
"""The daily rhythm of the nights: frequencies apart by these are the same peak seen again."""
DOUBLING = (-9.77, 19.94, -5.15, 3.06, -1.25)
"""Logistic coefficients: constant, then the four of `_doubling_evidence` (benchmarks/features_period.py fits them)."""


def grid(duration_days: float, settings: Features) -> Grid:
    """Return frequencies up to 1 / min_period; how many does not depend on the number of epochs."""
    samples = settings.oversampling * duration_days
    return Grid(1.0 / samples, max(int(samples / settings.min_period_days), int(settings.oversampling) + 2))


def row(curve: LightCurve, settings: Features) -> tuple[float, ...]:
    """Return the values of `NAMES` and `DIAGNOSTICS` for one light curve; see `upsilon.row`.

    Epochs are weighted by 1 / (mag_err^2 + its median^2), so that none of them rules; periods are at most the duration.
    """
    days = curve.time - curve.time[0]
    typical_err = np.median(curve.mag_err)
    weight = 1.0 / ((curve.mag_err / typical_err) ** 2 + 1.0)
    weight /= weight.sum()
    deviation = curve.mag - weight @ curve.mag
    frequencies = grid(days[-1], settings)
    strength = weight * deviation
    suspects = peaks(days, strength / np.abs(strength).max(), frequencies)
    frequency, power = best_refined((days, deviation), weight, suspects.index, frequencies, int(settings.oversampling))
    variance = weight @ deviation**2
    phase = days * frequency
    series = fourier_series(phase, deviation, weight, HARMONICS, RIDGE)
    double = fourier_series(0.5 * phase, deviation, weight, DOUBLE_HARMONICS, RIDGE)
    residual = deviation - evaluate(double, 0.5 * phase)
    doubling = _doubling_probability(series, double, weight @ residual**2 / len(days), frequency)
    period = 1.0 / frequency
    return (
        *_search_features(frequency, power, suspects, frequencies, days[-1]),
        *_cycle_features(series),
        *_double_features(double),
        float(np.sqrt(np.median((residual / curve.mag_err) ** 2))),
        shape.neighbour_ratio(residual, np.mean(residual**2)),
        *_magnitude_features(curve.mag, np.sqrt(variance), typical_err),
        period * (2.0 if doubling > 0.5 else 1.0),
        doubling,
        power,
        period_snr(power, len(days)),
        period_uncertainty(power, len(days), days[-1], period),
    )


def _search_features(
    frequency: float, power: float, suspects: Peaks, frequencies: Grid, duration_days: float
) -> tuple[float, ...]:
    """Return period [d], its power, and log10 of the next unrelated peak's frequency over the first (0: none)."""
    others = suspects.index * frequencies.step_per_day
    related = np.zeros(len(others), bool)
    for multiple in (0.5, 1.0, 2.0, 3.0):
        related |= np.abs(others - multiple * frequency) < 2.0 / duration_days
    for alias in ALIASES_PER_DAY:
        for multiple in (1.0, 2.0):
            related |= np.abs(np.abs(others - alias) - multiple * frequency) < 2.0 / duration_days
    free = others[~related]
    return 1.0 / frequency, power, float(np.log10(free[0] / frequency)) if len(free) else 0.0


def _cycle_features(series: np.ndarray) -> tuple[float, ...]:
    """Return amplitude [mag], ratios to it, cos phi21 (true quadrant), range [mag] and shape of the cycle at P."""
    model = evaluate(series, shape.PHASES)
    cycle = shape.scaled(model)
    return (
        amplitude(series, 1),
        *(amplitude_ratio(series, k) for k in (2, 3, 4)),
        float(np.cos(_phi21(series))),
        float(np.ptp(model)),
        shape.faint_fraction(cycle),
        shape.rise_fraction(cycle),
        shape.asymmetry(cycle),
    )


def _phi21(series: np.ndarray) -> float:
    """Return phi_2 - 2 phi_1 [rad] of cosines ``A_k cos(2 pi k phase + phi_k)`` (Simon & Lee 1981, ApJ 248, 291)."""
    return np.arctan2(-series[3], series[4]) - 2.0 * np.arctan2(-series[1], series[2])


def _double_features(double: np.ndarray) -> tuple[float, ...]:
    """Return the shape of two cycles from the deeper minimum on, where the eclipses of a binary differ."""
    cycle = shape.scaled(evaluate(double, shape.PHASES))
    return shape.faint_fraction(cycle), shape.bright_fraction(cycle), *shape.profile(cycle)


def _magnitude_features(mag: np.ndarray, std: float, typical_err: float) -> tuple[float, ...]:
    """Return std [mag], std over median error, von Neumann's ratio in time, range of 90% [mag], quartiles over it."""
    low, first, third, high = np.percentile(mag, (5, 25, 75, 95))
    ratio = (third - first) / (high - low) if high > low else 0.0
    return std, std / typical_err, shape.neighbour_ratio(mag, std**2), high - low, ratio


def _doubling_evidence(series: np.ndarray, double: np.ndarray, noise: float, frequency: float) -> tuple[float, ...]:
    """Return what tells two eclipses from one pulsation.

    The second harmonic's phase times its ratio (eclipses are faint and narrow, at equal distances), log10 of the
    ratio, of the variance in odd harmonics of 2P over that of the mean, and of the period.
    """
    r21 = amplitude_ratio(series, 2)
    odd = sum(amplitude(double, k) ** 2 for k in range(1, DOUBLE_HARMONICS, 2))
    significance = np.log10(1.0 + 0.5 * odd / noise) if noise > 0 else 0.0
    return np.cos(_phi21(series)) * min(r21, 0.5), np.log10(r21 + 0.01), significance, -np.log10(frequency)


def _doubling_probability(series: np.ndarray, double: np.ndarray, noise: float, frequency: float) -> float:
    """Return the probability that the star repeats at 2P only: a logistic model fitted to real stars (`DOUBLING`)."""
    logit = DOUBLING[0] + np.dot(DOUBLING[1:], _doubling_evidence(series, double, noise, frequency))
    return float(1.0 / (1.0 + np.exp(-logit)))
