"""Zwicky Transient Facility: classes of AAVSO VSX, light curves of IRSA's service, one request per star.

Masci et al. 2019, PASP 131, 018003; Watson et al. 2006, SASS 25, 47 (VSX). Only variables that VSX names after ZTF are
asked for (most are from Chen et al. 2020, ApJS 249, 18), so that ZTF has seen them.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from lctransfer.config import Survey
from lctransfer.errors import LctransferError
from lctransfer.surveys import merging, services
from lctransfer.surveys.base import Curves, RemoteFile, Star, Sure, number, usable
from lctransfer.surveys.losses import Tally
from lctransfer.surveys.merging import Piece
from lctransfer.surveys.overrides import Overrides, words_of
from lctransfer.table.vocabularies import meaning
from lctransfer.taxonomy import Label

BANDS = ("r", "g", "i")
WORDS = ("RRAB", "RRC", "DCEP", "DSCT", "EA", "EW", "M", "SR")
"""Types of VSX that are asked for."""
LABEL_MAP: dict[str, Label] = {word: (found.nodes or None) for word in WORDS if (found := meaning(word, "vsx"))}
CLASSES, LIGHT_CURVES = "classes", "lightcurves"
COLUMNS = ("Name", "RAJ2000", "DEJ2000", "Type", "Period")
PARTS = {CLASSES: COLUMNS, LIGHT_CURVES: ("source_id", "time", "mag", "mag_err", "band")}
"""Collections that a user can correct, and which columns of them."""
FORMS = ("ztf",)
TAP = "https://tapvizier.cds.unistra.fr/TAPVizieR/tap"
IRSA = "https://irsa.ipac.caltech.edu/cgi-bin/ZTF/nph_light_curves"
RELEASE = "ztf_dr23"
ANSWERS_IN_S = 300.0
"""Users report 4 to 90 s for an answer, sometimes more than 120 s."""
RADIUS_DEG = 0.0004
"""1.4 arcsec, as the service is mostly asked."""
STARS_PER_CLASS = 500
QUERY = (
    'SELECT TOP {stars} "Name", "RAJ2000", "DEJ2000", "Type", "Period" FROM "B/vsx/vsx" '
    "WHERE \"Type\" = '{word}' AND \"Name\" LIKE 'ZTF J%'"
)
NAME = re.compile(r"ZTF ?J\d{6}\.\d\d[+-]\d{6}\.\d")
QUEUE = "one request of IRSA's light-curve service per star"
LICENCE = "public; acknowledge ZTF, IRSA and VSX"
PAPERS = "Masci et al. 2019, PASP 131, 018003; Watson et al. 2006, SASS 25, 47; Chen et al. 2020, ApJS 249, 18"


def files(collections: list[str], kind: str) -> list[RemoteFile]:
    """Return the queries for stars of each type; collections are types of VSX, such as EW.

    Raises
    ------
    LctransferError
        If there is no such type.
    """
    return SERVICE.files(collections)


def star_files(directory: Path, collections: list[str], overrides: Overrides) -> list[RemoteFile]:
    """Return one request per star: every ZTF light curve within `RADIUS_DEG` of its place, all bands."""
    stars = usable(catalogue(directory, collections, Tally(quiet=True), overrides), LABEL_MAP, words_of(overrides))
    return [
        RemoteFile(
            survey="ztf",
            dataset="ZTF, light curves at a place",
            collection=LIGHT_CURVES,
            key=f"{star.ra_deg:.6f}%20{star.dec_deg:.6f}",
            path=_path(name),
            urls=(
                f"{IRSA}?POS=CIRCLE%20{star.ra_deg:.6f}%20{star.dec_deg:.6f}%20{RADIUS_DEG}"
                f"&BAD_CATFLAGS_MASK=32768&COLLECTION={RELEASE}&FORMAT=CSV",
            ),
            licence=LICENCE,
            reference=PAPERS,
            sure=Sure.DOCUMENTED,
            is_whole=partial(services.has_columns, ("oid",)),
            is_nothing=says_no_rows,
            answers_in_s=ANSWERS_IN_S,
        )
        for name, star in stars.items()
    ]


def says_no_rows(content: bytes) -> bool:
    """Tell whether IRSA answered that it has no light curve at a place: with nothing at all, or in words."""
    return not content.strip() or b"No rows returned" in content[:1000]


def _path(name: str) -> str:
    return f"{LIGHT_CURVES}/{name.replace(' ', '')}.csv"


def catalogue(
    directory: Path, collections: list[str], dropped: Counter, overrides: Overrides | None = None
) -> dict[str, Star]:
    """Return the stars with their types."""
    return SERVICE.catalogue(directory, files(collections, "live"), dropped, overrides)


def stars_of(rows: list[dict[str, str]], where: str) -> tuple[list[Star], list[str]]:
    """Return the stars of an answer's rows, and a sentence about each row that cannot be read."""
    return SERVICE.stars_of(rows, where)


def _star(row: Mapping[str, str], where: str) -> Star:
    if not NAME.fullmatch(row["Name"]):
        raise LctransferError(f"{where}: {row['Name']!r} is no name such as ZTF J000000.13+620605.8.")
    ra = number(row["RAJ2000"], f"{where}, RAJ2000", 0, 360, null=())
    dec = number(row["DEJ2000"], f"{where}, DEJ2000", -90, 90, null=())
    period = number(row["Period"], f"{where}, Period", 0, 1e5)
    return Star(row["Name"], row["Type"] or None, ra, dec, period or None)


SERVICE = services.Classes(
    survey="ztf",
    title="ZTF",
    words=WORDS,
    kind="type",
    rows="VSX",
    collection=CLASSES,
    columns=COLUMNS,
    star=_star,
    service=TAP,
    query=QUERY,
    stars_per_class=STARS_PER_CLASS,
    dataset="VSX, stars of type {word} named after ZTF",
    licence=LICENCE,
    reference=PAPERS,
)


def curves(
    directory: Path, stars: dict[str, Star], bands: list[str], settings: Survey, dropped: Counter
) -> Iterator[Curves]:
    """Yield the light curves star by star: of each band the one with most epochs, as fields overlap."""
    columns = services.corrected_columns(settings.overrides, LIGHT_CURVES)
    for name in stars:
        path = directory / _path(name)
        if path.is_file():
            try:
                found = services.light_curves(path.read_bytes(), str(path), FORMS, columns)
            except LctransferError as error:
                nothing: Piece = list(np.empty((3, 0)))
                yield merging.together([(name, band, nothing) for band in bands], [str(error)])
            else:
                longest = _longest(found)
                chosen = [(name, band, longest[band]) for band in bands if band in longest]
                if chosen:
                    yield merging.together(chosen, [])


def _longest(found: list[tuple[str, str, Piece]]) -> dict[str, Piece]:
    """Return of each band the light curve with most epochs."""
    longest: dict[str, Piece] = {}
    for _, band, epochs in found:
        if band not in longest or len(epochs[0]) > len(longest[band][0]):
            longest[band] = epochs
    return longest


def write(table: pa.Table, root: Path) -> None:
    """Refuse: no survey is simulated in ZTF's files.

    Raises
    ------
    LctransferError
        Always.
    """
    SERVICE.refuse_writing()
