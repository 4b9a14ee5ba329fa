"""A Fourier series fitted to the light curve at its period, and the shape that it gives."""

import numpy as np

from lctransfer.features.compiled import cos_sin, dot, fma, kernel

SINGULAR = 1e-12
"""Pivot of the normal equations, relative to its column, below which the epochs do not determine the series."""


@kernel
def fourier_series(phase: np.ndarray, mag: np.ndarray, weight: np.ndarray, order: int, ridge: float) -> np.ndarray:
    """Return the least-squares coefficients of a Fourier series.

    Parameters
    ----------
    phase : ndarray, shape (n,)
        Cycles.
    mag, weight : ndarray, shape (n,)
        Magnitudes (minus their mean, for precision), and the weight of their squared residuals.
    order : int
        Number of harmonics.
    ridge : float
        Holds harmonic k back by ``ridge k^2 / n`` of the total weight, so that few epochs give a smooth series.

    Returns
    -------
    ndarray, shape (2 order + 1,)
        ``a0, a1, b1, a2, b2...`` of ``a0 + sum a_k sin(2 pi k phase) + b_k cos(2 pi k phase)``; NaN if the epochs do
        not determine them. The normal equations are well enough conditioned: at most 1e7 on 810 real stars.
    """
    cos, sin, mag_cos, mag_sin = _moments(phase, weight, mag, order)
    matrix, right = _normal_equations(cos, sin, mag_cos, mag_sin)
    for j in range(1, 2 * order + 1):
        matrix[j, j] += cos[0] * ridge * ((j + 1) // 2) ** 2 / len(phase)
    return _solve(matrix, right)


@kernel
def _moments(
    phase: np.ndarray, weight: np.ndarray, mag: np.ndarray, order: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the weighted sums of cos and sin of 2 pi k phase, k = 0..2 order, and of those times mag, k = 0..order."""
    weighted = weight * mag
    re, im = np.ones(len(phase)), np.zeros(len(phase))
    cos, sin = np.empty(2 * order + 1), np.empty(2 * order + 1)
    mag_cos, mag_sin = np.empty(order + 1), np.empty(order + 1)
    step = _unit(phase)
    for k in range(2 * order + 1):
        cos[k], sin[k] = dot(weight, re), dot(weight, im)
        if k <= order:
            mag_cos[k], mag_sin[k] = dot(weighted, re), dot(weighted, im)
        _turn(re, im, step)
    return cos, sin, mag_cos, mag_sin


@kernel
def _unit(phase: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return cos and sin of 2 pi phase."""
    cos, sin = np.empty(len(phase)), np.empty(len(phase))
    for i in range(len(phase)):
        c, s = cos_sin(phase[i])
        cos[i], sin[i] = c, s
    return cos, sin


@kernel
def _turn(re: np.ndarray, im: np.ndarray, step: tuple[np.ndarray, np.ndarray]) -> None:
    """Multiply complex numbers in place."""
    cos, sin = step
    for i in range(len(re)):
        c, s = re[i], im[i]
        re[i], im[i] = fma(c, cos[i], -(s * sin[i])), fma(c, sin[i], s * cos[i])


@kernel
def _normal_equations(
    cos: np.ndarray, sin: np.ndarray, mag_cos: np.ndarray, mag_sin: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return matrix and right-hand side; products of two harmonics are sums of moments up to twice the order."""
    order = len(mag_cos) - 1
    size = 2 * order + 1
    matrix, right = np.empty((size, size)), np.empty(size)
    matrix[0, 0], right[0] = cos[0], mag_cos[0]
    for j in range(1, order + 1):
        right[2 * j - 1], right[2 * j] = mag_sin[j], mag_cos[j]
        matrix[0, 2 * j - 1] = matrix[2 * j - 1, 0] = sin[j]
        matrix[0, 2 * j] = matrix[2 * j, 0] = cos[j]
        for k in range(1, order + 1):
            difference = sin[abs(j - k)] * (1.0 if j >= k else -1.0)
            matrix[2 * j - 1, 2 * k - 1] = 0.5 * (cos[abs(j - k)] - cos[j + k])
            matrix[2 * j, 2 * k] = 0.5 * (cos[abs(j - k)] + cos[j + k])
            matrix[2 * j - 1, 2 * k] = matrix[2 * k, 2 * j - 1] = 0.5 * (sin[j + k] + difference)
    return matrix, right


@kernel
def _solve(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the solution of a positive definite system by Cholesky's method (in place), or NaN."""
    size = len(right)
    for j in range(size):
        scale = matrix[j, j]
        for k in range(j):
            matrix[j, j] -= matrix[j, k] ** 2
        if not matrix[j, j] > SINGULAR * scale:
            right.fill(np.nan)
            return right
        matrix[j, j] = np.sqrt(matrix[j, j])
        for i in range(j + 1, size):
            for k in range(j):
                matrix[i, j] -= matrix[i, k] * matrix[j, k]
            matrix[i, j] /= matrix[j, j]
    for j in range(size):
        for k in range(j):
            right[j] -= matrix[j, k] * right[k]
        right[j] /= matrix[j, j]
    for j in range(size - 1, -1, -1):
        for k in range(j + 1, size):
            right[j] -= matrix[k, j] * right[k]
        right[j] /= matrix[j, j]
    return right


@kernel
def evaluate(series: np.ndarray, phase: np.ndarray) -> np.ndarray:
    """Return the series at phases [cycles], by Horner's rule in exp(2 pi i phase)."""
    re, im, step = np.zeros(len(phase)), np.zeros(len(phase)), _unit(phase)
    for k in range(len(series) // 2, 0, -1):
        for i in range(len(phase)):
            re[i] += series[2 * k]
            im[i] -= series[2 * k - 1]
        _turn(re, im, step)
    return series[0] + re


@kernel
def amplitude(series: np.ndarray, k: int) -> float:
    """Return ``A_k = sqrt(a_k^2 + b_k^2)``, half the peak-to-peak amplitude of harmonic k [mag]."""
    return np.hypot(series[2 * k - 1], series[2 * k])


@kernel
def amplitude_ratio(series: np.ndarray, k: int) -> float:
    """Return ``R_k1 = A_k / A_1`` (Petersen 1986, A&A 170, 59)."""
    return amplitude(series, k) / amplitude(series, 1)


@kernel
def phase_difference(series: np.ndarray, k: int) -> float:
    """Return ``phi_k1 = arctan(-a_k / b_k) - k arctan(-a_1 / b_1)`` [rad], as the released software has it.

    The arctangent does not know the quadrant and nothing is wrapped, so the value depends on the time's origin.
    """
    return np.arctan(-series[2 * k - 1] / series[2 * k]) - k * np.arctan(-series[1] / series[2])


@kernel
def phi21(series: np.ndarray) -> float:
    """Return phi_2 - 2 phi_1 [rad] of cosines ``A_k cos(2 pi k phase + phi_k)`` (Simon & Lee 1981, ApJ 248, 291)."""
    return np.arctan2(-series[3], series[4]) - 2.0 * np.arctan2(-series[1], series[2])
