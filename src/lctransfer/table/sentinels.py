"""Numbers that stand for no measurement: 99.99, -999 and the rest, and what no telescope measures."""

import numpy as np

USABLE_MAG = (-5.0, 30.0)
"""Magnitudes outside are no measurements of a star by any survey."""
USABLE_ERR = 9.0
"""Errors from here on mark upper limits and missing values (9.999, 99.99)."""
EXACT = (29.999, 9.99, 9.999, 0.0, -1.0)
"""Numbers within the usable range that tables put where there is no measurement, where they are far from the rest."""
REPEATED = 2
"""A whole magnitude that stands so often in one light curve, and makes up half of what is far, is none."""
FLUX_FAR = 1.0
"""A flux made of nines alone is none if it is so many magnitudes from the median of its light curve."""
FAR = 3.0
"""So many magnitudes from the median of its light curve, such a number is none."""
ROUND_MARKS, LARGEST = (30.0, 100.0, 1000.0), 1e20
WHOLE_NINES = (99, 999, 9999, 99_999, 999_999)
NINES_BEHIND_POINT = np.array([0.0, 0.9, 0.99, 0.999, 0.9999, 0.99999])
"""What tables put where there is no measurement, before and behind the point."""


def are_marks(values: np.ndarray) -> np.ndarray:
    """Tell which numbers beyond any magnitude are sentinels by their looks: 99.999, -999, 9999.0; shape (n,) of bool.

    A number counts whose digits before the point are all nines, and those behind it nines or nothing: 999.37 is a
    flux or a time like any other.
    """
    size = np.abs(values)
    if not _may_hold_marks(size):
        return np.zeros(len(values), bool)
    large = np.flatnonzero(size >= 30.0)  # few, as a rule
    found = np.zeros(len(values), bool)
    size = size[large]
    found[large] = np.isin(size, ROUND_MARKS) | (size >= LARGEST)
    nines = np.flatnonzero(np.isin(np.floor(size), WHOLE_NINES))
    behind = (size[nines] - np.floor(size[nines]))[:, None]
    within = 2e-7 * size[nines, None]  # as a 32-bit float holds them
    found[large[nines]] = (np.abs(behind - NINES_BEHIND_POINT) <= within).any(axis=1)
    return found


def _may_hold_marks(size: np.ndarray) -> bool:
    """Tell whether a sentinel lies between the smallest and the largest number: most often none does."""
    low, high = np.fmin.reduce(size, initial=np.inf), np.fmax.reduce(size, initial=0.0)
    return high >= LARGEST or any(low < mark + 1 and mark <= high for mark in (*ROUND_MARKS, *WHOLE_NINES))


def far_from_median(flux_zero_point: float | None) -> float:
    """Return how many magnitudes from the median of its light curve a measurement is suspicious."""
    return FAR if flux_zero_point is None else FLUX_FAR


@np.errstate(invalid="ignore")
def no_measurement(
    mag: np.ndarray, mag_err: np.ndarray, median: np.ndarray, which: np.ndarray, flux_zero_point: float | None = None
) -> np.ndarray:
    """Tell which epochs hold a sentinel, or what no survey measures; shape (epochs,) of bool.

    Parameters
    ----------
    mag, mag_err : ndarray of shape (epochs,)
        NaN where missing; such epochs are left to others.
    median : ndarray of shape (epochs,)
        Median magnitude of the usable part of the light curve that each epoch belongs to.
    which : ndarray of int, shape (epochs,)
        Number of that light curve.
    flux_zero_point : float, optional
        Of the fluxes that the magnitudes were: a flux of 9999 far from the others is a sentinel too.
    """
    bad = (mag <= USABLE_MAG[0]) | (mag >= USABLE_MAG[1]) | (mag_err >= USABLE_ERR) | are_marks(mag_err)
    far = np.abs(mag - median) > far_from_median(flux_zero_point)
    if flux_zero_point is not None and far.any():
        flux = np.zeros(len(mag))
        flux[far] = 10 ** (-0.4 * (np.clip(mag[far], -100, 100) - flux_zero_point))
        return bad | (far & are_marks(np.round(flux, 6)))
    bad |= far & np.isin(np.abs(mag), np.abs(EXACT))
    return bad | _repeated(mag, far & ~bad, which)


def _repeated(mag: np.ndarray, far: np.ndarray, which: np.ndarray) -> np.ndarray:
    """Tell which far epochs hold one whole number again and again, such as 22.0 wherever nothing was detected."""
    found = np.zeros(len(mag), bool)
    whole = np.flatnonzero(far & (mag == np.round(mag)))
    if len(whole) >= REPEATED:
        pairs = np.stack([which[whole], mag[whole]])
        _, group, count = np.unique(pairs, axis=1, return_inverse=True, return_counts=True)
        count = count[group.ravel()]
        all_far = np.bincount(which[far])[which[whole]]
        found[whole[(count >= REPEATED) & (2 * count >= all_far)]] = True
    return found
