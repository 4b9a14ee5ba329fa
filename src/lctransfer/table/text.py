"""Delimited text files of any dialect as Arrow batches: pyarrow reads them, pandas where blanks separate."""

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
from pyarrow import csv

from lctransfer.errors import LctransferError, one_line
from lctransfer.reading_ahead import ahead
from lctransfer.table.foreign import refuse_foreign
from lctransfer.table.number_texts import NULLS, numbers_of, refuse_words

HEAD_BYTES = 1 << 18
BLOCK_BYTES = 1 << 25
CHUNK_ROWS = 200_000
SEPARATORS = (",", ";", "\t", "|")
UNNAMED = {3: ["time", "mag", "mag_err"]}
"""Names of the columns of a file without a header, where their number leaves no doubt."""
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
COMMENT_MARKS = ("#", "\\")


class Dialect(NamedTuple):
    """How a text file is written: separator (a blank stands for any), lines before the rows, columns, first row."""

    separator: str
    skip: int
    names: list[str]
    decimal_point: str = "."
    first: tuple[str, ...] = ()

    @property
    def sample(self) -> dict[str, str]:
        """Column to its text in the first row."""
        return dict(zip(self.names, self.first))


def sniff(path: Path) -> Dialect:
    """Return the dialect of a text file, from its first lines.

    Raises
    ------
    LctransferError
        If it is no text, or is empty.
    """
    with pa.input_stream(str(path), compression="detect") as stream:
        head = stream.read(HEAD_BYTES)
    refuse_foreign(path, head)
    if b"\0" in head:
        raise LctransferError(f"{path} is no text file, nor of any format that its name tells.")
    lines = re.split(r"\r\n|\r|\n", head.decode("utf-8-sig", errors="replace"))
    skip = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith(COMMENT_MARKS)), len(lines))
    rows = [line for line in lines[skip : skip + 20] if line.strip() and not line.startswith(COMMENT_MARKS)]
    comment = next((line for line in reversed(lines[:skip]) if line.strip("# \\\t")), "")
    if not rows:
        if comment:  # a header and no row
            return Dialect(_separator(comment), skip, _fields(comment.lstrip("#\\ "), _separator(comment)))
        raise LctransferError(f"{path} is empty: it has no row.")
    separator = _separator(rows[0])
    first = _fields(rows[0], separator)
    decimal = _decimal_point(rows, separator)
    if not any(NUMBER.fullmatch(field.replace(",", ".")) for field in first):
        second = tuple(_fields(rows[1], separator)) if len(rows) > 1 else ()
        return Dialect(separator, skip + 1, _distinct(first, path), decimal, second)
    above = _fields(comment.lstrip("#\\ "), separator)
    if len(above) == len(first) and not any(NUMBER.fullmatch(field) for field in above):
        return Dialect(separator, skip, _distinct(above, path), decimal, tuple(first))
    names = UNNAMED.get(len(first), [f"c{i + 1}" for i in range(len(first))])
    return Dialect(separator, skip, names, decimal, tuple(first))


def _decimal_point(rows: list[str], separator: str) -> str:
    """Return a comma where numbers are written with it, and none with a point."""
    if separator == ",":
        return "."
    fields = [field for row in rows for field in _fields(row, separator)]
    commas = any(re.fullmatch(r"[+-]?\d+,\d+", field) for field in fields)
    return "," if commas and not any(re.fullmatch(r"[+-]?\d+\.\d+", field) for field in fields) else "."


def _separator(line: str) -> str:
    counts = {mark: line.count(mark) for mark in SEPARATORS}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else " "


def _fields(line: str, separator: str) -> list[str]:
    fields = line.split() if separator == " " else line.split(separator)
    return [field.strip().strip('"').strip() for field in fields]


def _distinct(names: list[str], path: Path) -> list[str]:
    twice = [name for name, count in Counter(names).items() if count > 1 and name]
    if twice:
        raise LctransferError(f"{path} has two columns {twice[0]!r}: rename one.")
    return [name or f"c{i + 1}" for i, name in enumerate(names)]


def read(
    path: Path, dialect: Dialect, wanted: Sequence[str], numeric: Sequence[str], dropped: Counter
) -> Iterator[pa.Table]:
    """Yield the rows of a text file in batches, in bounded memory.

    Parameters
    ----------
    path : Path
    dialect : Dialect
        As `sniff` told it.
    wanted : sequence of str
        Columns to read; text, unless `numeric`.
    numeric : sequence of str
        Columns of numbers; what is no number becomes null and is counted.
    dropped : Counter
        Counts lines that have another number of fields, and fields that are no number, by reason.
    """
    if dialect.separator == " ":
        yield from _read_blanks(path, dialect, wanted, numeric, dropped)
        return
    done = 0
    try:
        for batch in ahead(_open(path, dialect, wanted, numeric, dropped)):
            yield pa.Table.from_batches([batch])
            done += len(batch)
    except pa.ArrowInvalid as error:
        if "conversion" not in str(error).lower():
            raise LctransferError(f"{path} cannot be read as text: {one_line(error)}") from None
        yield from _leniently(path, dialect, wanted, numeric, dropped, done)


def _leniently(  # noqa: PLR0917
    path: Path, dialect: Dialect, wanted: Sequence[str], numeric: Sequence[str], dropped: Counter, done: int
) -> Iterator[pa.Table]:
    """Yield the rows from number `done` on, numbers read as text first, so that a bad one costs itself only."""
    dropped.pop(BAD_LINES, None)
    for batch in _open(path, dialect, wanted, (), dropped):
        if done >= len(batch):
            done -= len(batch)
            continue
        yield _numbers(pa.Table.from_batches([batch.slice(done)]), numeric, dialect.decimal_point, dropped)
        done = 0


BAD_LINES = "lines with another number of fields"


def _open(
    path: Path, dialect: Dialect, wanted: Sequence[str], numeric: Sequence[str], dropped: Counter
) -> csv.CSVStreamingReader:
    def bad_line(row: csv.InvalidRow) -> str:
        if not row.text.lstrip().startswith(COMMENT_MARKS):
            dropped[BAD_LINES] += 1
        return "skip"

    options = csv.ConvertOptions(
        column_types={name: pa.float64() if name in numeric else pa.string() for name in wanted},
        include_columns=list(wanted),
        null_values=NULLS,
        strings_can_be_null=False,
        quoted_strings_can_be_null=True,
        decimal_point=dialect.decimal_point,
    )
    return csv.open_csv(
        pa.input_stream(str(path), compression="detect"),
        csv.ReadOptions(
            skip_rows=dialect.skip, column_names=dialect.names, block_size=BLOCK_BYTES, encoding=_encoding(path)
        ),
        csv.ParseOptions(delimiter=dialect.separator, invalid_row_handler=bad_line),
        options,
    )


def _encoding(path: Path) -> str:
    with pa.input_stream(str(path), compression="detect") as stream:
        head = stream.read(HEAD_BYTES)
    try:
        head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1].decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _read_blanks(
    path: Path, dialect: Dialect, wanted: Sequence[str], numeric: Sequence[str], dropped: Counter
) -> Iterator[pa.Table]:
    import pandas as pd

    with pa.input_stream(str(path), compression="detect") as stream:
        lines = io.TextIOWrapper(stream, encoding=_encoding(path), errors="replace")
        for _ in range(dialect.skip):
            next(lines, None)
        chunks = pd.read_csv(
            _Regular(lines, len(dialect.names), dropped),
            sep=r"\s+",
            names=dialect.names,
            header=None,
            dtype=str,
            keep_default_na=False,
            usecols=list(wanted),
            chunksize=CHUNK_ROWS,
            engine="c",
        )
        try:
            for chunk in chunks:
                columns = {name: pa.array(chunk[name], pa.string()) for name in wanted}
                yield _numbers(pa.table(columns), numeric, dialect.decimal_point, dropped)
        except pd.errors.EmptyDataError:
            return
        except (pd.errors.ParserError, ValueError) as error:
            raise LctransferError(f"{path} cannot be read as text: {one_line(error)}") from None


class _Regular:
    """Lines of a text that have the right number of fields, as a file that pandas reads; the others are counted."""

    def __init__(self, lines: io.TextIOWrapper, fields: int, dropped: Counter):
        self.lines, self.fields, self.dropped, self.rest = lines, fields, dropped, ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        for line in self.lines:
            if not line.strip() or line.startswith(COMMENT_MARKS):
                continue
            if len(line.split()) == self.fields:
                return line
            self.dropped[BAD_LINES] += 1
        raise StopIteration

    def read(self, size: int = -1) -> str:
        """Return about `size` characters, whole lines; nothing at the end."""
        taken, length = [], 0
        for line in self:
            taken.append(line)
            length += len(line)
            if 0 <= size <= length:
                break
        return "".join(taken)


def _numbers(table: pa.Table, numeric: Sequence[str], decimal_point: str, dropped: Counter) -> pa.Table:
    for name in numeric:
        column = table[name].combine_chunks()
        values, bad = numbers_of(column, decimal_point)
        refuse_words(column, values, bad, name)
        if bad:
            dropped[f"fields of {name} that are no number"] += bad
        table = table.set_column(table.column_names.index(name), name, values)
    return table
