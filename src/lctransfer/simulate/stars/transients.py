"""What happens once: supernovae and microlensing events, over a constant star or galaxy."""

import numpy as np

from lctransfer.simulate.epochs import Epochs, Light


def supernova(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return supernova-like events over a host: days of rise, weeks of decline.

    Bazin et al. 2009, A&A 499, 653, eq. 1 (with the sign in the second exponential that it lacks in print).
    """
    n = epochs.n_stars
    since = epochs.time - epochs.of(_moment(rng, epochs))
    fall, rise = epochs.of(rng.uniform(12, 80, n)), epochs.of(rng.uniform(2.0, 7.0, n))
    shape = np.exp(-np.clip(since / fall, -20, 20)) / (1 + np.exp(-np.clip(since / rise, -40, 40)))
    host = epochs.of(10 ** rng.uniform(-0.3, 1.7, n))  # flux at the peak over that of the host
    return Light(np.full(n, np.nan), -2.5 * np.log10(1 + host * np.minimum(shape, 1.5)), 20.2 - rng.exponential(0.7, n))


def microlensing(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return stars that a point lens passes in front of (Paczynski 1986, ApJ 304, 1, eq. 3), blended in part.

    Time scales of a month, as in the events of Mroz et al. 2019, ApJS 244, 29, in round numbers.
    """
    n = epochs.n_stars
    since = (epochs.time - epochs.of(_moment(rng, epochs))) / epochs.of(10 ** rng.normal(1.4, 0.3, n))
    u2 = epochs.of(rng.uniform(0.02, 0.9, n)) ** 2 + since**2
    magnified = (u2 + 2) / np.sqrt(u2 * (u2 + 4))
    source = epochs.of(rng.uniform(0.2, 1.0, n))  # share of the light that is lensed
    return Light(np.full(n, np.nan), -2.5 * np.log10(1 + source * (magnified - 1)), 19.8 - rng.exponential(1.0, n))


def _moment(rng: np.random.Generator, epochs: Epochs) -> np.ndarray:
    """Return when each star's event is: at one of its own epochs, since nobody names an event that was not seen."""
    offsets = epochs.offsets()
    counts = np.diff(offsets)
    chosen = offsets[:-1] + (rng.random(epochs.n_stars) * counts).astype(int)
    return epochs.time[np.minimum(chosen, len(epochs.time) - 1)] if len(epochs.time) else np.zeros(epochs.n_stars)
