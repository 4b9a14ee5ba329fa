"""Labels as words: of any type, from a column or a file, by identifier or by position; missing ones are none."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from lctransfer.config import LARGEST_RADIUS_ARCSEC
from lctransfer.errors import LctransferError
from lctransfer.files import plain_text
from lctransfer.table import cross_match, identifiers
from lctransfer.table.class_map import word_of
from lctransfer.table.columns import guess
from lctransfer.table.number_texts import numbers_of
from lctransfer.table.opening import open_table

MISSING = frozenset(
    {"", "nan", "none", "null", "n/a", "na", "<na>", "nat", "-", "--", "---", "?", ".", "missing", "undefined"}
    | {"unknown", "unk", "unclass", "unclassified", "unlabeled", "unlabelled", "not_classified", "not classified"}
    | {"-99", "-999", "-9999", "n.a.", "n.d.", "n/d", "tbd", "to be determined", "not determined"}
    | {"no label", "no_label", "no-label", "nolabel", "not available", "not known"}
)
"""Words, in lower case, that stand for no label."""


def words(column: pa.Array, known: frozenset[str] = frozenset(), missing: Counter | None = None) -> list[str | None]:
    """Return labels as words without blanks around them; None where there is none.

    Parameters
    ----------
    column : pyarrow.Array
        Text, bytes, whole numbers (as floats too, where some are missing) or booleans.
    known : set of str
        Words of the vocabulary in use, which are labels even if they look like missing ones (NA: a fast nova).
    missing : Counter, optional
        Counts the words that were taken for no label.

    Raises
    ------
    LctransferError
        If they are lists or structs.
    """
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_nested(column.type):
        raise LctransferError(f"The labels are of the type {column.type}: give each source one word or number.")
    if any(one(column.type) for one in identifiers.BYTES):
        column = identifiers.decoded(column)
    found: list[str | None] = []
    for value in column.to_pylist():
        word = None if value is None else word_of(value)
        if word is not None and word not in known and word.lower() in MISSING:
            if missing is not None and word:
                missing[word] += 1
            word = None
        found.append(word)
    return found


PLACE = ("ra_deg", "dec_deg")
"""The columns of a position."""


class Labels(NamedTuple):
    """Labels from a file: by identifier, and by position where asked for; how many were used, and what was lost."""

    where: str
    by_id: Mapping[str, str]
    ra_deg: np.ndarray
    dec_deg: np.ndarray
    words: list[str]
    radius_arcsec: float
    used: set[str]
    lost: Mapping[str, int] = MappingProxyType({})

    def of(self, names: list[str], ra_deg: np.ndarray | None, dec_deg: np.ndarray | None) -> list[str | None]:
        """Return the label of each source; by position, the nearest within the radius."""
        if not self.radius_arcsec:
            self.used.update(name for name in names if name in self.by_id)
            return [self.by_id.get(name) for name in names]
        if ra_deg is None or dec_deg is None:
            raise LctransferError("Labels by position need positions: name them, --columns ra_deg=RA,dec_deg=DEC.")
        mine, theirs, apart = cross_match.separations(ra_deg, dec_deg, self.ra_deg, self.dec_deg, self.radius_arcsec)
        found: list[str | None] = [None] * len(names)
        for i in np.argsort(-apart, kind="stable"):
            found[mine[i]] = self.words[theirs[i]]
            self.used.add(str(theirs[i]))
        return found


def read_labels(
    path: Path | str,
    radius_arcsec: float = 0.0,
    known: frozenset[str] = frozenset(),
    missing: Counter | None = None,
    column: str = "",
) -> Labels:
    """Return the labels of a file: a table with an identifier (or a position) and a label per row.

    See `labelled_ids` for the parameters.

    Raises
    ------
    LctransferError
        If it has no such columns, or gives a source two labels.
    """
    lost: Counter = Counter()
    if radius_arcsec:
        values = _columns(path, ("label", *PLACE), column, lost)
        found = words(values["label"], known, missing)
        places = [np.asarray(_degrees(values[name])) for name in PLACE]
        keep = [i for i, word in enumerate(found) if word is not None]
        chosen = [found[i] or "" for i in keep]
        return Labels(str(path), {}, places[0][keep], places[1][keep], chosen, radius_arcsec, set(), lost)
    nothing = np.empty(0)
    pairs = labelled_ids(path, column, known=known, missing=missing, lost=lost)
    return Labels(str(path), _by_id(pairs, path), nothing, nothing, [], 0.0, set(), lost)


def check_radius(path: Path | str | None, radius_arcsec: float) -> None:
    """Refuse a radius of matching by position that is none, or that has no file of labels to match.

    Raises
    ------
    LctransferError
        Naming the option.
    """
    if radius_arcsec and not 0 < radius_arcsec <= LARGEST_RADIUS_ARCSEC:
        raise LctransferError(
            f"--labels-position is {radius_arcsec:g}, but must be arc seconds between 0 and {LARGEST_RADIUS_ARCSEC:g}."
        )
    if radius_arcsec and not path:
        raise LctransferError("--labels-position matches a file of labels by position: give it too, --labels FILE.")


def labelled_ids(
    path: Path | str,
    column: str = "",
    *,
    known: frozenset[str] = frozenset(),
    missing: Counter | None = None,
    lost: Counter | None = None,
) -> list[tuple[str, str]]:
    """Return identifier and label of each row of a file that has both; one identifier may come several times.

    Parameters
    ----------
    path : Path or str
        A table in any form that `lctransfer.table.opening.open_table` opens.
    column : str
        Name of the column of labels; empty to recognise it.
    known, missing
        See `words`.
    lost : Counter, optional
        Counts lines that cannot be read, and labels without an identifier.

    Raises
    ------
    LctransferError
        If it cannot be read or lacks a column, or its identifiers are none.
    """
    lost = Counter() if lost is None else lost
    values = _columns(path, ("source_id", "label"), column, lost)
    ids = identifiers.to_text(values["source_id"], f"The labels {path}").to_pylist()
    pairs = [(name, word) for name, word in zip(ids, words(values["label"], known, missing)) if word is not None]
    nameless = sum(name is None for name, _ in pairs)
    lost.update({NAMELESS: nameless} if nameless else {})
    return [(plain_text(name), word) for name, word in pairs if name is not None]


NAMELESS = "labels without an identifier"


def _columns(
    path: Path | str, needed: Sequence[str], label: str = "", lost: Counter | None = None
) -> dict[str, pa.Array]:
    """Return the columns of a file of labels by their meanings; `label` names that of the labels."""
    opened = open_table(path)
    held = opened.schema.names
    names = {meaning: guess(meaning, held, opened.where) for meaning in needed if not (label and meaning == "label")}
    names |= {"label": label if label in held else None} if label else {}
    if absent := [label if label and meaning == "label" else meaning for meaning in needed if names[meaning] is None]:
        by_place = "source_id" in absent and all(guess(meaning, held, opened.where) for meaning in PLACE)
        advice = " To match them by position: --labels-position ARCSEC." if by_place else ""
        raise LctransferError(
            f"The labels {path} have no column {', '.join(absent)}; they have {', '.join(held)}.{advice}"
        )
    tables = list(opened.read([str(names[meaning]) for meaning in needed], (), Counter() if lost is None else lost))
    whole = pa.concat_tables(tables, promote_options="permissive").combine_chunks()
    return {meaning: _whole(whole[str(names[meaning])]) for meaning in needed}


def _whole(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.nulls(0, array.type)
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def _degrees(column: pa.Array) -> np.ndarray:
    numbers = numbers_of(column)[0] if pa.types.is_string(column.type) else column.cast(pa.float64())
    return numbers.fill_null(np.nan).to_numpy(zero_copy_only=False)


def _by_id(pairs: list[tuple[str, str]], path: Path | str) -> dict[str, str]:
    by_id: dict[str, str] = {}
    for name, word in pairs:
        if by_id.setdefault(name, word) != word:
            raise LctransferError(f"The labels {path} give source {name} two labels, {by_id[name]} and {word}.")
    return by_id
