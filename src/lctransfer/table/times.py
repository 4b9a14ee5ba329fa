"""Times of observation as days: units, and the zero points of the time systems in use."""

import re
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lctransfer.errors import LctransferError

MJD = 2_400_000.5
TIMESTAMPS, DURATIONS = "timestamps", "durations"
"""Dates and times of day, which become Julian dates (UTC), and lengths of time, which become days."""


class System(NamedTuple):
    """A time system: the Julian date of its zero, and what it is in words."""

    zero: float
    meaning: str


SYSTEMS = {
    "jd": System(0.0, "Julian date"),
    "hjd": System(0.0, "heliocentric Julian date"),
    "bjd": System(0.0, "barycentric Julian date"),
    "mjd": System(MJD, "modified Julian date"),
    "hmjd": System(MJD, "heliocentric modified Julian date"),
    "bmjd": System(MJD, "barycentric modified Julian date"),
    "mjd_tai": System(MJD, "modified Julian date (TAI)"),
    "btjd": System(2_457_000.0, "barycentric TESS Julian date (BJD - 2457000)"),
    "bkjd": System(2_454_833.0, "barycentric Kepler Julian date (BJD - 2454833)"),
    "gaia": System(2_455_197.5, "Gaia's time, BJD(TCB) - 2455197.5"),
    "unix": System(2_440_587.5, "seconds since 1970"),
}
"""Name of each time system; the scale (UTC, TDB, TCB, TAI) is recorded, not changed: at most about a minute apart."""
BY_COLUMN = {
    **{name: name for name in ("jd", "hjd", "bjd", "mjd", "hmjd", "bmjd", "btjd", "bkjd")},
    **{f"{name}obs": name for name in ("jd", "hjd", "bjd", "mjd")},
    **{f"obs{name}": name for name in ("jd", "hjd", "bjd", "mjd")},
    **{"midpointmjdtai": "mjd_tai", "mjdtai": "mjd_tai", "timemjd": "mjd", "timebjd": "bjd", "bjdtdb": "bjd"},
}
"""Column names, without case and punctuation, that tell the system."""
COUNTED_FROM = re.compile(r"[hb]?jd\s*[-_]?\s*(24\d{5}(?:\.5)?)(?!\d)", re.I)
"""Julian dates from a zero of their own, as a column's name or unit says them: ``HJD-2450000``."""
UNITS = {
    **dict.fromkeys(("d", "day", "days"), 1.0),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 1 / 24),
    **dict.fromkeys(("min", "minute", "minutes"), 1 / 1440),
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1 / 86_400),
}
YEARS = ("yr", "year", "years", "a", "julianyear", "decimalyear")
YEAR_DAYS = 365.25
FIRST_YEAR = 1000.0
"""Smaller numbers of years count from a zero of their own, not from the year 1."""
J2000 = 2_451_544.5
"""Julian date of the start of the year 2000, from which decimal years are counted."""
JULIAN_DATES = (2_300_000.0, 2_600_000.0)
"""Of the years 1585 to 2406: what lies outside is no Julian date of an observation."""
MODIFIED = 80_000.0
"""The largest modified Julian date, or number of days since any zero point (year 2077)."""
LONGEST_DAYS = 55_000.0
"""150 years: no survey of light curves has a longer baseline."""
FINE_ENOUGH_DAYS = 0.01
"""Coarser steps of a 32-bit float destroy periods; the shortest period searched is 0.03 d."""


def counted_from(text: str) -> str:
    """Return the system of Julian dates that are counted from a zero which the text names; nothing if it names none.

    Examples
    --------
    >>> counted_from("HJD-2450000"), counted_from("BJD - 2457000, days"), counted_from("HJD")
    ('jd-2450000', 'btjd', '')
    """
    found = COUNTED_FROM.search(text)
    if not found:
        return ""
    known = {2_400_000.5: "mjd", 2_457_000.0: "btjd", 2_454_833.0: "bkjd"}
    return known.get(float(found.group(1)), f"jd-{found.group(1)}")


def is_timestamp(kind: pa.DataType) -> bool:
    """Tell whether Arrow values are dates or times of day."""
    return pa.types.is_timestamp(kind) or pa.types.is_date(kind)


def from_timestamps(values: pa.Array) -> np.ndarray:
    """Return timestamps (UTC) or ISO texts as full Julian dates; NaN for null."""
    micros = pc.cast(pc.cast(values, pa.timestamp("us"), safe=False), pa.int64())
    known = micros.fill_null(0).to_numpy(zero_copy_only=False)
    days = known / 86_400e6 + SYSTEMS["unix"].zero
    return np.where(np.asarray(values.is_null()), np.nan, days) if values.null_count else days


def from_durations(values: pa.Array) -> np.ndarray:
    """Return durations as days; NaN for null."""
    per_day = {"s": 86_400, "ms": 86_400e3, "us": 86_400e6, "ns": 86_400e9}[values.type.unit]
    counted = values.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    return np.where(np.asarray(values.is_null()), np.nan, counted / per_day)


def system_of(name: str, where: str) -> str:
    """Return the name of a time system or unit that a user or a form gives, or refuse it.

    Raises
    ------
    LctransferError
        With those that there are.
    """
    asked = name.strip().lower().replace(" ", "")
    if asked in SYSTEMS or asked in UNITS or asked in YEARS:
        return asked
    if COUNTED_FROM.fullmatch(asked):
        return counted_from(asked)
    known = ", ".join([*SYSTEMS, "d", "h", "min", "s", "yr"])
    raise LctransferError(f"{where}: {name!r} is no unit or system of time; it must be one of {known}.")


def to_days(values: np.ndarray, system: str) -> np.ndarray:
    """Return times as days: full Julian dates where the system has a zero point, else days since the same zero.

    Parameters
    ----------
    values : ndarray of float
    system : str
        A key of `SYSTEMS` or `UNITS`, one of `YEARS`, what `counted_from` returns, or nothing for days.
    """
    if system in YEARS:
        return np.where(np.abs(values) < FIRST_YEAR, values * YEAR_DAYS, J2000 + (values - 2000.0) * YEAR_DAYS)
    if system == "unix":
        return SYSTEMS["unix"].zero + values / 86_400
    if system in UNITS:
        return values * UNITS[system]
    return values + zero(system) if zero(system) else values


def zero(system: str) -> float:
    """Return what `to_days` adds to times of a system, 0 where it has no zero point."""
    own = COUNTED_FROM.fullmatch(system)
    return float(own.group(1)) if own else SYSTEMS[system].zero if system in SYSTEMS else 0.0


def described(system: str) -> str:
    """Return what a system or unit is, in words."""
    if system in SYSTEMS:
        return SYSTEMS[system].meaning
    if COUNTED_FROM.fullmatch(system):
        return f"Julian date - {zero(system):.10g}"
    known = {
        "": "days",
        "d": "days",
        TIMESTAMPS: "dates and times of day, converted to Julian dates (UTC)",
        DURATIONS: "durations, converted to days since the same zero",
    }
    return known.get(system, f"{system}, converted to days")


def float32_step(values: np.ndarray, column_is_float32: bool) -> float:
    """Return the step in days that times have after a 32-bit float, where they went through one; 0 where not.

    Whole and half numbers prove nothing: they may be dates of nights, which begin at half a Julian day.
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0
    narrow = known.astype(np.float32)
    if not column_is_float32 and (not np.array_equal(narrow, known) or np.array_equal(2 * known, np.round(2 * known))):
        return 0.0
    return float(np.spacing(np.abs(narrow).max()))
