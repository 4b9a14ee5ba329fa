"""The archives: what to fetch, how their files are read and written, and how stars become rows of one table.

A module per survey holds its formats as data. `Sure` marks what is proven by a true file, what only a document says,
and what is a guess.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lctransfer import crossmatch
from lctransfer.config import Survey
from lctransfer.errors import LctransferError
from lctransfer.files import read_parquet, replacing, write_json
from lctransfer.lightcurves import validate
from lctransfer.progress import track
from lctransfer.surveys import asas, asassn, eros2, hipparcos, ogle, released, richards2012
from lctransfer.surveys.base import Curves, RemoteFile, Star, Sure, tolerate
from lctransfer.surveys.epochs import cut
from lctransfer.surveys.members import ahead
from lctransfer.taxonomy import LABEL_MAPS, class_name

MODULES: dict[str, ModuleType] = {
    "ogle": ogle,
    "eros2": eros2,
    "asas": asas,
    "hipparcos": hipparcos,
    "asassn": asassn,
    "richards2012": richards2012,
}
SCHEMA = pa.schema(
    [
        ("source_id", pa.string()),
        ("survey", pa.string()),
        ("band", pa.string()),
        *((name, pa.list_(pa.float64())) for name in ("time", "mag", "mag_err")),
        ("label", pa.string()),
        ("class_name", pa.string()),
        *((name, pa.float64()) for name in ("ra_deg", "dec_deg", "period_days")),
    ]
)


WORDS = ["survey", "band", "label", "class_name"]
# Magnitudes have three decimals, so that few differ: a dictionary makes them smaller, and faster to write. Times are
# all different; byte by byte they compress best. Measured on simulated OGLE: 40% smaller than plain, 20% faster.
PARQUET = {
    "compression": "zstd",
    "use_dictionary": [*WORDS, "mag.list.element", "mag_err.list.element"],
    "use_byte_stream_split": ["time.list.element"],
    "write_statistics": [*WORDS, "source_id"],
}


class Ingested(NamedTuple):
    """A light-curve table, and how many stars (or epochs) were left out for which reason."""

    table: pa.Table
    dropped: dict[str, int]


def module_of(survey: str) -> ModuleType:
    """Return the module that knows a survey's files.

    Raises
    ------
    LctransferError
        If there is none.
    """
    if survey not in MODULES:
        raise LctransferError(f"There is no reader for survey {survey!r}; there are {', '.join(MODULES)}.")
    return MODULES[survey]


def write_archive(survey: str, table: pa.Table, root: Path) -> None:
    """Write light curves below `root` in the survey's own files, laid out as its archive lays them out.

    Parameters
    ----------
    survey : str
        A key of `MODULES`.
    table : pyarrow.Table
        A light-curve table; ``label`` holds the survey's own words, ``time`` full Julian dates.
    root : Path
        The folder that then stands in for the archive's address.

    Raises
    ------
    LctransferError
        If a word or an identifier cannot be expressed in the survey's files.
    """
    module_of(survey).write(validate(table), Path(root))


def remote_files(survey: str, collections: list[str], kind: str) -> list[RemoteFile]:
    """Return the files of an archive, ``live`` or ``simulated``; no collections means all of them.

    ``upsilont`` stands for the released weights.
    """
    return released.files() if survey == "upsilont" else module_of(survey).files(collections, kind)


def star_files(survey: str, directory: Path, collections: list[str]) -> list[RemoteFile]:
    """Return the files that are asked for star by star, once the catalogue is under `directory`; mostly none."""
    listing = getattr(MODULES.get(survey), "star_files", None)
    return listing(directory, collections) if listing else []


def queue_of(survey: str) -> str:
    """Return in words what is asked for star by star; nothing for most surveys."""
    return getattr(MODULES.get(survey), "QUEUE", "")


def ingest(survey: str, directory: Path, settings: Survey) -> Ingested:
    """Read what `retrieve` put under `directory` into one light-curve table, in memory.

    Parameters
    ----------
    survey : str
        A key of `MODULES`.
    directory : Path
        The raw files.
    settings : Survey
        The cuts, the bands and the collections.

    Returns
    -------
    Ingested
        A row per source and band; every star left out is counted by reason.

    Raises
    ------
    LctransferError
        If a file is missing or not in its format, or no light curve remains.
    """
    dropped: Counter = Counter()
    batches = list(stream(survey, Path(directory), settings, dropped))
    return Ingested(pa.Table.from_batches(batches, SCHEMA), dict(dropped))


def ingest_file(
    survey: str, directory: Path, settings: Survey, target: Path, *, not_in: Sequence[Path] = ()
) -> dict[str, int]:
    """Do as `ingest` does, but write row groups to a Parquet file, so that memory stays bounded.

    The counts go into a JSON file beside it: ``dropped`` by reason, ``light_curves``, ``not_used`` (no class of the
    taxonomy) and stars per class. Stars that stand in a light-curve table of ``not_in`` too (within
    ``settings.match_radius_arcsec``) are left out, so that no star of a target is also in a source.

    Returns
    -------
    dict
        How many stars were left out, by reason.
    """
    dropped: Counter = Counter()
    classes: Counter = Counter()
    with replacing(target) as aside, pq.ParquetWriter(aside, SCHEMA, **PARQUET) as writer:
        for batch in stream(survey, Path(directory), settings, dropped, not_in):
            writer.write_batch(batch)
            classes.update(batch["class_name"].to_pylist())
    counts = {"light_curves": classes.total(), "not_used": classes.pop(None, 0), "classes": dict(classes)}
    write_json(Path(target).with_suffix(".json"), {"survey": survey, "dropped": dict(dropped), **counts})
    return dict(dropped)


def stream(
    survey: str, directory: Path, settings: Survey, dropped: Counter, not_in: Sequence[Path] = ()
) -> Iterator[pa.RecordBatch]:
    """Yield the light curves of a survey batch by batch; count in `dropped` what is left out, by reason."""
    module = module_of(survey)
    stars = module.catalogue(directory, settings.collections, dropped)
    stars = _once(stars, getattr(module, "SAME_STAR_ARCSEC", 0.0), dropped)
    stars = _without(stars, not_in, settings.match_radius_arcsec, dropped)
    bands = settings.bands or [module.BANDS[0]]
    _check_bands(survey, bands, module.BANDS)
    seen: set[tuple[str, str]] = set()
    unreadable: list[str] = []
    kept = 0
    with track(desc=f"ingest {survey}", total=len(stars) * len(bands), unit="light curves") as bar:
        for curves in ahead(module.curves(directory, stars, bands, settings)):
            unreadable += curves.unreadable
            batch = _batch(survey, curves, stars, settings, seen, dropped)
            kept += batch.num_rows
            bar.update(len(curves.source_ids))
            yield batch
    tolerate(unreadable, len(seen), dropped, "unreadable light curve")
    dropped["no light curve"] += len(stars) - len({name for name, _ in seen})
    dropped += Counter()  # forget zeros
    if not kept:
        raise LctransferError(f"No light curve of {survey} remains under {directory}. Left out: {dict(dropped)}.")


def _once(stars: dict[str, Star], radius_arcsec: float, dropped: Counter) -> dict[str, Star]:
    """Leave out a star that the catalogue lists again under another name, so that no two splits hold it."""
    if not radius_arcsec:
        return stars
    ra, dec = (np.array([star[i] for star in stars.values()], float) for i in (2, 3))
    again = crossmatch.repeated(ra, dec, radius_arcsec)
    dropped["listed under another name too"] += int(again.sum())
    return {name: star for (name, star), repeats in zip(stars.items(), again) if not repeats}


def _without(stars: dict[str, Star], tables: Sequence[Path], radius_arcsec: float, dropped: Counter) -> dict[str, Star]:
    """Leave out the stars that stand in other surveys' tables too."""
    if not tables:
        return stars
    places = [read_parquet(path, ["ra_deg", "dec_deg"]).to_pandas().to_numpy(float) for path in tables]
    own = np.array([(star.ra_deg, star.dec_deg) for star in stars.values()], float).reshape(-1, 2)
    known = crossmatch.also_in(own[:, 0], own[:, 1], [(other[:, 0], other[:, 1]) for other in places], radius_arcsec)
    dropped["in another survey of the experiment too"] += int(known.sum())
    return {name: star for (name, star), again in zip(stars.items(), known) if not again}


def _check_bands(survey: str, bands: list[str], known: tuple[str, ...]) -> None:
    unknown = sorted(set(bands) - set(known))
    if unknown:
        raise LctransferError(f"{survey} has no band {', '.join(unknown)}; it has {', '.join(known)}.")


def _batch(  # noqa: PLR0917
    survey: str,
    curves: Curves,
    stars: dict[str, Star],
    settings: Survey,
    seen: set[tuple[str, str]],
    dropped: Counter,
) -> pa.RecordBatch:
    """Cut a batch of light curves and join it with the catalogue."""
    curves = cut(curves, settings, dropped)
    keys = list(zip(curves.source_ids, curves.bands))
    first = np.array([not (key in seen or seen.add(key)) for key in keys], bool)
    long = np.diff(curves.offsets) >= settings.min_epochs
    dropped["a second file of the same star and band"] += int((~first).sum())
    dropped[f"fewer than {settings.min_epochs} epochs"] += int((first & ~long).sum())
    chosen = first & long
    rows = [stars[name] for name, take in zip(curves.source_ids, chosen) if take]
    # Stars rarely fall out: the lists are built for all, then taken.
    lists = [
        pa.ListArray.from_arrays(curves.offsets.astype(np.int32), c) for c in (curves.time, curves.mag, curves.mag_err)
    ]
    mask = pa.array(chosen)
    columns = [
        pa.array([star.source_id for star in rows], pa.string()),
        pa.array([survey] * len(rows), pa.string()),
        pa.array(np.array(curves.bands, object)[chosen], pa.string()),
        *(lists if chosen.all() else (column.filter(mask) for column in lists)),
        pa.array([star.label for star in rows], pa.string()),
        pa.array([_class(star.label, survey) for star in rows], pa.string()),
        *(pa.array([star[i] for star in rows], pa.float64()) for i in (2, 3, 4)),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def _class(label: str | None, survey: str) -> str | None:
    return class_name(label, LABEL_MAPS[survey]) if label else None


__all__ = [
    "Ingested",
    "RemoteFile",
    "Sure",
    "ingest",
    "ingest_file",
    "queue_of",
    "remote_files",
    "star_files",
    "stream",
    "write_archive",
]
