"""From tables in memory to Arrow batches: Arrow, pandas and nested-pandas frames, astropy and lightkurve tables."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from lctransfer.errors import LctransferError, one_line
from lctransfer.table import astropy_tables
from lctransfer.table.nested import flattened
from lctransfer.table.opened import LIST_ROWS, LONG_ROWS, Opened, is_list_type


def in_memory(table: pa.Table, where: str, units: dict[str, str], systems: dict[str, str]) -> Opened:
    """Open an Arrow table; `units` and `systems` are what its file states of its columns."""
    flat = flattened(table)

    def read(wanted: Sequence[str], numeric: Sequence[str], dropped: Counter) -> Iterator[pa.Table]:
        rows = LIST_ROWS if any(is_list_type(flat.schema.field(name).type) for name in wanted) else LONG_ROWS
        chosen = flat.select(list(wanted))
        for start in range(0, max(len(flat), 1), rows):
            yield chosen.slice(start, rows)

    return Opened(where, flat.schema, read, units=units, systems=systems)


def open_memory(source: Any, where: str) -> Opened:
    """Open a table in memory.

    Parameters
    ----------
    source : pyarrow.Table or RecordBatch, DataFrame, astropy Table or TimeSeries, lightkurve.LightCurve
    where : str
        What messages call it.

    Raises
    ------
    LctransferError
        If it is of none of these kinds.
    """
    if isinstance(source, pa.Table):
        return in_memory(source, where, {}, {})
    if isinstance(source, pa.RecordBatch):
        return in_memory(pa.Table.from_batches([source]), where, {}, {})
    module = type(source).__mro__[0].__module__
    if astropy_tables.is_lightkurve(source):
        table, units, systems = astropy_tables.of_lightkurve(source, where)
        return in_memory(table, where, units, systems)
    if hasattr(source, "colnames") and hasattr(source, "meta"):
        table, units, systems = astropy_tables.converted(source, where)
        return in_memory(table, where, units, systems)
    if hasattr(source, "columns") and hasattr(source, "index"):
        return in_memory(_from_frame(source, where), where, {}, {})
    if hasattr(source, "__arrow_c_stream__"):
        return in_memory(pa.table(source), where, {}, {})
    raise LctransferError(
        f"A {module}.{type(source).__name__} is no light-curve table. Give a path, a pandas DataFrame, an Arrow table, "
        "an astropy Table or TimeSeries, or a lightkurve object."
    )


def _from_frame(frame: Any, where: str) -> pa.Table:
    """Return a pandas frame as Arrow; nested-pandas columns become structs."""
    frame = frame.reset_index() if frame.index.name in ("source_id", "id", "objectid", "object_id") else frame
    columns = {}
    for name in frame.columns:
        try:
            columns[str(name)] = pa.array(frame[name])
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise LctransferError(f"{where}: column {name} holds values of several types: {one_line(error)}") from None
    return pa.table(columns)
