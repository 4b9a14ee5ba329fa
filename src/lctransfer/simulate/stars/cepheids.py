"""Cepheids: classical ones of the fundamental mode, overtones and several modes; anomalous and Type II Cepheids.

Classical Cepheids were fitted to the OGLE-IV light curves of the Large Magellanic Cloud (Soszynski et al. 2015, AcA 65,
297; I band): 2,336 of the fundamental mode, 1,693 first overtones, 26 second overtones, 314 of 1O/2O and 92 of F/1O. So
were the changes from band to band, to 410 stars of EROS-2 that were observed in both of its bands.
"""

from typing import NamedTuple

import numpy as np

from lctransfer.simulate.epochs import Epochs, Light
from lctransfer.simulate.stars import waves

I_RATIO = 0.6
"""Amplitude in I over that in V: all progressions below are of the I band."""
PHASE_SHIFT = (1.0, 1.8)
"""Radians by which phi21 and phi31 fall for each unit of the band ratio (EROS-2: .24 and .43 between its bands)."""


class Progression(NamedTuple):
    """How the shape of the light curve changes with the period, I band.

    Attributes
    ----------
    table : numpy.ndarray
        Columns: log10(period / d); medians of A_1 [mag], R21, phi21, R31, phi31 (cosines; phases [rad] run on beyond
        2 pi); scatter of phi21 and phi31 [rad]. Medians, and half the 16 to 84 % range, in bins of the period.
    growth : tuple of float
        Exponents with which R21 and R31 grow with the amplitude at a given period.
    scatter : tuple of float
        Of the logarithms of R21 and R31 around that.
    """

    table: np.ndarray
    growth: tuple[float, float]
    scatter: tuple[float, float]


FUNDAMENTAL = Progression(
    np.array(
        [
            (0.08, 0.172, 0.405, 4.04, 0.230, 1.89, 0.18, 0.30),
            (0.21, 0.169, 0.442, 4.26, 0.252, 2.35, 0.06, 0.11),
            (0.30, 0.173, 0.458, 4.31, 0.256, 2.51, 0.06, 0.11),
            (0.42, 0.187, 0.457, 4.44, 0.240, 2.66, 0.07, 0.12),
            (0.50, 0.181, 0.430, 4.53, 0.224, 2.82, 0.06, 0.12),
            (0.60, 0.184, 0.425, 4.63, 0.209, 3.02, 0.09, 0.17),
            (0.69, 0.186, 0.420, 4.78, 0.173, 3.30, 0.11, 0.22),
            (0.79, 0.150, 0.364, 5.02, 0.099, 3.56, 0.16, 0.37),
            (0.85, 0.170, 0.333, 5.23, 0.128, 3.57, 0.21, 0.38),
            (0.90, 0.168, 0.279, 5.47, 0.130, 3.91, 0.29, 0.61),
            (0.94, 0.189, 0.230, 5.52, 0.145, 4.23, 0.34, 0.64),
            (0.98, 0.140, 0.175, 6.00, 0.096, 5.37, 0.75, 0.98),
            (1.02, 0.178, 0.102, 5.14, 0.119, 6.90, 0.86, 1.09),
            (1.08, 0.215, 0.098, 4.88, 0.133, 7.42, 1.05, 0.60),
            (1.14, 0.245, 0.170, 4.91, 0.135, 8.15, 0.32, 0.46),
            (1.24, 0.265, 0.229, 5.02, 0.138, 9.10, 0.10, 0.49),
            (1.35, 0.264, 0.280, 4.96, 0.177, 9.46, 0.10, 0.37),
            (1.45, 0.265, 0.408, 5.01, 0.269, 10.04, 0.05, 0.21),
        ]
    ),
    growth=(0.53, 1.16),
    scatter=(0.08, 0.15),
)
OVERTONE = Progression(
    np.array(
        [
            (-0.55, 0.068, 0.150, 2.60, 0.090, -0.66, 0.90, 0.90),
            (-0.34, 0.086, 0.175, 3.10, 0.127, 0.65, 0.40, 0.30),
            (-0.20, 0.089, 0.179, 3.50, 0.100, 1.25, 0.19, 0.22),
            (-0.01, 0.090, 0.191, 3.88, 0.066, 1.61, 0.23, 0.27),
            (0.10, 0.100, 0.189, 4.30, 0.045, 2.14, 0.17, 0.36),
            (0.21, 0.106, 0.172, 4.50, 0.028, 2.93, 0.18, 0.46),
            (0.28, 0.106, 0.145, 4.62, 0.022, 3.33, 0.18, 0.75),
            (0.32, 0.102, 0.122, 4.71, 0.016, 4.12, 0.18, 0.79),
            (0.37, 0.104, 0.091, 4.75, 0.014, 4.87, 0.18, 0.77),
            (0.43, 0.105, 0.064, 4.45, 0.013, 5.50, 0.34, 0.59),
            (0.48, 0.104, 0.064, 3.77, 0.030, 6.00, 0.40, 0.48),
            (0.53, 0.099, 0.101, 3.57, 0.047, 6.63, 0.18, 0.36),
            (0.58, 0.096, 0.150, 3.76, 0.049, 7.07, 0.23, 0.39),
            (0.64, 0.096, 0.180, 4.42, 0.066, 8.23, 0.32, 0.67),
            (0.72, 0.086, 0.178, 4.61, 0.055, 9.19, 0.18, 0.48),
        ]
    ),
    growth=(0.78, 0.38),
    scatter=(0.18, 0.50),
)

# Quantiles of log10(period / d).
LEVELS = (0.005, 0.02, 0.16, 0.5, 0.84, 0.98, 0.995)
FUNDAMENTAL_LOG_P = (0.074, 0.210, 0.437, 0.552, 0.797, 1.193, 1.450)
OVERTONE_LOG_P = (-0.600, -0.503, 0.023, 0.296, 0.470, 0.665, 0.740)
SECOND_OVERTONE_LOG_P = (-0.250, -0.229, -0.166, -0.106, 0.020, 0.121, 0.140)
FIRST_OF_TWO_LOG_P = (-0.640, -0.601, -0.322, -0.132, 0.027, 0.126, 0.150)
FUNDAMENTAL_OF_TWO_LOG_P = (-0.030, 0.011, 0.181, 0.366, 0.565, 0.690, 0.720)


class Mode(NamedTuple):
    """One mode of pulsation: log10(period / d), A_1 in I [mag], shapes, mean magnitude; each of shape (n_stars,)."""

    log_p: np.ndarray
    amplitude: np.ndarray
    progression: Progression
    magnitude: np.ndarray


def _one_mode(rng: np.random.Generator, epochs: Epochs, mode: Mode, band_ratio: float) -> Light:
    """Return Cepheids of a single mode, scattered by 0.15 mag about their period-luminosity relation."""
    deviation = _series(rng, epochs, mode.log_p, mode.amplitude, band_ratio, progression=mode.progression)
    return Light(10**mode.log_p, deviation, mode.magnitude + rng.normal(0, 0.15, epochs.n_stars))


def fundamental(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return fundamental-mode Cepheids; I = 16.85 - 2.91 log P."""
    n = epochs.n_stars
    log_p = waves.from_quantiles(rng, n, LEVELS, FUNDAMENTAL_LOG_P)
    amplitude = np.clip(np.interp(log_p, *FUNDAMENTAL.table.T[:2]) + rng.normal(0, 0.042, n), 0.03, 0.36)
    return _one_mode(rng, epochs, Mode(log_p, amplitude, FUNDAMENTAL, 16.85 - 2.91 * log_p), band_ratio)


def galactic(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return fundamental-mode Cepheids of our Galaxy: longer periods and larger amplitudes than in the Clouds.

    Klagyivik & Szabados 2009, A&A 504, 959.
    """
    n = epochs.n_stars
    log_p = np.clip(rng.normal(0.82, 0.26, n), 0.3, 1.8)
    amplitude = np.clip(rng.normal(0.33, 0.08, n), 0.1, 0.6) * I_RATIO
    return _one_mode(rng, epochs, Mode(log_p, amplitude, FUNDAMENTAL, 16.85 - 2.91 * log_p), band_ratio)


def first_overtone(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return first-overtone Cepheids; I = 16.38 - 3.29 log P."""
    n = epochs.n_stars
    log_p = waves.from_quantiles(rng, n, LEVELS, OVERTONE_LOG_P)
    amplitude = np.clip(np.interp(log_p, *OVERTONE.table.T[:2]) + rng.normal(0, 0.025, n), 0.02, 0.18)
    return _one_mode(rng, epochs, Mode(log_p, amplitude, OVERTONE, 16.38 - 3.29 * log_p), band_ratio)


def second_overtone(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return second-overtone Cepheids: short, small, nearly sinusoidal; I = 15.73 - 3.27 (+- .28) log P, 26 stars."""
    n = epochs.n_stars
    log_p = waves.from_quantiles(rng, n, LEVELS, SECOND_OVERTONE_LOG_P)
    amplitude = np.clip(rng.normal(0.021, 0.008, n), 0.006, 0.04) * band_ratio / I_RATIO
    ratios = np.clip(rng.normal(0.037, 0.02, (1, n)), 0.0, 0.1)
    phases = rng.uniform(0, 2 * np.pi, (1, n))
    deviation = waves.fourier(epochs.cycles(10**log_p, rng.random(n)), epochs, amplitude, ratios, phases)
    return Light(10**log_p, deviation, 15.73 - 3.27 * log_p + rng.normal(0, 0.13, n))


def fundamental_and_first(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return F/1O Cepheids: period ratio .734 - .033 log P, either mode the stronger, which gives the period.

    The same relation as that of Alcock et al. 1995, AJ 109, 1653, eq. 1, to .001.
    """
    n = epochs.n_stars
    log_p = waves.from_quantiles(rng, n, LEVELS, FUNDAMENTAL_OF_TWO_LOG_P)
    log_first = log_p + np.log10(0.734 - 0.033 * log_p + rng.normal(0, 0.003, n))
    overtone = np.clip(rng.normal(0.092, 0.012, n), 0.05, 0.14)
    main = overtone * np.clip(rng.normal(0.95, 0.38, n), 0.2, 1.8)
    deviation = _series(rng, epochs, log_p, main, band_ratio, progression=FUNDAMENTAL)
    deviation += _series(rng, epochs, log_first, overtone, band_ratio, progression=OVERTONE)
    strongest = 10 ** np.where(main > overtone, log_p, log_first)
    return Light(strongest, deviation, 16.53 - 2.83 * log_p + rng.normal(0, 0.2, n))


def first_and_second(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return 1O/2O Cepheids, the most frequent beat Cepheids of the Clouds."""
    n = epochs.n_stars
    log_p = waves.from_quantiles(rng, n, LEVELS, FIRST_OF_TWO_LOG_P)
    amplitude = np.clip(np.interp(log_p, (-0.5, -0.1), (0.087, 0.112)) + rng.normal(0, 0.02, n), 0.04, 0.17)
    first = _series(rng, epochs, log_p, amplitude, band_ratio, progression=OVERTONE)
    ratio = np.interp(log_p, (-0.5, -0.2, 0.1), (0.8038, 0.8064, 0.8014)) + rng.normal(0, 0.0008, n)
    weaker = amplitude * np.clip(rng.normal(0.245, 0.08, n), 0.08, 0.5) * band_ratio / I_RATIO
    second = epochs.of(weaker) * np.cos(2 * np.pi * epochs.cycles(10**log_p * ratio, rng.random(n)))
    return Light(10**log_p, first + second, 16.30 - 3.38 * log_p + rng.normal(0, 0.15, n))


def anomalous(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return anomalous Cepheids of the fundamental mode and the first overtone (Soszynski et al. 2015, AcA 65, 233).

    Periods as there. Amplitudes and shapes are not fitted: those of RRab stars and of short overtone Cepheids, between
    which these stars lie.
    """
    n = epochs.n_stars
    fundamental = rng.random(n) < 0.7
    log_p = np.where(
        fundamental, rng.normal(0.05, 0.14, n).clip(-0.2, 0.42), rng.normal(-0.13, 0.12, n).clip(-0.4, 0.1)
    )
    amplitude = np.where(fundamental, rng.normal(0.19, 0.05, n), rng.normal(0.11, 0.03, n)).clip(0.04, 0.35)
    ratios = np.where(fundamental, [[0.44], [0.26]], [[0.22], [0.09]]) * rng.lognormal(0, 0.15, (2, n))
    phases = np.where(fundamental, [[4.30], [2.45]], [[3.70], [1.60]]) + rng.normal(0, 0.15, (2, n))
    ratios, phases = waves.harmonics_beyond(ratios, _of_band(phases, band_ratio), extra=2)
    cycles = epochs.cycles(10**log_p, rng.random(n))
    deviation = waves.fourier(cycles, epochs, amplitude * band_ratio / I_RATIO, ratios, phases)
    return Light(10**log_p, deviation, np.where(fundamental, 17.7, 17.1) - 2.9 * log_p + rng.normal(0, 0.2, n))


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
    amplitude = np.clip(rng.normal(0.19, 0.06, n), 0.05, 0.4) * band_ratio / I_RATIO
    ratios = np.clip(np.vstack([rng.normal(0.27, 0.12, n), rng.normal(0.11, 0.06, n)]), 0.02, 0.5)
    phases = np.vstack([rng.normal(4.5, 0.7, n), rng.normal(3.0, 1.2, n)])
    cycles = epochs.cycles(period, rng.random(n)) + unsteady * waves.modulation(rng, epochs, 20 * period)
    deviation = waves.fourier(cycles, epochs, amplitude, ratios, phases)
    deviation += epochs.of(alternating * rng.uniform(0.1, 1.0, n) * amplitude) * np.cos(np.pi * cycles)
    return Light(period, deviation, 18.35 - 2.2 * np.log10(period) + rng.normal(0, 0.2, n))


def _series(
    rng: np.random.Generator,
    epochs: Epochs,
    log_p: np.ndarray,
    amplitude: np.ndarray,
    band_ratio: float,
    *,
    progression: Progression,
) -> np.ndarray:
    """Return the series of A_1 `amplitude` in I whose parameters lie around the medians of a progression."""
    n = epochs.n_stars
    columns = [np.interp(log_p, progression.table[:, 0], column) for column in progression.table.T[1:]]
    usual, r21, phi21, r31, phi31, *spread = columns
    growth, scatter = (np.array(pair)[:, None] for pair in progression[1:])
    ratios = np.vstack([r21, r31]) * (amplitude / usual) ** growth * np.exp(scatter * rng.standard_normal((2, n)))
    phases = np.vstack([phi21, phi31]) + np.vstack(spread) * rng.standard_normal((2, n))
    ratios, phases = waves.harmonics_beyond(np.minimum(ratios, 0.6), _of_band(phases, band_ratio), extra=2)
    cycles = epochs.cycles(10**log_p, rng.random(n))
    return waves.fourier(cycles, epochs, amplitude * band_ratio / I_RATIO, ratios, phases)


def _of_band(phases: np.ndarray, band_ratio: float) -> np.ndarray:
    """Return phi21 and phi31 of a band from those of the I band, shape (2, n_stars)."""
    return phases - np.array(PHASE_SHIFT)[:, None] * (band_ratio - I_RATIO)
