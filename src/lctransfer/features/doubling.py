"""Whether a star repeats at the period of the highest peak, or at twice that, as eclipsing binaries do."""

import numpy as np

from lctransfer.features import shape
from lctransfer.features.compiled import kernel
from lctransfer.features.fourier import amplitude, amplitude_ratio, evaluate, phi21

HARMONICS = 4
DOUBLE_HARMONICS = 8
RIDGE = 0.1
"""Holds harmonic k of either series back, see `lctransfer.features.fourier.fourier_series`."""
DOUBLING = (-3.44, 12.91, -3.61, 1.86, -1.24, -11.73, 4.03)
"""Logistic coefficients: constant, then those of `doubling_evidence` (benchmarks/features_period.py fits them)."""
MIN_DOUBLE_CYCLES = 2.0
"""Twice the period is reported only where the light curve covers so many of its cycles: else nothing shows a repeat."""
MIN_SHAPE, MIN_SHAPE_SHORT = 22.0, 50.0
"""Nor of a sine: harmonics above the first, and odd ones of 2P, have this chi-squared (14 degrees of freedom) at least.

Noise alone has more in 8% of light curves, and in one of 160,000 where 2P is below `SHORTEST_BINARY_DAYS`.
"""
SHORTEST_BINARY_DAYS = 0.2
"""Contact binaries of main-sequence stars have longer periods (.22 d; Rucinski 1992, AJ 103, 960)."""


@kernel
def double_features(double: np.ndarray) -> tuple[float, float]:
    """Return the shape of two cycles, in which the eclipses of a binary may differ."""
    cycle = shape.scaled(evaluate(double, shape.PHASES))
    return shape.faint_fraction(cycle), shape.bright_fraction(cycle)


@kernel
def doubling_evidence(
    series: np.ndarray, double: np.ndarray, left: float, n: int, frequency: float
) -> tuple[float, float, float, float, float, float]:
    """Return what tells two eclipses from one pulsation, of n epochs of which the double cycle left a variance.

    The second harmonic's phase times its ratio (eclipses are faint and narrow, at equal distances), log10 of the
    ratio, of the variance in odd harmonics of 2P over that of the mean, and of the period; the shape at 2P.
    """
    r21 = amplitude_ratio(series, 2)
    noise = _mean_error(left, n)
    significance = np.log10(1.0 + 0.5 * _odd_power(double) / noise) if noise > 0 else 0.0
    eclipsing = np.cos(phi21(series)) * min(r21, 0.5)
    return eclipsing, np.log10(r21 + 0.01), significance, -np.log10(frequency), *double_features(double)


@kernel
def _mean_error(left: float, n: int) -> float:
    """Return the squared error of a mean of the epochs."""
    return left / max(n - 2 * DOUBLE_HARMONICS - 1, 0.2 * n)


@kernel
def _odd_power(double: np.ndarray) -> float:
    """Return the squared amplitudes of the odd harmonics of 2P, which a star that repeats at P does not have."""
    odd = 0.0
    for k in range(1, DOUBLE_HARMONICS, 2):
        odd += amplitude(double, k) ** 2
    return odd


@kernel
def shape_significance(series: np.ndarray, double: np.ndarray, left: float, n: int) -> float:
    """Return chi-squared, of 14 degrees of freedom, of all that a sine at P lacks.

    The ridge takes ``ridge 2^2 / n`` of the sine from the double cycle, where it is the second harmonic. What epochs in
    uneven places make of that, about twice as much, is no more a sign of a shape than noise is.
    """
    noise = _mean_error(left, n) + 0.5 * (amplitude(series, 1) * 2.0 * 4.0 * RIDGE / n) ** 2
    power = _odd_power(double)
    for k in range(2, HARMONICS + 1):
        power += amplitude(series, k) ** 2
    return 0.5 * power / noise if noise > 0 else 0.0


@kernel
def doubling_probability(evidence: tuple[float, ...]) -> float:
    """Return the probability that the star repeats at 2P only: a logistic model fitted to real stars (`DOUBLING`)."""
    score = DOUBLING[0]
    for k in range(len(evidence)):
        score += DOUBLING[k + 1] * evidence[k]
    return 1.0 / (1.0 + np.exp(-score))
