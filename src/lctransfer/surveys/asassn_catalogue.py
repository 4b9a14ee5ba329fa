"""ASAS-SN: the catalogue of variable stars, from its own site or from VizieR.

Jayasinghe et al. 2018, MNRAS 477, 3145.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from astropy.table import Table

from lctransfer.errors import LctransferError
from lctransfer.surveys import vizier
from lctransfer.surveys.base import Star, number
from lctransfer.surveys.losses import catalogue_or_copy, tolerate
from lctransfer.surveys.members import read_all
from lctransfer.surveys.overrides import NONE, Overrides, column
from lctransfer.taxonomy import Label

CATALOGUE = "asassn_catalog_full.csv"
COPY = "catv2021.tsv"
"""The same catalogue from VizieR: it lacks the keys by which single light curves are asked for."""
NAME, LABEL = "asassn_name", "variable_type"
GAIA = "gdr2_id"
"""Gaia DR2, by which Sky Patrol v2 knows the stars; not every row has one."""
COLUMNS = (NAME, "raj2000", "dej2000", "period", LABEL)
NULL = ("", "-", "N/A", "nan", "NaN", "null", "None")
"""What stands for a missing number; N/A is known to, the others are guesses."""
GAIA_ID = re.compile(r"[1-9][0-9]{3,18}")
IDENTIFIER = re.compile(r"ASASSN-V ?J\d{6}\.\d\d[+-]\d{6}\.\d")
LABEL_MAP: dict[str, Label] = {
    "EA": "EB_ED",
    "EB": "EB_ESD",
    "EW": "EB_EC",
    "DCEP": "CEPH_F",
    "DCEPS": "CEPH_1O",
    "CWA": "T2CEPH",
    "CWB": "T2CEPH",
    "RVA": "T2CEPH",
    "RRAB": "RRL_ab",
    "RRC": "RRL_c",
    "RRD": "RRL_d",
    "DSCT": "DSCT",
    "HADS": "DSCT",
    "M": "LPV_Mira",
    "SR": "LPV_SRV",
    **dict.fromkeys(("ELL", "GCAS", "L", "ROT", "UV", "VAR", "YSO"), None),
}
"""Types of ``variable_type``; uncertain ones (a colon) are left out when the catalogue is read."""


def catalogue(
    directory: Path, collections: list[str], dropped: Counter, overrides: Overrides = NONE
) -> dict[str, Star]:
    """Return the stars of the catalogue with a certain type, count the others."""
    stars = catalogue_or_copy(directory, (CATALOGUE, COPY), lambda path: _stars_of(path, dropped, overrides), dropped)
    certain = {star.source_id: star for star in stars if star.label and ":" not in star.label}
    dropped["compound or uncertain type"] += len(stars) - len(certain)
    return certain


def _stars_of(path: Path, dropped: Counter, overrides: Overrides) -> list[Star]:
    names = dict(zip(COLUMNS, COLUMNS))
    if path.name == COPY:
        text = _as_catalogue(vizier.read(path, vizier.renamed(vizier.ASASSN, overrides, "catalogue_vizier")))
    else:
        text = read_all(path).decode("utf-8-sig", errors="replace")
        names = names_of(overrides)
    stars, bad = read_catalogue(text, str(path), names)
    tolerate(bad, len(stars) + len(bad), dropped, "unreadable row of the catalogue")
    return stars


def _as_catalogue(table: Table) -> str:
    """Return the copy's rows as the catalogue has them."""
    names = ["ASASSN-V " + name.removeprefix("ASASSN-V").strip() for name in table["ASASSN-V"]]
    rows = zip(names, *(table[name] for name in vizier.ASASSN.columns[1:]))
    return "\n".join([",".join(COLUMNS), *map(",".join, rows)]) + "\n"


def names_of(overrides: Overrides) -> dict[str, str]:
    """Return what the catalogue calls the columns of `COLUMNS`, a user's corrections first."""
    return {name: column(overrides, "catalogue", name, name) for name in COLUMNS}


def read_catalogue(text: str, where: str, columns: Mapping[str, str] | None = None) -> tuple[list[Star], list[str]]:
    """Return the stars of the catalogue, and a sentence about each row that cannot be read.

    `columns` maps the names of `COLUMNS` to those that the file has now.
    """
    rows = csv.reader(io.StringIO(text, newline=""))
    known = {now: name for name, now in (columns or {}).items()}
    names = [known.get(name.strip(), name.strip()) for name in next(rows, [])]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise LctransferError(f"{where} is no ASAS-SN catalogue: it lacks the columns {', '.join(missing)}.")
    stars, bad = [], []
    try:
        for cells in rows:
            if cells:
                try:
                    stars.append(_star(names, cells, f"{where}, line {rows.line_num}"))
                except LctransferError as error:
                    bad.append(str(error))
    except csv.Error as error:
        raise LctransferError(f"{where}, line {rows.line_num}: {error}. Retrieve it again.") from None
    return stars, bad


def _star(names: list[str], cells: list[str], where: str) -> Star:
    if len(cells) != len(names):
        raise LctransferError(f"{where}: {len(cells)} cells, but {len(names)} columns.")
    row = dict(zip(names, map(str.strip, cells)))
    if not IDENTIFIER.fullmatch(row[NAME]):
        raise LctransferError(f"{where}: {row[NAME]!r} is no ASAS-SN name.")
    ra = number(row["raj2000"], f"{where}, raj2000", 0, 360, null=())
    dec = number(row["dej2000"], f"{where}, dej2000", -90, 90, null=())
    period = number(row["period"], f"{where}, period", 0, 1e5, null=NULL)
    key = row.get(GAIA, "")
    parts = (("gaia", key),) if GAIA_ID.fullmatch(key) else ()
    return Star(row[NAME].replace("ASASSN-VJ", "ASASSN-V J"), row[LABEL] or None, ra, dec, period or None, parts)
