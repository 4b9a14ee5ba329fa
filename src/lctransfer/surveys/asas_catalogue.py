"""ASAS: the catalogue of variable stars ACVS 1.1, from its own site or from VizieR.

Pojmanski et al. 2005, AcA 55, 275.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from astropy.table import Row

from lctransfer.errors import LctransferError
from lctransfer.surveys import vizier
from lctransfer.surveys.base import Star, lines_of, number
from lctransfer.surveys.losses import catalogue_or_copy, tolerate
from lctransfer.surveys.members import read_all
from lctransfer.surveys.overrides import NONE, Overrides, column
from lctransfer.taxonomy import Label

COPY = "acvs_vizier.tsv"
"""The same catalogue from VizieR, should the archive's own not be had."""
CATALOGUE = "asas/data/ACVS.1.1.gz"
CATALOGUE_COLUMNS = 21
PLACES = {name: place for place, name in enumerate(("ID", "PER", "HJD0", "VMAX", "VAMP", "TYPE"), 1)}
"""Which column (from 1) holds what."""
DESIGNATION = re.compile(r"(\d{2})(\d{2})(\d{2})([+-])(\d{2})(\d{2}\.\d)")
LABEL = re.compile(r"[A-Z0-9-]+")
LABEL_MAP: dict[str, Label] = {
    "EC": "EB_EC",
    "ED": "EB_ED",
    "ESD": "EB_ESD",
    "DSCT": "DSCT",
    "RRAB": "RRL_ab",
    "RRC": "RRL_c",
    "DCEP-FU": "CEPH_F",
    "DCEP-FO": "CEPH_1O",
    "CW-FU": "T2CEPH",
    "CW-FO": "T2CEPH",
    "MIRA": "LPV_Mira",
    "ACV": None,
    "BCEP": None,
    "MISC": None,
}
"""The single types of ACVS 1.1; compound ones (EC/ESD) and uncertain ones (a colon) are left out when it is read."""


def catalogue(
    directory: Path, collections: list[str], dropped: Counter, overrides: Overrides = NONE
) -> dict[str, Star]:
    """Return the stars of ACVS with a single, certain type; count the others."""
    stars = catalogue_or_copy(directory, (CATALOGUE, COPY), lambda path: _stars_of(path, dropped, overrides), dropped)
    certain = {star.source_id: star for star in stars if star.label and LABEL.fullmatch(star.label)}
    dropped["compound or uncertain type"] += len(stars) - len(certain)
    return certain


def _stars_of(path: Path, dropped: Counter, overrides: Overrides) -> list[Star]:
    if path.name == COPY:
        rows = vizier.read(path, vizier.renamed(vizier.ACVS, overrides, "acvs_vizier"))
        stars, bad = _read_rows(map(_cells_of_copy, rows), str(path))
    else:
        stars, bad = read_catalogue(read_all(path).decode(errors="replace"), str(path), places_of(overrides))
    tolerate(bad, len(stars) + len(bad), dropped, "unreadable row of ACVS")
    return stars


def places_of(overrides: Overrides) -> dict[str, int]:
    """Return which column (from 1) of ACVS holds what, a user's corrections first.

    Raises
    ------
    LctransferError
        If a correction is no such number.
    """
    found = {name: column(overrides, "acvs", name, str(place)) for name, place in PLACES.items()}
    for name, place in found.items():
        if not (place.isdigit() and int(place)):
            raise LctransferError(f"overrides.acvs.columns.{name} is {place!r}, but must be a number from 1 on.")
    return {name: int(place) for name, place in found.items()}


def read_catalogue(text: str, where: str, places: Mapping[str, int] | None = None) -> tuple[list[Star], list[str]]:
    """Return the stars of an ACVS file, and a sentence about each row that cannot be read.

    `places` says which column (from 1) holds what, where that is no longer as `PLACES` has it.
    """
    lines = lines_of(text)
    return _read_rows(("" if line.startswith("#") else line for line in lines), where, places or PLACES)


def _cells_of_copy(row: Row) -> str:
    """Return a row of the copy as the catalogue itself has it: identifier, period, type."""
    return f"{row['ASAS']} {row['Per'] or 0} - - - {row['Class'] or '-'}"


def _read_rows(lines: Iterable[str], where: str, places: Mapping[str, int] = PLACES) -> tuple[list[Star], list[str]]:
    stars, bad = [], []
    for line_number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            stars.append(_star(line.split(), f"{where}, line {line_number}", places))
        except LctransferError as error:
            bad.append(str(error))
    return stars, bad


def _star(cells: list[str], where: str, places: Mapping[str, int]) -> Star:
    if len(cells) < max(places.values()) or len(cells) > CATALOGUE_COLUMNS:
        raise LctransferError(f"{where}: {len(cells)} columns, expected {CATALOGUE_COLUMNS}.")
    name, period, date, brightest, amplitude, kind = (cells[place - 1] for place in places.values())
    found = DESIGNATION.fullmatch(name)
    if not found:
        raise LctransferError(f"{where}: {name!r} is no ASAS designation (hhmmss+ddmm.m).")
    number(date, f"{where}, HJD0")
    number(brightest, f"{where}, VMAX", -2, 30)
    number(amplitude, f"{where}, VAMP", 0, 20)
    days = number(period, f"{where}, PER", 0, 1e5)
    # ACVS prints DCEP_FU and DCEP-FU alike; a period of 0 means none.
    return Star(name, kind.replace("_", "-"), *_position(found), days or None)


def _position(found: re.Match) -> tuple[float, float]:
    """Return the position that a designation encodes, good to an arc minute, in degrees."""
    hours, minutes, seconds, sign, degrees, arcmin = found.groups()
    ra = 15 * (int(hours) + int(minutes) / 60 + int(seconds) / 3600)
    dec = int(degrees) + float(arcmin) / 60
    return ra, -dec if sign == "-" else dec


def catalogue_text(rows: list[dict], names: list[str]) -> str:
    """Return a catalogue of simulated stars, laid out as ACVS 1.1."""
    lines = ["# Simulated stars, laid out as ACVS 1.1.", "# ID PER HJD0 VMAX VAMP TYPE GCVS_ID GCVS_TYPE and colours"]
    blank = " ".join(["-"] * (CATALOGUE_COLUMNS - 6))
    for row, name in zip(rows, names):
        lines.append(f"{name} {row.get('period_days') or 0:.6f} 0.00 - - {row['label']} {blank}")
    return "\n".join(lines) + "\n"
