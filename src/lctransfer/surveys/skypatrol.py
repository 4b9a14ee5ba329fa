"""ASAS-SN light curves of single stars: the catalogue's CSV, the CSV files of Sky Patrol v1 and v2.

Kochanek et al. 2017, PASP 129, 104502 (v1); Hart et al. 2023, arXiv:2304.03791 (v2). The two are different pipelines.
"""

import io

import numpy as np
import pandas as pd

from lctransfer.errors import LctransferError

V_CAMERAS = tuple(f"b{letter}" for letter in "abcdefgh")
G_CAMERAS = (*(f"b{letter}" for letter in "ABCDEFGH"), *(f"b{letter}" for letter in "ijklmnopqrst"), "cB")
"""The case matters: be observes V, bE observes g."""
NOT_MEASURED = 99.0
"""Errors above it mark upper limits, whose magnitudes start with a >."""
TIMES, CAMERAS = ("hjd", "jd"), ("camera", "cam")


def read(content: bytes, where: str) -> dict[str, list[np.ndarray]]:
    """Return the measured epochs of one star, by band.

    Parameters
    ----------
    content : bytes
        A CSV file of any of the three kinds; lines that start with # are passed over.
    where : str
        What messages call it.

    Returns
    -------
    dict
        "V" and "g" to time [d], mag, mag_err, sorted by time.

    Raises
    ------
    LctransferError
        If a column is missing, a number is none, or a camera is not known.
    """
    table = _table(content, where)
    time, camera = (_column(table, names, where) for names in (TIMES, CAMERAS))
    error = _numbers(table[_column(table, ("mag_err",), where)], where)
    measured = (error < NOT_MEASURED).to_numpy()
    if "quality" in table:
        measured &= (table["quality"] == "G").to_numpy()
    check_cameras(table[camera], where)
    mags = _numbers(table[_column(table, ("mag",), where)].where(measured, "nan"), where, missing=True)
    columns = [_numbers(table[time], where), mags, error]
    bands = {}
    for band, cameras in (("V", V_CAMERAS), ("g", G_CAMERAS)):
        chosen = measured & table[camera].isin(cameras).to_numpy()
        rows = [column[chosen].to_numpy() for column in columns]
        order = np.argsort(rows[0], kind="stable")
        bands[band] = [row[order] for row in rows]
    return bands


def _table(content: bytes, where: str) -> pd.DataFrame:
    # pandas would take a # within a line, too, for the start of a comment, and cut off what stands behind.
    lines = (line for line in content.splitlines(keepends=True) if not line.startswith(b"#"))
    try:
        table = pd.read_csv(io.BytesIO(b"".join(lines)), dtype=str, keep_default_na=False, skipinitialspace=True)
    except (ValueError, pd.errors.ParserError) as error:
        raise LctransferError(f"{where} is no CSV file of ASAS-SN: {error}.") from None
    return table.rename(columns={name: name.strip().lower() for name in table.columns})


def _column(table: pd.DataFrame, names: tuple[str, ...], where: str) -> str:
    found = [name for name in names if name in table]
    if not found:
        raise LctransferError(f"{where} has no column {' or '.join(names)}; it has {', '.join(table.columns)}.")
    return found[0]


def _numbers(column: pd.Series, where: str, *, missing: bool = False) -> pd.Series:
    """Return a column as numbers, or name the first line that holds none."""
    values = pd.to_numeric(column, errors="coerce")
    bad = np.flatnonzero(values.isna() & (column != "nan") if missing else ~np.isfinite(values))
    if len(bad):
        raise LctransferError(f"{where}, row {bad[0] + 1}: {column.name} is {column.iloc[bad[0]]!r}, no number.")
    return values


def check_cameras(cameras: pd.Series, where: str) -> None:
    """Refuse cameras whose band is not known, and which the project's own client would drop in silence."""
    unknown = sorted(set(cameras) - {*V_CAMERAS, *G_CAMERAS})
    if unknown:
        raise LctransferError(f"{where}: camera {', '.join(unknown)} is not known; its band cannot be told.")
