"""Shape of a smooth curve fitted to the folded light curve, and what it leaves over (feature set `lctransfer`)."""

import numpy as np

POINTS = 64
"""Samples of the fitted cycle."""
PHASES = np.arange(POINTS) / POINTS
PROFILE_STEPS = (3, 6, 9, 12, 16, 20, 28)
"""Distances from the primary minimum, in 64ths of two cycles, at which the profile is read."""


def scaled(model: np.ndarray) -> np.ndarray:
    """Return a sampled cycle from 0 (brightest) to 1 (faintest), faintest first."""
    low, high = model.min(), model.max()
    return np.roll((model - low) / (high - low), -int(model.argmax()))


def mirrored(cycle: np.ndarray) -> np.ndarray:
    """Return a sampled cycle run backwards from its first point."""
    return np.roll(cycle[::-1], 1)


def faint_fraction(cycle: np.ndarray) -> float:
    """Return the part of a scaled cycle in the fainter half of its range: small for narrow eclipses."""
    return float(np.mean(cycle > 0.5))


def bright_fraction(cycle: np.ndarray) -> float:
    """Return the part of a scaled cycle in the brightest fifth of its range: large for detached binaries."""
    return float(np.mean(cycle < 0.2))


def rise_fraction(cycle: np.ndarray) -> float:
    """Return the part of the cycle from the faintest to the brightest point: small for RRab and Cepheids."""
    return int(cycle.argmin()) / len(cycle)


def asymmetry(cycle: np.ndarray) -> float:
    """Return the rms difference between a scaled cycle and its mirror image: zero for eclipses."""
    return float(np.sqrt(np.mean((cycle - mirrored(cycle)) ** 2)))


def neighbour_ratio(values: np.ndarray, variance: float) -> float:
    """Return the mean squared step between neighbours over the variance (von Neumann 1941; 2 for white noise)."""
    return float(np.mean(np.diff(values) ** 2) / variance)


def profile(cycle: np.ndarray) -> np.ndarray:
    """Return the mean of both sides of the primary minimum at `PROFILE_STEPS`, of a scaled double cycle."""
    return (0.5 * (cycle + mirrored(cycle)))[list(PROFILE_STEPS)]
