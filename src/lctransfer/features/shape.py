"""Shape of a smooth curve fitted to the folded light curve, and what it leaves over (feature set `lctransfer`)."""

import numpy as np

from lctransfer.features.compiled import kernel

POINTS = 64
"""Samples of the fitted cycle."""
PHASES = np.arange(POINTS) / POINTS


@kernel
def scaled(model: np.ndarray) -> np.ndarray:
    """Return a sampled cycle from 0 (brightest) to 1 (faintest), faintest first."""
    faintest, low = 0, model[0]
    for i in range(len(model)):
        faintest = i if model[i] > model[faintest] else faintest
        low = min(low, model[i])
    cycle, span = np.empty(len(model)), model[faintest] - low
    for i in range(len(model)):
        cycle[i] = (model[(i + faintest) % len(model)] - low) / span
    return cycle


@kernel
def faint_fraction(cycle: np.ndarray) -> float:
    """Return the part of a scaled cycle in the fainter half of its range: small for narrow eclipses."""
    count = 0
    for i in range(len(cycle)):
        count += cycle[i] > 0.5
    return count / len(cycle)


@kernel
def bright_fraction(cycle: np.ndarray) -> float:
    """Return the part of a scaled cycle in the brightest fifth of its range: large for detached binaries."""
    count = 0
    for i in range(len(cycle)):
        count += cycle[i] < 0.2
    return count / len(cycle)


@kernel
def rise_fraction(cycle: np.ndarray) -> float:
    """Return the part of the cycle from the faintest to the brightest point: small for RRab and Cepheids."""
    brightest = 0
    for i in range(len(cycle)):
        brightest = i if cycle[i] < cycle[brightest] else brightest
    return brightest / len(cycle)


@kernel
def asymmetry(cycle: np.ndarray) -> float:
    """Return the rms difference between a scaled cycle and its mirror image: zero for eclipses."""
    squares = 0.0
    for i in range(len(cycle)):
        squares += (cycle[i] - cycle[-i]) ** 2
    return np.sqrt(squares / len(cycle))


@kernel
def neighbour_ratio(values: np.ndarray, variance: float) -> float:
    """Return the mean squared step between neighbours over the variance (von Neumann 1941; 2 for white noise)."""
    total = 0.0
    for i in range(len(values) - 1):
        total += (values[i + 1] - values[i]) ** 2
    return total / (len(values) - 1) / variance
