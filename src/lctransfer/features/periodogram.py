"""Exact powers at given frequencies, in float64: what the suspects of the coarse spectrum are judged by."""

import numpy as np

from lctransfer.features.compiled import cos_sin, kernel, reduction

LOWEST = 60
"""Grid frequencies from the lowest up that are always evaluated: there the coarse spectrum is no guide."""


@reduction
def lomb_scargle(time, deviation, first, count, step_per_day):
    """Return the exact Lomb-Scargle power at consecutive grid frequencies ``(first + j) * step_per_day``.

    Parameters
    ----------
    time : ndarray, shape (n,)
        Days since about the first epoch.
    deviation : ndarray, shape (n,)
        Magnitude minus its mean.
    first, count : int
        The first frequency, counted in steps, and how many.
    step_per_day : float
        Step of the grid.

    Returns
    -------
    ndarray, shape (count,)
        Fraction of the variance that a sinusoid explains (0 to 1): Scargle (1982, ApJ 263, 835), eq. 10, over half the
        sum of squares. Neither weights nor a floating mean, as in the released software.
    """
    return _classical(time, deviation, _turning(time, step_per_day), first * step_per_day, count)


@reduction
def _turning(time, step_per_day):
    """Return cos and sin of each epoch's phase over a step of frequency, shape (2, n)."""
    turning = np.empty((2, len(time)))
    for i in range(len(time)):
        turning[0, i], turning[1, i] = cos_sin(time[i] * step_per_day)
    return turning


@reduction
def _classical(time, deviation, turning, start, count):
    """Return the powers at `start` [1/d] and so many steps of `turning` above."""
    n = len(time)
    re, im, step_re, step_im = np.empty(n), np.empty(n), turning[0], turning[1]
    squares = 0.0
    for i in range(n):
        re[i], im[i] = cos_sin(time[i] * start)
        squares += deviation[i] ** 2
    power = np.empty(count)
    for j in range(count):
        yc, ys, c2, s2 = 0.0, 0.0, 0.0, 0.0
        for i in range(n):
            yc += deviation[i] * re[i]
            ys += deviation[i] * im[i]
            c2 += re[i] ** 2 - im[i] ** 2
            s2 += 2.0 * re[i] * im[i]
            re[i], im[i] = re[i] * step_re[i] - im[i] * step_im[i], re[i] * step_im[i] + im[i] * step_re[i]
        power[j] = _rotated_power(yc, ys, c2, s2, n) / squares
    return power


@kernel
def _rotated_power(yc, ys, c2, s2, n):
    """Return Scargle's two terms, in the frame where the cosine and the sine are orthogonal."""
    length = np.hypot(c2, s2)
    cos2, sin2 = (c2 / length, s2 / length) if length > 0 else (1.0, 0.0)
    cos = np.sqrt(0.5 * (1.0 + cos2))
    sin = np.copysign(np.sqrt(0.5 * (1.0 - cos2)), sin2)
    along, across = yc * cos + ys * sin, ys * cos - yc * sin
    cc, ss = 0.5 * (n + length), 0.5 * (n - length)
    # With all epochs at one phase the sine has no length: it explains nothing.
    return along**2 / cc + (across**2 / ss if ss > 1e-12 * n else 0.0)


@kernel
def best_on_grid(time, deviation, suspects, step_per_day, size):
    """Return index (from 1) and exact power of the highest grid frequency near the suspects or among the lowest."""
    turning = _turning(time, step_per_day)
    index, highest = 1, -1.0
    for k in range(-1, len(suspects)):
        first = 1 if k < 0 else max(suspects[k] - 1, 1)
        count = min(LOWEST if k < 0 else 3, size - first + 1)
        power = _classical(time, deviation, turning, first * step_per_day, count)
        best = np.argmax(power)
        if power[best] > highest:
            index, highest = first + best, power[best]
    return index, highest


@reduction
def generalised(curve, weight, start, count, step):
    """Return the power of the generalised Lomb-Scargle periodogram at frequencies ``start + j * step`` [1/d].

    Parameters
    ----------
    curve : tuple of ndarray, shape (n,)
        Days since about the first epoch; magnitude minus its weighted mean.
    weight : ndarray, shape (n,)
        Of sum one.
    start, step : float
        Lowest frequency and step, in cycles per day.
    count : int
        How many frequencies.

    Returns
    -------
    ndarray, shape (count,)
        Fraction of the weighted variance that a sinusoid and a free mean explain: Zechmeister & Kuerster (2009, A&A
        496, 577), eq. 5.
    """
    time, deviation = curve
    n = len(time)
    re, im, step_re, step_im = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    squares = 0.0
    for i in range(n):
        re[i], im[i] = cos_sin(time[i] * start)
        step_re[i], step_im[i] = cos_sin(time[i] * step)
        squares += weight[i] * deviation[i] ** 2
    power = np.empty(count)
    for j in range(count):
        yc, ys, c, s, cc, cs = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for i in range(n):
            wc, ws = weight[i] * re[i], weight[i] * im[i]
            yc += deviation[i] * wc
            ys += deviation[i] * ws
            c += wc
            s += ws
            cc += wc * re[i]
            cs += wc * im[i]
            re[i], im[i] = re[i] * step_re[i] - im[i] * step_im[i], re[i] * step_im[i] + im[i] * step_re[i]
        ss, cc, cs = 1.0 - cc - s * s, cc - c * c, cs - c * s
        determinant = cc * ss - cs * cs
        explained = ss * yc * yc + cc * ys * ys - 2.0 * cs * yc * ys
        power[j] = explained / (determinant * squares) if determinant > 1e-9 else 0.0
    return power


@kernel
def best_refined(curve, weight, suspects, grid, lowest):
    """Return frequency [1/d] and power of the highest generalised peak near the suspects, refined off the grid."""
    step, size = grid
    frequency, highest = 0.0, -1.0
    for k in range(-1, len(suspects)):
        first = lowest if k < 0 else max(suspects[k] - 1, lowest)
        power = generalised(curve, weight, first * step, min(LOWEST, size - lowest + 1) if k < 0 else 3, step)
        best = np.argmax(power)
        if power[best] > highest:
            frequency, highest = (first + best) * step, power[best]
    # Twice six times finer: the error left is a hundredth of the peak's width.
    for _ in range(2):
        step /= 6.0
        power = generalised(curve, weight, frequency - 6.0 * step, 13, step)
        best = np.argmax(power)
        frequency, highest = frequency + (best - 6) * step, power[best]
    return frequency, highest


@kernel
def period_snr(power, n):
    """Return the amplitude of the sinusoid over its standard error, ``sqrt(n P / (1 - P))``: A over sigma sqrt(2 / n).

    The highest of many noise peaks has about sqrt(2 ln(number of frequencies)), 5.
    """
    return np.sqrt(n * power / max(1.0 - power, 1e-12))


@kernel
def period_uncertainty(power, n, duration_days, period_days):
    """Return the standard error of the period of a sinusoid in white noise [d].

    sigma_f = sqrt(6 / n) sigma / (pi T A) (Montgomery & O'Donoghue 1999, Delta Scuti Star Newsletter 13, 28), where
    A^2 / (2 sigma^2) = P / (1 - P).
    """
    noise_to_signal = np.sqrt(0.5 * max(1.0 - power, 0.0) / power)
    return period_days**2 * np.sqrt(6.0 / n) / (np.pi * duration_days) * noise_to_signal
