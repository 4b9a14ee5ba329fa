"""The light-curve table: one row per source (and band), its epochs as lists. Checked once, here.

Columns: ``source_id`` (string), ``time`` [d], ``mag`` [mag], ``mag_err`` [mag] (lists of equal length); any other
column (``label``, ``class_name``, ``survey``, ``band``, ``ra_deg``, ``dec_deg``, ``period_days``...) is carried along.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from lctransfer.errors import LctransferError, one_line
from lctransfer.parquet import read_parquet, write_parquet

EPOCH_COLUMNS = ("time", "mag", "mag_err")
"""The list columns: days, magnitudes, magnitudes."""
READ = ("read_dropped", "read_flag")
"""What reading somebody's own table adds: how many epochs were dropped, and what is wrong with a row."""
ALIASES = {"magerr": "mag_err", "ra": "ra_deg", "dec": "dec_deg", "period": "period_days"}
"""Column names that other people's tables use, and ours."""


METADATA_KEY = b"lctransfer.reading"
"""Of the schema's metadata: the table is in this form already; the account of how it was read, as JSON."""


class Ragged(NamedTuple):
    """Epochs of many light curves, end to end: those of row i are ``[offsets[i]:offsets[i + 1]]``."""

    time: np.ndarray
    mag: np.ndarray
    mag_err: np.ndarray
    offsets: np.ndarray


def validate(table: pa.Table, where: str = "the light-curve table") -> pa.Table:
    """Return the table with our column names and float64 lists, or refuse it.

    Parameters
    ----------
    table : pyarrow.Table
        A row per source; see the module's text for the columns.
    where : str
        What the error message calls the table.

    Returns
    -------
    pyarrow.Table
        The same rows in the same order.

    Raises
    ------
    LctransferError
        If a column is missing, is not a list of numbers, or the lists of a row differ in length.
    """
    table = table.rename_columns([ALIASES.get(name, name) for name in table.column_names])
    missing = [name for name in ("source_id", *EPOCH_COLUMNS) if name not in table.column_names]
    if missing:
        raise LctransferError(f"{where} has no column {', '.join(missing)}; it has {', '.join(table.column_names)}.")
    for name in EPOCH_COLUMNS:
        table = table.set_column(table.column_names.index(name), name, _as_lists(table[name], name, where))
    table = table.set_column(table.column_names.index("source_id"), "source_id", table["source_id"].cast(pa.string()))
    _check_lengths(table, where)
    return table


def _as_lists(column: pa.ChunkedArray, name: str, where: str) -> pa.Array:
    try:
        lists = column.combine_chunks().cast(pa.list_(pa.float64()))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise LctransferError(f"{where}: column {name} must hold lists of numbers, but: {one_line(error)}") from None
    # A missing list is a light curve without epochs, to be flagged later rather than lost.
    return lists.fill_null(pa.scalar([], pa.list_(pa.float64()))) if lists.null_count else lists


def _check_lengths(table: pa.Table, where: str) -> None:
    lengths = [np.diff(_flat(table[name].combine_chunks().offsets)) for name in EPOCH_COLUMNS]
    uneven = np.flatnonzero((lengths[0] != lengths[1]) | (lengths[0] != lengths[2]))
    if len(uneven):
        row = int(uneven[0])
        raise LctransferError(
            f"{where}: source {table['source_id'][row]} has {lengths[0][row]} times, {lengths[1][row]} magnitudes and "
            f"{lengths[2][row]} errors; {len(uneven)} rows are uneven so. Give every row lists of equal length."
        )


def read(path: Path | str) -> pa.Table:
    """Return the validated light-curve table of a Parquet file; see `validate`."""
    return validate(read_parquet(path), str(path))


def write(path: Path | str, table: pa.Table) -> None:
    """Validate a light-curve table and write it as Parquet, marked as one that needs no reading again."""
    table = validate(table)
    metadata = {**(table.schema.metadata or {})}
    metadata.setdefault(METADATA_KEY, b"{}")
    write_parquet(path, table.replace_schema_metadata(metadata))


def account_in(metadata: Mapping[bytes, bytes] | None) -> dict[str, Any]:
    """Return the account of reading that a file or schema carries in its metadata; empty if there is none.

    It says what form was recognised, how each column was understood, and what was dropped and flagged: see
    `lctransfer.table.account.Account.described`.
    """
    try:
        found = json.loads((metadata or {}).get(METADATA_KEY, b"{}"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def ragged(table: pa.Table) -> Ragged:
    """Return the epochs of a validated table as flat float64 arrays, without copying where Arrow allows it.

    Returns
    -------
    Ragged
        Null elements become NaN. ``offsets`` has one element more than the table has rows, and starts at 0.
    """
    columns = [table[name].combine_chunks() for name in EPOCH_COLUMNS]
    offsets = _flat(columns[0].offsets).astype(np.int64)
    time, mag, mag_err = (_flat(column.flatten()) for column in columns)
    return Ragged(time, mag, mag_err, offsets - offsets[0])


def _flat(array: pa.Array) -> np.ndarray:
    """Return an array's numbers, where there are nulls NaN: otherwise without pandas, which `to_numpy` would load."""
    return array.to_numpy(zero_copy_only=False) if array.null_count else np.from_dlpack(array)
