"""Massive stars, whose light flickers rather than repeats: supergiants, luminous blue variables, Wolf-Rayet stars."""

import numpy as np

from lctransfer.simulate.epochs import Epochs, Light
from lctransfer.simulate.stars import waves


def supergiant(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return Alpha Cygni stars: quasi-periods of days to three months, ranges of 0.02 to 0.2 mag.

    Van Leeuwen, van Genderen & Zegelaar 1998, A&AS 128, 117; Lefever et al. 2007, A&A 463, 1093.
    """
    n = epochs.n_stars
    period = 10 ** np.clip(rng.normal(0.9, 0.45, n), 0.0, 2.0)
    amplitude = 10 ** rng.normal(-1.75, 0.2, n)
    return Light(period, _flicker(rng, epochs, period, amplitude), np.clip(rng.normal(13.5, 0.7, n), 12.8, 16))


def s_doradus(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return S Doradus stars: phases of years over an Alpha Cygni flicker (van Genderen 2001, A&A 366, 508)."""
    n = epochs.n_stars
    small = _flicker(rng, epochs, 10 ** rng.uniform(0.8, 2.0, n), 10 ** rng.normal(-1.5, 0.2, n))
    years = waves.modulation(rng, epochs, 10 ** rng.uniform(2.3, 3.3, n))
    deviation = small + epochs.of(10 ** rng.normal(-0.9, 0.35, n)) * years
    return Light(np.full(n, np.nan), deviation, np.clip(rng.normal(13.2, 0.5, n), 12.8, 16))


def wolf_rayet(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return Wolf-Rayet stars: noise of hours to weeks, some in binaries (Marchenko et al. 1998, A&A 331, 1022)."""
    n = epochs.n_stars
    walk = waves.damped_random_walk(rng, epochs, 10 ** rng.uniform(-0.7, 1.0, n), 10 ** rng.normal(-1.75, 0.25, n))
    period = 10 ** rng.normal(0.7, 0.3, n)
    orbit = np.where(rng.random(n) < 0.25, 10 ** rng.normal(-1.5, 0.3, n), 0.0)
    shape = rng.uniform(0.1, 1.0, (1, n)), rng.uniform(0, 6.28, (1, n))
    deviation = walk + waves.fourier(epochs.cycles(period, rng.random(n)), epochs, orbit, *shape)
    return Light(np.where(orbit > 0, period, np.nan), deviation, np.clip(rng.normal(15.0, 1.0, n), 13, 18))


def _flicker(rng: np.random.Generator, epochs: Epochs, period: np.ndarray, amplitude: np.ndarray) -> np.ndarray:
    """Return two modes that are forgotten within a few cycles."""
    first = waves.oscillation(rng, epochs, period, coherence=4.0)
    second = waves.oscillation(rng, epochs, period * rng.uniform(0.4, 2.0, epochs.n_stars), coherence=4.0)
    return epochs.of(amplitude) * first + epochs.of(amplitude * rng.uniform(0.2, 1.0, epochs.n_stars)) * second
