"""Pulsators of short period: Delta Scuti stars, and the Gamma Doradus, SPB and Beta Cephei stars of our own Galaxy."""

import numpy as np

from lctransfer.simulate.epochs import Epochs, Light
from lctransfer.simulate.stars import waves


def delta_scuti(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return Delta Scuti stars as a survey of the Clouds finds them: 92 of 2,786 in several modes.

    Poleski et al. 2010, AcA 60, 1.
    """
    amplitude = np.clip(rng.lognormal(np.log(0.11), 0.5, epochs.n_stars), 0.03, 0.4)
    return _delta_scuti(rng, epochs, band_ratio, amplitude, multimode=92 / 2786)


def multimode_delta_scuti(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return Delta Scuti stars of two modes or more (Poleski et al. 2010, AcA 60, 1)."""
    amplitude = np.clip(rng.lognormal(np.log(0.11), 0.5, epochs.n_stars), 0.03, 0.4)
    return _delta_scuti(rng, epochs, band_ratio, amplitude, multimode=1.0)


def low_amplitude(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return Delta Scuti stars as most bright ones are: below 0.1 mag (Rodriguez et al. 2000, A&AS 144, 469).

    Most have several modes; that it is seven in ten here is an assumption.
    """
    amplitude = np.clip(rng.lognormal(np.log(0.018), 0.7, epochs.n_stars), 0.003, 0.1)
    return _delta_scuti(rng, epochs, band_ratio, amplitude, multimode=0.7)


def high_amplitude(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return Delta Scuti stars of more than 0.3 mag in V (McNamara 2000, ASP Conf. 210, 373), a third in two modes.

    Of the first 40 of the OGLE-IV list of the bulge, 17 are called multimode; a third is an assumption.
    """
    amplitude = np.clip(rng.normal(0.20, 0.04, epochs.n_stars), 0.15, 0.4)
    return _delta_scuti(rng, epochs, band_ratio, amplitude, multimode=0.33)


def lambda_bootis(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return Lambda Bootis stars, which pulsate like small Delta Scuti stars (Paunzen et al. 2002, A&A 392, 515)."""
    amplitude = np.clip(rng.lognormal(np.log(0.007), 0.5, epochs.n_stars), 0.002, 0.03)
    return _delta_scuti(rng, epochs, band_ratio, amplitude, multimode=0.7)


def _delta_scuti(
    rng: np.random.Generator, epochs: Epochs, band_ratio: float, amplitude: np.ndarray, *, multimode: float
) -> Light:
    """Evaluate A_1 `amplitude` in V, and a second mode in a share `multimode` of the stars.

    The first overtone has 0.773 of the fundamental period (Petersen & Christensen-Dalsgaard 1996, A&A 312, 463).
    """
    n = epochs.n_stars
    amplitude = amplitude * band_ratio
    period = 10 ** np.clip(rng.normal(-0.90, 0.17, n), -1.45, -0.55)
    # The larger the amplitude, the steeper the rise.
    ratios = np.vstack([0.06 + 0.9 * amplitude / band_ratio, 0.01 + 0.45 * amplitude / band_ratio])
    ratios = np.clip(ratios * rng.lognormal(0, 0.35, (2, n)), 0.01, 0.5)
    phases = np.vstack([rng.normal(4.05, 0.35, n), rng.normal(1.9, 0.7, n)])
    deviation = waves.fourier(epochs.cycles(period, rng.random(n)), epochs, amplitude, ratios, phases)
    second = np.where(rng.random(n) < multimode, rng.uniform(0.1, 0.8, n), 0.0) * amplitude
    ratio = np.where(rng.random(n) < 0.5, rng.normal(0.773, 0.003, n), rng.uniform(0.6, 0.98, n))
    deviation += epochs.of(second) * np.cos(2 * np.pi * epochs.cycles(period * ratio, rng.random(n)))
    return Light(period, deviation, np.clip(rng.normal(19.2, 0.5, n), 17.5, 20.2))


def gamma_doradus(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return Gamma Doradus stars: gravity modes near a day (Kaye et al. 1999, PASP 111, 840)."""
    return _multimode(rng, epochs, band_ratio, log_p=(-0.08, 0.15), amplitude=0.012)


def slowly_pulsating_b(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return slowly pulsating B stars: gravity modes of one to three days (Waelkens 1991, A&A 246, 453)."""
    return _multimode(rng, epochs, band_ratio, log_p=(0.18, 0.15), amplitude=0.014)


def beta_cephei(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return Beta Cephei stars: 2 to 7 hours (Stankov & Handler 2005, ApJS 158, 193)."""
    return _multimode(rng, epochs, band_ratio, log_p=(-0.74, 0.10), amplitude=0.016)


def _multimode(
    rng: np.random.Generator, epochs: Epochs, band_ratio: float, *, log_p: tuple[float, float], amplitude: float
) -> Light:
    n = epochs.n_stars
    period = 10 ** rng.normal(*log_p, n)
    size = amplitude * rng.lognormal(0, 0.4, n) * band_ratio
    deviation = np.zeros(len(epochs.time))
    for mode in range(4):
        mode_period = period * (1 if mode == 0 else rng.uniform(0.7, 1.35, n))
        strength = size * (1 if mode == 0 else rng.uniform(0.0, 0.7, n))
        deviation += epochs.of(strength) * np.cos(2 * np.pi * epochs.cycles(mode_period, rng.random(n)))
    return Light(period, deviation, rng.normal(18.0, 0.8, n))
