"""Cepheids: classical ones of the fundamental mode, overtones and several modes, and Type II Cepheids."""

import numpy as np

from lctransfer.simulate.epochs import Epochs, Light
from lctransfer.simulate.stars import waves

# Medians along log10(period / d) of R21, phi21, R31, phi31 in cosines, I band: the Hertzsprung progression as
# Soszynski et al. (2008, AcA 58, 163, figs. 4-5) show it for the LMC.
FUNDAMENTAL = np.array(
    [
        (0.00, 0.48, 4.15, 0.30, 2.20),
        (0.30, 0.45, 4.40, 0.25, 2.70),
        (0.50, 0.42, 4.65, 0.19, 3.10),
        (0.70, 0.40, 4.95, 0.15, 3.60),
        (0.85, 0.30, 5.20, 0.10, 4.40),
        (0.95, 0.20, 5.40, 0.08, 5.40),
        (1.03, 0.13, 5.00, 0.09, 7.00),
        (1.15, 0.23, 4.60, 0.11, 7.50),
        (1.30, 0.38, 4.80, 0.17, 7.90),
        (1.50, 0.40, 5.00, 0.20, 8.20),
    ]
)
OVERTONE = np.array(
    [
        (-0.60, 0.20, 4.10, 0.06, 2.50),
        (-0.20, 0.22, 4.30, 0.07, 2.60),
        (0.10, 0.22, 4.50, 0.05, 3.00),
        (0.30, 0.14, 4.90, 0.04, 3.60),
        (0.45, 0.06, 5.50, 0.04, 4.40),
        (0.60, 0.12, 3.80, 0.04, 5.20),
        (0.80, 0.20, 4.20, 0.05, 5.80),
    ]
)
SECOND_OVERTONE_RATIO = 0.806
"""Period of the second overtone to the first (Soszynski et al. 2008, AcA 58, 163)."""


def fundamental(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return fundamental-mode Cepheids; I = 16.82 - 2.91 log P (Soszynski et al. 2015, AcA 65, 297)."""
    n = epochs.n_stars
    log_p = np.clip(0.35 + rng.gamma(2.0, 0.13, n) * rng.choice([1, 1.6], n), 0.0, 1.75)
    amplitude = np.clip(rng.normal(0.155, 0.05, n), 0.03, 0.32) * band_ratio / 0.6
    deviation = _series(rng, epochs, 10**log_p, amplitude, FUNDAMENTAL)
    return Light(10**log_p, deviation, 16.82 - 2.91 * log_p + rng.normal(0, 0.16, n))


def galactic(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return fundamental-mode Cepheids of our Galaxy: longer periods and larger amplitudes than in the Clouds.

    Klagyivik & Szabados 2009, A&A 504, 959.
    """
    n = epochs.n_stars
    log_p = np.clip(rng.normal(0.82, 0.26, n), 0.3, 1.8)
    amplitude = np.clip(rng.normal(0.33, 0.08, n), 0.1, 0.6) * band_ratio
    deviation = _series(rng, epochs, 10**log_p, amplitude, FUNDAMENTAL)
    return Light(10**log_p, deviation, 16.82 - 2.91 * log_p + rng.normal(0, 0.16, n))


def first_overtone(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return first-overtone Cepheids; I = 16.36 - 3.24 log P (Soszynski et al. 2015, AcA 65, 297)."""
    n = epochs.n_stars
    log_p = np.clip(rng.normal(0.33, 0.20, n), -0.5, 0.8)
    amplitude = np.clip(rng.normal(0.085, 0.025, n), 0.02, 0.18) * band_ratio / 0.6
    deviation = _series(rng, epochs, 10**log_p, amplitude, OVERTONE)
    return Light(10**log_p, deviation, 16.36 - 3.24 * log_p + rng.normal(0, 0.14, n))


def second_overtone(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return second-overtone Cepheids: short, small, sinusoidal (Soszynski et al. 2008, AcA 58, 163)."""
    n = epochs.n_stars
    log_p = np.clip(rng.normal(-0.10, 0.07, n), -0.4, 0.1)
    amplitude = np.clip(rng.normal(0.03, 0.008, n), 0.01, 0.06) * band_ratio / 0.6
    deviation = _series(rng, epochs, 10**log_p, amplitude, OVERTONE)
    return Light(10**log_p, deviation, 15.9 - 3.3 * log_p + rng.normal(0, 0.14, n))


def fundamental_and_first(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return F/1O Cepheids; the ratio falls with period (Alcock et al. 1995, AJ 109, 1653, eq. 1)."""
    main = fundamental(rng, epochs, band_ratio)
    ratio = 0.733 - 0.034 * np.log10(main.period_days)
    amplitude = rng.uniform(0.03, 0.07, epochs.n_stars) * band_ratio / 0.6
    second = _series(rng, epochs, main.period_days * ratio, amplitude, OVERTONE)
    return main._replace(deviation=0.7 * main.deviation + second)


def first_and_second(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return 1O/2O Cepheids, the most frequent beat Cepheids of the Clouds (Soszynski et al. 2008, AcA 58, 163)."""
    n = epochs.n_stars
    log_p = np.clip(rng.normal(-0.18, 0.12, n), -0.5, 0.2)
    amplitude = np.clip(rng.normal(0.09, 0.02, n), 0.03, 0.15) * band_ratio / 0.6
    first = _series(rng, epochs, 10**log_p, amplitude, OVERTONE)
    ratio = SECOND_OVERTONE_RATIO + rng.normal(0, 0.001, n)
    second = _series(rng, epochs, 10**log_p * ratio, amplitude * rng.uniform(0.1, 0.35, n), OVERTONE)
    return Light(10**log_p, first + second, 16.36 - 3.24 * log_p + rng.normal(0, 0.14, n))


def bl_herculis(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return Type II Cepheids of one to four days (Soszynski et al. 2008, AcA 58, 293)."""
    return _type_two(rng, epochs, band_ratio, log_p=(0.02, 0.60), unsteady=0.0, alternating=0.0)


def w_virginis(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return Type II Cepheids of four to twenty days (Soszynski et al. 2008, AcA 58, 293)."""
    return _type_two(rng, epochs, band_ratio, log_p=(0.65, 1.30), unsteady=0.01, alternating=0.0)


def rv_tauri(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return RV Tauri stars, whose deep and shallow minima alternate (Soszynski et al. 2008, AcA 58, 293)."""
    return _type_two(rng, epochs, band_ratio, log_p=(1.30, 1.75), unsteady=0.05, alternating=0.5)


def _type_two(
    rng: np.random.Generator,
    epochs: Epochs,
    band_ratio: float,
    *,
    log_p: tuple[float, float],
    unsteady: float,
    alternating: float,
) -> Light:
    """Evaluate Type II Cepheids; `unsteady` cycles of wander, minima `alternating` by up to that part of A_1."""
    n = epochs.n_stars
    period = 10 ** rng.uniform(*log_p, n)
    amplitude = np.clip(rng.normal(0.19, 0.06, n), 0.05, 0.4) * band_ratio / 0.6
    ratios = np.clip(np.vstack([rng.normal(0.27, 0.12, n), rng.normal(0.11, 0.06, n)]), 0.02, 0.5)
    phases = np.vstack([rng.normal(4.5, 0.7, n), rng.normal(3.0, 1.2, n)])
    cycles = epochs.cycles(period, rng.random(n)) + unsteady * waves.modulation(rng, epochs, 20 * period)
    deviation = waves.fourier(cycles, epochs, amplitude, ratios, phases)
    deviation += epochs.of(alternating * rng.uniform(0.1, 1.0, n) * amplitude) * np.cos(np.pi * cycles)
    return Light(period, deviation, 18.35 - 2.2 * np.log10(period) + rng.normal(0, 0.2, n))


def _series(
    rng: np.random.Generator, epochs: Epochs, period: np.ndarray, amplitude: np.ndarray, progression: np.ndarray
) -> np.ndarray:
    """Return the series whose parameters lie around the medians of a progression."""
    n = epochs.n_stars
    r21, phi21, r31, phi31 = (np.interp(np.log10(period), progression[:, 0], column) for column in progression.T[1:])
    ratios = np.vstack([r21, r31]) * rng.lognormal(0, 0.13, (2, n))
    phases = np.vstack([phi21 + rng.normal(0, 0.12, n), phi31 + rng.normal(0, 0.2, n)])
    ratios, phases = waves.harmonics_beyond(ratios, phases, extra=2)
    return waves.fourier(epochs.cycles(period, rng.random(n)), epochs, amplitude, ratios, phases)
