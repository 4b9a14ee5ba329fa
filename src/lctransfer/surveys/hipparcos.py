"""Hipparcos: epoch photometry (one gzip member per star, with an index) and the two catalogues of variable stars.

Of the live archive only the members of the wanted stars are asked for, some 1 kB each; the collection ``whole`` takes
hep.gz (127 MB) instead.

ESA 1997, SP-1200; files as CDS serves them, catalogue I/239.
"""

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from lctransfer.config import Survey
from lctransfer.errors import LctransferError
from lctransfer.files import replacing, write_text
from lctransfer.surveys import moved
from lctransfer.surveys.base import Curves, RemoteFile, Star, Sure, lines_of, parsed_batches, usable
from lctransfer.surveys.hipparcos_tables import (
    FIELDS,
    LABEL_MAP,
    TABLES,
    catalogue_line,
    hip_number,
    position_line,
    positions,
    read_either,
    vizier_copies,
)
from lctransfer.surveys.losses import Tally, by_itself, tolerate
from lctransfer.surveys.members import Member, read_all, unpack, write_gzip
from lctransfer.surveys.overrides import NONE, Overrides, words_of
from lctransfer.surveys.rows import Column, RowFormat
from lctransfer.surveys.rows import write as write_rows
from lctransfer.table.light_curves import ragged

BANDS = ("Hp",)
PHOTOMETRY = RowFormat(
    (Column("BJD", 10, 5), Column("Hp", 7, 4, "|"), Column("e_Hp", 5, 3, "|"), Column("flag", 3, 0, "|")),
    separator="|",
    skip=1,
)
"""CDS ReadMe of epophot. No true record was at hand, but epochs that another archive had passed on fit the decimals."""
REJECTED = 440
"""Bits 3, 4, 5, 7, 8: high background, interfering object, quality, Sun-pointing, discrepancy of the two reductions."""
ZERO_POINT = 2_440_000
FOLDER = "ftp/I/239"
EPOCHS, INDEX = f"{FOLDER}/epophot/hep.gz", f"{FOLDER}/epophot/hep.gz.idx"
CATALOGUES = {f"{FOLDER}/hip_va_1.dat.gz": 2712, f"{FOLDER}/hip_va_2.dat.gz": 5542}
"""Periodic and unsolved variables, with their numbers of rows."""
FOLDERS = (FOLDER, "ftp/cats/I/239")
"""CDS serves its catalogues below both, and a file as it is or gzipped: which, is not persistent."""
POSITIONS = f"{FOLDER}/hip_main.dat"
PARTS_OF = dict(zip((INDEX, EPOCHS, POSITIONS, *CATALOGUES), ("index", "epochs", "positions", "hip_va_1", "hip_va_2")))
"""Names of the files in a user's overrides."""
PARTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(PARTS_OF.values(), ()),
    "epochs": tuple(PHOTOMETRY.names),
    "hip_va_1": tuple(FIELDS),
    "hip_va_2": tuple(FIELDS)[:2],
    **{f"vizier {table.name}": () for table in TABLES.values()},
}
"""Collections that a user can correct, and which columns of them: bytes of a catalogue, numbers of epoch photometry."""
LICENCE, PAPERS = "ESA; cite SP-1200 and acknowledge CDS", "ESA 1997, SP-1200"
WHOLE = "whole"
"""The collection that stands for all of hep.gz."""
QUEUE = "one byte range of hep.gz per star that has a class, some 1 kB each"
STARS = "lightcurves"
"""Folder of the members that were asked for star by star."""
HOST = "https://cdsarc.cds.unistra.fr/"
MIRROR = "https://vizier.cfa.harvard.edu/VizieR/ftp/cats/more/HIP/epophot/"


ABOUT_BYTES = {EPOCHS: 127_000_000, INDEX: 2_000_000, POSITIONS: 451 * 118_218}
"""As the ReadMe states them."""


def files(collections: list[str], kind: str) -> list[RemoteFile]:
    """Return what to retrieve: index, positions, the catalogues of variables, and all epoch photometry if wanted."""
    unknown = set(collections) - {WHOLE}
    if unknown:
        raise LctransferError(f"Hipparcos has no collection {', '.join(sorted(unknown))}. It has {WHOLE}.")
    whole = [EPOCHS] if WHOLE in collections or kind == "simulated" else []
    return [
        RemoteFile(
            survey="hipparcos",
            dataset=f"Hipparcos, {path.rsplit('/', 1)[-1]}",
            collection=PARTS_OF[path],
            path=path,
            about_bytes=ABOUT_BYTES.get(path),
            urls=_addresses(path),
            licence=LICENCE,
            reference=PAPERS,
            sure=Sure.GUESS if path == EPOCHS else Sure.DOCUMENTED,
            is_whole=is_catalogue if path in CATALOGUES else None,
            # A simulated catalogue is smaller.
            rows=(CATALOGUES[path], count_rows) if path in CATALOGUES and kind == "live" else None,
            # Without it the stars have no positions, and are not compared with those of other surveys.
            optional=path == POSITIONS and kind == "live",
        )
        for path in (INDEX, *whole, POSITIONS, *CATALOGUES)
    ] + (vizier_copies() if kind == "live" else [])


def _addresses(path: str) -> tuple[str, ...]:
    """Return where a file may lie: below either folder, gzipped or not, and epoch photometry on its mirror."""
    name = path.removeprefix(f"{FOLDER}/")
    other = name.removesuffix(".gz") if name.endswith(".dat.gz") else f"{name}.gz"
    spellings = (name,) if "epophot" in path else (name, other)
    mirror = (MIRROR + name.rsplit("/", 1)[-1],) if "epophot" in path else ()
    return (*(f"{HOST}{folder}/{spelling}" for folder in FOLDERS for spelling in spellings), *mirror)


def star_files(directory: Path, collections: list[str], overrides: Overrides) -> list[RemoteFile]:
    """Return the part of hep.gz that each usable star of the catalogues takes; none if all of it lies there."""
    if (directory / EPOCHS).is_file():
        return []
    spans = read_index(directory / INDEX)
    return [
        RemoteFile(
            survey="hipparcos",
            dataset="Hipparcos, epoch photometry of one star",
            collection="epochs",
            key=name,
            path=f"{STARS}/{name}.gz",
            urls=_addresses(EPOCHS),
            licence=LICENCE,
            reference=PAPERS,
            sure=Sure.GUESS,
            by_hand=f"To take all of hep.gz instead, set surveys.hipparcos.collections=[{WHOLE}].",
            is_whole=partial(is_record, name),
            span=spans[name],
            inside=EPOCHS,
        )
        for name in usable(catalogue(directory, [], Tally(quiet=True), overrides), LABEL_MAP, words_of(overrides))
        if name in spans
    ]


def is_record(name: str, content: bytes) -> bool:
    """Tell whether a gzip member is whole, and is that of the star."""
    try:
        return unpack(content, name)[:6].split() == [name.encode()]
    except LctransferError:
        return False


def is_catalogue(content: bytes) -> bool:
    """Tell whether a catalogue, gzipped or not, is whole: its gzip member, and its last line."""
    try:
        return _unpacked(content).endswith(b"\n")
    except LctransferError:
        return False


def count_rows(content: bytes) -> int:
    """Return how many rows a catalogue has, gzipped or not."""
    return len(_unpacked(content).splitlines())


def _unpacked(content: bytes) -> bytes:
    return unpack(content, "the catalogue") if content[:2] == b"\x1f\x8b" else content


def catalogue(
    directory: Path, collections: list[str], dropped: Counter, overrides: Overrides = NONE
) -> dict[str, Star]:
    """Return the variable stars with a type; count those without."""
    places: dict[str, tuple[float, float]] = {}
    with by_itself(dropped, "positions"):
        places = positions(directory, directory / POSITIONS)
    stars: dict[str, Star] = {}
    for path in CATALOGUES:
        rows: list[Star] = []
        with by_itself(dropped, path.rsplit("/", 1)[-1]):
            rows, bad = read_either(directory, directory / path, overrides)
            tolerate(bad, len(rows) + len(bad), dropped, "unreadable row of the catalogue")
        for star in rows:
            if not star.label:
                dropped["no type"] += 1
            elif ":" in star.label or "/" in star.label or "+" in star.label:
                dropped["compound or uncertain type"] += 1
            else:
                ra, dec = places.get(star.source_id, (None, None))
                stars[star.source_id] = star._replace(ra_deg=ra, dec_deg=dec)
    return stars


def curves(
    directory: Path, stars: dict[str, Star], bands: list[str], settings: Survey, dropped: Counter
) -> Iterator[Curves]:
    """Yield the light curves of the stars asked for, batch by batch: transits that neither reduction rejects."""
    path = directory / EPOCHS
    places = moved.places(settings.overrides, "epochs", PHOTOMETRY)
    for names, rows, offsets, unreadable in parsed_batches(
        _members(directory, stars), PHOTOMETRY, str(path), ZERO_POINT, places
    ):
        good = (rows[:, 3].astype(np.int64) & REJECTED) == 0
        mag = np.where(good, rows[:, 1], np.nan)
        yield Curves(names, ["Hp"] * len(names), rows[:, 0], mag, rows[:, 2], offsets, unreadable)


def read_index(path: Path) -> dict[str, tuple[int, int]]:
    """Return where each star's gzip member starts and ends in hep.gz (from 0); the last ends at -1."""
    return parse_index(read_all(path).decode("latin-1"), str(path))


def parse_index(text: str, where: str) -> dict[str, tuple[int, int]]:
    """Return the spans of an index; see `read_index`.

    Raises
    ------
    LctransferError
        If a line is no ``HIP=offset``, or the offsets do not grow.
    """
    found = [re.fullmatch(r"\s*([0-9]{1,6})\s*=\s*([0-9]{1,12})\s*", line) for line in lines_of(text.rstrip())]
    if not found or not all(found):
        line = next((number for number, match in enumerate(found, 1) if not match), 1)
        raise LctransferError(
            f"{where}, line {line} is not as an index of epoch photometry has it (such as 7=1234). Retrieve it again."
        )
    starts = [int(match[2]) - 1 for match in found]  # type: ignore[index]
    if starts[0] < 0 or any(after <= before for before, after in pairwise(starts)):
        raise LctransferError(f"{where}: the offsets must grow from 1 on. Retrieve it again.")
    return {
        str(int(match[1])): (start, stop)  # type: ignore[index]
        for match, start, stop in zip(found, starts, [*starts[1:], -1])
    }


def _members(directory: Path, stars: dict[str, Star]) -> Iterator[Member]:
    """Yield the records of the stars: from hep.gz, or from its parts that the queue has fetched."""
    whole = directory / EPOCHS
    packed = _parts_of(whole, read_index(directory / INDEX), stars) if whole.is_file() else _fetched(directory, stars)
    for name, content in packed:
        record = unpack(content, f"{whole}, {name}")
        if record[:6].split() != [name.encode()]:
            raise LctransferError(f"{whole}: the index leads to another star than {name}.")
        yield name, record


def _parts_of(path: Path, spans: dict[str, tuple[int, int]], stars: dict[str, Star]) -> Iterator[Member]:
    with open(path, "rb") as stream:
        for name in stars:
            if name in spans:
                start, stop = spans[name]
                stream.seek(start)
                yield name, stream.read(stop - start if stop >= 0 else -1)


def _fetched(directory: Path, stars: dict[str, Star]) -> Iterator[Member]:
    for name in stars:
        path = directory / STARS / f"{name}.gz"
        if path.is_file():
            yield name, path.read_bytes()


def write(table: pa.Table, root: Path) -> None:
    """Write a light-curve table as the archive would hold it."""
    rows = table.drop_columns(["time", "mag", "mag_err"]).to_pylist()
    order = sorted(range(len(rows)), key=lambda i: hip_number(rows[i]["source_id"]))
    epochs = ragged(table)
    offset, index = 1, []
    (root / EPOCHS).parent.mkdir(parents=True, exist_ok=True)
    with replacing(root / EPOCHS) as aside, open(aside, "wb") as stream:
        for i in order:
            part = slice(epochs.offsets[i], epochs.offsets[i + 1])
            member = gzip.compress(_record(rows[i], [column[part] for column in epochs[:3]]), 3, mtime=0)
            index.append(f"{hip_number(rows[i]['source_id'])}={offset}")
            offset += stream.write(member)
    write_text(root / INDEX, "\n".join(index) + "\n")
    write_text(root / POSITIONS, "".join(position_line(rows[i]) for i in order))
    periodic = [rows[i].get("period_days") is not None for i in order]
    for path, wanted in zip(CATALOGUES, (True, False)):
        lines = [catalogue_line(rows[i]) for i, has in zip(order, periodic) if has is wanted]
        write_gzip(root / path, "".join(lines).encode())


def _record(row: dict, epochs: list[np.ndarray]) -> bytes:
    time, mag, mag_err = epochs
    header = (
        f"{hip_number(row['source_id']):6d}|       |     |{len(time):3d}|{len(time):3d}|{np.median(mag):7.4f}" + "|" * 8
    )
    columns = [time - ZERO_POINT, mag, mag_err, np.zeros(len(time))]
    return header.encode() + b"\n" + write_rows(columns, PHOTOMETRY) + b"\n"
