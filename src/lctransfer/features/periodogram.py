"""Exact powers at given frequencies, in float64: what the suspects of a coarse spectrum are judged by."""

from typing import NamedTuple

import numpy as np

from lctransfer.features.compiled import cos_sin, dot, fma, kernel

LOWEST = 60
"""Grid frequencies from the lowest up that are always evaluated: there the plain spectrum is no guide."""
U = np.uint64
LANES = 16
"""Frequencies side by side."""
SUMS = 6
"""Of each frequency: value times cos and sin, weight times cos, sin, cos^2 and cos sin."""
RUN = 32
"""Consecutive frequencies of a lane where a whole stretch of the grid is evaluated."""


class Epochs(NamedTuple):
    """One light curve as a periodogram sees it; float64 arrays of shape (n,)."""

    days: np.ndarray  # since about the first epoch
    deviation: np.ndarray  # magnitude minus its (weighted) mean
    weight: np.ndarray  # of sum one


class Grid(NamedTuple):
    """Frequencies ``step_per_day * (lowest, lowest + 1, ..., size)`` [1/d]."""

    step_per_day: float
    lowest: int
    size: int


@kernel
def exact(epochs: Epochs, starts: np.ndarray, step: float, generalised: bool, power: np.ndarray) -> None:
    """Fill the exact Lomb-Scargle power at frequencies ``starts[k] + j * step`` [1/d].

    Parameters
    ----------
    epochs : Epochs
        One light curve.
    starts : ndarray of float64, shape (k,)
        First frequency of each run.
    step : float
        Distance within a run.
    generalised : bool
        With weights and a free mean (Zechmeister & Kuerster 2009, A&A 496, 577), or with the weights, but a fixed mean
        (Scargle 1982, ApJ 263, 835, eq. 10, over half the sum of squares, where the weights are equal).
    power : ndarray of float64, shape (k, j)
        Takes the fraction of the variance that a sinusoid explains (0 to 1).
    """
    count = power.shape[1]
    value = epochs.weight * epochs.deviation
    squares = dot(value, epochs.deviation)
    sums, turn, first = np.empty(count * SUMS * LANES), np.empty(2 * LANES), np.empty(LANES)
    for block in range(0, len(starts), LANES):
        for k in range(LANES):
            first[k] = starts[min(block + k, len(starts) - 1)]
        _sum(epochs, value, (first, step), turn, sums)
        for k in range(min(LANES, len(starts) - block)):
            for j in range(count):
                part = sums[j * SUMS * LANES + k : (j + 1) * SUMS * LANES : LANES]
                power[block + k, j] = (_generalised(part) if generalised else _classical(part)) / squares


@kernel
def _sum(epochs: Epochs, value: np.ndarray, frequencies: tuple, turn: np.ndarray, sums: np.ndarray) -> None:
    """Fill the sums over epochs, `SUMS` times `LANES` for each of the consecutive frequencies."""
    days, weight = epochs.days, epochs.weight
    first, step = frequencies
    sums[:] = 0.0
    for i in range(len(days)):
        day, y, w = days[i], value[i], weight[i]
        step_re, step_im = cos_sin(day * step)
        for k in range(U(len(first))):  # a constant number would be unrolled rather than put into registers
            cos, sin = cos_sin(day * first[k])
            turn[k], turn[k + U(LANES)] = cos, sin
        for at in range(U(0), U(len(sums)), U(SUMS * LANES)):
            for k in range(U(LANES)):
                c, s, here = turn[k], turn[k + U(LANES)], at + k
                sums[here] = fma(y, c, sums[here])
                sums[here + U(LANES)] = fma(y, s, sums[here + U(LANES)])
                sums[here + U(2 * LANES)] = fma(w, c, sums[here + U(2 * LANES)])
                sums[here + U(3 * LANES)] = fma(w, s, sums[here + U(3 * LANES)])
                sums[here + U(4 * LANES)] = fma(w * c, c, sums[here + U(4 * LANES)])
                sums[here + U(5 * LANES)] = fma(w * c, s, sums[here + U(5 * LANES)])
                turn[k], turn[k + U(LANES)] = fma(c, step_re, -(s * step_im)), fma(c, step_im, s * step_re)


@kernel
def _classical(sums: np.ndarray) -> float:
    """Return Scargle's two terms, in the frame where the cosine and the sine are orthogonal."""
    yc, ys, c2, s2 = sums[0], sums[1], 2.0 * sums[4] - 1.0, 2.0 * sums[5]
    length = np.sqrt(c2 * c2 + s2 * s2)
    cos2, sin2 = (c2 / length, s2 / length) if length > 0 else (1.0, 0.0)
    cos = np.sqrt(0.5 * (1.0 + cos2))
    sin = np.copysign(np.sqrt(max(0.5 * (1.0 - cos2), 0.0)), sin2)
    along, across = yc * cos + ys * sin, ys * cos - yc * sin
    cc, ss = 0.5 * (1.0 + length), 0.5 * (1.0 - length)
    # With all epochs at one phase the sine has no length: it explains nothing.
    return along**2 / cc + (across**2 / ss if ss > 1e-12 else 0.0)


@kernel
def _generalised(sums: np.ndarray) -> float:
    """Return what a sinusoid and a constant explain beyond the mean; nothing where the epochs do not determine them."""
    yc, ys, c, s, cc, cs = sums[0], sums[1], sums[2], sums[3], sums[4], sums[5]
    ss, cc, cs = 1.0 - cc - s * s, cc - c * c, cs - c * s
    determinant = cc * ss - cs * cs
    return (ss * yc * yc + cc * ys * ys - 2.0 * cs * yc * ys) / determinant if determinant > 1e-9 else 0.0


@kernel
def best_of(epochs: Epochs, first: np.ndarray, count: int, grid: Grid, generalised: bool) -> tuple[int, float]:
    """Return index and power of the highest of runs of `count` grid frequencies that begin at indices `first`.

    Of equal powers the lowest frequency's.
    """
    power = np.empty((len(first), count))
    exact(epochs, first * grid.step_per_day, grid.step_per_day, generalised, power)
    index, highest = grid.size, -1.0
    for k in range(len(first)):
        for j in range(min(count, grid.size - first[k] + 1)):
            at = first[k] + j
            if power[k, j] > highest or (power[k, j] == highest and at < index):
                index, highest = at, power[k, j]
    return index, highest


@kernel
def best_near(epochs: Epochs, suspects: np.ndarray, grid: Grid, generalised: bool) -> tuple[int, float]:
    """Return index and exact power of the highest grid frequency next to the suspects or among the lowest."""
    low = LOWEST // 3
    first = np.empty(low + len(suspects), np.int64)
    for k in range(low):
        first[k] = min(grid.lowest + 3 * k, grid.size)
    for k in range(len(suspects)):
        first[low + k] = max(min(suspects[k], grid.size - 1) - 1, grid.lowest)
    return best_of(epochs, first, 3, grid, generalised)


@kernel
def best_of_all(epochs: Epochs, grid: Grid, generalised: bool) -> tuple[int, float]:
    """Return index and exact power of the highest of all grid frequencies."""
    return best_of(epochs, np.arange(grid.lowest, grid.size + 1, RUN), RUN, grid, generalised)


@kernel
def refined(epochs: Epochs, frequency: float, grid: Grid) -> tuple[float, float]:
    """Return frequency [1/d] and generalised power of the peak about a grid frequency, off the grid.

    Twice six times finer: the error left is a hundredth of the peak's width. Never beyond the grid's highest frequency.
    """
    step, limit, highest = grid.step_per_day, grid.step_per_day * grid.size, 0.0
    frequencies, power = np.empty(13), np.empty((13, 1))
    for _ in range(2):
        step /= 6.0
        for k in range(13):
            frequencies[k] = min(frequency + (k - 6) * step, limit)
        exact(epochs, frequencies, step, True, power)
        best = 0
        for k in range(13):
            best = k if power[k, 0] > power[best, 0] else best
        frequency, highest = frequencies[best], power[best, 0]
    return frequency, highest


@kernel
def period_snr(power: float, n: int) -> float:
    """Return the amplitude of the sinusoid over its standard error, ``sqrt(n P / (1 - P))``: A over sigma sqrt(2 / n).

    The highest of many noise peaks has about sqrt(2 ln(number of frequencies)), 5.
    """
    return np.sqrt(n * power / max(1.0 - power, 1e-12))


@kernel
def period_uncertainty(power: float, n: int, duration_days: float, period_days: float) -> float:
    """Return the standard error of the period of a sinusoid in white noise [d].

    sigma_f = sqrt(6 / n) sigma / (pi T A) (Montgomery & O'Donoghue 1999, Delta Scuti Star Newsletter 13, 28), where
    A^2 / (2 sigma^2) = P / (1 - P).
    """
    noise_to_signal = np.sqrt(0.5 * max(1.0 - power, 0.0) / power)
    return period_days**2 * np.sqrt(6.0 / n) / (np.pi * duration_days) * noise_to_signal
