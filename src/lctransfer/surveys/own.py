"""A light-curve table of somebody's own: no archive, no native files, words tied to classes by a file."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import yaml

from lctransfer.errors import LctransferError
from lctransfer.table import light_curves
from lctransfer.taxonomy import Label, check_label_map, class_name

KEPT = ("source_id", "band", *light_curves.EPOCH_COLUMNS, "label", "ra_deg", "dec_deg", "period_days")
"""Columns that are carried along where there are any; others could clash with features."""


def read_class_map(path: Path | str | None) -> Mapping[str, Label]:
    """Return the class map of a YAML file: a survey's words to classes, superclasses, or nothing (left out).

    Raises
    ------
    LctransferError
        If the file is missing, is not a flat mapping, or names no class of the taxonomy.
    """
    if not path:
        return {}
    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise LctransferError(f"The class map {path} cannot be read: {error}") from None
    if not isinstance(content, dict) or any(isinstance(value, dict | list) for value in content.values()):
        raise LctransferError(f"The class map {path} must hold lines such as `RRAB: RRL_ab`, or `MISC: null`.")
    label_map = {str(word): node if node is None else str(node) for word, node in content.items()}
    check_label_map(label_map, f"The class map {path}")
    return label_map


def read_labelled(path: Path | str, class_map: Mapping[str, Label]) -> pa.Table:
    """Return a light-curve table with the columns `KEPT` that it has, and ``class_name`` by its column ``label``.

    Parameters
    ----------
    path : Path or str
        See `lctransfer.table.light_curves`; labels may be of any type, null where there is none.
    class_map : dict
        Words to nodes of the taxonomy or to None; other words are classes of their own.

    Raises
    ------
    LctransferError
        If it is no light-curve table, has no label, or the map names no class of the taxonomy.
    """
    check_label_map(class_map, "The class map")
    table = light_curves.read(path)
    if "label" not in table.column_names:
        raise LctransferError(f"{path} has no column label: labels are needed to learn and to test.")
    table = table.select([name for name in KEPT if name in table.column_names])
    words = [_word(value) for value in table["label"].to_pylist()]
    table = table.set_column(table.column_names.index("label"), "label", pa.array(words, pa.string()))
    classes = [None if word is None else class_name(word, class_map) for word in words]
    return table.append_column("class_name", pa.array(classes, pa.string()))


def _word(value: object) -> str | None:
    """Return a label as text, without spaces around it; None where there is none."""
    text = "" if value is None else str(value).strip()
    return None if text in {"", "nan"} else text
