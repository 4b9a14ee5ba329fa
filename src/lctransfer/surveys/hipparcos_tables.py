"""Tables of Hipparcos, by the byte: the variable stars of hip_va_1 and hip_va_2, and the positions of hip_main."""

import re
from collections.abc import Mapping
from pathlib import Path

from lctransfer.errors import LctransferError
from lctransfer.surveys import vizier
from lctransfer.surveys.base import RemoteFile, Star, degrees, lines_of, number, to_sexagesimal
from lctransfer.surveys.members import read_all
from lctransfer.surveys.overrides import Overrides, span
from lctransfer.surveys.vizier import VizierTable
from lctransfer.taxonomy import Label

ROW = 142
FIELDS = {"HIP": (1, 6), "VarType": (25, 30), "Period": (57, 68)}
"""Bytes, from 1, of hip_va_1; hip_va_2 has the amplitude where the period stands."""
PATTERNS = {
    "HIP": re.compile(r"[0-9]{1,6}"),
    "VarType": re.compile(r"\*?|[A-Z][A-Z0-9()+:/*-]*"),
    "Period": re.compile(r"|[0-9]+\.[0-9]{7}"),
}
"""What the fields hold, if they stand where they should: F12.7 for the period."""
POSITION_FIELDS = {"HIP": (9, 14), "RA": (18, 28), "Dec": (30, 40)}
"""Bytes of hip_main.dat: number, hh mm ss.ss, sdd mm ss.s."""
SEXAGESIMAL = re.compile(r"(\d\d) (\d\d) (\d\d\.\d+) ([+-])(\d\d) (\d\d) (\d\d\.\d+)")

LABEL_MAP: dict[str, Label] = {
    "EA": "EB_ED",
    "EB": "EB_ESD",
    "EW": "EB_EC",
    "DCEP": "CEPH_F",
    "DCEPS": "CEPH_1O",
    "CEP(B)": "CEPH_Other",
    "CEP": "CEPH",
    "CWA": "T2CEPH",
    "CWB": "T2CEPH",
    "CW": "T2CEPH",
    "RV": "T2CEPH",
    "RVA": "T2CEPH",
    "RVB": "T2CEPH",
    "RRAB": "RRL_ab",
    "RRC": "RRL_c",
    "DSCT": "DSCT",
    "DSCTC": "DSCT",
    "SXPHE": "DSCT",
    "M": "LPV_Mira",
    "SR": "LPV_SRV",
    "SRA": "LPV_SRV",
    "SRB": "LPV_SRV",
    **dict.fromkeys(
        ("RR", "SRC", "SRD", "L", "LB", "LC", "ELL", "ACV", "ACYG", "BCEP", "BE", "BY", "E", "EP", "FKCOM", "GCAS"),
        None,
    ),
    **dict.fromkeys(("GDOR", "I", "IA", "INT", "RCB", "RS", "SDOR", "SPB", "SXARI", "UV", "WR", "XP", "ZAND"), None),
}
"""Types of the General Catalogue of Variable Stars.

EA, EB and EW describe the light curve, while ED, ESD and EC describe the system: one for the other is an approximation.
"""


def read_catalogue(
    text: str, where: str, fields: Mapping[str, tuple[int, int]] | None = None
) -> tuple[list[Star], list[str]]:
    """Return the stars of hip_va_1 or hip_va_2, and a sentence about each row that cannot be read.

    `fields` says which bytes (from 1) hold what, where that is no longer as `FIELDS` has it.
    """
    stars, bad = [], []
    for line_number, line in enumerate(lines_of(text), 1):
        if line.strip():
            try:
                stars.append(_star(line, "hip_va_1" in where, f"{where}, line {line_number}", fields or FIELDS))
            except LctransferError as error:
                bad.append(str(error))
    return stars, bad


def _star(line: str, periodic: bool, where: str, fields: Mapping[str, tuple[int, int]]) -> Star:
    cells = {}
    for name, (first, last) in fields.items():
        cells[name] = line[first - 1 : last].strip()
        # A row that has lost or gained a byte is found out where two columns touch.
        if not PATTERNS[name].fullmatch(cells[name]) and (periodic or name != "Period"):
            raise LctransferError(f"{where}: bytes {first}-{last} hold {cells[name]!r}, no {name}.")
        if line[last : last + 1].strip() or line[max(first - 2, 0) : first - 1].strip():
            raise LctransferError(f"{where}: {name} is not alone in bytes {first}-{last}; the columns have shifted.")
    days = number(cells["Period"], f"{where}, Period", 1e-4, 1e5, null=("",)) if periodic else None
    return Star(str(int(cells["HIP"])), cells["VarType"].strip("*") or None, period_days=days)


def _field(line: str, span: tuple[int, int]) -> str:
    return line[span[0] - 1 : span[1]].strip()


def read_positions(path: Path) -> dict[str, tuple[float, float]]:
    """Return the positions of hip_main.dat in degrees, by identifier; none if the file is absent."""
    if not path.is_file():
        return {}
    places = {}
    for line in lines_of(read_all(path).decode("latin-1").rstrip()):
        hip, ra, dec = (_field(line, POSITION_FIELDS[name]) for name in POSITION_FIELDS)
        place = degrees(SEXAGESIMAL.fullmatch(f"{ra} {dec}"))
        if not hip.isdigit() or place is None:
            raise LctransferError(f"{path}: {line[:45]!r} is no row of the Hipparcos main catalogue.")
        places[str(int(hip))] = place
    return places


TABLES = {
    "hip_va_1.dat.gz": VizierTable("I/239/hip_va_1", ("HIP", "VarType", "Period"), "ESA 1997, SP-1200", 2712),
    "hip_va_2.dat.gz": VizierTable("I/239/hip_va_2", ("HIP", "VarType"), "ESA 1997, SP-1200", 5542),
    "hip_main.dat": VizierTable("I/239/hip_main", ("_RAJ2000", "_DEJ2000", "HIP"), "ESA 1997, SP-1200", 118_218),
}
"""The same tables as VizieR's text service sends them, should none of the files be had."""


def vizier_copies() -> list[RemoteFile]:
    """Return the copies of the catalogues that VizieR's text service sends."""
    return [
        vizier.remote_file(
            table,
            "hipparcos",
            f"vizier/{name}.tsv",
            collection=f"vizier {table.name}",
            instead_of=f"ftp/I/239/{name}",
            optional=True,
        )
        for name, table in TABLES.items()
    ]


def _copy(directory: Path, path: Path) -> Path:
    return directory / "vizier" / f"{path.name}.tsv"


def fields_of(overrides: Overrides, part: str) -> dict[str, tuple[int, int]]:
    """Return which bytes (from 1) of a catalogue hold what, a user's corrections first."""
    return {name: span(overrides, part, name, known) for name, known in FIELDS.items()}


def read_either(directory: Path, path: Path, overrides: Overrides) -> tuple[list[Star], list[str]]:
    """Return the stars of a catalogue, or of its copy from VizieR, and a sentence about each row that is not read."""
    copy = _copy(directory, path)
    if path.is_file() or not copy.is_file():
        fields = fields_of(overrides, path.name.partition(".")[0])
        return read_catalogue(read_all(path).decode("latin-1"), str(path), fields)
    stars, bad = [], []
    for row_number, row in enumerate(vizier.read(copy, TABLES[path.name]), 1):
        line = f"{row['HIP']:>6}".ljust(FIELDS["VarType"][0] - 1) + row["VarType"]
        if "Period" in row.colnames and row["Period"]:
            line = line.ljust(FIELDS["Period"][0] - 1) + f"{float(row['Period']):12.7f}"
        try:
            stars.append(_star(line.ljust(ROW), "hip_va_1" in path.name, f"{copy}, row {row_number}", FIELDS))
        except LctransferError as error:
            bad.append(str(error))
    return stars, bad


def positions(directory: Path, path: Path) -> dict[str, tuple[float, float]]:
    """Return the positions of the main catalogue, or of its copy from VizieR, in degrees, by identifier."""
    copy = _copy(directory, path)
    if path.is_file() or not copy.is_file():
        return read_positions(path)
    rows = vizier.read(copy, TABLES[path.name])
    ra, dec = vizier.positions(rows, ("_RAJ2000", "_DEJ2000"), str(copy))
    return dict(zip(rows["HIP"].tolist(), zip(ra.tolist(), dec.tolist())))


def hip_number(source_id: str) -> int:
    """Return an identifier as a number, or refuse it."""
    if not source_id.isdigit() or int(source_id) > 999_999:
        raise LctransferError(f"{source_id!r} is no Hipparcos number (up to six digits).")
    return int(source_id)


def catalogue_line(row: dict) -> str:
    """Return a row of hip_va_1, or of hip_va_2 where there is no period."""
    line = f"{hip_number(row['source_id']):6d}".ljust(FIELDS["VarType"][0] - 1) + row["label"]
    if row.get("period_days") is not None:
        line = line.ljust(FIELDS["Period"][0] - 1) + f"{row['period_days']:12.7f}"
    return line.ljust(ROW) + "\n"


def position_line(row: dict) -> str:
    """Return the start of a row of hip_main."""
    place = to_sexagesimal(row["ra_deg"], row["dec_deg"], " ")
    return f"H|      {hip_number(row['source_id']):6d}| |{place[:11]}|{place[12:]}|\n"
