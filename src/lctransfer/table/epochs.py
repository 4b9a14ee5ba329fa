"""From columns as they come to days and magnitudes, epoch by epoch, and why an epoch is dropped."""

from collections import Counter
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from lctransfer.errors import LctransferError
from lctransfer.table import times, units
from lctransfer.table.column_units import kind_of_text
from lctransfer.table.number_texts import numbers_of, refuse_words
from lctransfer.table.quality import kept
from lctransfer.table.understanding import Placed, Understood

KEPT, CUT, NOT_POSITIVE, NO_NUMBER = 0, 1, 2, 3
REASONS = {
    CUT: "epochs that the quality flags reject",
    NOT_POSITIVE: "epochs whose flux is not positive",
    NO_NUMBER: "epochs without a time or a magnitude",
}
"""Why an epoch is dropped, in words."""


class Measured(NamedTuple):
    """Epochs of one batch: days, magnitudes, their errors (NaN where missing), and why one is dropped (0: kept)."""

    time: np.ndarray
    mag: np.ndarray
    mag_err: np.ndarray
    reason: np.ndarray


def measure(columns: dict[str, pa.Array], group: Placed, table: Understood, dropped: Counter) -> Measured:
    """Return the epochs of one batch in days and magnitudes.

    Parameters
    ----------
    columns : dict
        Column to values, all of equal length.
    group : Placed
        Which column is what.
    table : Understood
        Units and the time system.
    dropped : Counter
        Counts fields that are no number, by reason.
    """
    time = _time(columns[group.columns["time"].column], table, dropped)
    reason = np.zeros(len(time), np.uint8)
    if "flux" in group.columns:
        mag, mag_err, negative = _from_flux(columns, group, table, dropped)
        reason[negative] = NOT_POSITIVE
    else:
        mag, mag_err = _magnitudes(columns, group, table, dropped)
    missing = ~(np.isfinite(time) & np.isfinite(mag))
    reason[missing & (reason == KEPT)] = NO_NUMBER
    for cut in group.cuts:
        column = columns[cut.column]
        reason[~kept(_comparable(column, cut.value, cut.test), cut)] = CUT
    return Measured(time, mag, mag_err, reason)


def _comparable(column: pa.Array, value: tuple, test: str) -> pa.Array:
    """Return a column of text as numbers where a cut compares with numbers."""
    numeric = test in ("<", ">") or (value and all(isinstance(one, int | float) for one in value))
    return numbers_of(column)[0] if numeric and _is_text(column.type) else column


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def numbers(column: pa.Array, name: str, dropped: Counter) -> np.ndarray:
    """Return a column's numbers as float64, NaN where there is none; texts are read as numbers.

    Raises
    ------
    LctransferError
        If the column holds no numbers at all.
    """
    kind = column.type
    if _is_text(kind):
        read, bad = numbers_of(column)
        refuse_words(column, read, bad, name)
        column = read
        if bad:
            dropped[f"fields of {name} that are no number"] += bad
    elif pa.types.is_null(kind):
        column = column.cast(pa.float64())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        raise LctransferError(f"Column {name} must hold numbers, but holds {kind}.")
    column = column.cast(pa.float64(), safe=False)
    values = (column.fill_null(np.nan) if column.null_count else column).to_numpy(zero_copy_only=False)
    return np.asarray(values, np.float64)


def _time(column: pa.Array, table: Understood, dropped: Counter) -> np.ndarray:
    name = table.groups[0].columns["time"].column
    if times.is_timestamp(column.type):
        return times.from_timestamps(column)
    if pa.types.is_duration(column.type):
        return times.from_durations(column)
    if pa.types.is_time(column.type):
        raise LctransferError(
            f"{table.where}: {name} holds times of day without a date. Give dates too, such as 2017-01-31T12:00:00, or "
            "Julian dates."
        )
    if _is_text(column.type) and len(column):
        decoded = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        plain = decoded.drop_null()
        kind = kind_of_text(plain[0].as_py() or "") if len(plain) else ""
        if kind:
            return (_from_iso if kind == times.TIMESTAMPS else _from_spans)(decoded, name, dropped)
    system = "" if table.time_system in (times.TIMESTAMPS, times.DURATIONS) else table.time_system
    return times.to_days(numbers(column, name, dropped), system)


def _from_iso(column: pa.Array, name: str, dropped: Counter) -> np.ndarray:
    import pandas as pd

    stamps = pd.to_datetime(pd.Series(column.to_pylist(), dtype=object), errors="coerce", utc=True, format="ISO8601")
    bad = int((stamps.isna() & ~np.asarray(column.is_null())).sum())
    if bad:
        dropped[f"fields of {name} that are no date"] += bad
    return stamps.dt.tz_localize(None).to_numpy("datetime64[us]").astype("int64").astype(float) / 86_400e6 + np.where(
        stamps.isna(), np.nan, times.SYSTEMS["unix"].zero
    )


def _from_spans(column: pa.Array, name: str, dropped: Counter) -> np.ndarray:
    """Return texts such as ``12 days 03:00:00``, as pandas writes durations, as days."""
    import pandas as pd

    spans = pd.to_timedelta(pd.Series(column.to_pylist(), dtype=object), errors="coerce")
    bad = int((spans.isna() & ~np.asarray(column.is_null())).sum())
    if bad:
        dropped[f"fields of {name} that are no duration"] += bad
    return (spans / pd.Timedelta(days=1)).to_numpy(float)


def _from_flux(
    columns: dict[str, pa.Array], group: Placed, table: Understood, dropped: Counter
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return magnitudes, errors, and which fluxes are zero or below."""
    name = group.columns["flux"].column
    flux = numbers(columns[name], name, dropped)
    if "flux_err" in group.columns:
        error = group.columns["flux_err"].column
        flux_err = numbers(columns[error], error, dropped)
    elif "snr" in group.columns:
        flux_err = np.abs(flux) / _positive(numbers(columns[group.columns["snr"].column], "snr", dropped))
    else:
        flux_err = np.full(len(flux), np.nan)
    mag, mag_err = units.to_magnitudes(flux, flux_err, table.zero_point or 0.0)
    return mag, mag_err, flux <= 0


def _magnitudes(
    columns: dict[str, pa.Array], group: Placed, table: Understood, dropped: Counter
) -> tuple[np.ndarray, np.ndarray]:
    name = group.columns["mag"].column
    mag = numbers(columns[name], name, dropped) * table.mag_factor
    if "mag_err" in group.columns:
        error = group.columns["mag_err"].column
        return mag, numbers(columns[error], error, dropped) * table.err_factor
    if "snr" in group.columns:
        snr = _positive(numbers(columns[group.columns["snr"].column], "snr", dropped))
        return mag, units.converted(units.POGSON / snr)
    return mag, np.full(len(mag), np.nan)


def _positive(values: np.ndarray) -> np.ndarray:
    return np.where(values > 0, values, np.nan)


def count_reasons(reason: np.ndarray, lost: Counter) -> None:
    """Add to `lost` how many epochs are dropped, by reason in words."""
    for number, count in enumerate(np.bincount(reason, minlength=1)):
        if number != KEPT and count:
            lost[REASONS[number]] += int(count)
