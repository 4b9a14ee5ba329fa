"""Parquet files: written whole or not at all, and read, whole or in pieces, so that no row is missed in silence."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lctransfer.errors import LctransferError, one_line, pass_on_limits
from lctransfer.files import replacing

if TYPE_CHECKING:  # a quarter of a second, which most callers have no need of
    import pandas as pd

UNREADABLE = (pa.ArrowException, OSError, UnicodeDecodeError)
"""What pyarrow raises where a file is missing or damaged; the last one, where a column's name is no UTF-8."""
BUFFER_BYTES = 1_048_576
"""Read at a time of each column by `parquet_in_pieces`."""


def read_parquet(path: Path | str, columns: list[str] | None = None) -> pa.Table:
    """Return a Parquet file as an Arrow table.

    Raises
    ------
    LctransferError
        If the file is missing, is not Parquet, lacks one of `columns`, or has rows that cannot be read.
    """
    try:
        file = pq.ParquetFile(path)
        return complete(file.read(columns=columns), n_rows(file, path), path)
    except FileNotFoundError:
        raise LctransferError(f"There is no file {path}. Check the path, or run the stage that writes it.") from None
    except UNREADABLE as error:
        pass_on_limits(error)
        raise LctransferError(f"{path} cannot be read as Parquet: {one_line(error)}") from None


def write_parquet(path: Path | str, table: "pa.Table | pd.DataFrame") -> None:
    """Write a table as Parquet (zstd), whole or not at all."""
    if not isinstance(table, pa.Table):
        table = pa.Table.from_pandas(table, preserve_index=False)
    with replacing(path) as aside:
        pq.write_table(table, aside, compression="zstd")


def join_parquet(paths: list[Path], target: Path | str) -> None:
    """Write the rows of several Parquet tables, one after the other, as one table.

    Raises
    ------
    LctransferError
        If a table is missing, or its columns differ from the first one's.
    """
    tables = [read_parquet(path) for path in paths]
    for path, table in zip(paths, tables, strict=True):
        if table.schema.names != tables[0].schema.names:
            raise LctransferError(f"{path} has other columns than {paths[0]}; delete both and run their stage again.")
    write_parquet(target, pa.concat_tables(tables, promote_options="permissive"))


def n_rows(file: pq.ParquetFile, where: Path | str) -> int:
    """Return how many rows a Parquet file says that it has.

    Raises
    ------
    LctransferError
        If it says two numbers.
    """
    groups = sum(file.metadata.row_group(i).num_rows for i in range(file.metadata.num_row_groups))
    if groups != file.metadata.num_rows:
        raise LctransferError(
            f"{where} is damaged: it says that it has {file.metadata.num_rows} rows, and that its parts have {groups}."
        )
    return int(groups)


def complete(table: pa.Table, rows: int, where: Path | str) -> pa.Table:
    """Return what was read of a Parquet file, and refuse fewer rows: a damaged page may end without an error."""
    if len(table) != rows:
        raise LctransferError(f"{where} is damaged: only {len(table)} of {rows} rows can be read.")
    return table


def row_groups(file: pq.ParquetFile, where: Path | str) -> Iterator[pa.Table]:
    """Yield each row group of a Parquet file, refused where rows of it cannot be read; see `complete`."""
    for number in range(file.num_row_groups):
        yield complete(file.read_row_group(number), file.metadata.row_group(number).num_rows, where)


def parquet_in_pieces(source: Any) -> pq.ParquetFile:
    """Open a Parquet file, or a stream of one, to be read by `batches`.

    Without a buffer the reader takes a whole row group of each column, which may be the whole file.
    """
    return pq.ParquetFile(source, buffer_size=BUFFER_BYTES, pre_buffer=False)


def batches(
    file: pq.ParquetFile,
    where: str,
    at_once: int,
    *,
    rows: range | None = None,
    columns: Sequence[str] | None = None,
    use_threads: bool = True,
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a Parquet file in order, a few at a time; row groups outside of a range are not read.

    Parameters
    ----------
    file : pyarrow.parquet.ParquetFile
        Of `parquet_in_pieces`.
    where : str
        What messages call the file.
    at_once : int
        Most rows in a batch.
    rows : range, optional
        Which rows, all by default; what is beyond the end is passed over.
    columns : sequence of str, optional
        Which columns of the file, all by default.
    use_threads : bool
        Whether columns are decoded side by side.

    Raises
    ------
    LctransferError
        Naming the rows that cannot be read, with an error or because a damaged page ends early without one, or the
        two numbers of rows of a file that has two.
    """
    ends = np.cumsum([file.metadata.row_group(i).num_rows for i in range(file.metadata.num_row_groups)], dtype=int)
    total = n_rows(file, where)
    rows = range(total) if rows is None else range(rows.start, max(rows.start, min(rows.stop, total)))
    if not rows:
        return
    starts = np.concatenate([[0], ends[:-1]])
    groups = np.flatnonzero((ends > rows.start) & (starts < rows.stop))
    position = int(starts[groups[0]])
    said = f"the file says that there are {total}"
    try:
        for batch in file.iter_batches(at_once, row_groups=groups.tolist(), columns=columns, use_threads=use_threads):
            low, high = max(rows.start - position, 0), min(rows.stop - position, len(batch))
            position += len(batch)
            if low < high:
                yield batch.slice(low, high - low)
    except UNREADABLE as error:
        pass_on_limits(error)
        said = one_line(error)
        position = min(position, rows.stop - 1)
    if position < rows.stop:
        raise LctransferError(f"{where}: rows from {position} on cannot be read ({said}).") from None
