"""Long-period variables: Miras, semiregular variables, and OGLE small-amplitude red giants."""

import numpy as np

from lctransfer.simulate.epochs import Epochs, Light
from lctransfer.simulate.stars import waves


def mira_oxygen(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return oxygen-rich Miras (periods and amplitudes of Soszynski et al. 2009, AcA 59, 239)."""
    return _mira(rng, epochs, band_ratio, log_p=(2.38, 0.15), dust=0.05)


def mira_galactic(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return Miras of our Galaxy, 300 d in the middle (Whitelock, Marang & Feast 2000, MNRAS 319, 728)."""
    return _mira(rng, epochs, band_ratio, log_p=(2.48, 0.13), dust=0.05)


def mira_carbon(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return carbon-rich Miras: longer, and dimmed by dust now and then (Whitelock et al. 2003, MNRAS 342, 86)."""
    return _mira(rng, epochs, band_ratio, log_p=(2.53, 0.11), dust=0.35)


def red_variable(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return what a catalogue without spectra calls Mira: large amplitudes, from about 80 days on, unsteady or not."""
    n = epochs.n_stars
    regular = _mira(rng, epochs, band_ratio, log_p=(2.32, 0.17), dust=0.15)
    unsteady = _semiregular(rng, epochs, band_ratio, log_p=(1.95, 0.2), log_a=(-0.45, 0.15), coherence=30.0)
    steady = rng.random(n) < 0.5
    deviation = np.where(epochs.of(steady), regular.deviation, unsteady.deviation)
    return Light(np.where(steady, regular.period_days, unsteady.period_days), deviation, regular.cloud_mag)


def semiregular_oxygen(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return oxygen-rich semiregular variables (Soszynski et al. 2009, AcA 59, 239)."""
    return _semiregular(rng, epochs, band_ratio, log_p=(1.95, 0.30), log_a=(-1.25, 0.28))


def semiregular_carbon(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return carbon-rich semiregular variables (Soszynski et al. 2009, AcA 59, 239)."""
    return _semiregular(rng, epochs, band_ratio, log_p=(2.25, 0.25), log_a=(-1.05, 0.25))


def osarg_agb(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return small-amplitude red giants on the asymptotic branch (Soszynski et al. 2004, AcA 54, 129)."""
    return _osarg(rng, epochs, band_ratio, log_p=(1.55, 0.25), log_a=(-2.05, 0.22), magnitude=(14.3, 0.6))


def osarg_rgb(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return small-amplitude red giants below the tip of the first branch (Soszynski et al. 2004, AcA 54, 129)."""
    return _osarg(rng, epochs, band_ratio, log_p=(1.35, 0.18), log_a=(-2.25, 0.18), magnitude=(15.1, 0.35))


def _mira(
    rng: np.random.Generator, epochs: Epochs, band_ratio: float, *, log_p: tuple[float, float], dust: float
) -> Light:
    n = epochs.n_stars
    period = 10 ** np.clip(rng.normal(*log_p, n), 1.9, 2.9)
    amplitude = np.clip(rng.lognormal(np.log(1.9), 0.30, n), 1.15, 4.0) * band_ratio
    wander = 0.04 * waves.modulation(rng, epochs, 6 * period)
    cycles = epochs.cycles(period, rng.random(n)) + wander
    ratios = np.vstack([rng.uniform(0.02, 0.25, n), rng.uniform(0.0, 0.10, n)])
    phases = np.vstack([rng.normal(4.4, 0.7, n), rng.normal(2.6, 1.2, n)])
    unequal = epochs.of(amplitude) * (1 + 0.18 * waves.modulation(rng, epochs, 2 * period))
    deviation = waves.fourier(cycles, epochs, unequal, ratios, phases)
    deviation += epochs.of(dust * rng.gamma(1.5, 0.7, n)) * waves.modulation(rng, epochs, np.full(n, 1200.0))
    return Light(period, deviation, np.clip(rng.normal(14.6, 0.7, n), 13.0, 17.0))


def _semiregular(
    rng: np.random.Generator,
    epochs: Epochs,
    band_ratio: float,
    *,
    log_p: tuple[float, float],
    log_a: tuple[float, float],
    coherence: float = 12.0,
) -> Light:
    """Two modes of finite coherence, and a long secondary period in a third (Wood et al. 1999, IAU Symp. 191, 151)."""
    n = epochs.n_stars
    period = 10 ** np.clip(rng.normal(*log_p, n), 1.2, 2.9)
    amplitude = 10 ** rng.normal(*log_a, n) * band_ratio / 0.6 * np.sqrt(2)
    first = waves.oscillation(rng, epochs, period, coherence)
    second = waves.oscillation(rng, epochs, period * rng.uniform(0.45, 0.7, n), coherence)
    deviation = epochs.of(amplitude) * first + epochs.of(amplitude * rng.uniform(0.1, 0.8, n)) * second
    deviation += _long_secondary(rng, epochs, amplitude * rng.uniform(0.5, 1.5, n), period * rng.uniform(7, 12, n))
    return Light(period, deviation, np.clip(rng.normal(14.0, 0.6, n), 12.8, 16.5))


def _osarg(
    rng: np.random.Generator,
    epochs: Epochs,
    band_ratio: float,
    *,
    log_p: tuple[float, float],
    log_a: tuple[float, float],
    magnitude: tuple[float, float],
) -> Light:
    """Three or more close modes (Soszynski et al. 2004, AcA 54, 129), and long secondary periods in a third."""
    n = epochs.n_stars
    period = 10 ** np.clip(rng.normal(*log_p, n), 0.9, 2.2)
    amplitude = 10 ** rng.normal(*log_a, n) * band_ratio / 0.6
    deviation = np.zeros(len(epochs.time))
    for _ in range(3):
        mode = waves.oscillation(rng, epochs, period * 10 ** rng.normal(0, 0.12, n), coherence=15.0, n_waves=4)
        deviation += epochs.of(amplitude * rng.uniform(0.4, 1.0, n)) * mode
    deviation += _long_secondary(rng, epochs, 2 * amplitude * rng.uniform(0.5, 1.5, n), period * rng.uniform(8, 15, n))
    return Light(period, deviation, rng.normal(*magnitude, n))


def _long_secondary(rng: np.random.Generator, epochs: Epochs, amplitude: np.ndarray, period: np.ndarray) -> np.ndarray:
    """Return the long secondary periods of a third of the stars: dips that follow one another unevenly."""
    n = epochs.n_stars
    has = rng.random(n) < 0.33
    cycles = epochs.cycles(period, rng.random(n))
    ratios, phases = rng.uniform(0.05, 0.35, (1, n)), rng.normal(0.0, 0.8, (1, n))
    return waves.fourier(cycles, epochs, np.where(has, amplitude, 0.0), ratios, phases)
