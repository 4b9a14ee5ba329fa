"""The stars that a classifier learns from: labelled ones, and a sample of the others, with their features."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from lctransfer.classifier.star_table import StarTable, flag_undefined, given_flags, undefined
from lctransfer.config import Features
from lctransfer.errors import LctransferError
from lctransfer.feature_names import NAMES
from lctransfer.features.engine import extract_stream
from lctransfer.progress import track
from lctransfer.table import labels as label_file
from lctransfer.table.account import lost_labels
from lctransfer.table.class_map import classes_of
from lctransfer.table.vocabularies import known_words
from lctransfer.taxonomy import Label

DEFAULT_COLUMN = "label"
MOST_UNLABELLED = 5_000
"""Unlabelled stars that are used at most; a fixed choice by their ids."""


@dataclass(frozen=True)
class Labels:
    """Where the labels are, and what they mean.

    Attributes
    ----------
    path : Path or None
        A table of identifiers and labels, in any form that a table may have; None: in the star table.
    column : str
        Its column of labels; ``label`` is also recognised by other usual names.
    class_map : dict
        Labels to nodes of the taxonomy or to None; others are classes of their own.
    vocabulary : str
        Whose words the labels are; empty to detect it. See `lctransfer.table.vocabularies`.
    radius_arcsec : float
        If positive, the file's labels are matched by position within so much, not by identifier.
    """

    path: Path | None = None
    column: str = DEFAULT_COLUMN
    class_map: Mapping[str, Label] = field(default_factory=dict)
    vocabulary: str = ""
    radius_arcsec: float = 0.0


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
    ids, given, notes = read_labels(table, labels)
    meant = classes_of(Counter(word for word in given if word is not None), labels.class_map, labels.vocabulary)
    notes += meant.lines
    classes = np.array([None if word is None else meant.names[word] for word in given], dtype=object)
    excluded = Counter(word for word, name in zip(given, classes) if word is not None and name is None)
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
    label_file.check_radius(labels.path, labels.radius_arcsec)
    ids = table.ids()
    if labels.path is None:
        column = labels.column
        if column == DEFAULT_COLUMN and "class_name" in table.columns and not labels.class_map:
            column = "class_name"  # the classes that ingest wrote, by its survey's own class map
        if column not in table.columns:
            if column == DEFAULT_COLUMN:
                return ids, [None] * len(ids), []
            raise LctransferError(f"{table.path} has no column {column}; it has {', '.join(table.columns)}.")
        return ids, label_file.words(table.read([column])[column].combine_chunks(), known_words(labels.vocabulary)), []
    if labels.radius_arcsec:
        return ids, *_by_position(table, ids, labels.path, labels)
    of_star, notes = _label_file(labels.path, labels)
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


def _by_position(table: StarTable, ids: np.ndarray, path: Path, labels: Labels) -> tuple[list[str | None], list[str]]:
    """Return the label of the nearest position of a file within the radius, for each row."""
    known = known_words(labels.vocabulary)
    theirs = label_file.read_labels(path, labels.radius_arcsec, known, column=_named(labels))
    places = table.read(label_file.PLACE)
    ra_deg, dec_deg = (places[name].to_numpy() if name in places.column_names else None for name in label_file.PLACE)
    found = theirs.of(ids.tolist(), ra_deg, dec_deg)
    within = f"within {labels.radius_arcsec:g} arcsec of a star"
    if not theirs.used:
        raise LctransferError(f"No label of {path} lies {within} of {table.path}.")
    notes = [f"{len(theirs.used)} of {len(theirs.words)} labels of {path} lie {within}."]
    return found, notes + lost_labels(path, theirs.lost)


def _named(labels: Labels) -> str:
    """Return the name of the column of labels that the user gave; empty to recognise it."""
    return "" if labels.column == DEFAULT_COLUMN else labels.column


def _label_file(path: Path, labels: Labels) -> tuple[dict[str, str], list[str]]:
    """Return the label of each id of a file; ids with two different labels are left out, and told."""
    lost: Counter = Counter()
    found = label_file.labelled_ids(path, _named(labels), known=known_words(labels.vocabulary), lost=lost)
    pairs = pd.DataFrame(found, columns=["id", "label"]).drop_duplicates()
    torn = pairs.loc[pairs["id"].duplicated(keep=False), "id"].unique()
    kept = pairs[~pairs["id"].isin(torn)]
    notes = lost_labels(path, lost)
    notes += [f"{len(torn)} stars have two different labels and are left out, such as {torn[0]}."] if len(torn) else []
    if kept.empty:
        raise LctransferError(f"{path} holds no usable label.")
    return dict(zip(kept["id"], kept["label"])), notes


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
    stars["flag"] = _flags(stars, table)
    numbers = stars.select_dtypes("number").drop(columns=[n for n in ("ra_deg", "dec_deg") if n in stars])
    return pd.concat([stars[["source_id", "flag"]], numbers], axis=1)


def _flags(stars: pd.DataFrame, table: StarTable) -> np.ndarray:
    """Return the flags of stars, and the first undefined feature where they say nothing.

    Raises
    ------
    LctransferError
        If a feature is undefined for all stars.
    """
    flags = given_flags(stars.get("flag", [None] * len(stars)))
    features = [name for name in NAMES["both"] if name in stars]
    wrong = undefined(stars[features].to_numpy(dtype=float, na_value=np.nan))
    sound = flags == "ok"
    empty = [name for name, column in zip(features, wrong[sound].T) if sound.any() and column.all()]
    if empty:
        raise LctransferError(f"{table.path}: {', '.join(empty)} is undefined for all stars: leave the column out.")
    return flag_undefined(flags, wrong, features)


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
