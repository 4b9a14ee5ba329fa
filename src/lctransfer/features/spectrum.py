"""Where the power of a light curve is: the peaks of a coarse spectrum over the whole grid.

The spectrum is the plain Fourier sum ``|sum y exp(-2 pi i f t)|^2``, in float32. The grid is cut into chunks so short
that a few of them, side by side, stay in the processor's cache. Within a chunk, frequencies are modes around its
centre, whose own phase is put into the strengths in float64, so single precision has only the modes of a chunk to
resolve, whatever the grid's length. The spectrum needs to be no better than a list of suspects: each is then evaluated
exactly.
"""

import functools
from typing import NamedTuple

import numpy as np

from lctransfer.features.compiled import kernel
from lctransfer.features.transform import (
    LANES,
    ROW,
    WIDTH,
    Plan,
    highest,
    plan,
    power,
    rotation,
    spread,
    spreading,
    transform,
    turning,
)

LENGTHS = (1024, 4096, 16_384, 65_536)
"""Lengths of the transforms: spreading many epochs costs more than transforming, so they take a longer one."""
EPOCHS = (2_000, 8_000, 30_000)
"""Epochs up to which each but the last is taken."""
SUSPECTS = (16, 500, 10_000)
"""Peaks that are handed on: at least, at most, and their product with the epochs.

Few epochs cost little each, and the fewer they are, the less the coarse spectrum tells.
"""


class Grid(NamedTuple):
    """Frequencies ``step_per_day * (1, 2, ..., size)``."""

    step_per_day: float
    size: int


class Peaks(NamedTuple):
    """Local maxima of the coarse spectrum, highest first; powers as the plain sum has them."""

    index: np.ndarray  # type: ignore[assignment] # no tuple method is meant
    power: np.ndarray


class Search(NamedTuple):
    """What compiled code needs to know of a period search, since it can neither read settings nor keep plans."""

    min_period_days: float
    oversampling: float
    plans: tuple[Plan, ...]


@functools.cache
def search(min_period_days: float, oversampling: float) -> Search:
    """Return a period search with a plan for each of `LENGTHS`."""
    return Search(float(min_period_days), float(oversampling), tuple(map(plan, LENGTHS)))


@kernel
def peaks(time, strength, grid, plans):
    """Return the highest local maxima of ``|sum strength exp(2 pi i f time)|^2`` over a grid.

    Parameters
    ----------
    time : ndarray, shape (n,)
        Days since about the first epoch.
    strength : ndarray, shape (n,)
        Of order one, with mean zero.
    grid : Grid
        At least one frequency per baseline, so that `time` spans at most one period of its step.
    plans : tuple of Plan
        Those of a `Search`.

    Returns
    -------
    Peaks
        ``index`` counts from 1 (the grid's lowest frequency); how many depends on `SUSPECTS`.
    """
    n = len(time)
    fewest, cap, product = SUSPECTS
    suspects = max(fewest, min(cap, product // n))
    index, powers = np.zeros(suspects, np.int64), np.full(suspects, np.float32(-1.0))
    longer = 0
    for most in EPOCHS:
        longer += n > most
    _search(time * grid.step_per_day, strength, grid.size, plans[longer], (index, powers))
    used = powers >= 0
    return Peaks(index[used], powers[used].astype(np.float64))


@kernel
def _search(cycles, strength, size, plan, found):
    """Fill `found` (index, power) with the highest peaks, in descending order."""
    length, modes = len(plan.cos), len(plan.row) - 2
    cell, weights = spreading(cycles, length)
    phases = rotation(cycles, modes)
    turned = turning(cycles, strength, modes)
    x = np.empty((length + WIDTH) * ROW, np.float32)
    for start in range(0, size, LANES * modes):
        x[:] = 0.0
        spread(x, turned, cell, weights, phases)
        transform(x, plan)
        _collect(x, plan, start, size, found)


@kernel
def _collect(x, plan, start, size, found):
    """Put the local maxima of some chunks into the list; index `start` + 1 is the lowest mode of the first."""
    index, powers = found
    modes = len(plan.row) - 2
    most = highest(x, plan)
    for mode in range(1, modes + 1):
        if most[mode] > powers[-1]:
            for lane in range(LANES):
                at, value = start + lane * modes + mode, power(x, plan, mode, lane)
                after = power(x, plan, mode + 1, lane) if at < size else 0.0
                if value > powers[-1] and at <= size and value > power(x, plan, mode - 1, lane) and value >= after:
                    _insert(at, value, index, powers)


@kernel
def _insert(position, value, index, power):
    k = len(power) - 1
    while k > 0 and power[k - 1] < value:
        index[k], power[k] = index[k - 1], power[k - 1]
        k -= 1
    index[k], power[k] = position, value
