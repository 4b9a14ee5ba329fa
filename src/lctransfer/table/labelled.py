"""Labelled light curves of somebody's own: read, and their words tied to classes."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from lctransfer.errors import LctransferError
from lctransfer.table import light_curves
from lctransfer.table.account import Account
from lctransfer.table.canonical import Reading, is_stamped
from lctransfer.table.class_map import Classes, checked, classes_of
from lctransfer.table.labels import words
from lctransfer.table.reading import read
from lctransfer.table.vocabularies import known_words
from lctransfer.taxonomy import Label

KEPT = (
    "source_id",
    "band",
    *light_curves.EPOCH_COLUMNS,
    "label",
    "ra_deg",
    "dec_deg",
    "period_days",
    *light_curves.READ,
)
"""Columns that are carried along where there are any; others could clash with features."""


class Labelled(NamedTuple):
    """Light curves with ``label`` and ``class_name``, the account of their reading, and what their words mean."""

    table: pa.Table
    account: Account
    classes: Classes


def read_labelled(
    source: Path | str | Any, class_map: Mapping[str, Label] | None = None, reading: Reading | None = None
) -> Labelled:
    """Return labelled light curves with the columns `KEPT` that there are, and ``class_name``.

    Parameters
    ----------
    source : path or table in memory
        See `lctransfer.table.reading.read_light_curves`.
    class_map : dict, optional
        Words to a node of the taxonomy, to several, or to None; other words are classes of their own, unless they
        are of a vocabulary.
    reading : Reading, optional
        How to read the table, and whose words its labels are.

    Raises
    ------
    LctransferError
        If it is no light-curve table, has no label, or the map names no class of the taxonomy.
    """
    asked, class_map = reading or Reading(), checked(class_map or {}, "The class map")
    own = not (isinstance(source, Path | str) and is_stamped(Path(source)) and asked == Reading())
    table, account = read(source, asked) if own else (light_curves.read(source), Account())
    if "label" not in table.column_names:
        raise LctransferError(
            f"{_named(source)} has no column label: labels are needed to "
            "learn and to test. Name the column, --columns label=COLUMN, or a file of labels, --labels FILE."
        )
    table = table.select([name for name in KEPT if name in table.column_names])
    if not own:
        found = words(table["label"].combine_chunks(), known_words(asked.vocabulary), account.missing_words)
        table = table.set_column(table.column_names.index("label"), "label", pa.array(found, pa.string()))
    found = table["label"].to_pylist()
    if found and not any(word is not None for word in found):
        hint = "Name their column, --columns label=COLUMN, or a file of labels, --labels FILE."
        raise LctransferError(" ".join([f"{_named(source)}: no source has a label. {hint}", *account.notes]))
    classes = classes_of(Counter(word for word in found if word is not None), class_map, asked.vocabulary)
    named = [None if word is None else classes.names[word] for word in found]
    return Labelled(table.append_column("class_name", pa.array(named, pa.string())), account, classes)


def _named(source: Any) -> str:
    """Return what messages call a table."""
    return str(source) if isinstance(source, Path | str) else "The table"
