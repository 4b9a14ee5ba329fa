"""Shapes that several kinds of star share: Fourier series, modulation, oscillations of finite coherence, red noise."""

import numpy as np

from lctransfer.simulate.epochs import Epochs


def from_quantiles(
    rng: np.random.Generator, n: int, levels: tuple[float, ...], values: tuple[float, ...]
) -> np.ndarray:
    """Return n draws from a distribution given by its quantiles, straight between them; shape (n,)."""
    return np.interp(rng.random(n), levels, values)


def fourier(
    cycles: np.ndarray, epochs: Epochs, amplitude: np.ndarray, ratios: np.ndarray, phases: np.ndarray
) -> np.ndarray:
    """Return a Fourier series in cosines, in magnitudes (Simon & Lee 1981, ApJ 248, 291, in the cosine convention).

    Parameters
    ----------
    cycles : numpy.ndarray
        Phase in cycles at each epoch, shape (n_epochs,).
    epochs : Epochs
        Which epoch is whose.
    amplitude : numpy.ndarray
        A_1 [mag] per star, or per epoch where it changes with time.
    ratios, phases : numpy.ndarray
        R_k1 and phi_k1 [rad] for k = 2, 3, ..., shape (n_harmonics - 1, n_stars).

    Returns
    -------
    numpy.ndarray
        Deviation from the mean magnitude, shape (n_epochs,).
    """
    angle = 2 * np.pi * (cycles % 1.0)
    total = np.cos(angle)
    for k, (ratio, phase) in enumerate(zip(ratios, phases), start=2):
        total += epochs.of(ratio) * np.cos(k * angle + epochs.of(phase))
    per_epoch = amplitude if len(amplitude) == len(cycles) else epochs.of(amplitude)
    return per_epoch * total


def harmonics_beyond(ratios: np.ndarray, phases: np.ndarray, extra: int) -> tuple[np.ndarray, np.ndarray]:
    """Continue R_k1 and phi_k1 geometrically and linearly, as a steep rising branch needs them.

    Returns
    -------
    ratios, phases : numpy.ndarray
        Shape (2 + extra, n_stars).
    """
    decline = np.clip(ratios[1] / np.maximum(ratios[0], 1e-3), 0.1, 0.75)
    step = np.unwrap(phases, axis=0)[1] - phases[0]
    more_ratios = [ratios[1] * decline ** (k + 1) for k in range(extra)]
    more_phases = [phases[1] + (k + 1) * step for k in range(extra)]
    return np.vstack([ratios, *more_ratios]), np.vstack([phases, *more_phases])


def oscillation(
    rng: np.random.Generator, epochs: Epochs, period_days: np.ndarray, coherence: float, n_waves: int = 6
) -> np.ndarray:
    """Return a stochastically excited oscillation of unit variance, a Lorentzian line in the spectrum.

    Parameters
    ----------
    rng : numpy.random.Generator
        Random number generator.
    epochs : Epochs
        Where to evaluate it.
    period_days : numpy.ndarray
        Central period of each star.
    coherence : float
        Cycles after which phase and amplitude are forgotten.
    n_waves : int
        Sinusoids that stand for the line.

    Returns
    -------
    numpy.ndarray
        Shape (n_epochs,).
    """
    shape = (n_waves, epochs.n_stars)
    width = np.tan(0.45 * np.pi * rng.uniform(-1, 1, shape)) / (2 * np.pi * coherence)
    frequency = np.clip(1 + width, 0.2, 3.0) / period_days
    weight = rng.rayleigh(1.0, shape)
    weight /= np.sqrt(0.5 * (weight**2).sum(axis=0))
    return _sum_of_waves(epochs, frequency, weight, rng.random(shape))


def modulation(rng: np.random.Generator, epochs: Epochs, timescale_days: np.ndarray, n_waves: int = 4) -> np.ndarray:
    """Return a slow wander of unit variance: waves longer than about a timescale; shape (n_epochs,)."""
    shape = (n_waves, epochs.n_stars)
    frequency = np.abs(rng.standard_normal(shape)) / (2 * np.pi * timescale_days)
    return _sum_of_waves(epochs, frequency, np.ones(shape), rng.random(shape)) * np.sqrt(2 / n_waves)


def _sum_of_waves(epochs: Epochs, frequency: np.ndarray, amplitude: np.ndarray, phase: np.ndarray) -> np.ndarray:
    """Return the sum of cosines, shape (n_epochs,), of parameters of shape (n_waves, n_stars)."""
    time = epochs.time - epochs.time.min(initial=np.inf)
    total = np.zeros(len(time))
    for f, a, p in zip(frequency, amplitude, phase):
        total += epochs.of(a) * np.cos(2 * np.pi * (epochs.of(f) * time + epochs.of(p)))
    return total


def damped_random_walk(rng: np.random.Generator, epochs: Epochs, tau_days: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """Return a damped random walk (Kelly, Bechtold & Siemiginowska 2009, ApJ 698, 895, their eqs. 2-4).

    Parameters
    ----------
    rng : numpy.random.Generator
        Random number generator.
    epochs : Epochs
        Where to evaluate it.
    tau_days, sigma : numpy.ndarray
        Relaxation time and long-term standard deviation [mag] of each star.

    Returns
    -------
    numpy.ndarray
        Shape (n_epochs,), of zero mean.
    """
    offsets = epochs.offsets()
    counts = np.diff(offsets)
    gaps = np.diff(epochs.time, prepend=0.0)
    kick = rng.standard_normal(len(epochs.time))
    memory = np.exp(-np.maximum(gaps, 0.0) / epochs.of(tau_days))
    walk = np.zeros(len(epochs.time))
    first = offsets[:-1][counts > 0]
    walk[first] = kick[first]
    for step in range(1, int(counts.max(initial=0))):
        here = offsets[:-1][counts > step] + step
        walk[here] = memory[here] * walk[here - 1] + np.sqrt(1 - memory[here] ** 2) * kick[here]
    return epochs.of(sigma) * walk
