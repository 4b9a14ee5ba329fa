"""ASAS-SN light curves of single stars: the catalogue's CSV, the CSV files of Sky Patrol v1 and v2.

Kochanek et al. 2017, PASP 129, 104502 (v1); Hart et al. 2023, arXiv:2304.03791 (v2). The two are different pipelines.
"""

import io
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from lctransfer.errors import LctransferError
from lctransfer.surveys.rows import MARK

V_CAMERAS = tuple(f"b{letter}" for letter in "abcdefgh")
G_CAMERAS = (*(f"b{letter}" for letter in "ABCDEFGH"), *(f"b{letter}" for letter in "ijklmnopqrst"), "cB")
"""The case matters: be observes V, bE observes g."""
NOT_MEASURED = 99.0
"""Errors above it mark upper limits, whose magnitudes start with a >."""
COLUMNS = {
    "time": ("hjd", "jd"),
    "mag": ("mag",),
    "mag_err": ("mag_err", "mag error", "mag_error"),
    "camera": ("camera", "cam"),
    "filter": ("filter", "phot_filter"),
    "quality": ("quality",),
}
"""What the columns of the kinds of file are called: the web page of v2 has no camera, but a filter."""


class Found(NamedTuple):
    """The measured epochs of one star by band (time [d], mag, mag_err, by time), and the rows dropped by reason."""

    bands: dict[str, list[np.ndarray]]
    dropped: Counter


def read(content: bytes, where: str, names: Mapping[str, str] | None = None) -> Found:
    """Return the measured epochs of one star, by band.

    Parameters
    ----------
    content : bytes
        A CSV file of any of the kinds; lines that start with # and empty lines are passed over.
    where : str
        What messages call it.
    names : dict, optional
        Columns of `COLUMNS` to what they are called now, as a user corrects them.

    Returns
    -------
    Found
        Bands "V" and "g". Rows of cameras or filters that are not known are dropped, as the project's own client
        does, and counted.

    Raises
    ------
    LctransferError
        If a column is missing, or a number is none.
    """
    table = _table(content, where, names or {})
    band, dropped = _bands(table, where)
    error = _numbers(_column(table, "mag_err", where), where)
    measured = (error < NOT_MEASURED).to_numpy()
    if "quality" in table:
        # A new array each time: those of pandas 3 are read-only.
        measured = measured & (table["quality"] == "G").to_numpy()
    mags = _numbers(_column(table, "mag", where).where(measured, "nan"), where, missing=True)
    columns = [_numbers(_column(table, "time", where), where), mags, error]
    bands = {}
    for name in ("V", "g"):
        chosen = measured & (band == name)
        rows = [column.to_numpy()[chosen] for column in columns]
        order = np.argsort(rows[0], kind="stable")
        bands[name] = [row[order] for row in rows]
    return Found(bands, dropped)


def _table(content: bytes, where: str, names: Mapping[str, str]) -> pd.DataFrame:
    # pandas would take a # within a line, too, for the start of a comment, and cut off what stands behind.
    lines = (line for line in content.removeprefix(MARK).splitlines(keepends=True) if not line.startswith(b"#"))
    try:
        table = pd.read_csv(io.BytesIO(b"".join(lines)), dtype=str, keep_default_na=False, skipinitialspace=True)
    except (ValueError, pd.errors.ParserError) as error:
        raise LctransferError(f"{where} is no CSV file of ASAS-SN: {error}.") from None
    found: dict[str, str] = {}
    called = {name: (names[name].lower(),) if name in names else others for name, others in COLUMNS.items()}
    for given in table.columns:
        known = next((name for name, others in called.items() if given.strip().lower() in others), None)
        if known in found.values():
            raise LctransferError(f"{where} has two columns of {known}: keep one of them.")
        found[given] = known or given
    return table.rename(columns=found)


def _column(table: pd.DataFrame, name: str, where: str) -> pd.Series:
    if name not in table:
        wanted = " or ".join(COLUMNS[name])
        raise LctransferError(f"{where} has no column {wanted}; it has {', '.join(table.columns)}.")
    return table[name]


def _bands(table: pd.DataFrame, where: str) -> tuple[np.ndarray, Counter]:
    """Return the band of each row (empty where it cannot be told), and how many rows that are, by reason."""
    by_filter = "camera" not in table and "filter" in table
    given = table["filter"] if by_filter else _column(table, "camera", where)
    known = {"V": "V", "g": "g"} if by_filter else BAND_OF_CAMERA
    band = given.str.strip().map(known).fillna("").to_numpy(dtype=str)
    return band, unknown(given[band == ""], "filter" if by_filter else "camera")


BAND_OF_CAMERA = dict.fromkeys(V_CAMERAS, "V") | dict.fromkeys(G_CAMERAS, "g")


def unknown(values: pd.Series, kind: str) -> Counter:
    """Return how many rows each camera or filter has whose band is not known."""
    counts = values.value_counts().items()
    return Counter({f"epochs of {kind} {value!r}, whose band is not known": int(count) for value, count in counts})


def _numbers(column: pd.Series, where: str, *, missing: bool = False) -> pd.Series:
    """Return a column as numbers, or name the first line that holds none."""
    values = pd.to_numeric(column, errors="coerce")
    bad = np.flatnonzero(values.isna() & (column != "nan") if missing else ~np.isfinite(values))
    if len(bad):
        raise LctransferError(f"{where}, row {bad[0] + 1}: {column.name} is {column.iloc[bad[0]]!r}, no number.")
    return values
