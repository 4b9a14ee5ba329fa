"""RR Lyrae stars of the fundamental mode (ab), the first overtone (c), both (d), and the second overtone (e)."""

import numpy as np

from lctransfer.simulate.epochs import Epochs, Light
from lctransfer.simulate.stars import waves

CLOUD_I_MAG = 18.85
"""Mean I magnitude in the Large Magellanic Cloud (Soszynski et al. 2009, AcA 59, 1)."""
PHASE_SLOPE = 0.92
"""Radians by which phi21 falls for each unit of the band ratio, from I (0.6) to V (1)."""


def fundamental(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return RRab stars: periods as in Soszynski et al. (2009, AcA 59, 1), amplitudes on the Bailer diagram.

    Amplitudes in V: a parabola through the stars of M3 after Cacciari, Corwin & Carney 2005, AJ 129, 267 (unchecked: it
    may be a later paper's). Fourier parameters: medians of the OGLE-IV catalogue in I, phi21 = 4.37 and phi31 = 2.65
    (Soszynski et al. 2016, AcA 66, 131); V lies .37 and .72 lower, which agrees with Smolec (2005, AcA 55, 59). The
    smaller the amplitude, the closer to a sine. Many show the Blazhko effect: Prudil & Skarka 2017, MNRAS 466, 2602.
    """
    n = epochs.n_stars
    period = np.clip(rng.normal(0.58, 0.07, n), 0.38, 0.95)
    log_p = np.log10(period)
    v_range = -2.627 - 22.046 * log_p - 30.876 * log_p**2 + rng.normal(0, 0.15, n)
    amplitude = 0.36 * np.clip(v_range, 0.25, 1.5) * band_ratio
    ratios = np.vstack([rng.normal(0.49, 0.04, n), rng.normal(0.31, 0.04, n)])
    ratios = np.clip(ratios * np.clip(v_range, 0.25, 1.5) ** 0.4, 0.08, 0.6)
    phase21 = 4.37 + 1.5 * (period - 0.58) - PHASE_SLOPE * (band_ratio - 0.6) + rng.normal(0, 0.12, n)
    phase31 = 2 * phase21 + 0.21 + rng.normal(0, 0.15, n)
    ratios, phases = waves.harmonics_beyond(ratios, np.vstack([phase21, phase31]), extra=4)
    return _pulsate(rng, epochs, period, amplitude, (ratios, phases), blazhko=0.35)


def first_overtone(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return RRc stars: nearly sinusoidal, with a bump (periods: Soszynski et al. 2009, AcA 59, 1)."""
    n = epochs.n_stars
    period = np.clip(rng.normal(0.337, 0.035, n), 0.20, 0.45)
    amplitude = np.clip(rng.normal(0.225, 0.045, n), 0.08, 0.4) * band_ratio
    return _pulsate(rng, epochs, period, amplitude, _overtone_shape(rng, n, band_ratio), blazhko=0.1)


def second_overtone(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return RRe stars: short, small and symmetric (Alcock et al. 1996, AJ 111, 1146; Soszynski et al. 2009)."""
    n = epochs.n_stars
    period = np.clip(rng.normal(0.272, 0.013, n), 0.23, 0.30)
    amplitude = np.clip(rng.normal(0.13, 0.03, n), 0.05, 0.25) * band_ratio
    ratios, phases = _overtone_shape(rng, n, band_ratio)
    return _pulsate(rng, epochs, period, amplitude, (ratios * 0.6, phases), blazhko=0.1)


def double_mode(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return RRd stars: overtone and fundamental in the ratio 0.744 (Soszynski et al. 2009, AcA 59, 1, fig. 4)."""
    n = epochs.n_stars
    overtone = np.clip(rng.normal(0.362, 0.017, n), 0.33, 0.43)
    ratio = 0.7436 + 0.02 * (overtone - 0.36) + rng.normal(0, 0.0006, n)
    amplitude = np.clip(rng.normal(0.19, 0.04, n), 0.08, 0.35) * band_ratio
    main = _pulsate(rng, epochs, overtone, amplitude, _overtone_shape(rng, n, band_ratio), blazhko=0.0)
    weaker = amplitude * rng.uniform(0.15, 1.05, n)
    shape = np.full((1, n), 0.12), rng.normal(4.16, 0.2, (1, n))
    second = waves.fourier(epochs.cycles(overtone / ratio, rng.random(n)), epochs, weaker, *shape)
    return main._replace(deviation=main.deviation + second)


def _overtone_shape(rng: np.random.Generator, n: int, band_ratio: float) -> tuple[np.ndarray, np.ndarray]:
    """Return ratios and phases of RRc stars: medians of the OGLE-IV catalogues in I.

    Soszynski et al. 2019, AcA 69, 321. How they change towards V is that of RRab stars, halved: an assumption.
    """
    ratios = np.clip(np.vstack([rng.normal(0.122, 0.045, n), rng.normal(0.066, 0.03, n)]), 0.01, 0.4)
    shift = 0.5 * (band_ratio - 0.6) * PHASE_SLOPE
    return ratios, np.vstack([rng.normal(4.89 - shift, 0.23, n), rng.normal(3.8 - 2 * shift, 0.7, n)])


def _pulsate(
    rng: np.random.Generator,
    epochs: Epochs,
    period: np.ndarray,
    amplitude: np.ndarray,
    shape: tuple[np.ndarray, np.ndarray],
    *,
    blazhko: float,
) -> Light:
    """Evaluate the series, with amplitude and phase modulated in a fraction `blazhko` of the stars."""
    n = epochs.n_stars
    modulated = rng.random(n) < blazhko
    angle = 2 * np.pi * epochs.cycles(10 ** rng.uniform(1.2, 2.3, n), rng.random(n))
    depth = epochs.of(modulated * rng.uniform(0.05, 0.35, n)) * np.cos(angle)
    shift = epochs.of(modulated * rng.uniform(0.0, 0.03, n)) * np.sin(angle + epochs.of(rng.uniform(0, 6.28, n)))
    cycles = epochs.cycles(period, rng.random(n)) + shift
    deviation = waves.fourier(cycles, epochs, epochs.of(amplitude) * (1 + depth), *shape)
    return Light(period, deviation, rng.normal(CLOUD_I_MAG, 0.18, n) - 0.5 * (np.log10(period) + 0.25))
