"""EROS-2: `.time` files with two bands per epoch, and the catalogue of variable stars of Kim et al. 2014.

EROS Collaboration 2026, A&A 706, A189 (the data); Kim et al. 2014, A&A 566, A43 (the catalogue). How the archive lays
its files out is not known yet (`Sure.GUESS`); the two formats are proven by true files.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from lctransfer.config import Survey
from lctransfer.errors import LctransferError
from lctransfer.files import write_text
from lctransfer.surveys import eros2_labels, moved
from lctransfer.surveys.base import (
    Curves,
    RemoteFile,
    Star,
    Sure,
    check_identifiers,
    identifier,
    lines_of,
    number,
    parsed_batches,
    usable,
)
from lctransfer.surveys.losses import Tally, tolerate
from lctransfer.surveys.members import Member, read, read_all, write_tar
from lctransfer.surveys.overrides import NONE, Overrides, words_of
from lctransfer.surveys.rows import Column, RowFormat
from lctransfer.surveys.rows import write as write_rows
from lctransfer.table.light_curves import ragged
from lctransfer.taxonomy import CLASSES, Label

BANDS = ("R_EROS", "B_EROS")
"""UPSILoN reads the red band, which is the first."""
PHOTOMETRY = RowFormat(
    (
        Column("date", 12, 5),
        Column("MagR", 6, 3, "  "),
        Column("ErMagR", 5, 3, "  "),
        Column("MagB", 6, 3, "  "),
        Column("ErMagB", 5, 3, "  "),
    ),
    tail=" ",
    comment="#",
)
NOT_MEASURED = (99.999, 9.999)
"""Magnitude and error of a band that an epoch lacks."""
PARTS: dict[str, tuple[str, ...]] = {
    "classes": (),
    "stars": (),
    "lightcurves": tuple(PHOTOMETRY.names),
    **eros2_labels.PARTS,
}
"""Collections that a user can correct, and which columns of them."""
SAME_STAR_ARCSEC = 1.0
ZERO_POINT = 2_450_000
HEADER = """# star:  erosid      MagR    ErrMR   XR      YR     MagB    ErrMB   XB      YB 
#        {name}   {mag_r:6.3f}  {err_r:5.3f}    0.00    0.00  {mag_b:6.3f}  {err_b:5.3f}    0.00    0.00
#
#   date      MagR    ErMagR MagB    ErMagB
"""
ARCHIVE = "eros2_lightcurves.tar.gz"
CATALOGUE = "eros2_classes.cat"
COLUMNS = ("EROSID", "RA", "Dec", "Period", "VARIABLE_CLASS")
IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+.-]*")
WANTED = "eros2_wanted.txt"
ARCHIVE_BY_HAND = (
    "Look up https://cdsarc.cds.unistra.fr/ftp/II/390/ (layout not known yet) and pack the .time files of the stars "
    f"that {WANTED} names as {ARCHIVE}; that file is written once the list of stars is there."
)
CATALOGUE_BY_HAND = (
    f"Not needed: without it classes are found by position, from the lists and {eros2_labels.STAR_LIST}. If you have "
    f"classes of your own, write columns {', '.join(COLUMNS)} between bars."
)
LICENCE = "CDS: cite the paper and acknowledge VizieR"
PAPERS = "EROS Collaboration 2026, A&A 706, A189; Kim et al. 2014, A&A 566, A43"

LABEL_MAP: dict[str, Label] = {
    **{name: name for name in CLASSES},
    "LPV_OSARG_AGB_C": "LPV_OSARG_AGB",
    "LPV_OSARG_AGB_O": "LPV_OSARG_AGB",
    "LPV_OSARG_RGB_C": "LPV_OSARG_RGB",
    "LPV_OSARG_RGB_O": "LPV_OSARG_RGB",
    "EB_ED_ESD": "EB",
    "EB_Other": "EB",
}
"""The words of the training set of Kim et al. (2014), which divides some of the 21 classes further."""


def files(collections: list[str], kind: str) -> list[RemoteFile]:
    """Return what to retrieve: light curves, and classes; the live archive gives these by position."""
    live = kind == "live"
    own = [
        (CATALOGUE, "classes of variable stars", CATALOGUE_BY_HAND, live),
        *([(eros2_labels.STAR_LIST, "positions of all stars", eros2_labels.STARS_BY_HAND, True)] if live else []),
        (ARCHIVE, "light curves", ARCHIVE_BY_HAND, live),
    ]
    by_hand = [
        RemoteFile(
            survey="eros2",
            dataset=f"EROS-2, {dataset}",
            collection={CATALOGUE: "classes", ARCHIVE: "lightcurves"}.get(name, "stars"),
            path=name,
            urls=(),
            licence=LICENCE,
            reference=PAPERS,
            sure=Sure.GUESS,
            optional=optional,
            by_hand=steps,
        )
        for name, dataset, steps, optional in own
    ]
    return [*eros2_labels.files(), *by_hand] if live else by_hand


def star_files(directory: Path, collections: list[str], overrides: Overrides) -> list[RemoteFile]:
    """Return nothing: no address of single stars is known. Name the stars whose light curves are wanted, if none are.

    Raises
    ------
    LctransferError
        If the archive of light curves is missing; `WANTED` then says what it should hold.
    """
    if not (directory / ARCHIVE).is_file():
        stars = usable(catalogue(directory, collections, Tally(quiet=True), overrides), LABEL_MAP, words_of(overrides))
        write_text(directory / WANTED, "".join(f"{name}\n" for name in sorted(stars)))
        raise LctransferError(
            f"{directory / ARCHIVE} has to be put there by hand, with {len(stars)} stars. {ARCHIVE_BY_HAND}"
        )
    return []


def catalogue(
    directory: Path, collections: list[str], dropped: Counter, overrides: Overrides = NONE
) -> dict[str, Star]:
    """Return the stars with their classes: from a catalogue if there is one, else by position."""
    path = directory / CATALOGUE
    if not path.is_file() and (directory / eros2_labels.OGLE_FOLDER).is_dir():
        return eros2_labels.labelled(directory, dropped, overrides)
    stars, bad = read_catalogue(read_all(path).decode(errors="replace"), str(path))
    tolerate(bad, len(stars) + len(bad), dropped, "unreadable row of the catalogue")
    return {star.source_id: star for star in stars}


def read_catalogue(text: str, where: str) -> tuple[list[Star], list[str]]:
    """Return the stars of a catalogue between bars, and a sentence about each row that cannot be read."""
    rows = [
        (line_number, [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")])
        for line_number, line in enumerate(lines_of(text), 1)
        if line.startswith("|")
    ]
    if not rows or set(COLUMNS) - set(rows[0][1]):
        raise LctransferError(f"{where} must start with the columns {', '.join(COLUMNS)} between bars.")
    names, stars, bad = rows[0][1], [], []
    for line_number, cells in rows[1:]:
        try:
            stars.append(_star(dict(zip(names, cells, strict=True)), f"{where}, line {line_number}"))
        except (LctransferError, ValueError) as error:
            bad.append(f"{where}, line {line_number}: {error}.")
    return stars, bad


def _star(row: dict[str, str], where: str) -> Star:
    if not IDENTIFIER.fullmatch(row["EROSID"]):
        raise LctransferError(f"{where}: {row['EROSID']!r} is no EROS identifier")
    return Star(
        row["EROSID"],
        row["VARIABLE_CLASS"] or None,
        number(row["RA"], f"{where}, RA", 0, 360),
        number(row["Dec"], f"{where}, Dec", -90, 90),
        number(row["Period"], f"{where}, Period", 1e-4, 1e5),
    )


def curves(
    directory: Path, stars: dict[str, Star], bands: list[str], settings: Survey, dropped: Counter
) -> Iterator[Curves]:
    """Yield the light curves of the stars asked for, batch by batch."""
    archive = directory / ARCHIVE
    places = moved.places(settings.overrides, "lightcurves", PHOTOMETRY)
    members = ((n, c) for n, c in read(archive) if n.endswith(".time") and identifier(n) in stars)
    for names, rows, offsets, unreadable in parsed_batches(members, PHOTOMETRY, str(archive), ZERO_POINT, places):
        ids = [identifier(name) for name in names]
        for number_of_band, band in enumerate(bands):
            first = 1 + 2 * BANDS.index(band)
            time, mag, mag_err = (rows[:, column] for column in (0, first, first + 1))
            # Per band, and the magnitude alone decides: its error is meaningless without it.
            mag = np.where(mag >= NOT_MEASURED[0], np.nan, mag)
            said = [] if number_of_band else unreadable
            yield Curves(ids, [band] * len(ids), time, mag, mag_err, offsets, said)


def write(table: pa.Table, root: Path) -> None:
    """Write a light-curve table as the archive would hold it."""
    check_identifiers(table["source_id"].to_pylist(), IDENTIFIER, "lm0010n22323")
    stars = {row["source_id"]: row for row in table.drop_columns(["time", "mag", "mag_err"]).to_pylist()}
    write_text(root / CATALOGUE, _catalogue_text([stars[name] for name in sorted(stars)]))
    write_tar(root / ARCHIVE, _members(table))


def _catalogue_text(rows: list[dict]) -> str:
    cells = [COLUMNS]
    for row in rows:
        period = "" if row.get("period_days") is None else f"{row['period_days']:.10f}"
        cells.append((row["source_id"], f"{row['ra_deg']:.5f}", f"{row['dec_deg']:.5f}", period, row["label"]))
    widths = [max(len(row[i]) for row in cells) for i in range(len(COLUMNS))]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in cells]
    return "\n".join([rule, lines[0], rule, *lines[1:], rule]) + "\n"


def _members(table: pa.Table) -> Iterator[Member]:
    epochs = ragged(table)
    ids, bands = table["source_id"].to_pylist(), table["band"].to_pylist()
    parts_of: dict[str, dict[str, slice]] = {}
    for i, (name, band) in enumerate(zip(ids, bands)):
        parts_of.setdefault(name, {})[band] = slice(epochs.offsets[i], epochs.offsets[i + 1])
    for name, parts in sorted(parts_of.items()):
        yield f"{name}.time", time_file(name, [epochs.time, epochs.mag, epochs.mag_err], parts)


def time_file(name: str, epochs: list[np.ndarray], parts: dict[str, slice]) -> bytes:
    """Return the .time file of one star from its epochs in either band."""
    times = np.unique(np.concatenate([epochs[0][part] for part in parts.values()]))
    columns = [times - ZERO_POINT]
    for band in BANDS:
        mag, mag_err = (np.full(len(times), value) for value in NOT_MEASURED)
        if band in parts:
            rows = np.searchsorted(times, epochs[0][parts[band]])
            mag[rows], mag_err[rows] = epochs[1][parts[band]], epochs[2][parts[band]]
        columns += [mag, mag_err]
    middle = {"mag_r": np.median(columns[1]), "err_r": np.std(columns[1]), "mag_b": 99.999, "err_b": 9.999}
    return HEADER.format(name=name, **middle).encode() + write_rows(columns, PHOTOMETRY)
