"""A table that is open, of whatever kind: its columns, and how they are read in batches."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

FILE_COLUMN = "__file__"
"""Name of the column that holds a file's name without ending, where each file is one source."""
IN_MEMORY = "the table"
LIST_ROWS, LONG_ROWS = 256, 1 << 18
"""Rows per batch of a table of lists, and of a table with a row per epoch."""


@dataclass
class Opened:
    """A table that is open: its columns with structs taken apart, and a function that reads some of them.

    Attributes
    ----------
    where : str
        What messages call it.
    schema : pyarrow.Schema
        Columns; of text files, all are text.
    is_text : bool
        Whether types are not known before reading.
    sample : dict
        Column to its first value, where types are not known.
    units, systems : dict
        Column to the unit or the time system that the file itself states.
    read : callable
        ``read(wanted, numeric, dropped)`` yields tables with these columns.
    unreadable : list of (str, str)
        Files of a folder that could not be read, and why; filled while reading.
    """

    where: str
    schema: pa.Schema
    read: Callable[[Sequence[str], Sequence[str], Counter], Iterator[pa.Table]]
    is_text: bool = False
    sample: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    systems: dict[str, str] = field(default_factory=dict)
    unreadable: list[tuple[str, str]] = field(default_factory=list)


def is_list_type(kind: pa.DataType) -> bool:
    """Tell whether an Arrow type is a list of any kind."""
    return pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)


def repeated(value: str, rows: int) -> pa.Array:
    """Return a column of one text, `rows` times, held once."""
    codes = pa.nulls(rows, pa.int32()).fill_null(0)
    return pa.DictionaryArray.from_arrays(codes, pa.array([value]))
