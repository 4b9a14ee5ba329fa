"""FITS, ECSV, VOTable and IPAC tables as Arrow tables; astropy does the reading."""

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from lctransfer.errors import LctransferError, one_line, pass_on_limits
from lctransfer.table.astropy_tables import converted
from lctransfer.table.in_memory import in_memory
from lctransfer.table.nested import flattened
from lctransfer.table.opened import LIST_ROWS, LONG_ROWS, Opened, is_list_type

FORMATS = {
    ".ecsv": "ascii.ecsv",
    ".tbl": "ascii.ipac",
    ".vot": "votable",
    ".votable": "votable",
    ".xml": "votable",
    ".fits": "fits",
    ".fit": "fits",
}
MOST_BYTES = 300_000_000
"""Size of a file that astropy reads in one piece, from which that would take several GiB of memory."""
ZERO_POINT_OF_HEADER = {2_457_000: "btjd", 2_454_833: "bkjd"}


def reads(path: Path, kind: str, magic: bytes) -> bool:
    """Tell whether astropy reads this file, by its ending or its first bytes."""
    return bool(_format(kind, magic))


def _format(kind: str, magic: bytes) -> str:
    if magic.startswith(b"SIMPLE  ="):
        return "fits"
    if magic.startswith(b"# %ECSV"):
        return "ascii.ecsv"
    if b"<VOTABLE" in magic:
        return "votable"
    return FORMATS.get(kind, "")


def open_file(path: Path, kind: str, magic: bytes, where: str) -> Opened:
    """Open a file that astropy reads: FITS some rows at a time, the others in one piece.

    Raises
    ------
    LctransferError
        If it cannot be read, or is too large for a format that is read in one piece.
    """
    form = _format(kind, magic)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if form == "fits":
                return _open_fits(path, where)
            return in_memory(*_in_one_piece(path, form, where))
    except LctransferError:
        raise
    except Exception as error:
        pass_on_limits(error)
        raise LctransferError(f"{path} cannot be read as {form}: {one_line(error)}") from None


def _in_one_piece(path: Path, form: str, where: str) -> tuple[pa.Table, str, dict[str, str], dict[str, str]]:
    from astropy.table import Table

    size = path.stat().st_size
    if size > MOST_BYTES:
        raise LctransferError(
            f"{path} has {size / 1e9:.1f} GB, and {form} is read in one piece, which takes several times that of "
            "memory. Write it as Parquet or FITS (astropy: Table.read(...).write('stars.fits')), or as CSV, which are "
            "read piece by piece; or split it into a folder of files."
        )
    table, units, systems = converted(Table.read(path, format=form), str(path))
    return table, where, units, systems


def _open_fits(path: Path, where: str) -> Opened:
    """Open the first table of a FITS file; its rows are mapped, not loaded, where it is not compressed."""
    from astropy.io import fits

    with fits.open(path, memmap=True) as units:
        numbers = [i for i, unit in enumerate(units) if isinstance(unit, fits.BinTableHDU | fits.TableHDU)]
        if not numbers:
            raise LctransferError(f"{path} is a FITS file without a table.")
        number = numbers[0]
        head, stated, systems = converted(_rows_of(units[number], 0, 1), str(path))
        system = ZERO_POINT_OF_HEADER.get(int(units[number].header.get("BJDREFI") or 0))
    if system:
        systems |= {name: system for name in head.column_names if name.upper() == "TIME"}
    schema = flattened(head).schema

    def read(wanted: Sequence[str], numeric: Sequence[str], dropped: Counter) -> Iterator[pa.Table]:
        return _fits_batches(path, number, schema, list(wanted))

    return Opened(where, schema, read, units=stated, systems=systems)


def _fits_batches(path: Path, number: int, schema: pa.Schema, wanted: list[str]) -> Iterator[pa.Table]:
    from astropy.io import fits

    step = LIST_ROWS if any(is_list_type(schema.field(name).type) for name in wanted) else LONG_ROWS
    try:
        with warnings.catch_warnings(), fits.open(path, memmap=True) as units:
            warnings.simplefilter("ignore")
            for start in range(0, max(len(units[number].data), 1), step):
                table, _, _ = converted(_rows_of(units[number], start, start + step), str(path))
                yield flattened(table).select(wanted)
    except LctransferError:
        raise
    except Exception as error:
        pass_on_limits(error)
        raise LctransferError(f"{path} cannot be read as fits: {one_line(error)}") from None


def _rows_of(unit: Any, start: int, stop: int) -> Any:
    """Return some rows of a FITS table as astropy's Table, with units and missing values."""
    from astropy.table import Table

    return Table.read(type(unit)(data=unit.data[start:stop], header=unit.header))
