"""The simulated sky: light curves of known stars as each survey would have written them down. Nothing here is observed.

Star models (`stars`) say how a star shines, `observing` how a survey looks, `sky` what its catalogue holds.
"""

import zlib

import numpy as np
import pyarrow as pa

from lctransfer import taxonomy
from lctransfer.errors import LctransferError
from lctransfer.simulate import cadence, noise, sky
from lctransfer.simulate.epochs import Epochs, Light
from lctransfer.simulate.observing import BAND_RATIO, SURVEYS
from lctransfer.simulate.realism import Realism, check
from lctransfer.simulate.stars import MODELS

__all__ = ["Realism", "check", "simulate"]


def simulate(survey: str, n_stars: int, seed: int) -> pa.Table:
    """Return simulated light curves of one survey.

    Parameters
    ----------
    survey : str
        ogle, eros2, asas, hipparcos or asassn.
    n_stars : int
        Number of light curves; every word of the catalogue gets at least a few where there is room.
    seed : int
        The same seed gives the same bytes on every machine.

    Returns
    -------
    pyarrow.Table
        A light-curve table: source_id, survey, band, time (Julian dates), mag, mag_err, label (the survey's own
        word), class_name (what the star is), ra_deg, dec_deg, period_days.

    Raises
    ------
    LctransferError
        If the survey is not known or `n_stars` is not positive.
    """
    if survey not in SURVEYS:
        raise LctransferError(f"There is no survey {survey!r} to simulate; there are {', '.join(SURVEYS)}.")
    if n_stars < 1:
        raise LctransferError(f"{n_stars} light curves cannot be simulated; ask for one at least.")
    observing = SURVEYS[survey]
    words = [word for word, count in sky.counts(survey, n_stars).items() for _ in range(count)]
    rng_sky, rng_cadence, rng_noise, *rng_stars = _generators(survey, seed, 3 + len(sky.CATALOGUES[survey]))
    epochs = cadence.epochs(rng_cadence, observing, n_stars, scanning=survey == "hipparcos")
    light = _shine(rng_stars, survey, words, epochs)
    in_cloud = light.cloud_mag if survey in ("ogle", "eros2") else None
    mean = sky.magnitudes(rng_sky, observing, in_cloud, _amplitudes(epochs, light.deviation))
    mag, mag_err, detected = noise.observe(rng_noise, observing, epochs, epochs.of(mean) + light.deviation)
    ra, dec = sky.positions(rng_sky, survey, n_stars)
    seen = Epochs(epochs.time[detected], epochs.star[detected], n_stars).offsets()
    lists = {"time": epochs.time[detected], "mag": mag[detected], "mag_err": mag_err[detected]}
    return pa.table(
        {
            "source_id": pa.array(sky.names(rng_sky, survey, words, ra, dec)),
            "survey": pa.array([survey] * n_stars),
            "band": pa.array([observing.band] * n_stars),
            **{name: pa.ListArray.from_arrays(seen.astype(np.int32), values) for name, values in lists.items()},
            "label": pa.array(words),
            "class_name": pa.array([_class_name(survey, word) for word in words]),
            "ra_deg": ra,
            "dec_deg": dec,
            "period_days": pa.array(np.round(light.period_days, 7), from_pandas=True),
        }
    )


def _generators(survey: str, seed: int, count: int) -> list[np.random.Generator]:
    """Return independent generators: a change in one part of the sky leaves the others as they were."""
    root = np.random.SeedSequence([seed, zlib.crc32(survey.encode())])
    return [np.random.Generator(np.random.PCG64(child)) for child in root.spawn(count)]


def _shine(generators: list[np.random.Generator], survey: str, words: list[str], epochs: Epochs) -> Light:
    """Evaluate each word's model on the epochs of its stars, which lie together."""
    names, position = np.array(words), 0
    parts = []
    for rng, (word, entry) in zip(generators, sky.CATALOGUES[survey].items()):
        count = int((names == word).sum())
        if count:
            own = epochs.take(np.arange(position, position + count))
            parts.append(MODELS[entry.kind](rng, own, BAND_RATIO[SURVEYS[survey].band]))
            position += count
    return Light(*(np.concatenate(part) for part in zip(*parts)))


def _amplitudes(epochs: Epochs, deviation: np.ndarray) -> np.ndarray:
    """Return how large each star's variation looks to a search [mag]: that of a sine of the same mean deviation.

    Rare eclipses count for less than their root mean square, as they do in a periodogram.
    """
    number = np.maximum(np.bincount(epochs.star, minlength=epochs.n_stars), 1)
    centred = deviation - epochs.of(np.bincount(epochs.star, deviation, epochs.n_stars) / number)
    absolute = np.bincount(epochs.star, np.abs(centred), epochs.n_stars) / number
    square = np.bincount(epochs.star, centred**2, epochs.n_stars) / number
    return np.pi**2 / 8 * absolute**2 / np.sqrt(np.maximum(square, 1e-12))


def _class_name(survey: str, word: str) -> str:
    """Return the node that a survey's word stands for, or the kind of star where the taxonomy has none."""
    return taxonomy.class_name(word, taxonomy.LABEL_MAPS[survey]) or sky.CATALOGUES[survey][word].kind
