"""Astropy's own objects as Arrow tables: Table, TimeSeries, and what is one, such as lightkurve's light curves."""

from typing import Any

import numpy as np
import pyarrow as pa

from lctransfer.errors import LctransferError, one_line


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


def is_lightkurve(source: Any) -> bool:
    """Tell whether an object is one of lightkurve's."""
    return any(kind.__module__.split(".")[0] == "lightkurve" for kind in type(source).__mro__)


def of_lightkurve(source: Any, where: str) -> tuple[pa.Table, dict[str, str], dict[str, str]]:
    """Return a light curve of lightkurve, or a collection of them, as `converted` does, with the targets' names.

    Fluxes without a unit are relative ones there.

    Raises
    ------
    LctransferError
        If a light curve is folded: it has phases, and no times.
    """
    curves = [source] if hasattr(source, "colnames") else list(source)
    parts: list[pa.Table] = []
    units, systems = {"flux": "relative"}, dict[str, str]()
    for number, curve in enumerate(curves):
        if "Folded" in type(curve).__name__:
            raise LctransferError(f"{where} is folded, and has phases in place of times: give it before `fold`.")
        table, stated, found = converted(curve, where)
        kept = ("time", "flux", "flux_err", "quality", "cadenceno")
        table = table.select([name for name in kept if name in table.column_names])
        if "cadenceno" not in table.column_names:  # by it the form is known, and with it the quality flags
            table = table.append_column("cadenceno", pa.array(range(len(table)), pa.int32()))
        names = (curve.meta.get(key) for key in ("TARGETID", "OBJECT", "LABEL"))
        name = next((str(one) for one in names if one not in (None, "")), f"light-curve-{number + 1}")
        parts.append(table.append_column("source_id", pa.array([name] * len(table), pa.string())))
        units |= {column: unit for column, unit in stated.items() if column in ("flux", "flux_err")}
        systems |= found
    if not parts:
        raise LctransferError(f"{where} holds no light curve.")
    return pa.concat_tables(parts, promote_options="permissive"), units, systems


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
        raise LctransferError(f"{where} cannot be taken: {one_line(error)}") from None


def _mask(mask: np.ndarray | None, values: np.ndarray) -> np.ndarray:
    return np.zeros(len(values), bool) if mask is None else mask


def _text(value: bytes | str) -> str:
    return (value.decode("utf-8", errors="replace") if isinstance(value, bytes) else value).strip()
