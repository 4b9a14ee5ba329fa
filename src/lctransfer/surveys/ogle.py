"""OGLE-III and OGLE-IV collections of variable stars: ident.dat, tables of parameters, phot.tar.gz.

Udalski et al. 2008, AcA 58, 69 (OGLE-III); Udalski et al. 2015, AcA 65, 1 (OGLE-IV).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from lctransfer.config import Survey
from lctransfer.errors import LctransferError
from lctransfer.files import write_text
from lctransfer.surveys import merging, moved
from lctransfer.surveys.base import (
    Curves,
    RemoteFile,
    Star,
    Sure,
    check_identifiers,
    identifier,
    parsed_batches,
    to_sexagesimal,
)
from lctransfer.surveys.losses import by_itself, tolerate
from lctransfer.surveys.members import Member, read, write_tar
from lctransfer.surveys.ogle_collections import BY_NAME, COLLECTIONS, HOME, LABEL_MAP, OUTSIDE, Collection
from lctransfer.surveys.ogle_tables import IDENTIFIER, REMARKS, collection_stars, corrected
from lctransfer.surveys.overrides import NONE, Overrides
from lctransfer.surveys.rows import Column, RowFormat
from lctransfer.surveys.rows import write as write_rows
from lctransfer.table import cross_match
from lctransfer.table.light_curves import ragged
from lctransfer.taxonomy import CLASSES

BANDS = ("I", "V")
PARTS: dict[str, tuple[str, ...]] = dict.fromkeys(BY_NAME, ("type", "time", "mag", "mag_err"))
"""Collections that a user can correct, and which columns of them: bytes of ident.dat, numbers of photometry."""
PHOTOMETRY = RowFormat((Column("time", 10, 5), Column("mag", 6, 3, " "), Column("mag_err", 5, 3, " ")))
"""README of each collection; proven by true files of OGLE-III and OGLE-IV. Full dates take 13 places."""
ZERO_POINT = 2_450_000
MEMBER = re.compile(r"(?:^|/)([IV])(?:_o[234])?/[^/]+\.dat$")
LICENCE = "public; cite the OGLE papers and link to the source"
PHASES_ARCSEC = 1.0
"""Stars of two collections so near are one star."""
PREFERENCE = {collection.name: i for i, collection in enumerate(COLLECTIONS)}
HOSTS = tuple(f"https://{host}/ogle/" for host in ("ftp.astrouw.edu.pl", "www.astrouw.edu.pl", "ogle.astrouw.edu.pl"))
ADDRESS_SURE = {Sure.PROVEN: Sure.CONFIRMED}
ABOUT_BYTES = {"ogle4/lmc/rrlyr/phot.tar.gz": 188_000_000, "ogle3/lmc/rrlyr/phot.tar.gz": 108_000_000}
"""As seen in directory listings; the other sizes are not known. The bulge takes tens of GB."""


def files(collections: list[str], kind: str) -> list[RemoteFile]:
    """Return what to retrieve; the simulated archive holds the collections of the Large Cloud and a few others."""
    unknown = set(collections) - set(BY_NAME)
    if unknown:
        raise LctransferError(f"OGLE has no collection {', '.join(sorted(unknown))}. It has {', '.join(BY_NAME)}.")
    simulated = kind == "simulated"
    names = collections or (
        sorted(set(HOME.values())) if simulated else [name for name in BY_NAME if name not in OUTSIDE]
    )
    return [file for name in names for file in _collection_files(BY_NAME[name], simulated)]


def _collection_files(collection: Collection, simulated: bool) -> list[RemoteFile]:
    phase = {3: "OGLE-III", 4: "OGLE-IV"}[collection.phase]
    base = {3: "Udalski et al. 2008, AcA 58, 69", 4: "Udalski et al. 2015, AcA 65, 1"}[collection.phase]
    names = [
        "ident.dat",
        REMARKS,
        *dict.fromkeys(collection.tables.values()),
        *collection.archives[: 1 if simulated else None],
    ]
    return [
        RemoteFile(
            survey="ogle",
            dataset=f"{phase}, {collection.region.upper()}, {collection.kind}",
            path=f"{collection.directory}/{name}",
            urls=tuple(f"{host}{collection.directory}/{name}" for host in HOSTS),
            licence=LICENCE,
            reference=f"{base}, and the paper that the collection's README names",
            about_bytes=ABOUT_BYTES.get(f"{collection.name}/{name}"),
            # A true file proves its layout, not where it lies.
            sure=ADDRESS_SURE.get(collection.sure, collection.sure),
            collection=collection.name,
            # A simulated collection may lack stars of some kinds; a live one may have renamed a table of parameters.
            optional=simulated or name not in ("ident.dat", collection.archives[0]),
        )
        for name in names
    ]


def catalogue(
    directory: Path, collections: list[str], dropped: Counter, overrides: Overrides = NONE
) -> dict[str, Star]:
    """Return the stars of all collections under a folder, each once; count those left out."""
    found = [c for c in COLLECTIONS if (directory / c.directory / "ident.dat").is_file()]
    wanted = [c for c in found if not collections or c.name in collections]
    rows: list[Star] = []
    for collection in wanted:
        with by_itself(dropped, collection.name):
            rows += collection_stars(directory, corrected(collection, overrides), dropped)
    if not rows:
        lost = "".join(f" {loss.said}" for loss in getattr(dropped, "lost", [])[:1])
        raise LctransferError(
            f"{directory} holds no readable ident.dat of a wanted OGLE collection.{lost} Run `lctransfer retrieve`."
        )
    return _once(rows, dropped)


def _once(rows: list[Star], dropped: Counter) -> dict[str, Star]:
    """Return each star once, with all the places where it has a light curve; OGLE-IV before OGLE-III."""
    # A class before a mere superclass, OGLE-IV (listed first) before OGLE-III: the first of a star's rows is kept.
    rows = sorted(rows, key=lambda star: LABEL_MAP.get(star.label or "") not in CLASSES)
    ra, dec = (np.array([star[i] for star in rows], float) for i in (2, 3))
    same = cross_match.first_of_each(ra, dec, PHASES_ARCSEC)
    places: dict[int, list[tuple[str, str]]] = {}
    for i, star in zip(same.tolist(), rows):
        places.setdefault(i, []).extend(star.parts)
    stars: dict[str, Star] = {}
    for i, parts in places.items():
        # Where OGLE-III and OGLE-IV give one name to two stars, the first keeps it.
        stars.setdefault(rows[i].source_id, rows[i]._replace(parts=tuple(sorted(parts, key=_order))))
    dropped["listed in another collection too"] += len(rows) - len(stars)
    return stars


def _order(place: tuple[str, str]) -> int:
    return PREFERENCE[place[0]]


def curves(
    directory: Path, stars: dict[str, Star], bands: list[str], settings: Survey, dropped: Counter
) -> Iterator[Curves]:
    """Yield the light curves of the stars asked for, batch by batch, those of several phases joined."""
    sources = _sources(directory, settings.collections)
    archives = Counter(collection.name for collection, _ in sources)
    # The star that a name stands for in a collection, and whether its light curve may come in pieces.
    owner = {part: star.source_id for star in stars.values() for part in star.parts}
    pieces = {s.source_id for s in stars.values() if sum(archives[name] for name, _ in s.parts) > 1}
    with merging.Shelf(directory) as shelf:
        for collection, archive in sources:
            with by_itself(dropped, f"{collection.name}, {archive.name}"):
                bad, total = [], 0
                for batch in _archive_curves(collection, archive, owner, bands, settings.overrides):
                    # Counted by archive: one that has changed its format is named by itself.
                    bad += batch.unreadable
                    total += len(batch.source_ids)
                    batch.unreadable = []
                    yield merging.put_aside(batch, pieces, shelf)
                tolerate(bad, total, dropped, f"unreadable light curve of {collection.name}", most=1.0)
        yield from merging.read_back(shelf, "frames" if settings.zero_points == "aligned" else "none")


def _sources(directory: Path, collections: list[str]) -> list[tuple[Collection, Path]]:
    """Return the archives with photometry that are there, the preferred ones first."""
    wanted = [c for c in COLLECTIONS if not collections or c.name in collections]
    paths = [(c, directory / c.directory / name) for c in wanted for name in c.archives]
    return [(collection, path) for collection, path in paths if path.is_file()]


def _archive_curves(
    collection: Collection,
    archive: Path,
    owner: dict[tuple[str, str], str],
    bands: list[str],
    overrides: Mapping[str, Any],
) -> Iterator[Curves]:
    """Yield the light curves of one archive under the names of the stars that they belong to."""

    def wanted() -> Iterator[Member]:
        for name, content in read(archive):
            found = MEMBER.search(name)
            if found and found[1] in bands and (collection.name, identifier(name)) in owner:
                yield name, content

    places = moved.places(overrides, collection.name, PHOTOMETRY)
    for names, rows, offsets, unreadable in parsed_batches(wanted(), PHOTOMETRY, str(archive), ZERO_POINT, places):
        ids = [owner[collection.name, identifier(name)] for name in names]
        band = [MEMBER.search(name)[1] for name in names]  # type: ignore[index]
        yield Curves(ids, band, rows[:, 0], rows[:, 1], rows[:, 2], offsets, unreadable)


def write(table: pa.Table, root: Path) -> None:
    """Write a light-curve table as the archive would hold it."""
    check_identifiers(table["source_id"].to_pylist(), IDENTIFIER, "OGLE-LMC-CEP-0001")
    labels = table["label"].to_pylist()
    unknown = sorted({str(label) for label in labels} - set(HOME))
    if unknown:
        raise LctransferError(f"No OGLE collection lists stars of type {', '.join(unknown)}.")
    homes = np.array([HOME[label] for label in labels])
    for name in np.unique(homes):
        _write_collection(table.filter(pa.array(homes == name)), BY_NAME[str(name)], root)


def _write_collection(table: pa.Table, collection: Collection, root: Path) -> None:
    folder = root / collection.directory
    rows = sorted(table.drop_columns(["time", "mag", "mag_err"]).to_pylist(), key=lambda row: row["source_id"])
    stars = {row["source_id"]: row for row in rows}
    write_text(folder / "ident.dat", "".join(_ident_line(row, collection) for row in stars.values()))
    for name in dict.fromkeys(collection.tables.values()):
        inside = [row for row in stars.values() if collection.tables[_subtype(row["label"], collection)] == name]
        if inside:
            write_text(folder / name, "".join(_parameter_line(row, collection) for row in inside))
    write_tar(folder / collection.archives[0], _members(table, collection))


def _subtype(word: str, collection: Collection) -> str:
    if collection.kind == "lpv":
        return word.split("_", maxsplit=1)[0]
    return word if collection.kind == "rrlyr" else word.split("_", 1)[1]


def _ident_line(row: dict, collection: Collection) -> str:
    subtype, flags = _subtype(row["label"], collection), ""
    if collection.kind == "lpv" and collection.phase == 3:
        flags = " ".join(row["label"].split("_")[1:])
    line = row["source_id"].ljust(collection.type_at - 1)
    line += (f"{subtype:>8}" if collection.kind == "cep" else f"{subtype:<5} {flags}").rstrip()
    line = line.ljust(collection.ra_at - 1)
    return f"{line}{to_sexagesimal(row['ra_deg'], row['dec_deg'])}\n"


def _parameter_line(row: dict, collection: Collection) -> str:
    """Return identifier, mean I and V, period; what a simulation does not know stands as missing."""
    period = "-" if row.get("period_days") is None else f"{row['period_days']:.8f}"
    return f"{row['source_id']:<{collection.id_width}}    -      -    {period:>14}\n"


def _members(table: pa.Table, collection: Collection) -> Iterator[Member]:
    epochs = ragged(table)
    time = epochs.time if collection.full_date else epochs.time - ZERO_POINT
    bands, names = table["band"].to_pylist(), table["source_id"].to_pylist()
    for i in sorted(range(len(names)), key=lambda i: (bands[i], names[i])):
        part = slice(epochs.offsets[i], epochs.offsets[i + 1])
        content = write_rows([time[part], epochs.mag[part], epochs.mag_err[part]], PHOTOMETRY)
        yield f"phot/{bands[i]}/{names[i]}.dat", content
