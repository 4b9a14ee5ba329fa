"""A sample of stars as one survey would have seen it: the star models, cadence, depth and noise brought together."""

import zlib
from typing import NamedTuple

import numpy as np

from lctransfer.simulate import cadence, noise, sky
from lctransfer.simulate.epochs import Epochs, Light
from lctransfer.simulate.observing import BAND_RATIO, Observing
from lctransfer.simulate.stars import MODELS


class Generators(NamedTuple):
    """Independent generators: a change in one part of the sky leaves the others as they were."""

    sky: np.random.Generator
    cadence: np.random.Generator
    noise: np.random.Generator
    stars: list[np.random.Generator]


class Sample(NamedTuple):
    """Light curves of n stars.

    Attributes
    ----------
    offsets : numpy.ndarray
        Where each star's epochs begin and end, shape (n + 1,), int32.
    time, mag, mag_err : numpy.ndarray
        Julian dates and magnitudes of all epochs, end to end.
    period_days : numpy.ndarray
        Shape (n,), NaN where there is none.
    """

    offsets: np.ndarray
    time: np.ndarray
    mag: np.ndarray
    mag_err: np.ndarray
    period_days: np.ndarray


def generators(name: str, *seeds: int, groups: int) -> Generators:
    """Return the generators of a survey and seed; `groups` is how many kinds of star need one each."""
    root = np.random.SeedSequence([*seeds, zlib.crc32(name.encode())])
    first, second, third, *rest = (np.random.Generator(np.random.PCG64(child)) for child in root.spawn(3 + groups))
    return Generators(first, second, third, rest)


def observe(rngs: Generators, observing: Observing, kinds: list[tuple[str, int]], *, in_cloud: bool) -> Sample:
    """Return the light curves of groups of stars.

    Parameters
    ----------
    rngs : Generators
        With a generator for every group.
    observing : Observing
        The characteristics of the survey.
    kinds : list of (str, int)
        Star model and number of stars of each group; the stars lie in this order.
    in_cloud : bool
        Whether the stars are at the distance of the Large Magellanic Cloud.
    """
    n_stars = sum(count for _, count in kinds)
    epochs = cadence.epochs(rngs.cadence, observing, n_stars)
    light = _light(rngs.stars, kinds, epochs, BAND_RATIO[observing.band])
    amplitudes = _amplitudes(epochs, light.deviation)
    mean = sky.magnitudes(rngs.sky, observing, light.cloud_mag if in_cloud else None, amplitudes)
    mag, mag_err, detected = noise.observe(rngs.noise, observing, epochs, epochs.of(mean) + light.deviation)
    seen = Epochs(epochs.time[detected], epochs.star[detected], n_stars)
    return Sample(seen.offsets().astype(np.int32), seen.time, mag[detected], mag_err[detected], light.period_days)


def _light(
    generators: list[np.random.Generator], kinds: list[tuple[str, int]], epochs: Epochs, band_ratio: float
) -> Light:
    """Evaluate each group's model on the epochs of its stars, which lie together."""
    position, parts = 0, []
    for rng, (kind, count) in zip(generators, kinds, strict=True):
        if count:
            own = epochs.take(np.arange(position, position + count))
            parts.append(MODELS[kind](rng, own, band_ratio))
            position += count
    return Light(*(np.concatenate(part) for part in zip(*parts)))


def _amplitudes(epochs: Epochs, deviation: np.ndarray) -> np.ndarray:
    """Return each star's amplitude [mag]: that of a sine of the same root mean square."""
    number = np.maximum(np.bincount(epochs.star, minlength=epochs.n_stars), 1)
    centred = deviation - epochs.of(np.bincount(epochs.star, deviation, epochs.n_stars) / number)
    return np.sqrt(2 * np.bincount(epochs.star, centred**2, epochs.n_stars) / number)
