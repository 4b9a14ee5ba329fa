"""From a star's true magnitude to what a survey writes down: scatter, outliers, zero points, error bars."""

import numpy as np

from lctransfer.simulate.epochs import Epochs
from lctransfer.simulate.observing import Observing

MAG_PER_FLUX = 2.5 / np.log(10)
"""Magnitudes per relative change of flux."""

FADING = 0.5
"""Magnitudes over which detections dwindle at the faint end."""


def scatter(survey: Observing, mag: np.ndarray) -> np.ndarray:
    """Return the true scatter [mag] at a magnitude: photons of star and sky over a floor."""
    photon = 0.1 * 10 ** (survey.noise_slope * (mag - survey.mag_tenth))
    return np.hypot(survey.floor, photon)


def observe(
    rng: np.random.Generator, survey: Observing, epochs: Epochs, mag: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return measured magnitudes, quoted errors, and which epochs are detections.

    Parameters
    ----------
    rng : numpy.random.Generator
        Random number generator.
    survey : Observing
        Whose noise.
    epochs : Epochs
        When each star is observed.
    mag : numpy.ndarray
        True magnitudes, shape (n_epochs,).

    Returns
    -------
    mag, mag_err : numpy.ndarray
        In magnitudes, rounded to the decimals of the survey's files.
    detected : numpy.ndarray of bool
        False where the star was too faint or saturated.
    """
    size, n = len(mag), epochs.n_stars
    blend = epochs.of(rng.normal(survey.blend_mag, 0.8, n))
    mag = -2.5 * np.log10(10 ** (-0.4 * mag) + 10 ** (-0.4 * blend))
    quality = epochs.of(rng.lognormal(0.0, 0.2, n)) * rng.lognormal(0.0, 0.2, size)
    sigma = scatter(survey, mag) * quality
    # Photons scatter in flux, so that faint epochs scatter further to the faint side.
    flux = np.maximum(1 + sigma / MAG_PER_FLUX * rng.standard_normal(size), 0.1)
    noisy = mag - MAG_PER_FLUX * np.log(flux) + _zero_points(rng, survey, epochs) + _outliers(rng, survey, epochs)
    noisy = np.round(noisy, survey.decimals[1])
    slope, intercept = survey.quoted
    quoted = np.exp(slope * np.log(sigma) + intercept + survey.quoted_scatter * rng.standard_normal(size))
    detected = (noisy > survey.mag_limits[0]) & (noisy < survey.mag_limits[1])
    # Beyond the catalogue's limit fewer and fewer frames are good enough.
    detected &= rng.random(size) < 1 / (1 + np.exp(np.clip((mag - survey.catalogue_limit) / FADING, -30, 30)))
    return noisy, np.clip(np.round(quoted, 3), 0.001, 0.9), detected


def _zero_points(rng: np.random.Generator, survey: Observing, epochs: Epochs) -> np.ndarray:
    """Return the night's zero point at each epoch [mag]: stars of one night share it."""
    night = np.floor(epochs.time).astype(np.int64)
    table = rng.normal(0.0, survey.zero_point, int(survey.end_jd - survey.begin_jd) + 3)
    return table[np.clip(night - int(survey.begin_jd), 0, len(table) - 1)]


def _outliers(rng: np.random.Generator, survey: Observing, epochs: Epochs) -> np.ndarray:
    """Return errors beyond the noise [mag]: clouds, neighbours and bad pixels, which dim more often than brighten."""
    fraction, size = survey.outliers
    wrong = rng.random(len(epochs.time)) < epochs.of(fraction * rng.lognormal(0.0, 0.8, epochs.n_stars))
    result = np.zeros(len(epochs.time))
    result[wrong] = size * rng.exponential(1.0, int(wrong.sum())) * rng.choice([1, 1, 1, -1], int(wrong.sum()))
    return result
