"""Surveys that never were: every kind of star, seen with habits between and beyond those of the five surveys.

A network that has learnt from one cadence takes the marks of that cadence for those of the stars. Here every hundred
stars have their own survey: sparse or dense, short or long, precise or coarse, from the ground or from a satellite
(domain randomisation: Tobin et al. 2017, IROS, arXiv:1703.06907). Nothing of it was fitted to a target survey.
"""

from dataclasses import replace

import numpy as np
import pyarrow as pa

from lctransfer.simulate.observing import SURVEYS, Observing
from lctransfer.simulate.sample import chance, observe

DRAWS = "varied"
"""Name that the draws are seeded by; another one would be another sky."""
PANEL = 100
"""Stars that share a survey."""
EPOCHS = (25.0, 800.0)
"""Fewest and most epochs that a survey aims at; the logarithm is drawn evenly."""
DAYS = 120.0
"""Shortest baseline; the logarithm is drawn evenly up to that of the survey which lends its habits."""
WHOLE = 0.5
"""Share of surveys that keep the whole baseline."""
SURVEY_WEIGHTS = {"ogle": 1.0, "eros2": 1.0, "asas": 1.0, "hipparcos": 1.0, "asassn": 1.0}
"""How often each survey lends its habits."""

KINDS = {
    "BV": ("BV", 800),
    "CEPH_F": ("CEPH_F", 1500),
    "DCEP": ("CEPH_F", 1500),
    "CEPH_1O": ("CEPH_1O", 1700),
    "CEPH_2O": ("CEPH_Other", 20),
    "CEPH_F/1O": ("CEPH_Other", 70),
    "CEPH_Other": ("CEPH_Other", 240),
    "BLHer": ("T2CEPH", 150),
    "T2CEPH": ("T2CEPH", 200),
    "RVTau": ("T2CEPH", 100),
    "DSCT": ("DSCT", 800),
    "DSCTC": ("DSCT", 800),
    "HADS": ("DSCT", 500),
    "EB_EC": ("EB_EC", 2000),
    "EB_ED": ("EB_ED", 3000),
    "EB_ESD": ("EB_ESD", 2000),
    "LPV_Mira_AGB_C": ("LPV_Mira_AGB_C", 1000),
    "LPV_Mira_AGB_O": ("LPV_Mira_AGB_O", 1000),
    "LPV_SRV_AGB_C": ("LPV_SRV_AGB_C", 2000),
    "LPV_SRV_AGB_O": ("LPV_SRV_AGB_O", 2000),
    "LPV_OSARG_AGB": ("LPV_OSARG_AGB", 2000),
    "LPV_OSARG_RGB": ("LPV_OSARG_RGB", 1000),
    "NonVar": ("NonVar", 2000),
    "QSO": ("QSO", 500),
    "RRL_ab": ("RRL_ab", 3400),
    "RRL_c": ("RRL_c", 1400),
    "RRL_d": ("RRL_d", 300),
    "RRL_e": ("RRL_e", 200),
    "ACV": ("ACV", 600),
    "ACYG": ("ACYG", 700),
    "BCEP": ("BCEP", 400),
    "ELL": ("ELL", 500),
    "GDOR": ("GDOR", 400),
    "L": ("L", 600),
    "LBOO": ("LBOO", 200),
    "RCB": ("RCB", 200),
    "ROT": ("ROT", 800),
    "SDOR": ("SDOR", 150),
    "SPB": ("SPB", 400),
    "WR": ("WR", 500),
    "YSO_HAEBE": ("YSO_HAEBE", 250),
    "YSO_TTAU": ("YSO_TTAU", 300),
}
"""Star model to class and share of the sky: round numbers, even enough that rare classes are learnt."""


def randomised(n_stars: int, seed: int) -> pa.Table:
    """Return simulated light curves of surveys that never were.

    Parameters
    ----------
    n_stars : int
        Number of light curves.
    seed : int
        The same seed gives the same bytes on every machine; more stars leave the first ones as they were, but for the
        last hundred.

    Returns
    -------
    pyarrow.Table
        Light-curve table with ``class_name``, ``period_days`` and ``habits`` (whose habits the survey has).
    """
    panels = [_panel(start // PANEL, min(PANEL, n_stars - start), seed) for start in range(0, n_stars, PANEL)]
    return pa.concat_tables(panels)


def _panel(number: int, n_stars: int, seed: int) -> pa.Table:
    random = chance(DRAWS, seed, number, groups=len(KINDS))
    name, observing = habits(random.sky)
    share = np.array([weight for _, weight in KINDS.values()], dtype=float)
    counts = random.sky.multinomial(n_stars, share / share.sum())
    in_cloud = bool(random.sky.random() < 0.5) if name in ("ogle", "eros2") else False
    sample = observe(random, observing, list(zip(KINDS, counts.tolist())), in_cloud=in_cloud)
    classes = [class_name for (class_name, _), count in zip(KINDS.values(), counts) for _ in range(count)]
    epochs = {column: getattr(sample, column) for column in ("time", "mag", "mag_err")}
    return pa.table(
        {
            "source_id": pa.array([f"V{number:05d}-{star:03d}" for star in range(n_stars)]),
            "survey": pa.array(["randomised"] * n_stars),
            "band": pa.array([observing.band] * n_stars),
            **{column: pa.ListArray.from_arrays(sample.offsets, values) for column, values in epochs.items()},
            "label": pa.array(classes),
            "class_name": pa.array(classes),
            "habits": pa.array([name] * n_stars),
            "period_days": pa.array(np.round(sample.period_days, 7), from_pandas=True),
        }
    )


def habits(rng: np.random.Generator) -> tuple[str, Observing]:
    """Return whose habits a survey takes, and the survey: other baseline, number of epochs, noise and error bars."""
    weight = np.array(list(SURVEY_WEIGHTS.values()))
    name = list(SURVEY_WEIGHTS)[rng.choice(len(weight), p=weight / weight.sum())]
    base = SURVEYS[name]
    whole = base.end_jd - base.begin_jd
    days = whole if rng.random() < WHOLE else np.exp(rng.uniform(np.log(DAYS), np.log(whole)))
    begin = base.begin_jd + rng.uniform(0, whole - days)
    kept = np.exp(rng.uniform(*np.log(EPOCHS))) / (days * np.mean(base.usable) * base.visits_per_night)
    kept = min(kept, 0.95)
    slope, intercept = base.quoted if rng.random() < 0.5 else (rng.choice([0.0, 1.0]), 0.0)
    # Error bars that do not know how faint the star is lie around the floor.
    intercept += np.log(2 * base.floor) if slope == 0.0 and intercept == 0.0 else rng.normal(0, 0.2)
    return name, replace(
        base,
        begin_jd=float(np.floor(begin)),
        end_jd=float(np.ceil(begin + days)),
        fields=4,
        kept=(20 * kept, 20 * (1 - kept)),
        floor=base.floor * rng.lognormal(0, 0.4),
        mag_tenth=base.mag_tenth + rng.normal(0, 0.4),
        quoted=(slope, intercept),
        quoted_scatter=rng.uniform(0.02, 0.3),
        outliers=(base.outliers[0] * rng.lognormal(0, 0.7), base.outliers[1] * rng.lognormal(-0.3, 0.8)),
        zero_point=base.zero_point * rng.lognormal(0, 0.5),
        visits_per_night=base.visits_per_night if base.scanning else 1 + rng.exponential(0.3),
        revisit_days=base.revisit_days if base.scanning else np.exp(rng.uniform(np.log(0.0015), np.log(0.1))),
        number_scale=rng.uniform(0.6, 2.0),
        threshold=tuple(np.sort(rng.uniform(-1.3, 0.7, 2))),
    )
