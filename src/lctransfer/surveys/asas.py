"""ASAS-3: one text file per star from the archive's server, and the catalogue of variable stars ACVS 1.1.

Pojmanski 1997, AcA 47, 467; 2002, AcA 52, 397; Pojmanski et al. 2005, AcA 55, 275 (ACVS).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from lctransfer.config import Survey
from lctransfer.surveys import merging, moved, vizier
from lctransfer.surveys.asas_catalogue import CATALOGUE, COPY, DESIGNATION, LABEL_MAP, PLACES, catalogue, catalogue_text
from lctransfer.surveys.base import (
    Curves,
    RemoteFile,
    Star,
    Sure,
    check_identifiers,
    usable,
)
from lctransfer.surveys.losses import Tally
from lctransfer.surveys.members import Member, batches, read, write_gzip, write_tar
from lctransfer.surveys.overrides import Overrides, words_of
from lctransfer.surveys.rows import MARK, Column, RowFormat, describe
from lctransfer.surveys.rows import write as write_rows
from lctransfer.table.light_curves import ragged

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
APERTURE_COUNT = 5
NOT_MEASURED = 29.999
BRIGHTNESS = np.array([12.0, 11.0, 10.0, 9.0])
"""V [mag]: fainter stars take aperture 0, the smallest; the next apertures from here on.

ASAS' page of explanations has aperture = 12 - V, the Peranso guide the limits 12, 11, 10, 9.
"""
Field = tuple[np.ndarray, list[int]]
"""Rows of one field, and the order of its apertures."""
DATASET = re.compile(rb"^(?:#ndata=[^\n]*\n)?#dataset=", re.MULTILINE)
APERTURES = re.compile(rb"^# +HJD(?: +MAG_\d)+(?: +MER_\d)+", re.MULTILINE)
PARTS: dict[str, tuple[str, ...]] = {
    "acvs": tuple(PLACES),
    "acvs_vizier": vizier.ACVS.columns,
    "lightcurves": tuple(PHOTOMETRY.names),
}
"""Collections that a user can correct, and which columns of them. In corrected files MAG_k and MER_k are aperture k."""
SAME_STAR_ARCSEC = 15.0
"""One pixel: nearer stars share their light, and designations are no finer."""
ZERO_POINT = 2_450_000
HEADER = """#ndata= {n}
#dataset= 1 ; 1 SIMULATED
#desig= {name}
#cra= {ra_hours:11.6f}
#cdec= {dec:10.6f}
#class= 0
#     HJD      MAG_0  MAG_1  MAG_2  MAG_3  MAG_4    MER_0 MER_1 MER_2 MER_3 MER_4 GRADE FRAME
"""
BUNDLE = "asas3_lightcurves.tar.gz"
QUEUE = "one request per star of ACVS that has a class, some 50 kB each"
STARS = "lightcurves"
"""Folder of the queue's results, a file per star."""
HOST = "https://www.astrouw.edu.pl/"
PAPERS = "Pojmanski 1997, AcA 47, 467; Pojmanski 2002, AcA 52, 397; Pojmanski et al. 2005, AcA 55, 275"


def files(collections: list[str], kind: str) -> list[RemoteFile]:
    """Return what to retrieve: the catalogue and, from the simulated archive, all light curves in one bundle."""
    common: dict[str, Any] = {"survey": "asas", "licence": "public; acknowledge ASAS", "reference": PAPERS}
    table = RemoteFile(
        dataset="ASAS, ACVS 1.1",
        collection="acvs",
        path=CATALOGUE,
        urls=(f"{HOST}{CATALOGUE}",),
        sure=Sure.GUESS,
        version="1.1",
        **common,
    )
    bundle = RemoteFile(
        dataset="ASAS-3, light curves in one archive",
        collection="lightcurves",
        path=BUNDLE,
        urls=(),
        sure=Sure.GUESS,
        optional=kind == "live",
        by_hand="Not needed: without it each star of the catalogue is asked for, one after another.",
        **common,
    )
    # The archive's own file has 50,124 rows; its address is a guess, the copy's is not.
    return [table, bundle, *([_copy()] if kind == "live" else [])]


def _copy() -> RemoteFile:
    return vizier.remote_file(vizier.ACVS, "asas", COPY, collection="acvs_vizier", instead_of=CATALOGUE, optional=True)


def star_files(directory: Path, collections: list[str], overrides: Overrides) -> list[RemoteFile]:
    """Return one file per usable star of the catalogue already retrieved; none if a bundle lies there."""
    if (directory / BUNDLE).is_file():
        return []
    return [
        RemoteFile(
            survey="asas",
            dataset="ASAS-3, light curve",
            collection="lightcurves",
            key=name,
            path=f"{STARS}/{name}.lc",
            urls=(f"{HOST}cgi-asas/asas_cgi_get_data?{name},asas3",),
            licence="public; acknowledge ASAS",
            reference=PAPERS,
            sure=Sure.CONFIRMED,
            is_whole=is_whole,
        )
        for name in usable(catalogue(directory, [], Tally(quiet=True), overrides), LABEL_MAP, words_of(overrides))
    ]


def is_whole(content: bytes) -> bool:
    """Tell whether a light-curve file holds as many rows as its datasets announce: the server breaks off early."""
    lines = content.removeprefix(MARK).splitlines()
    announced = sum(int(line.split()[1]) for line in lines if re.fullmatch(rb"#ndata= *\d+ *", line))
    return content.endswith(b"\n") and announced == sum(1 for line in lines if line.strip() and line[:1] != b"#") > 0


def curves(
    directory: Path, stars: dict[str, Star], bands: list[str], settings: Survey, dropped: Counter
) -> Iterator[Curves]:
    """Yield the light curves of the stars asked for, batch by batch: good grades, one aperture, fields joined."""
    align = "nights" if settings.zero_points == "aligned" else "none"
    places = moved.places(settings.overrides, "lightcurves", PHOTOMETRY)
    for batch in batches(_members(directory, stars)):
        fields_of = list(_fields(batch, str(directory), places))
        unreadable = [answer for answer in fields_of if isinstance(answer, str)]
        found = []
        for (name, _), answer in zip(batch, fields_of):
            fields = [] if isinstance(answer, str) else answer
            aperture = _aperture(fields) if settings.aperture == "brightness" else None
            pieces = [_good(rows, order, settings.grades, aperture) for rows, order in fields]
            # The field with the most epochs sets the zero point.
            pieces.sort(key=lambda piece: -len(piece[0]))
            found.append((_designation(name), "V", merging.joined(pieces or [list(np.empty((3, 0)))], align)))
        yield merging.together(found, unreadable)


def _fields(batch: list[Member], where: str, places: Mapping[str, int] | None = None) -> Iterator[list[Field] | str]:
    """Yield, per star, the rows and the order of apertures of each of its fields; or what is wrong with its file."""
    parts = [list(split_fields(content.removeprefix(MARK))) for _, content in batch]
    if places:  # the user has said which column is which aperture
        parts = [[(text, list(range(APERTURE_COUNT))) for text, _ in part] for part in parts]
    texts = [text for part in parts for text, _ in part]
    (rows, offsets, errors), now = moved.read(texts, PHOTOMETRY, places or {}, ZERO_POINT)
    at = 0
    for (name, _), part in zip(batch, parts):
        span = range(at, at + len(part))
        at += len(part)
        wrong = [describe(errors[i], now, f"{where}, {name}") for i in span if errors[i, 0]]
        held = [(rows[offsets[i] : offsets[i + 1]], order) for i, (_, order) in zip(span, part)]
        if not wrong and any(len(field) and not order for field, order in held):
            wrong = [f"{where}, {name}: no line `#     HJD      MAG_0 ...` gives the order of the apertures."]
        yield wrong[0] if wrong else held


def split_fields(content: bytes) -> Iterator[tuple[bytes, list[int]]]:
    """Yield, per dataset of a file, its text behind as many line feeds as lines stand before it, and its apertures.

    A dataset is what one field of the sky gave; one star may have several, each with its own order of apertures.
    """
    starts = [0, *(found.start() for found in DATASET.finditer(content)), len(content)]
    for start, stop in pairwise(starts):
        if start < stop:
            order = APERTURES.search(content, start, stop)
            mags, errors = (re.findall(kind + rb"_(\d)", order[0] if order else b"") for kind in (b"MAG", b"MER"))
            known = mags == errors and sorted(mags) == [b"0", b"1", b"2", b"3", b"4"]
            before = content.count(b"\n", 0, start)
            yield b"\n" * before + content[start:stop], [int(digit) for digit in mags] if known else []


def _aperture(fields: list[Field]) -> int | None:
    """Return the aperture that suits the star's brightness in all its fields together."""
    mags = np.concatenate([rows[:, FIRST_MAG] for rows, _ in fields] or [np.empty(0)])
    mags = mags[mags < NOT_MEASURED]
    return int(np.searchsorted(-BRIGHTNESS, -np.median(mags))) if len(mags) else None


def _good(rows: np.ndarray, order: list[int], grades: str, aperture: int | None) -> merging.Piece:
    """Return the epochs of one field with a good grade, measured in an aperture (None: the server's choice)."""
    column = 0 if aperture is None or not order else order.index(aperture)
    mag, mag_err = rows[:, FIRST_MAG + column], rows[:, FIRST_MER + column]
    good = np.isin(rows[:, GRADE], [ord(letter) for letter in grades]) & (mag < NOT_MEASURED)
    return [rows[good, 0], mag[good], mag_err[good]]


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
    write_gzip(root / CATALOGUE, catalogue_text(rows, names).encode())
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


def light_curve_file(name: str, row: dict, epochs: list[np.ndarray]) -> bytes:
    """Return the file of one star; every aperture carries the same magnitude, every epoch grade A."""
    time, mag, mag_err = epochs
    header = HEADER.format(n=len(time), name=name, ra_hours=row["ra_deg"] / 15, dec=row["dec_deg"])
    columns = [time - ZERO_POINT, *[mag] * 5, *[mag_err] * 5]
    grade, frame = np.full(len(time), ord("A")), np.arange(1, len(time) + 1)
    return header.encode() + write_rows([*columns, grade, frame], PHOTOMETRY)
