"""What an astronomer calls from Python: features of one star, or of whatever holds many."""

from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from lctransfer.config import Features
from lctransfer.features.engine import extract
from lctransfer.table.canonical import Reading
from lctransfer.table.reading import read

Numbers = npt.ArrayLike


@overload
def features(
    time: Numbers, mag: Numbers, mag_err: Numbers | None = None, *, feature_set: str = ..., threads: int = ...
) -> dict[str, Any]: ...


@overload
def features(time: Any, *, feature_set: str = ..., threads: int = ..., **reading: Any) -> pd.DataFrame: ...


def features(
    time: Any,
    mag: Numbers | None = None,
    mag_err: Numbers | None = None,
    *,
    feature_set: str = "both",
    threads: int = 1,
    **reading: Any,
) -> dict[str, Any] | pd.DataFrame:
    """Return the features of one star as a dict, or of many stars as a frame.

    Parameters
    ----------
    time : array-like of shape (n,), or a table of light curves
        Days (or timestamps, or an astropy Time) of one star; or what `lctransfer.read_light_curves` takes: a pandas or
        nested-pandas frame, an Arrow table, an astropy TimeSeries, a lightkurve object, a path.
    mag, mag_err : array-like of shape (n,), optional
        Magnitudes of the one star and their errors; without errors, the scatter stands for them.
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
        If the times or magnitudes cannot be what they are taken for.

    Examples
    --------
    >>> days = np.linspace(0, 30, 200) + 0.01 * np.sin(np.arange(200))
    >>> star = features(days, 12 + 0.3 * np.sin(2 * np.pi * days / 2.5), np.full(200, 0.01))
    >>> star["flag"], round(star["period"], 2)
    ('ok', 2.5)
    """
    settings = Features(set=feature_set)
    if mag is not None:
        return _one_star(time, mag, mag_err, settings)
    table, _ = read(time, Reading(**reading))
    made = extract(table, settings, threads=threads).to_pandas()
    by_row = isinstance(time, pd.DataFrame) and len(made) == len(time) and _has_lists(time)
    return made.set_axis(time.index) if by_row else made.set_index("source_id", drop=False)


def _one_star(time: Any, mag: Numbers, mag_err: Numbers | None, settings: Features) -> dict[str, Any]:
    days = np.asarray(getattr(time, "jd", time))
    columns = {"source_id": ["star"], "time": [days], "mag": [np.asarray(mag, float)]}
    if mag_err is not None:
        columns["mag_err"] = [np.asarray(mag_err, float)]
    asked = Reading(columns="" if mag_err is not None else "mag_err=none")
    made = extract(read(pa.table(columns), asked)[0], settings).to_pylist()[0]
    del made["source_id"]
    return {name: float("nan") if value is None else value for name, value in made.items()}


def _has_lists(frame: pd.DataFrame) -> bool:
    """Tell whether a row of a frame is a source: some column holds arrays or nested frames."""
    return any(
        str(kind).startswith("nested") or (len(frame) and isinstance(frame[name].iloc[0], list | tuple | np.ndarray))
        for name, kind in frame.dtypes.items()
    )
