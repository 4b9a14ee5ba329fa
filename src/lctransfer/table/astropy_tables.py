"""Astropy's own objects as Arrow tables: Table, TimeSeries, and what is one, such as lightkurve's light curves."""

from typing import Any

import numpy as np
import pyarrow as pa

from lctransfer.errors import LctransferError


def converted(table: Any, where: str) -> tuple[pa.Table, dict[str, str], dict[str, str]]:
    """Return an astropy Table or TimeSeries (a lightkurve object is one) as Arrow, its units, and time systems."""
    from astropy.time import Time, TimeDelta

    columns, units, systems = {}, {}, {}
    for name in table.colnames:
        column = table[name]
        if isinstance(column, Time):
            columns[name], systems[name] = pa.array(np.atleast_1d(column.mjd).astype(float)), "mjd"
            continue
        if isinstance(column, TimeDelta):
            columns[name], units[name] = pa.array(np.atleast_1d(column.to_value("day")).astype(float)), "d"
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
