"""Labels as words: of any type, from a column or a file, by identifier or by position; missing ones are none."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from lctransfer.errors import LctransferError
from lctransfer.table import cross_match, identifiers
from lctransfer.table.columns import guess
from lctransfer.table.opened import Opened
from lctransfer.table.opening import open_table
from lctransfer.table.text import numbers_of

MISSING = frozenset(
    {"", "nan", "none", "null", "n/a", "na", "<na>", "nat", "-", "--", "---", "?", ".", "missing", "undefined"}
    | {"unknown", "unk", "unclass", "unclassified", "unlabeled", "unlabelled", "not_classified", "not classified"}
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
    """
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        column = identifiers.decoded(column)
    found: list[str | None] = []
    for value in column.to_pylist():
        word = None if value is None else _word(value)
        if word is not None and word not in known and word.lower() in MISSING:
            if missing is not None and word:
                missing[word] += 1
            word = None
        found.append(word)
    return found


def _word(value: object) -> str:
    if isinstance(value, float):
        return "nan" if value != value else f"{value:.0f}" if value == round(value) else f"{value:g}"  # noqa: PLR0124
    return str(value).strip()


class Labels(NamedTuple):
    """Labels from a file: by identifier, and by position where asked for; and how many of each were used."""

    where: str
    by_id: Mapping[str, str]
    ra_deg: np.ndarray
    dec_deg: np.ndarray
    words: list[str]
    radius_arcsec: float
    used: set[str]

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
    path: Path | str, radius_arcsec: float = 0.0, known: frozenset[str] = frozenset(), missing: Counter | None = None
) -> Labels:
    """Return the labels of a file: a table with an identifier (or a position) and a label per row.

    Raises
    ------
    LctransferError
        If it has no such columns, or gives a source two labels.
    """
    opened = open_table(path)
    names = {meaning: _column(meaning, opened) for meaning in ("source_id", "label", "ra_deg", "dec_deg")}
    needed = ["label", "ra_deg", "dec_deg"] if radius_arcsec else ["source_id", "label"]
    if absent := [meaning for meaning in needed if names[meaning] is None]:
        raise LctransferError(
            f"The labels {path} have no column {', '.join(absent)}; they have {', '.join(opened.schema.names)}."
        )
    columns = {meaning: names[meaning] for meaning in needed}
    tables = list(opened.read([str(c) for c in columns.values()], (), Counter()))
    whole = pa.concat_tables(tables, promote_options="permissive").combine_chunks()
    values = {meaning: _whole(whole[str(column)]) for meaning, column in columns.items()}
    found = words(values["label"], known, missing)
    if radius_arcsec:
        places = [np.asarray(_degrees(values[name])) for name in ("ra_deg", "dec_deg")]
        keep = [i for i, word in enumerate(found) if word is not None]
        chosen = [found[i] or "" for i in keep]
        return Labels(str(path), {}, places[0][keep], places[1][keep], chosen, radius_arcsec, set())
    ids = identifiers.to_text(values["source_id"], f"The labels {path}").to_pylist()
    nothing = np.empty(0)
    return Labels(str(path), _by_id(ids, found, path), nothing, nothing, [], 0.0, set())


def _column(meaning: str, opened: Opened) -> str | None:
    return guess(meaning, opened.schema.names, opened.where)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.nulls(0, array.type)
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def _degrees(column: pa.Array) -> np.ndarray:
    numbers = numbers_of(column)[0] if pa.types.is_string(column.type) else column.cast(pa.float64())
    return numbers.fill_null(np.nan).to_numpy(zero_copy_only=False)


def _by_id(ids: list[str | None], found: list[str | None], path: Path | str) -> dict[str, str]:
    by_id: dict[str, str] = {}
    for name, word in zip(ids, found):
        if name is None or word is None:
            continue
        if by_id.setdefault(name, word) != word:
            raise LctransferError(f"The labels {path} give source {name} two labels, {by_id[name]} and {word}.")
    return by_id
