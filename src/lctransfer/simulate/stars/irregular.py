"""Aperiodic sources and rotating stars: quasars, active galaxies, blue variables, young, spotted and constant stars."""

import numpy as np

from lctransfer.simulate.epochs import Epochs, Light
from lctransfer.simulate.stars import waves


def quasar(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return quasars: damped random walks, tau and SF_inf as in MacLeod et al. (2010, ApJ 721, 1014), fig. 8."""
    n = epochs.n_stars
    tau = 10 ** np.clip(rng.normal(2.6, 0.4, n), 1.5, 3.6)
    sigma = 10 ** rng.normal(-0.70, 0.2, n) / np.sqrt(2)
    walk = waves.damped_random_walk(rng, epochs, tau, sigma)
    return Light(np.full(n, np.nan), walk, np.clip(rng.normal(18.6, 0.7, n), 16.5, 20.0))


def active_nucleus(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return active galaxies beside quasars: faster walks, diluted by their host, and blazars among them.

    Low luminosities vary on shorter times (Burke et al. 2021, Science 373, 789); the numbers are rounded.
    """
    n = epochs.n_stars
    blazar = rng.random(n) < 0.2
    tau = 10 ** np.where(blazar, rng.normal(1.0, 0.5, n), rng.normal(2.1, 0.5, n))
    sigma = 10 ** np.where(blazar, rng.normal(-0.5, 0.2, n), rng.normal(-1.2, 0.25, n))
    walk = waves.damped_random_walk(rng, epochs, tau, sigma)
    return Light(np.full(n, np.nan), walk, np.clip(rng.normal(18.0, 0.9, n), 15.0, 20.0))


def blue_variable(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return blue variables, Be stars mostly: outbursts, steps and fading (Keller et al. 2002, AJ 124, 2039)."""
    n = epochs.n_stars
    drift = waves.damped_random_walk(rng, epochs, 10 ** rng.uniform(2.0, 3.2, n), 10 ** rng.normal(-1.3, 0.25, n))
    start, end = epochs.span()
    bursts = np.zeros(len(epochs.time))
    rate = rng.integers(0, 7, n)
    for number in range(6):
        begin = rng.uniform(start - 300, end, n)
        height = np.where(rate > number, 10 ** rng.normal(-0.75, 0.22, n), 0.0)
        since = epochs.time - epochs.of(begin)
        rise, decay = epochs.of(rng.uniform(3, 40, n)), epochs.of(10 ** rng.uniform(1.5, 2.7, n))
        bursts += (
            epochs.of(height) * np.exp(-np.maximum(since, 0) / decay) / (1 + np.exp(-np.clip(since / rise, -40, 40)))
        )
    # Most brighten in outburst; those seen through their disc fade.
    sign = epochs.of(np.where(rng.random(n) < 0.8, -1.0, 1.0))
    return Light(np.full(n, np.nan), drift + sign * bursts, np.clip(rng.normal(16.6, 0.9, n), 13.8, 18.5))


def constant(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return stars that do not vary."""
    n = epochs.n_stars
    return Light(np.full(n, np.nan), np.zeros(len(epochs.time)), 19.8 - rng.exponential(1.2, n))


def spotted(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return rotating spotted stars, whose spots come and go (Strassmeier 2009, A&ARv 17, 251)."""
    n = epochs.n_stars
    period = 10 ** rng.normal(0.7, 0.5, n)
    amplitude = 10 ** rng.normal(-1.25, 0.2, n)
    size = epochs.of(amplitude) * (1 + 0.3 * waves.modulation(rng, epochs, np.full(n, 400.0)))
    shape = rng.uniform(0.05, 0.5, (1, n)), rng.uniform(0, 6.28, (1, n))
    deviation = waves.fourier(epochs.cycles(period, rng.random(n)), epochs, size, *shape)
    return Light(period, deviation, rng.normal(17.5, 0.8, n))


def peculiar(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return chemically peculiar rotators: stable spots (Netopil et al. 2017, MNRAS 468, 2745)."""
    n = epochs.n_stars
    period = 10 ** np.clip(rng.normal(0.5, 0.35, n), -0.3, 1.8)
    amplitude = 10 ** rng.normal(-2.0, 0.3, n)
    shape = rng.uniform(0.05, 0.7, (1, n)), rng.uniform(0, 6.28, (1, n))
    deviation = waves.fourier(epochs.cycles(period, rng.random(n)), epochs, amplitude, *shape)
    return Light(period, deviation, rng.normal(17.5, 0.8, n))


def t_tauri(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return T Tauri stars: accretion and dust in hours to years, over spots (Grankin et al. 2007, A&A 461, 183)."""
    n = epochs.n_stars
    slow = waves.damped_random_walk(rng, epochs, 10 ** rng.uniform(1.0, 3.0, n), 10 ** rng.normal(-0.9, 0.25, n))
    fast = waves.damped_random_walk(rng, epochs, 10 ** rng.uniform(-0.3, 0.7, n), 10 ** rng.normal(-1.0, 0.25, n))
    return Light(np.full(n, np.nan), slow + np.abs(fast), rng.normal(17.5, 0.8, n))


def herbig(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return Herbig Ae/Be stars: small and irregular, some dimmed by dust (Herbst & Shevchenko 1999, AJ 118, 1043)."""
    n = epochs.n_stars
    quiet = waves.damped_random_walk(rng, epochs, 10 ** rng.uniform(0.0, 1.5, n), 10 ** rng.normal(-1.6, 0.3, n))
    dust = waves.damped_random_walk(rng, epochs, 10 ** rng.uniform(0.3, 1.5, n), np.ones(n))
    depth = np.where(rng.random(n) < 0.35, 10 ** rng.normal(-0.4, 0.3, n), 0.0)
    return Light(np.full(n, np.nan), quiet + epochs.of(depth) * np.maximum(dust, 0) ** 2, rng.normal(17.0, 0.8, n))


def young(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return young stellar objects, most of them T Tauri stars."""
    one, other = t_tauri(rng, epochs, band_ratio), herbig(rng, epochs, band_ratio)
    heavy = rng.random(epochs.n_stars) < 0.2
    deviation = np.where(epochs.of(heavy), other.deviation, one.deviation)
    return Light(one.period_days, deviation, np.where(heavy, other.cloud_mag, one.cloud_mag))


def r_coronae_borealis(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return R CrB stars: sudden fadings by up to 8 mag at random, slow recoveries (Clayton 1996, PASP 108, 225)."""
    n = epochs.n_stars
    pulsation = waves.oscillation(rng, epochs, rng.uniform(35, 60, n), coherence=8.0)
    faded = np.zeros(len(epochs.time))
    start, end = epochs.span()
    rate = rng.poisson((end - start) / rng.uniform(400, 2500, n))
    for number in range(8):
        since = epochs.time - epochs.of(rng.uniform(start - 300, end, n))
        depth = epochs.of(np.where(rate > number, rng.uniform(1.0, 7.0, n), 0.0))
        recovery = np.exp(-np.maximum(since, 0) / epochs.of(10 ** rng.uniform(1.7, 2.5, n)))
        faded = np.maximum(faded, depth * recovery * np.clip(since / epochs.of(rng.uniform(10, 50, n)), 0, 1))
    deviation = faded + epochs.of(rng.uniform(0.05, 0.15, n)) * pulsation
    return Light(np.full(n, np.nan), deviation, np.clip(rng.normal(14.5, 0.7, n), 13, 17))


def slow_irregular(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return slow irregular giants: red noise of weeks to months.

    As in 48 red supergiants (Kiss, Szabo & Bedding 2006, MNRAS 372, 1721); that giants are alike is an assumption.
    """
    n = epochs.n_stars
    walk = waves.damped_random_walk(rng, epochs, 10 ** rng.uniform(1.3, 2.5, n), 10 ** rng.normal(-1.1, 0.2, n))
    return Light(np.full(n, np.nan), walk, rng.normal(14.0, 0.7, n))
