"""Where the power of a light curve of many epochs is: the peaks of a coarse spectrum over the whole grid.

The spectrum is the plain Fourier sum ``|sum y exp(-2 pi i f t)|^2``, in float32, at two frequencies per 1/baseline, of
which it is fully determined; a parabola through three of them tells place and height of a peak. The frequencies are cut
into chunks so short that a few of them, side by side, stay in the processor's cache. Within a chunk, frequencies are
modes around its centre, whose own phase is put into the strengths in float64, so single precision has only the modes of
a chunk to resolve, whatever the grid's length. The spectrum needs to be no better than a list of suspects: the grid's
own frequencies about each are then evaluated exactly (`lctransfer.features.periodogram`).
"""

import numpy as np

from lctransfer.features.compiled import kernel
from lctransfer.features.periodogram import Grid
from lctransfer.features.transform import LANES, ROW, WIDTH, Plan, U, plan, powers, prepare, spread, transform

LENGTHS = (1024, 4096, 16_384, 65_536)
"""Lengths of the transforms: spreading many epochs costs more than transforming, so they take a longer one."""
EPOCHS = (2_000, 8_000, 30_000)
"""Epochs up to which each but the last is taken."""
SUSPECTS = (28, 500, 10_000)
"""Peaks that are handed on: at least, at most, and their product with the epochs.

Few epochs cost little each, and the fewer they are, the less the coarse spectrum tells.
"""
COARSEST = 2.0
"""Distance of the spectrum's frequencies in steps of the grid, at most: a peak's next grid frequency is sure."""

PARABOLA = 0.88
"""The vertex of a parabola is at most an eighth above the highest of its three points."""


def plans() -> tuple[Plan, ...]:
    """Return a plan for each of `LENGTHS`."""
    return tuple(map(plan, LENGTHS))


@kernel
def plan_of(n: int) -> int:
    """Return which of `LENGTHS` suits so many epochs."""
    longer = 0
    for most in EPOCHS:
        longer += n > most
    return longer


@kernel
def suspects(days: np.ndarray, strength: np.ndarray, grid: Grid, plans: tuple[Plan, ...]) -> np.ndarray:
    """Return the grid's indices next to the highest peaks of ``|sum strength exp(2 pi i f days)|^2``, highest first.

    Parameters
    ----------
    days, strength : ndarray of float64, shape (n,)
        Since about the first epoch, sorted; of order one, with mean zero.
    grid : Grid
        At least one frequency per baseline.
    plans : tuple of Plan
        Those of `plans`.

    Returns
    -------
    ndarray of int64
        How many depends on `SUSPECTS`.
    """
    fewest, most, product = SUSPECTS
    count = max(fewest, min(most, product // len(days)))
    place, power = np.zeros(count), np.full(count, np.float32(-1.0))
    steps = min(max(0.5 / (grid.step_per_day * days[-1]), 1.0), COARSEST)
    cycles = days * (grid.step_per_day * steps)
    size = int(np.ceil(grid.size / steps)) + 1
    _search(cycles, strength, size, plans[plan_of(len(days))], (place, power))
    return np.rint(place[power >= 0] * steps).astype(np.int64)


@kernel
def _search(cycles: np.ndarray, strength: np.ndarray, size: int, plan: Plan, found: tuple) -> None:
    """Fill `found` (place, power) with the highest peaks, in descending order."""
    length, modes = len(plan.cos), len(plan.row) - 2
    epochs = prepare(cycles, strength, plan)
    x, power = np.empty((length + WIDTH) * ROW, np.float32), np.empty(length * LANES, np.float32)
    for start in range(0, size, LANES * modes):
        spread(x, epochs)
        transform(x, plan)
        powers(x, plan, power)
        _collect(power, plan, (start, size), found)


@kernel
def _collect(power: np.ndarray, plan: Plan, chunks: tuple[int, int], found: tuple) -> None:
    """Put the local maxima of some chunks into the list; place `start` + 1 is the lowest mode of the first."""
    start, size = chunks
    places, highest = found
    modes = len(plan.row) - 2
    bits = power.view(np.int32)  # positive numbers are ordered as their bits are, and integers compare in registers
    floor = np.zeros(1, np.float32)
    floor_bits = floor.view(np.int32)
    for mode in range(1, modes + 1):
        row, most = plan.row[mode] * U(LANES), np.int32(0)
        for k in range(row, row + U(LANES)):
            most = max(most, bits[k])
        floor[0] = np.float32(PARABOLA) * max(highest[-1], np.float32(0.0))
        if most <= floor_bits[0]:
            continue
        below, above = plan.row[mode - 1] * U(LANES), plan.row[mode + 1] * U(LANES)
        for lane in range(U(LANES)):
            at = start + int(lane) * modes + mode
            before, here, after = power[below + lane], power[row + lane], power[above + lane]
            if at <= size and here > before and here >= after:
                shift, height = _vertex(before, here, after)
                if height > highest[-1]:
                    _insert(at + shift, height, places, highest)


@kernel
def _vertex(before: np.float32, here: np.float32, after: np.float32) -> tuple[np.float32, np.float32]:
    """Return place (from the middle one) and height of the vertex of a parabola through three points."""
    slope, bend = np.float32(0.5) * (after - before), before + after - np.float32(2.0) * here
    if bend >= 0:
        return np.float32(0.0), here
    return -slope / bend, here - np.float32(0.5) * slope * slope / bend


@kernel
def _insert(place: float, height: float, places: np.ndarray, highest: np.ndarray) -> None:
    k = len(highest) - 1
    while k > 0 and highest[k - 1] < height:
        places[k], highest[k] = places[k - 1], highest[k - 1]
        k -= 1
    places[k], highest[k] = place, height
