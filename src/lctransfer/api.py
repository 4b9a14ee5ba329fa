"""What an astronomer calls from Python: features of one star, or of whatever holds many."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict, Unpack, overload

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from lctransfer.config import Features, check
from lctransfer.errors import LctransferError
from lctransfer.features.engine import extract
from lctransfer.table import times, units
from lctransfer.table.canonical import Reading
from lctransfer.table.reading import read

Numbers = npt.ArrayLike


class HowToRead(TypedDict, total=False):
    """Keywords of `features` for tables: see `lctransfer.read_light_curves`."""

    form: str
    columns: str | Mapping[str, str]
    band: str
    labels: str | Path
    labels_position: float
    vocabulary: str
    quality: bool


@overload
def features(
    time: Numbers, mag: Numbers, mag_err: Numbers | None = None, *, feature_set: str = ..., threads: int = ...
) -> dict[str, Any]: ...


@overload
def features(
    time: Any, *, feature_set: str = ..., threads: int = ..., **reading: Unpack[HowToRead]
) -> pd.DataFrame: ...


def features(
    time: Any,
    mag: Numbers | None = None,
    mag_err: Numbers | None = None,
    *,
    feature_set: str = "both",
    threads: int = 1,
    **reading: Unpack[HowToRead],
) -> dict[str, Any] | pd.DataFrame:
    """Return the features of one star as a dict, or of many stars as a frame.

    Parameters
    ----------
    time : array-like of shape (n,), or a table of light curves
        Days (or timestamps, or an astropy Time) of one star; or what `lctransfer.read_light_curves` takes: a pandas or
        nested-pandas frame, an Arrow table, an astropy TimeSeries, a lightkurve object, a path.
    mag, mag_err : array-like of shape (n,), optional
        Magnitudes of the one star and their errors; without errors, the scatter stands for them. Units of astropy
        count: magnitudes in mag or mmag, times in days or what they say; masked values are left out.
    feature_set : str
        ``both``, ``upsilon`` or ``lctransfer``; see `lctransfer.features.NAMES`.
    threads : int
        Cores to use for many stars.
    **reading
        For a table: ``form``, ``columns``, ``band``, ``labels``...: see `lctransfer.read_light_curves`.

    Returns
    -------
    dict or DataFrame
        ``n_epochs``, ``n_dropped``, ``duration_days``, the features, and ``flag``: ``ok``, or why they are NaN. A frame
        has a row per source and band. Where the input is a frame with a row per source, its index is the input's, so
        that the two can be joined; else it is ``source_id``.

    Raises
    ------
    LctransferError
        If the times or magnitudes cannot be what they are taken for, or there is no such set of features.

    Examples
    --------
    >>> days = np.linspace(0, 30, 200) + 0.01 * np.sin(np.arange(200))
    >>> star = features(days, 12 + 0.3 * np.sin(2 * np.pi * days / 2.5), np.full(200, 0.01))
    >>> star["flag"], round(star["period"], 2)
    ('ok', 2.5)
    """
    settings = Features(set=feature_set)
    check(settings, "features.")
    if mag is not None:
        return _one_star(time, mag, mag_err, settings)
    table, _ = read(time, Reading(**reading))
    made = extract(table, settings, threads=threads).to_pandas()
    by_row = isinstance(time, pd.DataFrame) and len(made) == len(time) and _has_lists(time)
    return made.set_axis(time.index) if by_row else made.set_index("source_id", drop=False)


def _one_star(time: Any, mag: Any, mag_err: Any, settings: Features) -> dict[str, Any]:
    columns = {"time": _days(time), "mag": _magnitudes(mag, "mag")}
    if mag_err is not None:
        columns["mag_err"] = _magnitudes(mag_err, "mag_err")
    for name, values in columns.items():
        if np.ndim(values) != 1:
            raise LctransferError(
                f"{name} of one star has the shape {np.shape(values)}, not one list of numbers: give many stars as "
                "a table."
            )
    asked = Reading(columns="" if mag_err is not None else "mag_err=none")
    star = pa.table({"source_id": ["star"], **{name: [values] for name, values in columns.items()}})
    made = extract(read(star, asked)[0], settings).to_pylist()[0]
    del made["source_id"]
    return {name: float("nan") if value is None else value for name, value in made.items()}


def _days(time: Any) -> np.ndarray:
    """Return times as days, or as timestamps; those of astropy say by themselves what they are."""
    unit = _unit(time)
    values = _plain(getattr(time, "jd", time))
    return times.to_days(values.astype(float), times.system_of(unit, "time")) if unit else values


def _magnitudes(values: Any, name: str) -> np.ndarray:
    return _plain(values).astype(float) * units.mag_factor(_unit(values), name)


def _unit(values: Any) -> str:
    """Return the unit of an astropy quantity; nothing for other arrays, and for a time, which has none."""
    return "" if hasattr(values, "jd") else str(getattr(values, "unit", None) or "")


def _plain(values: Any) -> np.ndarray:
    """Return an array without a unit, and NaN where it is masked."""
    if hasattr(values, "filled") and getattr(values, "mask", None) is not None:
        values = values.filled(np.nan)
    return np.asarray(getattr(values, "value", values))


def _has_lists(frame: pd.DataFrame) -> bool:
    """Tell whether a row of a frame is a source: some column holds arrays or nested frames."""
    return any(
        str(kind).startswith("nested") or (len(frame) and isinstance(frame[name].iloc[0], list | tuple | np.ndarray))
        for name, kind in frame.dtypes.items()
    )
