"""ASAS-3: one text file per star from the archive's server, and the catalogue of variable stars ACVS 1.1.

Pojmanski 1997, AcA 47, 467; 2002, AcA 52, 397; Pojmanski et al. 2005, AcA 55, 275 (ACVS).
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from lctransfer.errors import LctransferError
from lctransfer.lightcurves import ragged
from lctransfer.surveys.base import Curves, RemoteFile, Star, Sure, check_identifiers, number, parsed_batches, tolerate
from lctransfer.surveys.members import Member, read, read_all, write_gzip, write_tar
from lctransfer.surveys.rows import Column, RowFormat
from lctransfer.surveys.rows import write as write_rows

BANDS = ("V",)
PHOTOMETRY = RowFormat(
    (
        Column("HJD", 13, 5),
        *(Column(f"MAG_{k}", 7, 3) for k in range(5)),
        Column("MER_0", 6, 3, "   "),
        *(Column(f"MER_{k}", 6, 3) for k in range(1, 5)),
        Column("GRADE", 1, 0, "  ", letter=True),
        Column("FRAME", 1, 0, " ", free=True),
    ),
    comment="#",
)
"""Five apertures, whose order changes from dataset to dataset: the server puts its choice first."""
FIRST_MAG, FIRST_MER, GRADE = 1, 6, 11
NOT_MEASURED = 29.999
GOOD_GRADES = (ord("A"), ord("B"))
ZERO_POINT = 2_450_000
HEADER = """#ndata= {n}
#dataset= 1 ; 1 SIMULATED
#desig= {name}
#cra= {ra_hours:11.6f}
#cdec= {dec:10.6f}
#class= 0
#     HJD      MAG_0  MAG_1  MAG_2  MAG_3  MAG_4    MER_0 MER_1 MER_2 MER_3 MER_4 GRADE FRAME
"""
CATALOGUE = "asas/data/ACVS.1.1.gz"
BUNDLE = "asas3_lightcurves.tar.gz"
STARS = "lightcurves"
"""Folder of the queue's results, a file per star."""
CATALOGUE_COLUMNS = 21
DESIGNATION = re.compile(r"(\d{2})(\d{2})(\d{2})([+-])(\d{2})(\d{2}\.\d)")
LABEL = re.compile(r"[A-Z0-9-]+")
HOST = "https://www.astrouw.edu.pl/"
PAPERS = "Pojmanski 1997, AcA 47, 467; Pojmanski 2002, AcA 52, 397; Pojmanski et al. 2005, AcA 55, 275"


def files(collections: list[str], kind: str) -> list[RemoteFile]:
    """Return what to retrieve: the catalogue and, from the simulated archive, all light curves in one bundle."""
    common = {"survey": "asas", "licence": "public; acknowledge ASAS", "reference": PAPERS}
    table = RemoteFile(
        dataset="ASAS, ACVS 1.1", path=CATALOGUE, urls=(f"{HOST}{CATALOGUE}",), sure=Sure.GUESS, version="1.1", **common
    )
    bundle = RemoteFile(
        dataset="ASAS-3, light curves in one archive",
        path=BUNDLE,
        urls=(),
        sure=Sure.GUESS,
        optional=kind == "live",
        by_hand="Not needed: without it each star of the catalogue is asked for, one after another.",
        **common,
    )
    return [table, bundle]


def star_files(directory: Path) -> list[RemoteFile]:
    """Return one file per star of the catalogue already retrieved; none if a bundle lies there."""
    if (directory / BUNDLE).is_file():
        return []
    return [
        RemoteFile(
            survey="asas",
            dataset="ASAS-3, light curve",
            path=f"{STARS}/{name}.lc",
            urls=(f"{HOST}cgi-asas/asas_cgi_get_data?{name},asas3",),
            licence="public; acknowledge ASAS",
            reference=PAPERS,
            sure=Sure.DOCUMENTED,
            is_whole=is_whole,
        )
        for name in catalogue(directory, [], Counter())
    ]


def is_whole(content: bytes) -> bool:
    """Tell whether a light-curve file holds as many rows as its datasets announce: the server breaks off early."""
    lines = content.splitlines()
    announced = sum(int(line.split()[1]) for line in lines if re.fullmatch(rb"#ndata= *\d+ *", line))
    return content.endswith(b"\n") and announced == sum(1 for line in lines if line.strip() and line[:1] != b"#") > 0


def catalogue(directory: Path, collections: list[str], dropped: Counter) -> dict[str, Star]:
    """Return the stars of ACVS with a single, certain type; count the others."""
    path = directory / CATALOGUE
    stars, bad = read_catalogue(read_all(path).decode(errors="replace"), str(path))
    tolerate(bad, len(stars) + len(bad), dropped, "unreadable row of ACVS")
    certain = {star.source_id: star for star in stars if star.label and LABEL.fullmatch(star.label)}
    dropped["compound or uncertain type"] += len(stars) - len(certain)
    return certain


def read_catalogue(text: str, where: str) -> tuple[list[Star], list[str]]:
    """Return the stars of an ACVS file, and a sentence about each row that cannot be read."""
    stars, bad = [], []
    for line_number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            stars.append(_star(line.split(), f"{where}, line {line_number}"))
        except LctransferError as error:
            bad.append(str(error))
    return stars, bad


def _star(cells: list[str], where: str) -> Star:
    if len(cells) < 6 or len(cells) > CATALOGUE_COLUMNS:
        raise LctransferError(f"{where}: {len(cells)} columns, expected {CATALOGUE_COLUMNS}.")
    found = DESIGNATION.fullmatch(cells[0])
    if not found:
        raise LctransferError(f"{where}: {cells[0]!r} is no ASAS designation (hhmmss+ddmm.m).")
    number(cells[2], f"{where}, HJD0")
    number(cells[3], f"{where}, VMAX", -2, 30)
    number(cells[4], f"{where}, VAMP", 0, 20)
    period = number(cells[1], f"{where}, PER", 0, 1e5)
    # ACVS prints DCEP_FU and DCEP-FU alike; a period of 0 means none.
    return Star(cells[0], cells[5].replace("_", "-"), *_position(found), period or None)


def _position(found: re.Match) -> tuple[float, float]:
    """Return the position that a designation encodes, good to an arc minute, in degrees."""
    hours, minutes, seconds, sign, degrees, arcmin = found.groups()
    ra = 15 * (int(hours) + int(minutes) / 60 + int(seconds) / 3600)
    dec = int(degrees) + float(arcmin) / 60
    return ra, -dec if sign == "-" else dec


def curves(directory: Path, stars: dict[str, Star], bands: list[str], collections: list[str]) -> Iterator[Curves]:
    """Yield the light curves of the stars asked for, batch by batch: good grades, the server's aperture."""
    for names, rows, offsets, unreadable in parsed_batches(
        _members(directory, stars), PHOTOMETRY, str(directory), ZERO_POINT
    ):
        good = np.isin(rows[:, GRADE], GOOD_GRADES) & (rows[:, FIRST_MAG] < NOT_MEASURED)
        mag = np.where(good, rows[:, FIRST_MAG], np.nan)
        ids = [_designation(name) for name in names]
        yield Curves(ids, ["V"] * len(ids), rows[:, 0], mag, rows[:, FIRST_MER], offsets, unreadable)


def _designation(name: str) -> str:
    return name.rsplit("/", 1)[-1].removesuffix(".lc")


def _members(directory: Path, stars: dict[str, Star]) -> Iterator[Member]:
    """Yield the files of a bundle, or those that the queue has fetched."""
    bundle = directory / BUNDLE
    if bundle.is_file():
        yield from ((name, content) for name, content in read(bundle) if _designation(name) in stars)
        return
    for name in stars:
        path = directory / STARS / f"{name}.lc"
        if path.is_file():
            yield path.name, path.read_bytes()


def write(table: pa.Table, root: Path) -> None:
    """Write a light-curve table as the archive would hold it, its light curves in one bundle."""
    rows = table.drop_columns(["time", "mag", "mag_err"]).to_pylist()
    epochs = ragged(table)
    names = table["source_id"].to_pylist()
    check_identifiers(names, DESIGNATION, "172216-6742.4")
    write_gzip(root / CATALOGUE, _catalogue_text(rows, names).encode())
    write_tar(
        root / BUNDLE,
        (
            (
                f"{names[i]}.lc",
                light_curve_file(names[i], rows[i], [c[epochs.offsets[i] : epochs.offsets[i + 1]] for c in epochs[:3]]),
            )
            for i in range(len(rows))
        ),
    )


def _catalogue_text(rows: list[dict], names: list[str]) -> str:
    lines = ["# Simulated stars, laid out as ACVS 1.1.", "# ID PER HJD0 VMAX VAMP TYPE GCVS_ID GCVS_TYPE and colours"]
    blank = " ".join(["-"] * (CATALOGUE_COLUMNS - 6))
    for row, name in zip(rows, names):
        lines.append(f"{name} {row.get('period_days') or 0:.6f} 0.00 - - {row['label']} {blank}")
    return "\n".join(lines) + "\n"


def light_curve_file(name: str, row: dict, epochs: list[np.ndarray]) -> bytes:
    """Return the file of one star; every aperture carries the same magnitude, every epoch grade A."""
    time, mag, mag_err = epochs
    header = HEADER.format(n=len(time), name=name, ra_hours=row["ra_deg"] / 15, dec=row["dec_deg"])
    columns = [time - ZERO_POINT, *[mag] * 5, *[mag_err] * 5]
    grade, frame = np.full(len(time), GOOD_GRADES[0]), np.arange(1, len(time) + 1)
    return header.encode() + write_rows([*columns, grade, frame], PHOTOMETRY)
