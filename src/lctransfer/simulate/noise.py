"""From a star's true magnitude to what a survey writes down: scatter, outliers, zero points, error bars."""

import numpy as np

from lctransfer.simulate.epochs import Epochs
from lctransfer.simulate.observing import Observing


def scatter(survey: Observing, mag: np.ndarray) -> np.ndarray:
    """Return the true scatter [mag] at a magnitude: photons of star and sky over a floor."""
    photon = 0.1 * 10 ** (0.3 * (mag - survey.mag_tenth))
    return np.hypot(survey.floor, photon)


def observe(
    rng: np.random.Generator, survey: Observing, epochs: Epochs, mag: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return measured magnitudes, quoted errors, and which epochs are detections.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance.
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
    size = len(mag)
    quality = epochs.of(rng.lognormal(0.0, 0.2, epochs.n_stars)) * rng.lognormal(0.0, 0.2, size)
    sigma = scatter(survey, mag) * quality
    noisy = mag + sigma * rng.standard_normal(size) + _zero_points(rng, survey, epochs)
    wrong = rng.random(size) < survey.outliers
    noisy[wrong] += rng.standard_t(2, int(wrong.sum())) * np.maximum(4 * sigma[wrong], 0.05)
    slope, intercept = survey.quoted
    quoted = np.exp(slope * np.log(sigma) + intercept + survey.quoted_scatter * rng.standard_normal(size))
    decimals = survey.decimals[1]
    detected = (noisy > survey.mag_limits[0]) & (noisy < survey.mag_limits[1])
    return np.round(noisy, decimals), np.clip(np.round(quoted, 3), 0.001, 0.9), detected


def _zero_points(rng: np.random.Generator, survey: Observing, epochs: Epochs) -> np.ndarray:
    """Return the night's zero point at each epoch [mag]: stars of one night share it."""
    night = np.floor(epochs.time).astype(np.int64)
    table = rng.normal(0.0, survey.zero_point, int(survey.end_jd - survey.begin_jd) + 3)
    return table[np.clip(night - int(survey.begin_jd), 0, len(table) - 1)]
