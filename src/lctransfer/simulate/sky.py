"""What a survey's catalogue holds: how many stars of each label, their positions, names and magnitudes."""

from typing import NamedTuple

import numpy as np

from lctransfer.simulate.noise import scatter
from lctransfer.simulate.observing import Observing


class Entry(NamedTuple):
    """A label of a survey's catalogue.

    Attributes
    ----------
    kind : str
        The light-curve model, a key of `lctransfer.simulate.stars.MODELS`.
    weight : float
        Stars of this label in the published catalogue.
    """

    kind: str
    weight: float


# Proportions of the OGLE-III stars of the LMC in the training set of Kim et al. (2014, A&A 566, A43), with chemistry
# and subtypes as in the OGLE-III catalogues; multimode Delta Scuti stars as in Poleski et al. (2010, AcA 60, 1): 92 of
# 2,786.
OGLE = {
    "CEP_F": Entry("CEPH_F", 1275),
    "CEP_1O": Entry("CEPH_1O", 844),
    "CEP_2O": Entry("CEPH_2O", 10),
    "CEP_F/1O": Entry("CEPH_F/1O", 34),
    "CEP_1O/2O": Entry("CEPH_Other", 118),
    "T2CEP_BLHer": Entry("BLHer", 40),
    "T2CEP_WVir": Entry("T2CEPH", 58),
    "T2CEP_RVTau": Entry("RVTau", 23),
    "RRab": Entry("RRL_ab", 3434),
    "RRc": Entry("RRL_c", 714),
    "RRd": Entry("RRL_d", 179),
    "RRe": Entry("RRL_e", 143),
    "DSCT_singlemode": Entry("DSCT", 494),
    "DSCT_multimode": Entry("DSCT_multimode", 17),
    "ECL_EC": Entry("EB_EC", 445),
    "ECL_ED": Entry("EB_ED", 1644),
    "ECL_ESD": Entry("EB_ESD", 1150),
    "Mira_C": Entry("LPV_Mira_AGB_C", 754),
    "Mira_O": Entry("LPV_Mira_AGB_O", 329),
    "SRV_C": Entry("LPV_SRV_AGB_C", 3819),
    "SRV_O": Entry("LPV_SRV_AGB_O", 4206),
    "OSARG_AGB_C": Entry("LPV_OSARG_AGB", 1416),
    "OSARG_AGB_O": Entry("LPV_OSARG_AGB", 3368),
    "OSARG_RGB_C": Entry("LPV_OSARG_RGB", 57),
    "OSARG_RGB_O": Entry("LPV_OSARG_RGB", 2046),
}
# Proportions of the EROS-2 training set of Kim et al. (2014, A&A 566, A43). These numbers sum to 32,384, while the
# paper's abstract speaks of 28,392 light curves: they are weights, not its table.
EROS2 = {
    "BV": Entry("BV", 796),
    "CEPH_1O": Entry("CEPH_1O", 844),
    "CEPH_F": Entry("CEPH_F", 1275),
    "CEPH_Other": Entry("CEPH_Other", 162),
    "DSCT": Entry("DSCT", 511),
    "EB_EC": Entry("EB_EC", 445),
    "EB_ED": Entry("EB_ED", 1644),
    "EB_ESD": Entry("EB_ESD", 1150),
    "LPV_Mira_AGB_C": Entry("LPV_Mira_AGB_C", 754),
    "LPV_Mira_AGB_O": Entry("LPV_Mira_AGB_O", 329),
    "LPV_OSARG_AGB_C": Entry("LPV_OSARG_AGB", 1416),
    "LPV_OSARG_AGB_O": Entry("LPV_OSARG_AGB", 3368),
    "LPV_OSARG_RGB_C": Entry("LPV_OSARG_RGB", 57),
    "LPV_OSARG_RGB_O": Entry("LPV_OSARG_RGB", 2046),
    "LPV_SRV_AGB_C": Entry("LPV_SRV_AGB_C", 3819),
    "LPV_SRV_AGB_O": Entry("LPV_SRV_AGB_O", 4206),
    "NonVar": Entry("NonVar", 4791),
    "QSO": Entry("QSO", 180),
    "RRL_ab": Entry("RRL_ab", 3434),
    "RRL_c": Entry("RRL_c", 714),
    "RRL_d": Entry("RRL_d", 179),
    "RRL_e": Entry("RRL_e", 143),
    "T2CEPH": Entry("T2CEPH", 121),
}
# ASAS Catalogue of Variable Stars 1.1, which five papers make up (Pojmanski 2002, AcA 52, 397; 2003, AcA 53, 341;
# Pojmanski & Maciejewski 2004, AcA 54, 153; 2005, AcA 55, 97; Pojmanski, Pilecki & Szczygiel 2005, AcA 55, 275): single
# types; Cepheids and MISC in round numbers.
ASAS = {
    "EC": Entry("EB_EC", 2756),
    "ED": Entry("EB_ED", 2270),
    "ESD": Entry("EB_ESD", 879),
    "MIRA": Entry("LPV_Mira", 2785),
    "RRAB": Entry("RRL_ab", 1293),
    "RRC": Entry("RRL_c", 334),
    "DSCT": Entry("DSCT", 562),
    "DCEP-FU": Entry("DCEP", 500),
    "DCEP-FO": Entry("CEPH_1O", 150),
    "CW-FU": Entry("T2CEPH", 150),
    "CW-FO": Entry("BLHer", 60),
    "ACV": Entry("ACV", 90),
    "BCEP": Entry("BCEP", 10),
    "MISC": Entry("L", 600),
}
# Dubath et al. 2011, MNRAS 414, 2602: its training types. Its 285 LPV are undivided: the share of M and SR is ours.
HIPPARCOS = {
    "EA": Entry("EB_ED", 228),
    "EB": Entry("EB_ESD", 255),
    "EW": Entry("EB_EC", 107),
    "ELL": Entry("ELL", 27),
    "M": Entry("M", 160),
    "SR": Entry("LPV_SRV", 125),
    "RV": Entry("RVTau", 5),
    "CWA": Entry("T2CEPH", 9),
    "CWB": Entry("BLHer", 6),
    "DCEP": Entry("DCEP", 189),
    "DCEPS": Entry("CEPH_1O", 31),
    "CEP(B)": Entry("CEPH_F/1O", 11),
    "RRAB": Entry("RRL_ab", 72),
    "RRC": Entry("RRL_c", 20),
    "GDOR": Entry("GDOR", 27),
    "DSCT": Entry("DSCT", 47),
    "DSCTC": Entry("DSCTC", 81),
    "BCEP": Entry("BCEP", 30),
    "SPB": Entry("SPB", 81),
    "GCAS": Entry("BV", 13),
    "ACV": Entry("ACV", 77),
    "RS": Entry("ROT", 35),
}
# Jayasinghe et al. 2020, MNRAS 491, 13 (ASAS-SN catalogue of variable stars V), in round proportions.
ASASSN = {
    "EA": Entry("EB_ED", 260),
    "EB": Entry("EB_ESD", 160),
    "EW": Entry("EB_EC", 700),
    "ELL": Entry("ELL", 20),
    "M": Entry("M", 100),
    "SR": Entry("LPV_SRV", 900),
    "L": Entry("L", 300),
    "ROT": Entry("ROT", 200),
    "YSO": Entry("YSO", 40),
    "GCAS": Entry("BV", 20),
    "RRAB": Entry("RRL_ab", 280),
    "RRC": Entry("RRL_c", 80),
    "RRD": Entry("RRL_d", 15),
    "DSCT": Entry("DSCT", 40),
    "HADS": Entry("HADS", 40),
    "DCEP": Entry("DCEP", 40),
    "DCEPS": Entry("CEPH_1O", 20),
    "CWA": Entry("T2CEPH", 15),
    "CWB": Entry("BLHer", 15),
    "RVA": Entry("RVTau", 12),
}
CATALOGUES = {"ogle": OGLE, "eros2": EROS2, "asas": ASAS, "hipparcos": HIPPARCOS, "asassn": ASASSN}
"""Per survey: its own labels, the model behind each, and how many stars its catalogue holds."""

LEAST = 3
"""Stars of every label, where the sample is large enough."""
CLOUD = (80.9, -69.75, 4.0)
"""Centre of the Large Magellanic Cloud and the radius drawn from [deg] (van der Marel et al. 2002, AJ 124, 2639)."""

BEYOND = 0.5
"""Magnitudes by which the faintest stars of a catalogue lie below the one where half of the detections are lost."""


def counts(survey: str, n_stars: int) -> dict[str, int]:
    """Return how many stars of each label a sample holds: in proportion, but at least `LEAST` if it can."""
    entries = CATALOGUES[survey]
    weight = np.array([entry.weight for entry in entries.values()])
    least = min(LEAST, n_stars // len(entries))
    rest = n_stars - least * len(entries)
    share = np.maximum(n_stars * weight / weight.sum() - least, 0)
    share = rest * share / share.sum() if share.sum() else share
    whole = np.floor(share).astype(int)
    order = np.argsort(whole - share, kind="stable")
    whole[order[: rest - whole.sum()]] += 1
    return {label: int(least + extra) for label, extra in zip(entries, whole)}


def positions(rng: np.random.Generator, survey: str, n_stars: int) -> tuple[np.ndarray, np.ndarray]:
    """Return right ascensions and declinations [deg] that no two stars share at the precision of a name."""
    spare = 3 * n_stars + 30
    if survey in ("ogle", "eros2"):
        radius, turn = CLOUD[2] * np.sqrt(rng.random(spare)), rng.uniform(0, 2 * np.pi, spare)
        dec = CLOUD[1] + radius * np.sin(turn)
        ra = CLOUD[0] + radius * np.cos(turn) / np.cos(np.radians(dec))
    else:
        ra = rng.uniform(0, 360, spare)
        dec = np.degrees(np.arcsin(rng.uniform(-1, np.sin(np.radians(28.0)) if survey == "asas" else 1, spare)))
    ra, dec = np.round(ra, 5), np.round(dec, 5)
    # The coarsest names hold seconds of right ascension and tenths of a minute of declination.
    cell = np.round(ra * 240).astype(np.int64) * 1_000_000 + np.round((dec + 90) * 600).astype(np.int64)
    _, first = np.unique(cell, return_index=True)
    chosen = np.sort(first)[:n_stars]
    return ra[chosen], dec[chosen]


def names(rng: np.random.Generator, survey: str, labels: list[str], ra: np.ndarray, dec: np.ndarray) -> list[str]:
    """Return source names in the survey's own style, one per star, all different."""
    if survey == "ogle":
        return _ogle_names(labels)
    if survey == "hipparcos":
        return [str(number) for number in np.sort(rng.choice(118_000, len(labels), replace=False) + 1)]
    if survey == "eros2":
        number = np.sort(rng.choice(99_999, len(labels), replace=False) + 1)
        field, quarter = rng.integers(1, 89, len(labels)), rng.integers(0, 4, len(labels))
        ccd = rng.integers(0, 8, len(labels))
        return [f"lm{f:03d}{c}{'klmn'[q]}{i}" for f, c, q, i in zip(field, ccd, quarter, number)]
    style = _asas_name if survey == "asas" else _asassn_name
    return [style(one_ra, one_dec) for one_ra, one_dec in zip(ra, dec)]


def _ogle_names(labels: list[str]) -> list[str]:
    """Return names that count the stars of each of OGLE's lists (CEP, RRLYR, LPV...)."""
    lists = {"RR": ("RRLYR", 5), "CEP": ("CEP", 4), "T2CEP": ("T2CEP", 3), "DSCT": ("DSCT", 4), "ECL": ("ECL", 5)}
    seen: dict[str, int] = {}
    result = []
    for label in labels:
        name, width = lists["RR"] if label.startswith("RR") else lists.get(label.split("_")[0], ("LPV", 5))
        seen[name] = seen.get(name, 0) + 1
        result.append(f"OGLE-LMC-{name}-{seen[name]:0{width}d}")
    return result


def _asas_name(ra: float, dec: float) -> str:
    seconds, tenths = round(ra * 240) % 86_400, round(abs(dec) * 600)
    clock = f"{seconds // 3600:02d}{seconds // 60 % 60:02d}{seconds % 60:02d}"
    return f"{clock}{'-' if dec < 0 else '+'}{tenths // 600:02d}{tenths % 600 // 10:02d}.{tenths % 10}"


def _asassn_name(ra: float, dec: float) -> str:
    hundredths, tenths = round(ra * 24_000) % 8_640_000, round(abs(dec) * 36_000)
    clock = f"{hundredths // 360_000:02d}{hundredths // 6000 % 60:02d}{hundredths % 6000 / 100:05.2f}"
    arc = f"{tenths // 36_000:02d}{tenths // 600 % 60:02d}{tenths % 600 / 10:04.1f}"
    return f"ASASSN-V J{clock}{'-' if dec < 0 else '+'}{arc}"


def magnitudes(
    rng: np.random.Generator, survey: Observing, cloud_mag: np.ndarray | None, amplitude: np.ndarray
) -> np.ndarray:
    """Return mean magnitudes at which the survey would have found the stars variable.

    Parameters
    ----------
    rng : numpy.random.Generator
        Random number generator.
    survey : Observing
        Whose depth and noise.
    cloud_mag : numpy.ndarray or None
        Magnitudes at the distance of the Cloud; None draws from the survey's own spread.
    amplitude : numpy.ndarray
        Standard deviation of each star's variation [mag]; 0 is a star that nobody found variable.

    Returns
    -------
    numpy.ndarray
        Shape (n_stars,).
    """
    bright = survey.mag_limits[0] + 0.2
    grid = np.linspace(bright, survey.catalogue_limit + BEYOND, 400)
    found = amplitude / np.exp(rng.uniform(*survey.threshold, len(amplitude)))
    faintest = np.interp(found, scatter(survey, grid), grid)
    faintest = np.where(amplitude > 0, faintest, grid[-1])
    # Ever more stars at fainter magnitudes, up to where their variation drowns in the noise.
    if cloud_mag is None:
        room = 1 - np.exp(-(faintest - bright) / survey.number_scale)
        return faintest + survey.number_scale * np.log(1 - rng.random(len(amplitude)) * room)
    return np.maximum(np.minimum(cloud_mag, faintest - rng.exponential(0.4, len(amplitude))), bright)
