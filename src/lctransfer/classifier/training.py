"""The stars that a classifier learns from: labelled ones, and a sample of the others, with their features."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from lctransfer.classifier.star_table import StarTable
from lctransfer.config import Features
from lctransfer.errors import LctransferError
from lctransfer.features.engine import extract_stream
from lctransfer.progress import track
from lctransfer.table.class_map import classes_of
from lctransfer.taxonomy import Label

NO_LABEL = frozenset({"", "nan", "none", "null", "n/a", "na", "unknown", "unclassified", "?", "-"})
"""Texts that stand for no label, in lower case."""
MOST_UNLABELLED = 5_000
"""Unlabelled stars that are used at most; a fixed choice by their ids."""
ENDINGS = {".csv": ",", ".tsv": "\t", ".txt": r"\s+"}


@dataclass(frozen=True)
class Labels:
    """Where the labels are, and what they mean.

    Attributes
    ----------
    path : Path or None
        A table of ``source_id`` and labels (Parquet, CSV, TSV, or text with blanks between); None: in the star table.
    column : str
        Its column of labels.
    class_map : dict
        Labels to nodes of the taxonomy or to None; others are classes of their own.
    vocabulary : str
        Whose words the labels are; empty to detect it. See `lctransfer.table.vocabularies`.
    """

    path: Path | None = None
    column: str = "label"
    class_map: Mapping[str, Label] = field(default_factory=dict)
    vocabulary: str = ""


@dataclass(frozen=True)
class TrainingStars:
    """What `gather` found.

    Attributes
    ----------
    stars : DataFrame
        A row per usable star, sorted by source_id: ``source_id``, ``class_name`` (null: unlabelled), the features,
        ``flag``, ``n_epochs``, ``duration_days``, ``median_mag``.
    notes : list of str
        Sentences about what was left out, and why.
    n_rows : int
        Rows of the table.
    """

    stars: pd.DataFrame
    notes: list[str]
    n_rows: int


def gather(
    table: StarTable, labels: Labels, settings: Features, *, threads: int = 1, most_unlabelled: int = MOST_UNLABELLED
) -> TrainingStars:
    """Return the labelled stars of a table and a sample of the others; features are made where there are none.

    Parameters
    ----------
    table : StarTable
        Light curves or features.
    labels : Labels
        Where the labels are.
    settings : config.Features
        How light curves become features.
    threads : int
        Cores to use; the result does not depend on it.
    most_unlabelled : int
        Unlabelled stars to take at most, always the same ones of a table.

    Raises
    ------
    LctransferError
        If the labels cannot be read, or belong to no star of the table.
    """
    ids, words, notes = read_labels(table, labels)
    meant = classes_of(Counter(word for word in words if word is not None), labels.class_map, labels.vocabulary)
    notes += meant.lines
    classes = np.array([None if word is None else meant.names[word] for word in words], dtype=object)
    excluded = Counter(word for word, name in zip(words, classes) if word is not None and name is None)
    if excluded:
        notes.append(f"The class map leaves out {', '.join(f'{word} ({count})' for word, count in excluded.items())}.")
    known = np.array([name is not None for name in classes], dtype=bool)
    chosen = known | _sampled(ids, ~known, most_unlabelled)
    stars = _features(table, chosen, settings, threads)
    stars["class_name"] = classes[chosen]
    flagged = Counter(stars.loc[stars["class_name"].notna() & (stars["flag"] != "ok"), "flag"])
    if flagged:
        said = ", ".join(f"{reason} ({count})" for reason, count in flagged.items())
        notes.append(f"Labelled stars without usable features are left out: {said}.")
    usable = stars[stars["flag"] == "ok"].sort_values(["source_id", "class_name"], kind="stable")
    return TrainingStars(usable.reset_index(drop=True), notes, table.n_rows)


def read_labels(table: StarTable, labels: Labels) -> tuple[np.ndarray, list[str | None], list[str]]:
    """Return the ids of all rows, the label of each (None: no label), and sentences about what was odd.

    Raises
    ------
    LctransferError
        If there is no such column or file, or no label belongs to a star of the table.
    """
    ids = _texts(table.read(["source_id"])["source_id"])
    if labels.path is None:
        column = labels.column
        if column == "label" and "class_name" in table.columns and not labels.class_map:
            column = "class_name"  # the classes that ingest wrote, by its survey's own class map
        if column not in table.columns:
            if column == "label":
                return ids, [None] * len(ids), []
            raise LctransferError(f"{table.path} has no column {column}; it has {', '.join(table.columns)}.")
        return ids, _cleaned(table.read([column])[column].to_pylist()), []
    of_star, notes = _label_file(labels)
    found = [of_star.get(name) for name in ids]
    lost = sorted(set(of_star) - set(ids))
    if len(lost) == len(of_star):
        raise LctransferError(
            f"No source_id of {labels.path} is in {table.path}: there they look like {ids[0] if len(ids) else '-'}, "
            f"and in the labels like {lost[0]}."
        )
    if lost:
        notes.append(f"{len(lost)} labels belong to no star of the table, such as {lost[0]}.")
    return ids, found, notes


def _label_file(labels: Labels) -> tuple[dict[str, str | None], list[str]]:
    """Return the label of each id of a file; ids with two different labels are left out, and told."""
    table = _read_any(Path(str(labels.path)))
    missing = [name for name in ("source_id", labels.column) if name not in table]
    if missing:
        raise LctransferError(f"{labels.path} has no column {', '.join(missing)}; it has {', '.join(table.columns)}.")
    pairs = pd.DataFrame({"id": table["source_id"].astype(str), "label": _cleaned(table[labels.column].tolist())})
    pairs = pairs.dropna(subset=["label"]).drop_duplicates()
    torn = pairs.loc[pairs["id"].duplicated(keep=False), "id"].unique()
    kept = pairs[~pairs["id"].isin(torn)]
    notes = [f"{len(torn)} stars have two different labels and are left out, such as {torn[0]}."] if len(torn) else []
    if kept.empty:
        raise LctransferError(f"{labels.path} holds no usable label in its column {labels.column}.")
    return dict(zip(kept["id"], kept["label"])), notes


def _read_any(path: Path) -> pd.DataFrame:
    try:
        if path.suffix in ENDINGS:
            return pd.read_csv(path, sep=ENDINGS[path.suffix], dtype=str, keep_default_na=False, comment="#")
        return pd.read_parquet(path)
    except FileNotFoundError:
        raise LctransferError(f"There is no file {path} of labels.") from None
    except (pa.ArrowException, OSError, ValueError) as error:
        raise LctransferError(f"The labels {path} cannot be read: {error}") from None


def _cleaned(values: list) -> list[str | None]:
    """Return labels as texts without blanks around them; None where a text says that there is none."""
    texts = ["" if value is None else str(value).strip() for value in values]
    whole = [text.removesuffix(".0") if text.removesuffix(".0").isdigit() else text for text in texts]
    return [None if text.lower() in NO_LABEL else text for text in whole]


def _texts(column: pa.ChunkedArray) -> np.ndarray:
    return np.array(column.cast(pa.string()).to_pylist(), dtype=object).astype(str)


def _sampled(ids: np.ndarray, among: np.ndarray, most: int) -> np.ndarray:
    """Return a mask of at most `most` rows, chosen by a hash of the id, so that the order of rows does not matter."""
    rows = np.flatnonzero(among)
    if len(rows) > most:
        ranks = pd.util.hash_array(ids[rows].astype(object), categorize=False)
        rows = rows[np.lexsort((ids[rows], ranks))[:most]]
    mask = np.zeros(len(ids), dtype=bool)
    mask[rows] = True
    return mask


def _features(table: StarTable, chosen: np.ndarray, settings: Features, threads: int) -> pd.DataFrame:
    """Return the features of the chosen rows, in their order."""
    with track(total=int(chosen.sum()), desc="features of the stars to learn from", unit="star") as bar:
        parts = _chosen(table, chosen)
        if table.kind == "light_curves":
            stars = pa.concat_tables(extract_stream(parts, settings, threads, bar.update)).to_pandas()
        else:
            stars = pa.concat_tables(parts).to_pandas()
            bar.update(len(stars))
    if "flag" not in stars:
        stars["flag"] = "ok"
    numbers = stars.select_dtypes("number").drop(columns=[n for n in ("ra_deg", "dec_deg") if n in stars])
    return pd.concat([stars[["source_id", "flag"]], numbers], axis=1)


def _chosen(table: StarTable, chosen: np.ndarray) -> Iterator[pa.Table]:
    """Yield an empty table, then the chosen rows; stretches without any are not read."""
    yield table.empty()
    rows = np.flatnonzero(chosen)
    if not len(rows):
        return
    position = int(rows[0])
    for batch in table.batches(range(position, int(rows[-1]) + 1)):
        mask = chosen[position : position + len(batch)]
        position += len(batch)
        if mask.any():
            yield batch if mask.all() else batch.filter(pa.array(mask))
