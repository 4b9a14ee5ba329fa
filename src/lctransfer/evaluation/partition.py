"""What a real star is for, by its id alone: to calibrate the simulator, to choose constants, or to report numbers on.

Whoever looks at real stars to set or choose anything (a constant of the simulator, a feature, a strategy's constants,
which network ships) keeps to the parts for that; headline numbers come from the last. ``docs/what_was_seen.md`` tells
which choices were made before this rule, and what they had seen: the parts are cut such that the stars to report on
are those which neither of the two older divisions (by CRC-32 and by SHA-256 of the id) had given to a choice.
"""

import hashlib
import zlib
from collections.abc import Iterable

import numpy as np

CALIBRATE, CHOOSE, REPORT = "calibrate", "choose", "report"
CALIBRATE_PER_CENT = 25
"""Stars whose CRC-32 modulo 100 lies below are for calibration."""


def purpose(source_ids: Iterable[object]) -> np.ndarray:
    """Return what each star is for.

    Parameters
    ----------
    source_ids : iterable of length n
        Their text counts; rows of the same star (two bands) share an id, and so a purpose.

    Returns
    -------
    ndarray of str, shape (n,)
        ``calibrate`` (a quarter of all stars), ``choose`` (three eighths) or ``report`` (three eighths).

    Examples
    --------
    >>> purpose(["ASAS_000053-1717.5", "ASAS_000123-0000.0"]).tolist()
    ['choose', 'report']
    """
    return np.array([_purpose(str(name).encode()) for name in source_ids], dtype="<U9")


def _purpose(name: bytes) -> str:
    if zlib.crc32(name) % 100 < CALIBRATE_PER_CENT:
        return CALIBRATE
    return REPORT if hashlib.sha256(name).digest()[0] % 2 else CHOOSE
