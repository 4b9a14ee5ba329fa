"""What surveys call variable and is not: trends, seasonal steps, false periods of a day or half a year, blends."""

from collections.abc import Callable

import numpy as np

from lctransfer.simulate.epochs import Epochs, Light
from lctransfer.simulate.stars import waves

YEAR = 365.25


def artefact(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return constant stars with one of the errors of real surveys each, 0.02 to 0.3 mag. Nothing was fitted."""
    n = epochs.n_stars
    kind = rng.integers(len(KINDS), size=n)
    size = np.clip(10 ** rng.normal(-1.2, 0.3, n), 0.01, 0.5)
    deviation = np.zeros(len(epochs.time))
    for number, error in enumerate(KINDS):
        deviation += epochs.of(np.where(kind == number, size, 0.0)) * error(rng, epochs)
    return Light(np.full(n, np.nan), deviation, 19.6 - rng.exponential(1.2, n))


def _trend(rng: np.random.Generator, epochs: Epochs) -> np.ndarray:
    """Return a slow drift, straight or bent: proper motion, or a detector that ages."""
    start, end = epochs.span()
    x = 2 * (epochs.time - start) / max(end - start, 1.0) - 1
    return epochs.of(rng.choice([-1.7, 1.7], epochs.n_stars)) * (
        x + epochs.of(rng.normal(0, 0.5, epochs.n_stars)) * x**2
    )


def _season(rng: np.random.Generator, epochs: Epochs) -> np.ndarray:
    """Return a step from each season to the next: a new reference image, another flat field."""
    start, end = epochs.span()
    steps = rng.normal(0, 1, (int((end - start) / YEAR) + 3, epochs.n_stars))
    season = np.floor((epochs.time - start) / YEAR + epochs.of(rng.random(epochs.n_stars))).astype(int)
    return steps[np.clip(season, 0, len(steps) - 1), epochs.star]


def _day(rng: np.random.Generator, epochs: Epochs) -> np.ndarray:
    """Return a wave of a solar or sidereal day, or half of it: extinction and differential refraction."""
    n = epochs.n_stars
    frequency = rng.choice([1.0, 1.0027379, 2.0, 0.9972621], n)
    return 1.4 * np.cos(
        2 * np.pi * (epochs.of(frequency) * (epochs.time - epochs.span()[0]) + epochs.of(rng.random(n)))
    )


def _year(rng: np.random.Generator, epochs: Epochs) -> np.ndarray:
    """Return a wave of half a year or a year: temperature, or a neighbour at another parallactic angle."""
    n = epochs.n_stars
    period = np.where(rng.random(n) < 0.6, YEAR / 2, YEAR)
    return 1.4 * np.cos(2 * np.pi * epochs.cycles(period, rng.random(n)))


def _blend(rng: np.random.Generator, epochs: Epochs) -> np.ndarray:
    """Return a neighbour's light that enters when the seeing is bad, night by night: it brightens, and never dims."""
    night = np.floor(epochs.time).astype(np.int64)
    seeing = rng.exponential(1.0, 8192)
    share = epochs.of(rng.choice([0.0, 0.5, 1.0], epochs.n_stars))  # the same nights for all, or each its own
    return -seeing[(night + np.round(share * 131 * epochs.star).astype(np.int64)) % len(seeing)]


def _cameras(rng: np.random.Generator, epochs: Epochs) -> np.ndarray:
    """Return two zero points that take turns, night by night: two cameras, or two sides of a meridian."""
    night = np.floor(epochs.time).astype(np.int64)
    second = rng.random((4096,)) < 0.4
    return 2.0 * second[(night + 59 * epochs.star) % len(second)] - 0.8


def _walk(rng: np.random.Generator, epochs: Epochs) -> np.ndarray:
    """Return red noise that has no cause in the star: flat fields and sky that were not taken out."""
    return waves.damped_random_walk(rng, epochs, 10 ** rng.uniform(0.0, 2.0, epochs.n_stars), np.ones(epochs.n_stars))


KINDS: tuple[Callable[[np.random.Generator, Epochs], np.ndarray], ...] = (
    _trend,
    _season,
    _day,
    _year,
    _blend,
    _cameras,
    _walk,
)
"""The errors; each returns a deviation of a standard deviation of about 1, shape (n_epochs,)."""
