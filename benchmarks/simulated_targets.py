"""Simulated target surveys for the choice of `auto`: rare classes, wrong labels, and a sky that the source has not met.

Two kinds that no real table at hand resembles: many classes of very unequal size and sparse, noisy epochs (as the
Catalina surveys), and few classes with wrong labels and the epochs of two colours in one light curve (as EROS-1). The
stars are those of `lctransfer.simulate`; cadence and noise lie beyond what the source of the simulated sky has met.
All of this is made up: no light curve, label or number of a real table had a hand in it but the published sizes of the
Catalina classes, of which the order is kept.
"""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from real_stars import kept_features

from lctransfer.simulate.observing import Observing
from lctransfer.simulate.sample import Sample, generators, observe
from lctransfer.simulate.survey_kinds import CRTS, EROS1

SEED = 17
SHIFT_DAYS = 0.01
"""Between the exposures in two colours."""


class SimulatedTarget(NamedTuple):
    """A simulated target survey.

    Attributes
    ----------
    observing : Observing
        How it looks at the sky.
    words : dict of str to dict of str to int
        Per word of the catalogue (a node of the taxonomy): star models, and how many stars of each carry the word.
    wrong : float
        Share of stars whose word is that of another star drawn by chance.
    counts, drawn : tuple of int
        Numbers of labels that are tried: drawn by class, and at random or from the bright end.
    in_cloud : bool
        Whether the stars are at the distance of the Large Magellanic Cloud.
    second_band : str
        Whose epochs are merged in, shifted to the same median; none if empty.
    """

    observing: Observing
    words: dict[str, dict[str, int]]
    wrong: float
    counts: tuple[int, ...]
    drawn: tuple[int, ...]
    in_cloud: bool = False
    second_band: str = ""

    @property
    def kinds(self) -> list[tuple[str, int]]:
        """Star models and how many stars each has, in the order of the words."""
        return [kind for models in self.words.values() for kind in models.items()]


SIMULATED_TARGETS = {
    # The word of contact binaries also names semi-detached ones, as in Drake et al. 2017, MNRAS 469, 3688.
    "simulated_crts": SimulatedTarget(
        replace(CRTS, usable=(0.010, 0.06), floor=0.05, outliers=(0.03, 0.30), quoted=(0.0, -2.6)),
        {
            "EB_EC": {"EB_EC": 1700, "EB_ESD": 300},
            "EB_ED": {"EB_ED": 450},
            "RRL_ab": {"RRL_ab": 450},
            "RRL_c": {"RRL_c": 380},
            "ROT": {"ROT": 160, "YSO_TTAU": 10},
            "RRL_d": {"RRL_d": 60},
            "LPV": {"LPV_SRV": 30, "LPV_Mira": 10, "L": 20},
            "DSCT": {"HADS": 25},
            "ELL": {"ELL": 20},
            "T2CEPH": {"BLHer": 8, "T2CEPH": 6},
            "ACEP": {"ACEP": 12},
        },
        wrong=0.04,
        counts=(80, 376),
        drawn=(100, 400),
    ),
    "simulated_eros1": SimulatedTarget(
        replace(EROS1, usable=(0.04, 0.15), floor=0.06, zero_point=0.04, outliers=(0.04, 0.30)),
        {
            "EB": {"EB_EC": 120, "EB_ESD": 80, "EB_ED": 100},
            "CEPH": {"CEPH_F": 150, "CEPH_1O": 110, "CEPH_F/1O": 10},
            "LPV": {"LPV_SRV": 100, "LPV_OSARG_AGB": 40, "L": 20},
            "RRL": {"RRL_ab": 70, "RRL_c": 30},
        },
        wrong=0.15,
        counts=(18, 74, 365),
        drawn=(25, 100),
        in_cloud=True,
        second_band="B_EROS",
    ),
}

UNEVEN_TARGETS = {
    "simulated_uneven": SIMULATED_TARGETS["simulated_crts"]._replace(
        words={
            "EB_EC": {"EB_EC": 16000, "EB_ESD": 2803},
            "EB_ED": {"EB_ED": 3000},
            "RRL_ab": {"RRL_ab": 3000},
            "RRL_c": {"RRL_c": 2500},
            "ROT": {"ROT": 900, "YSO_TTAU": 60},
            "RRL_d": {"RRL_d": 300},
            "LPV": {"LPV_SRV": 120, "LPV_Mira": 40, "L": 80},
            "DSCT": {"HADS": 100},
            "ELL": {"ELL": 50},
            "T2CEPH": {"BLHer": 15, "T2CEPH": 10},
            "ACEP": {"ACEP": 10},
        },
        counts=(80, 376, 1873),
        drawn=(80, 376, 1873),
    )
}
"""As uneven as the Catalina classes are, from 18,803 to 10 stars; it chooses nothing."""


def light_curves(name: str, seed: int = SEED) -> pa.Table:
    """Return the light curves of a simulated target survey, with ``label`` and ``class_name`` (its word)."""
    target = {**SIMULATED_TARGETS, **UNEVEN_TARGETS}[name]
    samples = [_sample(target, name, seed, number) for number in range(2 if target.second_band else 1)]
    words = [word for word, models in target.words.items() for _ in range(sum(models.values()))]
    curves = [merged([_star(sample, star) for sample in samples]) for star in range(len(words))]
    said = mislabelled(np.array(words), target.wrong, seed)
    columns = {column: pa.array([curve[i] for curve in curves]) for i, column in enumerate(("time", "mag", "mag_err"))}
    ids, n_stars = [f"{name}-{star:05d}" for star in range(len(words))], len(words)
    fixed = {"survey": pa.array([name] * n_stars), "band": pa.array([target.observing.band] * n_stars)}
    return pa.table({"source_id": ids, **fixed, **columns, "label": said, "class_name": said})


def _sample(target: SimulatedTarget, name: str, seed: int, number: int) -> Sample:
    """Return the stars in one of the bands: the same stars and nights in each, and other noise."""
    band = (target.observing.band, target.second_band)[number]
    random = generators(name, seed, groups=len(target.kinds))
    random = random._replace(noise=np.random.default_rng([seed, number]))
    return observe(random, replace(target.observing, band=band), target.kinds, in_cloud=target.in_cloud)


def _star(sample: Sample, star: int) -> np.ndarray:
    """Return time, magnitude and error of a star, shape (3, n_epochs)."""
    own = slice(sample.offsets[star], sample.offsets[star + 1])
    return np.stack([sample.time[own], sample.mag[own], sample.mag_err[own]])


def merged(curves: list[np.ndarray]) -> np.ndarray:
    """Return the epochs of all bands as one light curve, shape (3, n_epochs), magnitudes shifted to one median."""
    moved = [curve for curve in curves if curve.shape[1]]
    if len(moved) < 2:
        return moved[0] if moved else curves[0]
    level = np.median(moved[0][1])
    shifted = [
        curve + np.array([[i * SHIFT_DAYS], [level - np.median(curve[1])], [0]]) for i, curve in enumerate(moved)
    ]
    together = np.hstack(shifted)
    return together[:, np.argsort(together[0], kind="stable")]


def mislabelled(words: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Return the words, some of them those of other stars drawn by chance."""
    rng = np.random.default_rng([seed, 1])
    wrong = rng.random(len(words)) < share
    return np.where(wrong, words[rng.integers(len(words), size=len(words))], words)


def simulated_features(name: str, kept: Path | None = None) -> pd.DataFrame:
    """Return the features of a simulated target survey; `kept` holds them from one run to the next."""
    return kept_features(name, lambda: light_curves(name), kept)
