"""FITS, ECSV, VOTable and IPAC tables, and astropy's own objects, as Arrow tables; astropy does the reading."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from lctransfer.errors import LctransferError

FORMATS = {
    ".ecsv": "ascii.ecsv",
    ".tbl": "ascii.ipac",
    ".vot": "votable",
    ".votable": "votable",
    ".xml": "votable",
    ".fits": "fits",
    ".fit": "fits",
}
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


def read(path: Path, kind: str, magic: bytes) -> tuple[pa.Table, dict[str, str], dict[str, str]]:
    """Return a file's table, the units that it states, and the time systems.

    Raises
    ------
    LctransferError
        If it cannot be read.
    """
    from astropy.table import Table

    form = _format(kind, magic)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if form == "fits":
                return _read_fits(path)
            return converted(Table.read(path, format=form), str(path))
    except LctransferError:
        raise
    except Exception as error:
        raise LctransferError(f"{path} cannot be read as {form}: {' '.join(str(error).split())[:300]}") from None


def _read_fits(path: Path) -> tuple[pa.Table, dict[str, str], dict[str, str]]:
    from astropy.io import fits
    from astropy.table import Table

    with fits.open(path, memmap=False) as units:
        tables = [unit for unit in units if isinstance(unit, fits.BinTableHDU | fits.TableHDU)]
        if not tables:
            raise LctransferError(f"{path} is a FITS file without a table.")
        table, stated, systems = converted(Table.read(tables[0]), str(path))
        system = ZERO_POINT_OF_HEADER.get(int(tables[0].header.get("BJDREFI") or 0))
        if system:
            systems |= {name: system for name in table.column_names if name.upper() == "TIME"}
    return table, stated, systems


def converted(table: Any, where: str) -> tuple[pa.Table, dict[str, str], dict[str, str]]:
    """Return an astropy Table or TimeSeries (a lightkurve object is one) as Arrow, its units, and time systems."""
    from astropy.time import Time

    columns, units, systems = {}, {}, {}
    for name in table.colnames:
        column = table[name]
        if isinstance(column, Time):
            columns[name], systems[name] = pa.array(np.atleast_1d(column.mjd).astype(float)), "mjd"
            continue
        unit = getattr(column, "unit", None)
        if unit is not None and str(unit):
            units[name] = str(unit)
        columns[name] = _column(column, f"{where}: column {name}")
    return pa.table(columns), units, systems


def _column(column: Any, where: str) -> pa.Array:
    values = np.ma.filled(column, np.nan) if np.ma.isMaskedArray(column) and column.dtype.kind == "f" else column
    mask = np.ma.getmaskarray(column) if np.ma.isMaskedArray(column) and column.dtype.kind != "f" else None
    values = np.asarray(getattr(values, "value", values))
    if values.dtype.byteorder not in ("=", "|"):
        values = values.astype(values.dtype.newbyteorder("="))
    try:
        if values.dtype.kind in "SU":
            return pa.array(
                [None if m else _text(v) for v, m in zip(values.tolist(), _mask(mask, values))], pa.string()
            )
        if values.ndim == 2:
            return pa.array(list(values))
        if values.dtype.kind == "O":
            rows = [v.astype(v.dtype.newbyteorder("=")) if isinstance(v, np.ndarray) else v for v in values.tolist()]
            return pa.array([None if m else v for v, m in zip(rows, _mask(mask, values))])
        return pa.array(values, mask=mask)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        raise LctransferError(f"{where} cannot be taken: {error}") from None


def _mask(mask: np.ndarray | None, values: np.ndarray) -> np.ndarray:
    return np.zeros(len(values), bool) if mask is None else mask


def _text(value: bytes | str) -> str:
    return (value.decode("utf-8", errors="replace") if isinstance(value, bytes) else value).strip()
