"""Randomised surveys: every kind of star, seen by surveys between and beyond those that exist.

A network that has learnt from one cadence takes the marks of that cadence for those of the stars. Here every hundred
stars have their own survey: sparse or dense, short or long, precise or coarse, in any band, from the ground or from a
satellite (domain randomisation: Tobin et al. 2017, IROS, arXiv:1703.06907). The kinds of survey that they resemble hold
numbers that were read off real light curves of ASAS and Hipparcos, which are targets too: see docs/what_was_seen.md.
"""

from dataclasses import replace

import numpy as np
import pyarrow as pa

from lctransfer.simulate.observing import Observing
from lctransfer.simulate.sample import Generators, generators, observe
from lctransfer.simulate.survey_kinds import BAND_DEPTH, SURVEY_KINDS

DRAWS = "varied"
"""Name that the draws are seeded by; another one would be another sky."""
EVEN_DRAWS = "tasks"
"""The same, of surveys with as many stars of each kind."""
PANEL = 100
"""Stars that share a survey."""
EPOCHS = (22.0, 1000.0)
"""Fewest and most epochs that a survey aims at, before the faint ones are lost; the logarithm is drawn evenly."""
DAYS = 120.0
"""Shortest baseline; the logarithm is drawn evenly up to that of the kind of survey."""
WHOLE = 0.5
"""Share of surveys that keep the whole baseline."""
EVEN_DAYS = (0.007, 0.042)
"""Shortest and longest cadence of a satellite that stares: 10 minutes to an hour."""
EVEN_EPOCHS = 1200
"""Most epochs of such a satellite; users thin longer light curves."""

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
    "RVTau": ("T2CEPH_RVTau", 250),
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
    "ACEP": ("ACEP", 300),
    "ACV": ("ACV", 600),
    "ACYG": ("ACYG", 700),
    "AGN": ("AGN", 250),
    "ARTEFACT": ("ARTEFACT", 500),
    "BCEP": ("BCEP", 400),
    "BE": ("BE", 300),
    "CV": ("CV", 300),
    "ELL": ("ELL", 500),
    "GDOR": ("GDOR", 400),
    "HB": ("HB", 200),
    "L": ("L", 600),
    "LBOO": ("LBOO", 200),
    "MICROLENSING": ("MICROLENSING", 200),
    "RCB": ("RCB", 200),
    "ROT": ("ROT", 800),
    "SDOR": ("SDOR", 150),
    "SN": ("SN", 200),
    "SPB": ("SPB", 400),
    "UV": ("UV", 250),
    "WR": ("WR", 500),
    "YSO_HAEBE": ("YSO_HAEBE", 250),
    "YSO_TTAU": ("YSO_TTAU", 300),
    "ZAND": ("ZAND", 200),
}
"""Star model to class and share of the sky: round numbers, even enough that rare classes are learnt."""


def randomised(n_stars: int, seed: int) -> pa.Table:
    """Return simulated light curves of randomised surveys.

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
        Light-curve table with ``class_name``, ``period_days`` and ``survey_kind`` (what the survey resembles).
    """
    panels = [_panel(start // PANEL, min(PANEL, n_stars - start), seed) for start in range(0, n_stars, PANEL)]
    return pa.concat_tables(panels)


def even_survey(number: int, per_kind: int, seed: int) -> pa.Table:
    """Return a randomised survey with as many stars of each kind, for tasks that are drawn from it.

    Parameters
    ----------
    number : int
        Which survey; each has its own sky.
    per_kind : int
        Light curves of each kind of star.
    seed : int

    Returns
    -------
    pyarrow.Table
        As `randomised` returns it.
    """
    random = generators(EVEN_DRAWS, seed, number, groups=len(KINDS))
    return _survey(number, random, *draw_survey(random.sky), np.full(len(KINDS), per_kind))


def _panel(number: int, n_stars: int, seed: int) -> pa.Table:
    random = generators(DRAWS, seed, number, groups=len(KINDS))
    name, observing = draw_survey(random.sky)
    share = np.array([weight for _, weight in KINDS.values()], dtype=float)
    return _survey(number, random, name, observing, random.sky.multinomial(n_stars, share / share.sum()))


def _survey(number: int, random: Generators, name: str, observing: Observing, counts: np.ndarray) -> pa.Table:
    """Return so many stars of each kind, seen by a survey that resembles the kind `name`."""
    in_cloud = bool(random.sky.random() < SURVEY_KINDS[name].cloud)
    sample = observe(random, observing, list(zip(KINDS, counts.tolist())), in_cloud=in_cloud)
    classes = [class_name for (class_name, _), count in zip(KINDS.values(), counts) for _ in range(count)]
    epochs = {column: getattr(sample, column) for column in ("time", "mag", "mag_err")}
    return pa.table(
        {
            "source_id": pa.array([f"V{number:05d}-{star:03d}" for star in range(len(classes))]),
            "survey": pa.array(["randomised"] * len(classes)),
            "band": pa.array([observing.band] * len(classes)),
            **{column: pa.ListArray.from_arrays(sample.offsets, values) for column, values in epochs.items()},
            "label": pa.array(classes),
            "class_name": pa.array(classes),
            "survey_kind": pa.array([name] * len(classes)),
            "period_days": pa.array(np.round(sample.period_days, 7), from_pandas=True),
        }
    )


def draw_survey(rng: np.random.Generator) -> tuple[str, Observing]:
    """Return which kind a survey resembles, and the survey: its band, baseline, epochs, noise and error bars."""
    weight = np.array([kind.weight for kind in SURVEY_KINDS.values()])
    name = list(SURVEY_KINDS)[rng.choice(len(weight), p=weight / weight.sum())]
    kind = SURVEY_KINDS[name]
    base = _of_band(kind.observing, str(rng.choice(kind.bands)))
    base = _staring(rng, base) if base.even_days else _sampled(rng, base)
    slope, intercept = base.quoted if rng.random() < 0.5 else (rng.choice([0.0, 1.0]), 0.0)
    # Error bars that do not know how faint the star is lie around the floor.
    intercept += np.log(2 * base.floor) if slope == 0.0 and intercept == 0.0 else rng.normal(0, 0.2)
    return name, replace(
        base,
        fields=4,
        floor=base.floor * rng.lognormal(0, 0.5),
        mag_tenth=base.mag_tenth + rng.normal(0, 0.5),
        quoted=(slope, intercept),
        quoted_scatter=rng.uniform(0.02, 0.3),
        outliers=(base.outliers[0] * rng.lognormal(0, 0.7), base.outliers[1] * rng.lognormal(-0.3, 0.8)),
        zero_point=base.zero_point * rng.lognormal(0, 0.5),
        number_scale=rng.uniform(0.6, 2.0),
        threshold=tuple(np.sort(rng.uniform(-1.3, 0.7, 2))),
    )


def _of_band(base: Observing, band: str) -> Observing:
    """Return the survey in another of its bands, where it is less deep or deeper."""
    deeper = BAND_DEPTH.get(band, 0.0) - BAND_DEPTH.get(base.band, 0.0)
    limits = base.mag_limits[0], base.mag_limits[1] + deeper
    tenth, limit = base.mag_tenth + deeper, base.catalogue_limit + deeper
    return replace(base, band=band, mag_limits=limits, mag_tenth=tenth, catalogue_limit=limit)


def _sampled(rng: np.random.Generator, base: Observing) -> Observing:
    """Return a survey of nights or scans with another baseline, number of epochs, season and visits per night."""
    whole = base.end_jd - base.begin_jd
    days = whole if rng.random() < WHOLE else np.exp(rng.uniform(np.log(DAYS), np.log(whole)))
    begin = base.begin_jd + rng.uniform(0, whole - days)
    fixed = base.scan is not None or base.visits_exact
    visits = base.visits_per_night if fixed else 1 + rng.exponential(0.3)
    kept = np.exp(rng.uniform(*np.log(EPOCHS))) / (days * np.mean(base.usable) * visits)
    kept = min(kept, 0.95)
    return replace(
        base,
        begin_jd=float(np.floor(begin)),
        end_jd=float(np.ceil(begin + days)),
        kept=(20 * kept, 20 * (1 - kept)),
        visits_per_night=visits,
        revisit_days=base.revisit_days if fixed else np.exp(rng.uniform(np.log(0.0015), np.log(0.1))),
    )


def _staring(rng: np.random.Generator, base: Observing) -> Observing:
    """Return a survey of even cadence: one to three sectors, 10 minutes to an hour between epochs."""
    days = (base.end_jd - base.begin_jd) * rng.integers(1, 4) / 3
    cadence = max(np.exp(rng.uniform(*np.log(EVEN_DAYS))), days / EVEN_EPOCHS)
    return replace(base, end_jd=base.begin_jd + float(np.ceil(days)), even_days=float(cadence))
