"""Stars that erupt: cataclysmic and symbiotic binaries, flare stars, Be stars.

Shapes and ranges are round numbers after the reviews named; none was fitted.
"""

import numpy as np

from lctransfer.simulate.epochs import Epochs, Light
from lctransfer.simulate.stars import waves

FLARE_TABLE = 4096
"""Flares whose sizes are drawn in advance for a group of stars."""


def cataclysmic(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return cataclysmic variables: dwarf novae, and nova-like stars with low states (Warner 1995, Cambridge, ch. 3-4).

    All flicker within minutes to hours; some show their orbit of 1.3 to 8 hours.
    """
    n = epochs.n_stars
    dwarf_nova = rng.random(n) < 0.65
    outbursts = _outbursts(rng, epochs) * epochs.of(dwarf_nova)
    states = waves.modulation(rng, epochs, 10 ** rng.uniform(1.8, 2.9, n))
    low = 2 / (1 + np.exp(-8 * (states - 1.2))) * epochs.of(np.where(dwarf_nova, 0.0, rng.uniform(0.2, 1.5, n)))
    walk = waves.damped_random_walk(rng, epochs, 10 ** rng.uniform(-2.0, -0.5, n), 10 ** rng.normal(-1.1, 0.2, n))
    period = 10 ** rng.uniform(np.log10(0.055), np.log10(0.33), n)
    orbit = np.where(rng.random(n) < 0.4, 10 ** rng.normal(-1.0, 0.3, n), 0.0)
    shape = rng.uniform(0.1, 0.6, (1, n)), rng.uniform(0, 2 * np.pi, (1, n))
    deviation = low + walk - outbursts + waves.fourier(epochs.cycles(period, rng.random(n)), epochs, orbit, *shape)
    return Light(np.where(orbit > 0, period, np.nan), deviation, np.clip(rng.normal(19.0, 0.7, n), 16.0, 20.3))


def _outbursts(rng: np.random.Generator, epochs: Epochs) -> np.ndarray:
    """Return the brightening [mag] of dwarf novae: a rise of a day, a plateau, a decline of days, again and again."""
    n = epochs.n_stars
    recurrence = 10 ** rng.uniform(1.1, 2.5, n)
    cycles = epochs.cycles(recurrence, rng.random(n)) + 0.15 * waves.modulation(rng, epochs, 2 * recurrence)
    since = (cycles % 1.0) * epochs.of(recurrence)
    plateau = epochs.of(np.minimum(rng.uniform(2, 12, n), 0.3 * recurrence))
    decline = np.exp(-np.maximum(since - plateau, 0) / epochs.of(rng.uniform(1.0, 3.0, n)))
    unequal = np.clip(1 + 0.25 * waves.modulation(rng, epochs, recurrence), 0.2, 1.6)
    return epochs.of(rng.uniform(1.5, 4.5, n)) * unequal * np.clip(since / 1.0, 0, 1) * decline


def symbiotic(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return symbiotic binaries: an orbit of years, a pulsating giant, outbursts in some.

    Orbital periods as in the lists of Mikolajewska 2003, ASP Conf. 303, 9; the shorter the wavelength, the larger the
    reflection (the rounded amplitudes are not hers).
    """
    n = epochs.n_stars
    period = 10 ** rng.normal(2.74, 0.17, n)
    orbit = np.clip(rng.lognormal(np.log(0.25), 0.6, n), 0.03, 1.2) * band_ratio**2
    shape = rng.uniform(0.05, 0.6, (1, n)), rng.normal(0.0, 0.8, (1, n))
    deviation = waves.fourier(epochs.cycles(period, rng.random(n)), epochs, orbit, *shape)
    giant = waves.oscillation(rng, epochs, 10 ** rng.normal(1.9, 0.2, n), coherence=12.0)
    deviation += epochs.of(10 ** rng.normal(-1.3, 0.3, n)) * giant
    active = epochs.of(np.where(rng.random(n) < 0.4, rng.uniform(0.5, 2.5, n), 0.0))
    years = waves.modulation(rng, epochs, 10 ** rng.uniform(2.5, 3.2, n))
    return Light(period, deviation - active * np.maximum(years - 0.3, 0), np.clip(rng.normal(15.0, 0.7, n), 13, 18))


def flare(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return flare stars: spots that turn, and flares at random, larger in the blue.

    A flare decays as in Davenport et al. 2014, ApJ 797, 122, eq. 4, after a straight rise; sizes follow a power law.
    """
    n = epochs.n_stars
    period = 10 ** rng.normal(0.2, 0.4, n)
    spots = 10 ** rng.normal(-1.9, 0.3, n) * band_ratio
    shape = rng.uniform(0.05, 0.4, (1, n)), rng.uniform(0, 2 * np.pi, (1, n))
    quiet = waves.fourier(epochs.cycles(period, rng.random(n)), epochs, spots, *shape)
    flares = _flares(rng, epochs, 10 ** rng.uniform(-0.7, 0.7, n)) * band_ratio**3
    return Light(period, quiet - 2.5 * np.log10(1 + flares), rng.normal(18.5, 0.8, n))


def _flares(rng: np.random.Generator, epochs: Epochs, spacing_days: np.ndarray) -> np.ndarray:
    """Return the flux of flares over that of the quiet star: one in each interval of `spacing_days`."""
    peak = np.minimum(0.04 * (1 - rng.random(FLARE_TABLE)) ** -1.0, 20.0)
    width = np.clip(10 ** rng.normal(-2.0, 0.3, FLARE_TABLE), 0.001, 0.1)  # days at half of the peak
    begins = rng.random(FLARE_TABLE)
    interval = epochs.cycles(spacing_days)
    number = np.floor(interval).astype(np.int64)
    flux = np.zeros(len(interval))
    for earlier in (0, 1):
        which = (number - earlier + 977 * epochs.star) % FLARE_TABLE
        since = (interval - (number - earlier) - begins[which]) * epochs.of(spacing_days) / width[which]
        after = np.clip(since, 0, 60)
        decay = 0.689 * np.exp(-1.6 * after) + 0.303 * np.exp(-0.2783 * after)
        flux += peak[which] * np.where(since < 0, np.clip(1 + since, 0, 1), decay)
    return flux


def be_star(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return Be stars: pulsation near a day, outbursts of the disc, slow changes.

    Labadie-Bartz et al. 2017, AJ 153, 252; amplitudes are rounded. Those whose outbursts are all that a survey sees are
    in `irregular.blue_variable`.
    """
    n = epochs.n_stars
    period = 10 ** rng.normal(-0.15, 0.22, n)
    size = 10 ** rng.normal(-1.75, 0.25, n)
    deviation = epochs.of(size) * np.cos(2 * np.pi * epochs.cycles(period, rng.random(n)))
    second = epochs.of(size * rng.uniform(0.0, 0.8, n))
    deviation += second * np.cos(2 * np.pi * epochs.cycles(period * rng.uniform(0.85, 1.15, n), rng.random(n)))
    deviation += epochs.of(10 ** rng.normal(-1.5, 0.3, n)) * waves.modulation(rng, epochs, 10 ** rng.uniform(2, 3, n))
    recurrence = 10 ** rng.uniform(1.7, 3.0, n)
    since = (epochs.cycles(recurrence, rng.random(n)) % 1.0) * epochs.of(recurrence)
    height = epochs.of(np.where(rng.random(n) < 0.5, 10 ** rng.normal(-1.0, 0.25, n), 0.0))
    decay = np.exp(-since / epochs.of(rng.uniform(0.1, 0.4, n) * recurrence))
    deviation -= height * np.clip(since / epochs.of(0.05 * recurrence), 0, 1) * decay
    return Light(period, deviation, np.clip(rng.normal(16.0, 0.9, n), 13.5, 18.5))
