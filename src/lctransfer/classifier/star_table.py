"""Tables of stars read a few rows at a time: light curves, or features that are already there."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lctransfer.errors import LctransferError, one_line, pass_on_limits
from lctransfer.feature_names import NAMES
from lctransfer.parquet import UNREADABLE, batches, complete, n_rows, parquet_in_pieces
from lctransfer.table import identifiers
from lctransfer.table.light_curves import ALIASES, EPOCH_COLUMNS, account_in, validate
from lctransfer.table.sources import whole

BATCH_ROWS = 64
"""Light curves read at a time, at most: what one thread computes in a tenth of a second."""
BATCH_BYTES = 4_000_000
"""Uncompressed size of what is read at a time: fewer rows where light curves are long."""
FEATURE_ROWS = 4096
"""Rows of a features table read at a time."""
NUMBERS, TEXTS = ("n_epochs", "median_mag", "ra_deg", "dec_deg"), ("flag", "band")
"""Columns of a features table, beside the features, whose types matter."""


def _is_number(kind: pa.DataType) -> bool:
    return any(test(kind) for test in (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal))


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


@dataclass(frozen=True)
class StarTable:
    """A Parquet table with a row per source, of light curves or of features.

    Attributes
    ----------
    path : Path
        The file.
    """

    path: Path

    def __post_init__(self) -> None:
        if self.kind == "light_curves":
            return
        if "source_id" not in self.columns:
            raise LctransferError(f"{self.path} has no column source_id; it has {', '.join(self.columns)}.")
        twice = [name for name, count in Counter(self.columns).items() if count > 1]
        if twice:
            raise LctransferError(f"{self.path} has two columns {twice[0]}: keep one.")
        for name in set(self.columns) & {*NAMES["both"], *NUMBERS, *TEXTS}:
            kind = self.schema.field(name).type
            if not (_is_text(kind) if name in TEXTS else _is_number(kind)) and not pa.types.is_null(kind):
                wanted = "text" if name in TEXTS else "numbers"
                raise LctransferError(
                    f"{self.path}: column {name} holds {kind}, and must hold {wanted}. Make the table again with "
                    "`lctransfer features`, or cast the column."
                )

    @cached_property
    def _file(self) -> pq.ParquetFile:
        try:
            return parquet_in_pieces(self.path)
        except FileNotFoundError:
            raise LctransferError(f"There is no file {self.path}. Check the path.") from None
        except UNREADABLE as error:
            pass_on_limits(error)
            raise LctransferError(f"{self.path} cannot be read as Parquet: {one_line(error)}") from None

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns by this package's names; in a features table they have these already."""
        file = self._file.schema_arrow
        if any(set(names) <= set(file.names) for names in NAMES.values()):
            return file
        return pa.schema([field.with_name(ALIASES.get(field.name, field.name)) for field in file], file.metadata)

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return self.schema.names

    @cached_property
    def kind(self) -> str:
        """``light_curves`` or ``features``.

        Raises
        ------
        LctransferError
            If the table is neither.
        """
        if set(EPOCH_COLUMNS) <= set(self.columns):
            return "light_curves"
        if any(set(names) <= set(self.columns) for names in NAMES.values()):
            return "features"
        raise LctransferError(
            f"{self.path} holds neither light curves (the lists time, mag, mag_err) nor a whole set of features; it "
            f"has the columns {', '.join(self.columns)}."
        )

    @cached_property
    def reading(self) -> dict[str, Any]:
        """The account of how this package read the table, if it did: form, columns, what was dropped and flagged."""
        return account_in(self._file.metadata.metadata)

    @property
    def n_rows(self) -> int:
        """Rows in all, from the file's footer."""
        return n_rows(self._file, self.path)

    @cached_property
    def fingerprint(self) -> str:
        """A digest of the file's size and end, where Parquet keeps the schema and the place of everything."""
        size = self.path.stat().st_size
        with self.path.open("rb") as stream:
            stream.seek(max(0, size - 65_536))
            return hashlib.sha256(f"{size}/{self.n_rows}".encode() + stream.read()).hexdigest()

    def read(self, names: Sequence[str]) -> pa.Table:
        """Return some columns whole, by this package's names; those that are not there are left out."""
        places = [i for i, name in enumerate(self.columns) if name in names]
        try:
            found = self._file.read(columns=[self._file.schema_arrow.names[i] for i in places])
            table = complete(found, self.n_rows, self.path)
        except UNREADABLE as error:
            pass_on_limits(error)
            raise LctransferError(f"{self.path} cannot be read: {one_line(error)}") from None
        return table.rename_columns([self.columns[i] for i in places])

    def empty(self) -> pa.Table:
        """Return a validated table without rows."""
        file = self._file.schema_arrow
        return self._checked(pa.Table.from_arrays([pa.nulls(0, kind) for kind in file.types], schema=file))

    def batches(self, rows: range) -> Iterator[pa.Table]:
        """Yield the rows of a range in order, a few at a time; see `lctransfer.parquet.batches`."""
        for batch in batches(self._file, str(self.path), self._rows_at_once, rows=rows):
            yield self._checked(pa.Table.from_batches([batch]))

    @cached_property
    def _rows_at_once(self) -> int:
        if self.kind == "features":
            return FEATURE_ROWS
        groups = range(self._file.metadata.num_row_groups)
        size = sum(self._file.metadata.row_group(i).total_byte_size for i in groups) / max(self.n_rows, 1)
        return int(max(1, min(BATCH_ROWS, BATCH_BYTES // max(size, 1))))

    def _checked(self, table: pa.Table) -> pa.Table:
        if self.kind == "light_curves":
            return validate(table, str(self.path))
        table = table.rename_columns(self.columns)
        return table.set_column(table.column_names.index("source_id"), "source_id", self._ids(table))

    def ids(self) -> np.ndarray:
        """Return the identifiers of all rows, texts of shape (n_rows,)."""
        return np.array(self._ids(self.read(["source_id"])).to_pylist(), dtype=object).astype(str)

    def _ids(self, table: pa.Table) -> pa.Array:
        return identifiers.to_text(whole(table["source_id"]), f"{self.path}: source_id")


def undefined(X: np.ndarray) -> np.ndarray:
    """Return which features of shape (n, n_features) are no numbers, or none of 32 bits, as trees and networks take."""
    with np.errstate(over="ignore"):
        return ~np.isfinite(X.astype(np.float32))


def given_flags(values: Iterable[object]) -> np.ndarray:
    """Return the flags of a table's rows; a row that says nothing is ``ok``."""
    return np.array([flag if isinstance(flag, str) and flag else "ok" for flag in values], dtype=object)


def flag_undefined(flags: np.ndarray, wrong: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Set the flags of rows that are ``ok`` to the first feature that is `undefined`; return them."""
    for row in np.flatnonzero((flags == "ok") & wrong.any(axis=1)):
        flags[row] = f"undefined_{names[wrong[row].argmax()]}"
    return flags
