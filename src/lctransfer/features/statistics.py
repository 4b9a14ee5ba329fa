"""Features of the magnitudes alone, as the released software has them (Kim et al. 2021, A&A 653, A22)."""

import numpy as np

from lctransfer.features.compiled import kernel, percentile
from lctransfer.features.normal import normal_quantile


@kernel
def weighted_mean_std(mag: np.ndarray, mag_err: np.ndarray) -> tuple[float, float]:
    """Return mean and ``sqrt(sum w (m - mean)^2 / sum w)``, with weights w = 1 / mag_err (not its square)."""
    total, weights = 0.0, 0.0
    for i in range(len(mag)):
        total += mag[i] / mag_err[i]
        weights += 1.0 / mag_err[i]
    mean, squares = total / weights, 0.0
    for i in range(len(mag)):
        squares += (mag[i] - mean) ** 2 / mag_err[i]
    return mean, np.sqrt(squares / weights)


@kernel
def skewness_kurtosis(deviation: np.ndarray) -> tuple[float, float]:
    """Return ``m3 / m2^1.5`` and ``m4 / m2^2 - 3``, m_k the mean k-th power of magnitude minus mean (biased)."""
    m2, m3, m4 = 0.0, 0.0, 0.0
    for i in range(len(deviation)):
        square = deviation[i] ** 2
        m2 += square
        m3 += square * deviation[i]
        m4 += square**2
    n = len(deviation)
    return (m3 / n) / (m2 / n) ** 1.5, n * m4 / m2**2 - 3.0


@kernel
def quartile31(ordered: np.ndarray) -> float:
    """Return the 75th minus the 25th percentile of the magnitudes, given in ascending order."""
    return percentile(ordered, 75.0) - percentile(ordered, 25.0)


@kernel
def stetson_k(mag: np.ndarray, mag_err: np.ndarray, middle: float) -> float:
    """Return ``sum |r| / sqrt(n sum r^2)`` with r = (mag - median) / mag_err (Stetson 1996, PASP 108, 851).

    The released software takes the median for Stetson's weighted mean, and leaves out his sqrt(n / (n - 1)).
    """
    total, squares = 0.0, 0.0
    for i in range(len(mag)):
        residual = (mag[i] - middle) / mag_err[i]
        total += abs(residual)
        squares += residual**2
    return total / np.sqrt(squares * len(mag))


@kernel
def hl_amp_ratio(mag: np.ndarray, mag_err: np.ndarray, middle: float) -> float:
    """Return the rms distance from the median of fainter epochs over that of the others, weights 1 / mag_err.

    A of Kim & Bailer-Jones (2016, A&A 587, A18): larger than 1 for eclipses. Infinite or undefined where no epoch is
    fainter, or all others are equal to the median.
    """
    faint, faint_weight, bright, bright_weight = 0.0, 0.0, 0.0, 0.0
    for i in range(len(mag)):
        if mag[i] > middle:
            faint += (mag[i] - middle) ** 2 / mag_err[i]
            faint_weight += 1.0 / mag_err[i]
        else:
            bright += (mag[i] - middle) ** 2 / mag_err[i]
            bright_weight += 1.0 / mag_err[i]
    return np.sqrt((faint / faint_weight) / (bright / bright_weight))


@kernel
def shapiro_w(ordered: np.ndarray, deviation: np.ndarray) -> float:
    """Return the Shapiro-Wilk statistic W (Royston 1995, Applied Statistics 44, 547, algorithm AS R94).

    Parameters
    ----------
    ordered : ndarray, shape (n,)
        Magnitudes in ascending order, n >= 6.
    deviation : ndarray, shape (n,)
        Magnitude minus mean, in any order.
    """
    n = len(ordered)
    weights, length = _expected_order(n)
    u, norm = 1.0 / np.sqrt(n), np.sqrt(length)
    # Royston's polynomials for the two outermost weights; the others only need scaling.
    first = u * (0.221157 + u * (-0.147981 + u * (-2.07119 + u * (4.434685 - u * 2.706056)))) + weights[0] / norm
    second = u * (0.042981 + u * (-0.293762 + u * (-1.752461 + u * (5.682633 - u * 3.582633)))) + weights[1] / norm
    inner = length - 2.0 * weights[0] ** 2 - 2.0 * weights[1] ** 2
    scale = np.sqrt((1.0 - 2.0 * first**2 - 2.0 * second**2) / inner)
    spread = first * (ordered[n - 1] - ordered[0]) + second * (ordered[n - 2] - ordered[1])
    for i in range(2, n // 2):
        spread += scale * weights[i] * (ordered[n - 1 - i] - ordered[i])
    squares = 0.0
    for i in range(n):
        squares += deviation[i] ** 2
    return spread**2 / squares


@kernel
def _expected_order(n: int) -> tuple[np.ndarray, float]:
    """Return (minus) the expected lower half of n ordered normal values, and the sum of squares of all of them."""
    half = np.empty(n // 2)
    length = 0.0
    for i in range(n // 2):
        half[i] = -normal_quantile((i + 0.625) / (n + 0.25))
        length += 2.0 * half[i] ** 2
    return half, length
