"""Which unit the times of a table are in, where neither its name nor a unit tells: by the nights of the observations.

From the ground a star is observed by night, so that times in days gather at one phase of the day. Times in hours gather
at a phase of 24, times in years at a phase of 1/365.25.
"""

import numpy as np

CYCLES = {"d": 1.0, "h": 24.0, "min": 1440.0, "s": 86_400.0, "yr": 1 / 365.25}
"""Unit to the length of a day in it."""
IN_WORDS = {"h": "hours", "min": "minutes", "s": "seconds", "yr": "years"}
FEWEST_EPOCHS, FEWEST_CYCLES = 30, 20
"""Epochs and days of a light curve from which its nights can be seen."""
GATHERED, SPREAD = 0.5, 0.25
"""Length of the mean of the phases' unit vectors (0 to 1) from which they gather, and up to which they do not."""
MODIFIED_DATES = (15_000.0, 75_000.0)
"""Years 1900 to 2064 as modified Julian dates."""
JULIAN = 1e6
"""Larger times are Julian dates, or refused elsewhere."""
SHORT_SPAN_DAYS = 30.0


def gathering(time: np.ndarray) -> list[float]:
    """Return how far times gather at one phase of a day, for each unit of `CYCLES`; NaN for few epochs.

    The mean resultant length of circular statistics (Mardia & Jupp 2000, section 2.3), 0 to 1; 0 where a light
    curve is too short to tell.
    """
    since = time - np.min(time) if len(time) else time
    found = []
    for cycle in CYCLES.values():
        fewest = FEWEST_CYCLES if cycle != 1.0 else 1
        if len(time) < FEWEST_EPOCHS:
            found.append(np.nan)
        elif np.max(since) < fewest * cycle or (cycle == 1.0 and np.array_equal(since, np.round(since))):
            found.append(0.0)  # whole numbers gather by being whole
        else:
            found.append(float(np.abs(np.mean(np.exp(2j * np.pi * since / cycle)))))
    return found


def unit_by_nights(gathered: list[list[float]]) -> str:
    """Return the unit in which most light curves show nights where days do not; empty where none does.

    Parameters
    ----------
    gathered : list of list of float
        For each light curve, what `gathering` returns.
    """
    values = np.array(gathered, float).reshape(-1, len(CYCLES))
    values = values[np.isfinite(values[:, 0])]
    if not len(values) or np.median(values[:, 0]) > SPREAD:
        return ""
    typical = np.median(values, axis=0)
    best = int(np.argmax(typical))
    return list(CYCLES)[best] if best and typical[best] > GATHERED else ""


def note_of_unknown_zero(column: str, centre: float, spans: np.ndarray) -> list[str]:
    """Return a note on times that are taken as days though nothing says so: neither name, unit nor their size.

    Parameters
    ----------
    column : str
    centre : float
        Median time.
    spans : ndarray
        Baselines of some light curves.
    """
    if MODIFIED_DATES[0] < centre < MODIFIED_DATES[1] or centre > JULIAN or not len(spans):
        return []
    span = float(np.median(spans))
    units = "years or hours?" if span < SHORT_SPAN_DAYS else "hours?"
    other = "yr" if span < SHORT_SPAN_DAYS else "h"
    return [
        f"{column} is taken as days, which neither its name nor a unit says: light curves span {span:.3g} d. Is it in "
        f"{units} Then write --columns 'time={column}[{other}]'; 'time={column}[d]' says that it is in days."
    ]
