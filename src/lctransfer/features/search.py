"""The period search of many light curves: which frequencies, and which of them has the highest power."""

import functools
from typing import NamedTuple

import numpy as np

from lctransfer.features import daily, periodogram, sparse, spectrum
from lctransfer.features.compiled import entry, kernel
from lctransfer.features.curves import Curves
from lctransfer.features.periodogram import Epochs, Grid
from lctransfer.features.transform import Plan

MIN_HIFAC = 100
"""The released software searches at least so many times the mean Nyquist frequency."""
BELOW_NYQUIST = 1.0 - 1e-6
"""At the Nyquist frequency itself a sinusoid's amplitude is undefined."""


class Search(NamedTuple):
    """What compiled code needs to know of a period search, since it can neither read settings nor keep plans."""

    min_period_days: float
    oversampling: float
    plans: tuple[Plan, ...]


class Grids(NamedTuple):
    """The grid of each row, see `lctransfer.features.periodogram.Grid`; arrays of shape (rows,)."""

    step_per_day: np.ndarray
    lowest: np.ndarray
    size: np.ndarray


@functools.cache
def search(min_period_days: float, oversampling: float) -> Search:
    """Return a period search with its transforms."""
    return Search(float(min_period_days), float(oversampling), spectrum.plans())


@entry
def grids(
    days: np.ndarray, offsets: np.ndarray, limits: tuple[float, float], nyquist: np.ndarray, released: bool
) -> Grids:
    """Return the frequencies to be searched for each light curve: ``k / (oversampling duration)``.

    Parameters
    ----------
    days, offsets : ndarray
        As in `lctransfer.features.curves.Curves`.
    limits : (float, float)
        Shortest period [d], and oversampling: frequencies per 1 / duration.
    nyquist : ndarray of float64, shape (rows,)
        See `lctransfer.features.sampling.nyquist_frequencies`.
    released : bool
        The released software's: from a third of a cycle up to about 1 / min_period. Truncation, and the floor at
        `MIN_HIFAC`, make its end depend on the number of epochs; the released weights have seen periods of this grid.
        Otherwise from one cycle up to 1 / min_period.

    Returns
    -------
    Grids
        Never beyond 1 / min_period, nor the Nyquist frequency of an even cadence.
    """
    rows = len(offsets) - 1
    steps, lowest, sizes = np.empty(rows), np.empty(rows, np.int64), np.empty(rows, np.int64)
    shortest, oversampling = limits
    for row in range(rows):
        part = days[offsets[row] : offsets[row + 1]]
        steps[row] = 1.0 / (part[-1] * oversampling)
        lowest[row] = 1 if released else int(oversampling)
        size = _size(part[-1], len(part), limits) if released else int(part[-1] * oversampling / shortest)
        highest = min((1.0 + 1e-12) / shortest, nyquist[row] * BELOW_NYQUIST)
        sizes[row] = max(min(size, int(highest / steps[row])), lowest[row] + 2)
    return Grids(steps, lowest, sizes)


@kernel
def _size(duration_days: float, n: int, limits: tuple[float, float]) -> int:
    shortest, oversampling = limits
    hifac = max(int(duration_days / n / shortest * 2.0), MIN_HIFAC)
    return int(0.5 * oversampling * hifac * n)


@entry
def highest_peaks(
    curves: Curves, grids: Grids, generalised: bool, plans: tuple[Plan, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Return index and power of each light curve's highest peak among the frequencies of its grid.

    Parameters
    ----------
    curves : Curves
        Light curves.
    grids : Grids
        The frequencies of each.
    generalised : bool
        See `lctransfer.features.periodogram.exact`.
    plans : tuple of Plan
        Those of a `Search`.

    Returns
    -------
    (ndarray of int64, ndarray of float64), each of shape (rows,)
        The index counts grid steps. Where nothing deviates, the lowest index, and no power.
    """
    rows = len(curves.offsets) - 1
    index, power = np.empty(rows, np.int64), np.empty(rows)
    for row in range(rows):
        grid = Grid(grids.step_per_day[row], grids.lowest[row], grids.size[row])
        index[row], power[row] = _highest(_one(curves, row), grid, generalised, plans)
    return index, power


@entry
def refined_peaks(curves: Curves, grids: Grids, index: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return frequency [1/d] and generalised power of each light curve's peak near a grid index, off the grid."""
    frequency, power = np.empty(len(index)), np.zeros(len(index))
    for row in range(len(index)):
        grid = Grid(grids.step_per_day[row], grids.lowest[row], grids.size[row])
        epochs = _one(curves, row)
        frequency[row] = index[row] * grid.step_per_day
        if epochs.deviation.any():
            frequency[row], power[row] = periodogram.refined(epochs, frequency[row], grid)
    return frequency, power


@kernel
def _one(curves: Curves, row: int) -> Epochs:
    start, end = curves.offsets[row], curves.offsets[row + 1]
    return Epochs(curves.days[start:end], curves.deviation[start:end], curves.weight[start:end])


@kernel
def _highest(epochs: Epochs, grid: Grid, generalised: bool, plans: tuple[Plan, ...]) -> tuple[int, float]:
    strength = epochs.weight * epochs.deviation
    largest = np.abs(strength).max()
    if largest == 0.0:
        return grid.lowest, 0.0
    if sparse.effective_groups(epochs.days, epochs.weight) < sparse.FEW_GROUPS:
        return sparse.best(epochs, grid, generalised, plans[spectrum.plan_of(len(strength))])
    suspects = spectrum.suspects(epochs.days, strength / largest, grid, plans)
    index, power = periodogram.best_near(epochs, suspects, grid, generalised)
    first = daily.runs(epochs, grid, generalised)
    if len(first):
        other, other_power = periodogram.best_of(epochs, first, daily.RUN, grid, generalised)
        if other_power > power or (other_power == power and other < index):
            return other, other_power
    return index, power
