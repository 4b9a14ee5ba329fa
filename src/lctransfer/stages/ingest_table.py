"""From a light-curve table of somebody's own to the pipeline's, in bounded memory."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lctransfer.config import Survey
from lctransfer.errors import LctransferError
from lctransfer.files import counts_beside, protecting, replacing, write_json
from lctransfer.parquet import batches, parquet_in_pieces, read_parquet, row_groups
from lctransfer.table import cross_match
from lctransfer.table.account import Account
from lctransfer.table.canonical import Reading, canonical
from lctransfer.table.class_map import Classes, classes_of, read_class_map
from lctransfer.table.labelled import KEPT
from lctransfer.table.labels import words
from lctransfer.table.light_curves import validate
from lctransfer.table.vocabularies import known_words

Place = tuple[np.ndarray, np.ndarray]
LABELS_AT_ONCE = 65_536
"""Rows of the column of labels read at a time."""


def ingest_table(survey: str, settings: Survey, target: Path, *, not_in: Sequence[Path] = ()) -> Account:
    """Write somebody's light curves as the pipeline has them; see `lctransfer.stages.ingest.ingest_file`.

    Parameters
    ----------
    survey : str
        Its name in the results.
    settings : config.Survey
        ``table`` and how to read it, ``class_map``, ``vocabulary``, ``min_epochs``, ``match_radius_arcsec``; other cuts
        are left to the owner.
    target : Path
        Parquet file; the counts go into a JSON file beside it.
    not_in : sequence of Path
        Tables whose stars are left out, where both have positions.

    Returns
    -------
    Account
        What was recognised, converted and dropped while reading.

    Raises
    ------
    LctransferError
        If the table cannot be used, or has no labels.
    """
    beside = counts_beside(target)
    class_map, dropped, counted = read_class_map(settings.class_map), Counter[str](), Counter[str | None]()
    asked = Reading(
        settings.form,
        settings.columns,
        settings.band,
        settings.labels,
        settings.labels_position,
        settings.vocabulary,
        settings.quality,
    )
    others = [_places(path) for path in not_in]
    with (
        protecting([settings.table, settings.labels, settings.class_map, *not_in]),
        canonical(Path(settings.table), asked) as (path, found),
        parquet_in_pieces(path) as file,
    ):
        account = found or Account()
        classes, counts = _classes(file, class_map, settings, account)
        with replacing(target) as aside:
            writer = None
            for held in row_groups(file, settings.table):
                kept = _kept(validate(held, settings.table), survey, classes, settings, others, dropped)
                counted.update(kept["class_name"].to_pylist())
                kept = kept.replace_schema_metadata(account.metadata)
                writer = writer or pq.ParquetWriter(aside, kept.schema, compression="zstd")
                writer.write_table(kept)
            if writer is None:
                raise LctransferError(f"{settings.table} holds no row.")
            writer.close()
    said = {"survey": survey, "dropped": dict(+dropped), "light_curves": counted.total()}
    said |= {"not_used": counted.pop(None, 0), "classes": dict(counted), "reading": account.described()}
    write_json(beside, {**said, "words": classes.sentences(counts)})
    return account


def _classes(
    file: pq.ParquetFile, class_map: Mapping, settings: Survey, account: Account
) -> tuple[Classes, dict[str, int]]:
    """Return what each word of the table means, and how many light curves have it."""
    if "label" not in file.schema_arrow.names:
        raise LctransferError(
            f"{settings.table} has no column label: labels are needed to learn and to test. Name the column "
            "(columns: label=COLUMN) or a file of labels (labels)."
        )
    known, missing = known_words(settings.vocabulary), account.missing_words
    counts: Counter = Counter()
    for batch in batches(file, settings.table, LABELS_AT_ONCE, columns=["label"]):
        counts.update(word for word in words(batch["label"], known, missing) if word is not None)
    return classes_of(counts, class_map, settings.vocabulary), dict(counts)


def _kept(  # noqa: PLR0917
    table: pa.Table, survey: str, classes: Classes, settings: Survey, others: list[Place], dropped: Counter
) -> pa.Table:
    """Return the light curves of a batch that are long enough and in no other survey, with their classes."""
    found = words(table["label"].combine_chunks(), frozenset(classes.names))
    table = table.set_column(table.column_names.index("label"), "label", pa.array(found, pa.string()))
    long = pc.greater_equal(pc.list_value_length(table["time"]), settings.min_epochs).to_numpy()
    dropped[f"fewer than {settings.min_epochs} epochs"] += int((~long).sum())
    known = long & _also_in(table, others, settings.match_radius_arcsec)
    dropped["in another survey of the experiment too"] += int(known.sum())
    table = table.select([name for name in KEPT if name in table.column_names]).filter(pa.array(long & ~known))
    named = [None if word is None else classes.names[word] for word in table["label"].to_pylist()]
    table = table.append_column("class_name", pa.array(named, pa.string()))
    return table.append_column("survey", pa.array([survey] * len(table), pa.string()))


def _places(path: Path) -> Place:
    table = read_parquet(path, ["ra_deg", "dec_deg"])
    ra, dec = (np.asarray(table[name].cast(pa.float64()).to_pandas()) for name in ("ra_deg", "dec_deg"))
    return ra, dec


def _also_in(table: pa.Table, others: list[Place], radius_arcsec: float) -> np.ndarray:
    if not others or not {"ra_deg", "dec_deg"} <= set(table.column_names):
        return np.zeros(len(table), bool)
    ra, dec = (np.asarray(table[name].cast(pa.float64()).to_pandas()) for name in ("ra_deg", "dec_deg"))
    return cross_match.also_in(ra, dec, others, radius_arcsec)
