"""ASAS-SN: the catalogue of variable stars (CSV) and the V-band light curves that belong to it (zip).

Shappee et al. 2014, ApJ 788, 48; Kochanek et al. 2017, PASP 129, 104502; Jayasinghe et al. 2018, MNRAS 477, 3145.
"""

import csv
import io
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
from lctransfer.surveys import merging, moved, skypatrol, skypatrol_v2, vizier
from lctransfer.surveys.asassn_catalogue import CATALOGUE, COLUMNS, COPY, IDENTIFIER, LABEL_MAP, NAME, catalogue
from lctransfer.surveys.base import (
    Curves,
    RemoteFile,
    Star,
    Sure,
    check_identifiers,
    identifier,
    parsed_batches,
    usable,
)
from lctransfer.surveys.losses import Tally, by_itself
from lctransfer.surveys.members import Member, read, read_all, write_zip
from lctransfer.surveys.overrides import Overrides, column, words_of
from lctransfer.surveys.rows import ANY, Column, RowFormat
from lctransfer.surveys.rows import write as write_rows
from lctransfer.table.light_curves import ragged

BANDS = ("V", "g")
PHOTOMETRY = RowFormat(
    (Column("HJD", 13, ANY), Column("MAG", 6, ANY, " "), Column("MAG_ERR", 5, ANY, " ")), skip=2, fixed=False
)
"""A comment, a header (HJD MAG MAG_ERR FLUX FLUX_ERR), then rows with a blank between; further columns pass."""
WRITTEN = RowFormat(
    (
        Column("HJD", 13, 5),
        Column("MAG", 6, 3, " "),
        Column("MAG_ERR", 5, 3, " "),
        Column("FLUX", 6, 3, " "),
        Column("FLUX_ERR", 5, 3, " "),
    )
)
PARTS: dict[str, tuple[str, ...]] = {
    "catalogue": COLUMNS,
    "catalogue_vizier": vizier.ASASSN.columns,
    "bundle": tuple(PHOTOMETRY.names),
    "lightcurves": tuple(skypatrol.COLUMNS),
    "skypatrol": (),
}
"""Collections that a user can correct, and which columns of them."""
SAME_STAR_ARCSEC = 8.0
"""One pixel: nearer stars share their light."""
NOT_MEASURED = 99.0
"""Errors above it mark upper limits."""
BUNDLE = "asassnvarlc_vband_complete.zip"
FOLDER = "vardb_files"
SKY_PATROL = "skypatrol"
"""The collection that stands for Sky Patrol v2, instead of the V-band light curves of the catalogue."""
BY_HAND = (
    f"The site offers {BUNDLE} behind a link: download it in a browser. "
    "Without it each star of the catalogue is asked for, one after another."
)
HOST = "https://asas-sn.osu.edu/"
QUEUE = (
    "one request per star of the catalogue that has a class; with surveys.asassn.collections=[skypatrol], one query of "
    "Sky Patrol v2 per 100 stars"
)
STARS = "lightcurves"
"""Folder of the light curves that are fetched star by star."""
KEY = re.compile(r"[0-9A-Za-z-]+")
LICENCE = "public; cite the ASAS-SN papers"
PAPERS = (
    "Shappee et al. 2014, ApJ 788, 48; Kochanek et al. 2017, PASP 129, 104502; Jayasinghe et al. 2018, MNRAS 477, 3145"
)


def files(collections: list[str], kind: str) -> list[RemoteFile]:
    """Return what to retrieve: the catalogue and the V-band light curves."""
    common: dict[str, Any] = {
        "survey": "asassn",
        "licence": LICENCE,
        "reference": PAPERS,
    }
    unknown = set(collections) - {SKY_PATROL}
    if unknown:
        raise LctransferError(f"ASAS-SN has no collection {', '.join(sorted(unknown))}. It has {SKY_PATROL}.")
    table = RemoteFile(
        dataset="ASAS-SN, catalogue of variable stars",
        collection="catalogue",
        path=CATALOGUE,
        urls=(f"{HOST}variables.csv?action=index&controller=variables", f"{HOST}variables/catalog.csv"),
        sure=Sure.CONFIRMED,
        **common,
    )
    bundle = RemoteFile(
        dataset="ASAS-SN, V-band light curves",
        collection="bundle",
        path=BUNDLE,
        urls=(),
        sure=Sure.GUESS,
        by_hand=BY_HAND,
        optional=kind == "live",
        **common,
    )
    if SKY_PATROL in collections:
        return [table]
    copy = vizier.remote_file(
        vizier.ASASSN, "asassn", COPY, collection="catalogue_vizier", instead_of=CATALOGUE, optional=True
    )
    return [table, bundle, *([copy] if kind == "live" else [])]


def star_files(directory: Path, collections: list[str], overrides: Overrides) -> list[RemoteFile]:
    """Return one file per usable star of the catalogue, or the blocks of Sky Patrol v2; none if the bundle is there."""
    if SKY_PATROL not in collections and (directory / BUNDLE).is_file():
        return []
    if not (directory / CATALOGUE).is_file():
        raise LctransferError(f"Without {directory / CATALOGUE} no star can be asked for. {BY_HAND}")
    stars = usable(catalogue(directory, [], Tally(quiet=True), overrides), LABEL_MAP, words_of(overrides))
    if SKY_PATROL in collections:
        return skypatrol_v2.blocks([int(star.parts[0][1]) for star in stars.values() if star.parts], LICENCE, PAPERS)
    text = read_all(directory / CATALOGUE).decode("utf-8-sig", errors="replace")
    name_column = column(overrides, "catalogue", NAME, NAME)
    keys = {
        str(row[name_column]).strip().replace("ASASSN-VJ", "ASASSN-V J"): str(row.get("id", "")).strip()
        for row in csv.DictReader(io.StringIO(text, newline=""))
    }
    if not any(keys.values()):
        raise LctransferError(
            f"{directory / CATALOGUE} has no column id, by which single light curves are asked for. {BY_HAND}"
        )
    return [
        RemoteFile(
            survey="asassn",
            dataset="ASAS-SN, light curve of the catalogue",
            collection="lightcurves",
            key=key,
            path=f"{STARS}/{file_name(name)}".removesuffix(".dat") + ".csv",
            urls=(f"{HOST}variables/{key}.csv",),
            licence=LICENCE,
            reference=PAPERS,
            sure=Sure.CONFIRMED,
        )
        for name in stars
        if KEY.fullmatch(key := keys[name])
    ]


def file_name(source_id: str) -> str:
    """Return the name of a star's file: its own, without the blank."""
    return source_id.replace(" ", "") + ".dat"


def _source_id(name: str) -> str:
    return identifier(name).replace("ASASSN-VJ", "ASASSN-V J")


def curves(
    directory: Path, stars: dict[str, Star], bands: list[str], settings: Survey, dropped: Counter
) -> Iterator[Curves]:
    """Yield the light curves of the stars asked for, batch by batch, without upper limits."""
    if SKY_PATROL in settings.collections:
        yield from _blocks(directory, stars, bands, dropped)
        return
    bundle = directory / BUNDLE
    if not bundle.is_file():
        yield from _single_stars(directory, stars, bands, _names(settings.overrides))
        return
    if bands != ["V"]:
        raise LctransferError(f"{bundle} holds the V band only; for g take the collection {SKY_PATROL}.")
    places = moved.places(settings.overrides, "bundle", PHOTOMETRY)
    members = ((n, c) for n, c in read(bundle) if n.endswith(".dat") and _source_id(n) in stars)
    for names, rows, offsets, unreadable in parsed_batches(members, PHOTOMETRY, str(bundle), places=places):
        mag = np.where(rows[:, 2] < NOT_MEASURED, rows[:, 1], np.nan)
        ids = [_source_id(name) for name in names]
        yield Curves(ids, ["V"] * len(ids), rows[:, 0], mag, rows[:, 2], offsets, unreadable)


def _blocks(directory: Path, stars: dict[str, Star], bands: list[str], dropped: Counter) -> Iterator[Curves]:
    """Yield the light curves of the blocks of Sky Patrol v2."""
    names = {int(star.parts[0][1]): name for name, star in stars.items() if star.parts}
    for path in sorted((directory / skypatrol_v2.FOLDER).glob("*.parquet")):
        with by_itself(dropped, f"Sky Patrol v2, block {path.name}"):
            read, reasons = skypatrol_v2.read(path)
            found = [(names[key], band, epochs) for key, band, epochs in read if key in names and band in bands]
            if found or reasons:
                batch = merging.together(found, [])
                batch.dropped = reasons
                yield batch


def _names(overrides: Mapping[str, Any]) -> dict[str, str]:
    """Return what the columns of single stars' CSV files are called now, as a user corrects them."""
    return {str(name): str(now) for name, now in (overrides.get(STARS, {}).get("columns") or {}).items()}


def _single_stars(
    directory: Path, stars: dict[str, Star], bands: list[str], names: Mapping[str, str]
) -> Iterator[Curves]:
    """Yield the light curves that were fetched star by star."""
    for name in stars:
        path = directory / STARS / f"{name.replace(' ', '')}.csv"
        if not path.is_file():
            continue
        try:
            found, reasons = skypatrol.read(path.read_bytes(), str(path), names)
        except LctransferError as error:
            yield merging.together([(name, band, list(np.empty((3, 0)))) for band in bands], [str(error)])
        else:
            batch = merging.together([(name, band, found[band]) for band in bands], [])
            batch.dropped = reasons
            yield batch


def write(table: pa.Table, root: Path) -> None:
    """Write a light-curve table as the archive would hold it."""
    rows = table.drop_columns(["time", "mag", "mag_err"]).to_pylist()
    check_identifiers(table["source_id"].to_pylist(), IDENTIFIER, "ASASSN-V J235959.33+532742.6")
    lines = ["id," + ",".join(COLUMNS)]
    for i, row in enumerate(rows):
        period = "" if row.get("period_days") is None else f"{row['period_days']:.7f}"
        lines.append(f"{i},{row['source_id']},{row['ra_deg']:.5f},{row['dec_deg']:.5f},{period},{row['label']}")
    write_text(root / CATALOGUE, "\n".join(lines) + "\n")
    write_zip(root / BUNDLE, _members(table))


def _members(table: pa.Table) -> Iterator[Member]:
    epochs = ragged(table)
    for i, name in enumerate(table["source_id"].to_pylist()):
        time, mag, mag_err = (column[epochs.offsets[i] : epochs.offsets[i + 1]] for column in epochs[:3])
        flux = 3631e3 * 10 ** (-0.4 * mag)  # mJy
        content = write_rows([time, mag, mag_err, flux, flux * mag_err * 0.4 * np.log(10)], WRITTEN)
        header = b"# simulated\nHJD MAG MAG_ERR FLUX FLUX_ERR\n"
        yield f"{FOLDER}/{file_name(name)}", header + content
