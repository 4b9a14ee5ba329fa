"""From a path or an object in memory to Arrow batches: Parquet, feather, text, ECSV, FITS, VOTable, folders, frames."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lctransfer.errors import LctransferError, one_line, pass_on_limits
from lctransfer.parquet import UNREADABLE, batches, parquet_in_pieces
from lctransfer.table import astropy_files, text
from lctransfer.table.in_memory import open_memory
from lctransfer.table.nested import flattened
from lctransfer.table.opened import (
    FILE_COLUMN,
    IN_MEMORY,
    LIST_ROWS,
    LONG_ROWS,
    Opened,
    is_list_type,
    repeated,
)

PARQUET = (".parquet", ".parq", ".pq")
FEATHER = (".feather", ".arrow", ".ipc")
SIDE_FILES = re.compile(r"[._].*|readme.*|license.*|.*\.(md|json|yaml|yml|properties|png|pdf|html|py|crc)", re.I)
"""Files of a folder that hold no light curve."""


def open_table(source: Any, where: str = "") -> Opened:
    """Open whatever holds light curves; nothing but the head is read yet.

    Parameters
    ----------
    source : str, Path, pyarrow.Table, DataFrame, astropy Table or TimeSeries, lightkurve.LightCurve
        A file, a folder of files, or a table in memory.
    where : str
        What messages call it.

    Raises
    ------
    LctransferError
        If it does not exist, is of no known kind, or cannot be read.
    """
    if not isinstance(source, str | Path):
        return open_memory(source, where or IN_MEMORY)
    path, where = Path(source), where or str(source)
    if not path.exists():
        raise LctransferError(f"There is no file {path}. Check the path, or run the stage that writes it.")
    try:
        return _open_folder(path, where) if path.is_dir() else _open_file(path, where)
    except UNREADABLE as error:
        pass_on_limits(error)
        raise LctransferError(f"{path} cannot be read: {one_line(error)}") from None


def ending(path: Path) -> str:
    """Return the lower-case ending of a file without that of its compression."""
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() not in (".gz", ".bz2", ".zst")]
    return suffixes[-1] if suffixes else ""


def _open_file(path: Path, where: str) -> Opened:
    kind, magic = ending(path), _magic(path)
    if magic.startswith(b"PAR1") or kind in PARQUET:
        return _open_parquet([path], where, {})
    if magic.startswith(b"ARROW1") or kind in FEATHER:
        return _open_feather(path, where)
    if astropy_files.reads(path, kind, magic):
        return astropy_files.open_file(path, kind, magic, where)
    return _open_text(path, where)


def _magic(path: Path) -> bytes:
    try:
        with pa.input_stream(str(path), compression="detect") as stream:
            return stream.read(512)
    except OSError as error:
        pass_on_limits(error)
        raise LctransferError(f"{path} cannot be read: {one_line(error)}") from None


def _open_text(path: Path, where: str) -> Opened:
    dialect = text.sniff(path)
    schema = pa.schema([(name, pa.string()) for name in dialect.names])

    def read(wanted: Sequence[str], numeric: Sequence[str], dropped: Counter) -> Iterator[pa.Table]:
        return text.read(path, dialect, wanted, numeric, dropped)

    return Opened(where, schema, read, is_text=True, sample=dialect.sample)


def _open_feather(path: Path, where: str) -> Opened:
    file = pa.ipc.open_file(pa.memory_map(str(path)))
    schema = flattened(file.schema.empty_table()).schema

    def read(wanted: Sequence[str], numeric: Sequence[str], dropped: Counter) -> Iterator[pa.Table]:
        for i in range(file.num_record_batches):
            batch = file.get_batch(i)
            batch.validate(full=True)  # offsets of a damaged file may point anywhere in memory
            yield flattened(pa.Table.from_batches([batch])).select(list(wanted))

    return Opened(where, schema, read)


def _open_parquet(files: Sequence[Path], where: str, keys: dict[Path, dict[str, str]]) -> Opened:
    """Open Parquet files of one kind; ``keys`` are the columns that stand in the names of their folders."""
    first = _parquet_schema(files[0])
    extra = [name for name in keys.get(files[0], {}) if name not in first.names]
    schema = pa.schema([*first, *((name, pa.string()) for name in extra)])
    opened = Opened(where, schema, lambda *_: iter(()))

    def read(wanted: Sequence[str], numeric: Sequence[str], dropped: Counter) -> Iterator[pa.Table]:
        for path in files:
            constant = {**keys.get(path, {}), FILE_COLUMN: path.stem}
            try:
                yield from _parquet_batches(path, wanted, constant)
            except (LctransferError, *UNREADABLE) as error:
                pass_on_limits(error)
                if len(files) == 1:
                    raise _unreadable(path, error) from None
                opened.unreadable.append((str(path), one_line(error)))

    opened.read = read
    return opened


def _parquet_schema(path: Path) -> pa.Schema:
    try:
        with pq.ParquetFile(path) as file:
            return flattened(file.schema_arrow.remove_metadata().empty_table()).schema
    except UNREADABLE as error:
        pass_on_limits(error)
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> LctransferError:
    """Return the sentence on a Parquet file; one of this package names it already."""
    if isinstance(error, LctransferError):
        return error
    return LctransferError(f"{path} cannot be read as Parquet: {one_line(error)}")


def _parquet_batches(path: Path, wanted: Sequence[str], constant: dict[str, str]) -> Iterator[pa.Table]:
    with parquet_in_pieces(path) as file:
        held = flattened(file.schema_arrow.remove_metadata().empty_table()).schema
        missing = [name for name in wanted if name not in held.names and name not in constant]
        if missing:
            raise LctransferError(f"{path} has no column {', '.join(missing)}.")
        top = list(dict.fromkeys(_top(name, file.schema_arrow.names) for name in wanted if name in held.names))
        rows = (
            LIST_ROWS
            if any(is_list_type(held.field(name).type) for name in wanted if name in held.names)
            else LONG_ROWS
        )
        for batch in batches(file, str(path), rows, columns=top):
            table = flattened(pa.Table.from_batches([batch]))
            for name in wanted:
                if name not in table.column_names:
                    table = table.append_column(name, repeated(constant[name], len(table)))
            yield table.select(list(wanted))


def _top(name: str, columns: Sequence[str]) -> str:
    """Return the column of the file that a dotted name is part of."""
    return name if name in columns else next(c for c in columns if name.startswith(f"{c}."))


def _open_folder(folder: Path, where: str) -> Opened:
    parquet = sorted(p for p in folder.rglob("*") if ending(p) in PARQUET and not _hidden(p, folder))
    if parquet:
        keys = {path: _keys(path, folder) for path in parquet}
        opened = _open_parquet(parquet, where, keys)
        opened.schema = opened.schema.append(pa.field(FILE_COLUMN, pa.string()))
        return opened
    files = sorted(p for p in folder.rglob("*") if p.is_file() and not SIDE_FILES.fullmatch(p.name))
    if not files:
        raise LctransferError(f"The folder {folder} holds no table: no Parquet file, no text, no FITS.")
    return _open_files(files, where)


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(("_", ".")) for part in path.relative_to(folder).parts)


def _keys(path: Path, folder: Path) -> dict[str, str]:
    """Return the columns in the names of folders, such as ``band=r``; those of HATS partitions are none."""
    pairs = (part.partition("=") for part in path.relative_to(folder).parts[:-1])
    return {name: value for name, equals, value in pairs if equals and name not in ("Norder", "Dir", "Npix")}


def _open_files(files: list[Path], where: str) -> Opened:
    """Open a folder of files of one kind, which are one source each unless they say otherwise."""
    first, unreadable = None, []
    for path in files:
        try:
            first = _open_file(path, str(path))
            break
        except LctransferError as error:
            unreadable.append((str(path), str(error)))
    if first is None:
        raise LctransferError(f"No file below {where} can be read; such as {unreadable[0][1]}")
    opened = Opened(
        where,
        first.schema.append(pa.field(FILE_COLUMN, pa.string())),
        first.read,
        first.is_text,
        first.sample,
        first.units,
        first.systems,
    )

    def read(wanted: Sequence[str], numeric: Sequence[str], dropped: Counter) -> Iterator[pa.Table]:
        for path in files:
            try:
                yield from _one_file(path, wanted, numeric, dropped)
            except (LctransferError, OSError, ValueError, pa.ArrowException) as error:
                pass_on_limits(error)
                opened.unreadable.append((str(path), one_line(error)))

    opened.read = read
    return opened


def _one_file(path: Path, wanted: Sequence[str], numeric: Sequence[str], dropped: Counter) -> Iterator[pa.Table]:
    one = _open_file(path, str(path))
    inner = [name for name in wanted if name != FILE_COLUMN]
    missing = [name for name in inner if name not in one.schema.names]
    if missing:
        raise LctransferError(f"{path} has no column {', '.join(missing)}.")
    for table in one.read(inner, numeric, dropped):
        named = table.append_column(FILE_COLUMN, repeated(stem(path), len(table)))
        yield named.select(list(wanted))


def stem(path: Path) -> str:
    """Return the name of a file without its endings: the source's, where each file is one."""
    name = path.name
    for suffix in reversed(path.suffixes):
        if suffix.lower() not in _ENDINGS:
            break
        name = name.removesuffix(suffix)
    return name


def stem_of(where: str) -> str:
    """Return the name of the one source of a file; of a table in memory, ``star``."""
    return "star" if where == IN_MEMORY else stem(Path(where))


_TEXTS = ".csv .txt .dat .tsv .ecsv .fits .fit .vot .votable .xml .tbl .lc .phot"
_ENDINGS = {*PARQUET, *FEATHER, *_TEXTS.split(), ".gz", ".bz2", ".zst"}
