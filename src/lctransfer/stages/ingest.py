"""From an archive's native files to one light-curve table."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lctransfer.config import Survey
from lctransfer.errors import LctransferError
from lctransfer.files import counts_beside, replacing, write_json
from lctransfer.parquet import read_parquet
from lctransfer.progress import track
from lctransfer.reading_ahead import ahead
from lctransfer.surveys import LABEL_MAPS, corrected, module_of
from lctransfer.surveys.base import Curves, Star
from lctransfer.surveys.epochs import cut
from lctransfer.surveys.losses import Loss, Tally, tolerate
from lctransfer.surveys.overrides import words_of
from lctransfer.table import cross_match
from lctransfer.table.light_curves import METADATA_KEY
from lctransfer.taxonomy import Label, class_name

SCHEMA = pa.schema(
    [
        ("source_id", pa.string()),
        ("survey", pa.string()),
        ("band", pa.string()),
        *((name, pa.list_(pa.float64())) for name in ("time", "mag", "mag_err")),
        ("label", pa.string()),
        ("class_name", pa.string()),
        *((name, pa.float64()) for name in ("ra_deg", "dec_deg", "period_days")),
    ],
    {METADATA_KEY: b"{}"},
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
    """A light-curve table, how many stars (or epochs) were left out by reason, and the parts that were left out."""

    table: pa.Table
    dropped: dict[str, int]
    lost: list[Loss]


def ingest(survey: str, directory: Path, settings: Survey, *, strict: bool = False) -> Ingested:
    """Read what `retrieve` put under `directory` into one light-curve table, in memory.

    Parameters
    ----------
    survey : str
        A key of `MODULES`.
    directory : Path
        The raw files.
    settings : Survey
        The cuts, the bands and the collections.
    strict : bool
        Whether a collection or a file that cannot be read is an error; else it is left out by itself, and named.

    Returns
    -------
    Ingested
        A row per source and band; every star left out is counted by reason.

    Raises
    ------
    LctransferError
        If the catalogue is missing or not in its format, or no light curve remains.
    """
    dropped = Tally(strict=strict)
    batches = list(stream(survey, Path(directory), settings, dropped))
    return Ingested(pa.Table.from_batches(batches, SCHEMA), dict(dropped), dropped.lost)


def ingest_file(
    survey: str, directory: Path, settings: Survey, target: Path, *, not_in: Sequence[Path] = (), strict: bool = False
) -> dict[str, int]:
    """Do as `ingest` does, but write row groups to a Parquet file, so that memory stays bounded.

    The counts go into a JSON file beside it: ``dropped`` by reason, ``light_curves``, ``not_used`` (no class of the
    taxonomy), stars per class, ``expected`` (stars per class that the catalogue lists), ``with_light_curve`` (those
    with epochs, before any cut), ``left_out`` (parts that could not be read, see
    `lctransfer.surveys.losses.Loss`) and ``status``.

    Stars that stand in a light-curve table of ``not_in`` too (within ``settings.match_radius_arcsec``) are left out, so
    that no star of a target is also in a source.

    Returns
    -------
    dict
        How many stars were left out, by reason.
    """
    dropped, classes, counts = Tally(strict=strict), Counter[str | None](), counts_beside(target)
    with replacing(target) as aside, pq.ParquetWriter(aside, SCHEMA, **PARQUET) as writer:
        for batch in stream(survey, Path(directory), settings, dropped, not_in):
            writer.write_batch(batch)
            classes.update(batch["class_name"].to_pylist())
    summary = {
        "survey": survey,
        "dropped": dict(dropped),
        "light_curves": classes.total(),
        "not_used": classes.pop(None, 0),
        "classes": dict(classes),
        "expected": dropped.expected,
        "with_light_curve": dropped.arrived,
        "left_out": [loss.as_json() for loss in dropped.lost],
        "status": "complete" if not dropped.lost else "parts left out",
    }
    write_json(counts, summary)
    return dict(dropped)


def stream(
    survey: str, directory: Path, settings: Survey, dropped: Counter, not_in: Sequence[Path] = ()
) -> Iterator[pa.RecordBatch]:
    """Yield the light curves of a survey batch by batch; count in `dropped` what is left out, by reason."""
    module = module_of(survey)
    known = corrected(survey, settings.overrides)
    label_map = {**LABEL_MAPS[survey], **words_of(known)}
    stars = module.catalogue(directory, settings.collections, dropped, known)
    stars = _once(stars, getattr(module, "SAME_STAR_ARCSEC", 0.0), dropped)
    stars = _without(stars, not_in, settings.match_radius_arcsec, dropped)
    bands = settings.bands or [module.BANDS[0]]
    _check_bands(survey, bands, module.BANDS)
    if isinstance(dropped, Tally):
        dropped.expected = _per_class(stars.values(), label_map)
    seen: set[tuple[str, str]] = set()
    read: set[str] = set()
    unreadable: list[str] = []
    kept = 0
    with track(desc=f"ingest {survey}", total=len(stars) * len(bands), unit="light curves") as bar:
        for curves in ahead(module.curves(directory, stars, bands, settings, dropped)):
            unreadable += curves.unreadable
            dropped.update(curves.dropped)
            read |= {curves.source_ids[i] for i in np.flatnonzero(np.diff(curves.offsets))}
            batch = _batch(survey, curves, stars, settings, seen, dropped, label_map)
            kept += batch.num_rows
            bar.update(len(curves.source_ids))
            yield batch
    tolerate(unreadable, len(seen), dropped, "unreadable light curve", most=1.0)
    if isinstance(dropped, Tally):
        dropped.arrived = _per_class((stars[name] for name in read), label_map)
    dropped["no light curve"] += len(stars) - len({name for name, _ in seen})
    dropped += Counter()  # forget zeros
    if not kept:
        first = "".join(f" {loss.said}" for loss in getattr(dropped, "lost", [])[:1])
        raise LctransferError(
            f"No light curve of {survey} remains under {directory}.{first} Left out: {dict(dropped)}."
        )


def _per_class(stars: Iterable[Star], label_map: Mapping[str, Label]) -> dict[str, int]:
    """Return how many stars there are of each class."""
    found = Counter(class_name(star.label, label_map) for star in stars if star.label)
    return {name: count for name, count in found.items() if name}


def _once(stars: dict[str, Star], radius_arcsec: float, dropped: Counter) -> dict[str, Star]:
    """Leave out a star that the catalogue lists again under another name, so that no two splits hold it."""
    if not radius_arcsec:
        return stars
    ra, dec = (np.array([star[i] for star in stars.values()], float) for i in (2, 3))
    again = cross_match.repeated(ra, dec, radius_arcsec)
    dropped["listed under another name too"] += int(again.sum())
    return {name: star for (name, star), repeats in zip(stars.items(), again) if not repeats}


def _without(stars: dict[str, Star], tables: Sequence[Path], radius_arcsec: float, dropped: Counter) -> dict[str, Star]:
    """Leave out the stars that stand in other surveys' tables too."""
    if not tables:
        return stars
    places = [read_parquet(path, ["ra_deg", "dec_deg"]).to_pandas().to_numpy(float) for path in tables]
    own = np.array([(star.ra_deg, star.dec_deg) for star in stars.values()], float).reshape(-1, 2)
    known = cross_match.also_in(own[:, 0], own[:, 1], [(other[:, 0], other[:, 1]) for other in places], radius_arcsec)
    dropped["in another survey of the experiment too"] += int(known.sum())
    return {name: star for (name, star), again in zip(stars.items(), known) if not again}


def _check_bands(survey: str, bands: list[str], known: tuple[str, ...]) -> None:
    unknown = sorted(set(bands) - set(known))
    if unknown:
        raise LctransferError(f"{survey} has no band {', '.join(unknown)}; it has {', '.join(known)}.")


def _first_of_key(keys: list[tuple[str, str]], seen: set[tuple[str, str]]) -> np.ndarray:
    """Tell which keys come for the first time, shape (n,) of bool, and add all to `seen`."""
    first = np.zeros(len(keys), np.bool_)
    for row, key in enumerate(keys):
        first[row] = key not in seen
        seen.add(key)
    return first


def _batch(  # noqa: PLR0917
    survey: str,
    curves: Curves,
    stars: dict[str, Star],
    settings: Survey,
    seen: set[tuple[str, str]],
    dropped: Counter,
    label_map: Mapping[str, Label],
) -> pa.RecordBatch:
    """Cut a batch of light curves and join it with the catalogue."""
    curves = cut(curves, settings, dropped)
    keys = list(zip(curves.source_ids, curves.bands))
    first = _first_of_key(keys, seen)
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
        pa.array([_class(star.label, label_map) for star in rows], pa.string()),
        *(pa.array([star[i] for star in rows], pa.float64()) for i in (2, 3, 4)),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def _class(label: str | None, label_map: Mapping[str, Label]) -> str | None:
    return class_name(label, label_map) if label else None
