"""The highest peak where epochs are few or stand in few groups, so that the plain Fourier sum is no guide.

There the sampling itself has a spectrum that comes near to one, and the power of a sinusoid can be many times what the
plain sum says. So the spectra of the sampling, ``W1 = sum w exp(2 pi i f t)`` and ``W2 = sum w exp(4 pi i f t)``, are
computed beside that of the signal ``S = sum w y exp(2 pi i f t)``, and together give the Lomb-Scargle power itself,
``P = 2 (U |S|^2 - Re(V* S^2)) / ((U^2 - |V|^2) sum w y^2)`` with U = 1 - |W1|^2 and V = W2 - W1^2 (of Zechmeister &
Kuerster 2009, A&A 496, 577, eq. 5, written with complex sums; a fixed mean has U = 1 and V = W2). It is computed in
single precision, with a bound of its error; every frequency that may be the highest within that bound is then evaluated
exactly, so that none is missed.
"""

import numpy as np

from lctransfer.features.compiled import dot, fma, kernel
from lctransfer.features.periodogram import Epochs, Grid, best_of, best_of_all
from lctransfer.features.transform import LANES, ROW, WIDTH, Plan, Spread, U, finish, prepare, spread, transform

BINS = 1024
"""Parts of the baseline in which epochs count as a group."""
FEW_GROUPS = 100.0
"""Below, the search of this module is used."""
ERROR = 0.02
"""Bound of the error of a power P, over its square root, times the determinant that is divided by (see benchmarks).

The sums enter a power as squares: where little power is, their errors move it little. Of the true power, ``|error| <=
e sqrt(P)``; of the estimated one, ``e (sqrt(P) + e)``.
"""
ILL = 0.1
"""Determinant below which a power is not estimated: such frequencies are all evaluated exactly."""
FEW_EPOCHS = 8
"""Up to so many epochs the exact powers of the whole grid cost less than the estimate."""


@kernel
def effective_groups(days: np.ndarray, weight: np.ndarray) -> float:
    """Return ``1 / sum p^2``, with p the weight of the epochs in each of `BINS` parts of the baseline."""
    total, group, bin_ = 0.0, 0.0, 0
    for i in range(len(days)):
        now = int(days[i] / days[-1] * (BINS - 1))
        if now != bin_:
            total += group * group
            group, bin_ = 0.0, now
        group += weight[i]
    return 1.0 / (total + group * group)


@kernel
def best(epochs: Epochs, grid: Grid, generalised: bool, plan: Plan) -> tuple[int, float]:
    """Return index and exact power of the highest frequency of the grid.

    Parameters
    ----------
    epochs : Epochs
        One light curve.
    grid : Grid
        The frequencies.
    generalised : bool
        See `lctransfer.features.periodogram.exact`.
    plan : Plan
        Of the transforms.
    """
    if len(epochs.days) <= FEW_EPOCHS:
        return best_of_all(epochs, grid, generalised)
    index = _candidates(epochs, grid, generalised, plan)
    if len(index) == 0:
        return best_of_all(epochs, grid, generalised)
    return best_of(epochs, index, 1, grid, generalised)


@kernel
def _candidates(epochs: Epochs, grid: Grid, generalised: bool, plan: Plan) -> np.ndarray:
    """Return the indices of all frequencies that may be the highest; none if they are too many to be worth choosing."""
    length, modes = len(plan.cos), len(plan.row) - 2
    spreads = _spectra(epochs, grid.step_per_day, plan)
    x = np.empty((3, (length + WIDTH) * 2 * LANES), np.float32)
    highest = np.empty(length * LANES, np.float32)
    found, bounds = np.empty(grid.size // 4 + 4096, np.int64), np.empty(grid.size // 4 + 4096, np.float32)
    count, least = 0, np.float32(0.0)
    scale = np.float32(_scale(epochs))
    for start in range(0, grid.size, LANES * modes):
        for k in range(3):
            if k != 1 or generalised:
                spread(x[k], spreads[k])
                transform(x[k], plan)
                finish(x[k], plan)
        limits = (max(start + 1, grid.lowest), min(start + LANES * modes, grid.size), start)
        least = max(least, _bound(x, plan, limits, (generalised, scale), highest))
        count = _keep(highest, plan, limits, least, (found, bounds, count))
        if count < 0:
            return found[:0]
    return found[:count][bounds[:count] >= least]


@kernel
def _spectra(epochs: Epochs, step_per_day: float, plan: Plan) -> tuple[Spread, Spread, Spread]:
    """Return what is to be transformed: the signal at f, the sampling at f and at 2 f."""
    value = epochs.weight * epochs.deviation
    value /= np.abs(value).max()
    cycles = epochs.days * step_per_day
    window = prepare(cycles, epochs.weight, plan)
    return prepare(cycles, value, plan), window, prepare(2.0 * cycles, epochs.weight, plan)


@kernel
def _scale(epochs: Epochs) -> float:
    """Return what powers are divided by, for a signal of largest value one."""
    value = epochs.weight * epochs.deviation
    return dot(value, epochs.deviation) / np.abs(value).max() ** 2


@kernel
def _bound(x: np.ndarray, plan: Plan, limits: tuple, kind: tuple, highest: np.ndarray) -> np.float32:
    """Fill the upper bounds of the powers of some chunks, by row and lane; return the highest lower one within limits.

    Where the epochs hardly determine a sinusoid, the upper bound is infinite and the lower one is not used.
    """
    one, lanes, least = np.float32(1.0), U(LANES), np.float32(0.0)
    signal, window, double = x[0], x[1], x[2]
    low = np.empty(LANES, np.float32)
    generalised, scale = kind
    first, last, start = limits
    modes = len(plan.row) - 2
    for mode in range(1, modes + 1):
        row = plan.row[mode]
        for k in range(lanes):
            re, im = row * ROW + k, row * ROW + lanes + k
            u, v_re, v_im = one, double[re], double[im]
            if generalised:
                u -= fma(window[re], window[re], window[im] * window[im])
                v_re -= fma(window[re], window[re], -(window[im] * window[im]))
                v_im -= np.float32(2.0) * window[re] * window[im]
            s_re, s_im = signal[re], signal[im]
            v = np.sqrt(fma(v_re, v_re, v_im * v_im))
            squares, difference = fma(s_re, s_re, s_im * s_im), fma(s_re, s_re, -(s_im * s_im))
            above = u * squares - fma(v_re, difference, np.float32(2.0) * v_im * s_re * s_im)
            gap = u - v
            ill = gap < np.float32(ILL)
            gap = np.float32(ILL) if ill else gap
            power = np.float32(2.0) * above / (gap * (u + v) * scale)
            part = np.float32(ERROR) / gap
            error = part * (np.sqrt(max(power, np.float32(0.0))) + part)
            highest[row * lanes + k] = np.float32(np.inf) if ill else power + error
            low[k] = np.float32(0.0) if ill else power - error
        for k in range(LANES):
            if low[k] > least and first <= start + k * modes + mode <= last:
                least = low[k]
    return least


@kernel
def _keep(highest: np.ndarray, plan: Plan, limits: tuple, least: float, found: tuple) -> int:
    """Add the frequencies within limits whose upper bound reaches `least` to the list; return its length, or -1."""
    first, last, start = limits
    index, bounds, count = found
    modes = len(plan.row) - 2
    for mode in range(1, modes + 1):
        row = plan.row[mode] * U(LANES)
        for lane in range(LANES):
            at = start + lane * modes + mode
            if highest[row + U(lane)] >= least and first <= at <= last:
                if count == len(index):
                    return -1
                index[count], bounds[count] = at, highest[row + U(lane)]
                count += 1
    return count
