"""Shape of a smooth curve fitted to the folded light curve, and what it leaves over (feature set `lctransfer`)."""

import numpy as np

from lctransfer.features.compiled import kernel, mean, reduction

POINTS = 64
"""Samples of the fitted cycle."""
PHASES = np.arange(POINTS) / POINTS


@kernel
def scaled(model):
    """Return a sampled cycle from 0 (brightest) to 1 (faintest), faintest first."""
    low, high = model.min(), model.max()
    return np.roll((model - low) / (high - low), -model.argmax())


@kernel
def mirrored(cycle):
    """Return a sampled cycle run backwards from its first point."""
    return np.roll(cycle[::-1], 1)


@kernel
def faint_fraction(cycle):
    """Return the part of a scaled cycle in the fainter half of its range: small for narrow eclipses."""
    return np.mean(cycle > 0.5)


@kernel
def bright_fraction(cycle):
    """Return the part of a scaled cycle in the brightest fifth of its range: large for detached binaries."""
    return np.mean(cycle < 0.2)


@kernel
def rise_fraction(cycle):
    """Return the part of the cycle from the faintest to the brightest point: small for RRab and Cepheids."""
    return cycle.argmin() / len(cycle)


@kernel
def asymmetry(cycle):
    """Return the rms difference between a scaled cycle and its mirror image: zero for eclipses."""
    return np.sqrt(mean((cycle - mirrored(cycle)) ** 2))


@reduction
def neighbour_ratio(values, variance):
    """Return the mean squared step between neighbours over the variance (von Neumann 1941; 2 for white noise)."""
    total = 0.0
    for i in range(len(values) - 1):
        total += (values[i + 1] - values[i]) ** 2
    return total / (len(values) - 1) / variance
