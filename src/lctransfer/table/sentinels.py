"""Numbers that stand for no measurement: 99.99, -999 and the rest, and what no telescope measures."""

import numpy as np

USABLE_MAG = (-5.0, 30.0)
"""Magnitudes outside are no measurements of a star by any survey."""
USABLE_ERR = 9.0
"""Errors from here on mark upper limits and missing values (9.999, 99.99)."""
EXACT = (29.999, 9.99, 9.999, 0.0, -1.0)
"""Numbers within the usable range that tables put where there is no measurement, where they are far from the rest."""
FAR = 3.0
"""So many magnitudes from the median of its light curve, such a number is none."""
MARKS = (90.0, 9_999_999.0)
"""Sizes of numbers that are sentinels rather than fluxes: 99.x, 999.x, 9999..., made of nines or whole."""


def are_marks(values: np.ndarray) -> np.ndarray:
    """Tell which numbers beyond any magnitude are sentinels by their looks: 99.999, -999, 9999.0; shape (n,) of bool.

    A number counts whose digits before the point are all nines, or which is -99, -999 and so on.
    """
    size = np.abs(values)
    large = np.flatnonzero(size >= 30.0)  # few, as a rule
    found = np.zeros(len(values), bool)
    size = size[large]
    nines = np.isin(np.floor(size), (99, 999, 9999, 99_999, 999_999)) | np.isin(size, (30.0, 100.0, 1000.0))
    found[large] = nines | (size >= 1e20)
    return found


@np.errstate(invalid="ignore")
def no_measurement(
    mag: np.ndarray, mag_err: np.ndarray, median: np.ndarray, flux_zero_point: float | None = None
) -> np.ndarray:
    """Tell which epochs hold a sentinel, or what no survey measures; shape (epochs,) of bool.

    Parameters
    ----------
    mag, mag_err : ndarray of shape (epochs,)
        NaN where missing; such epochs are left to others.
    median : ndarray of shape (epochs,)
        Median magnitude of the usable part of the light curve that each epoch belongs to.
    flux_zero_point : float, optional
        Of the fluxes that the magnitudes were: a flux of 9999 far from the others is a sentinel too.
    """
    bad = (mag <= USABLE_MAG[0]) | (mag >= USABLE_MAG[1]) | (mag_err >= USABLE_ERR) | are_marks(mag_err)
    far = np.abs(mag - median) > FAR
    if flux_zero_point is not None and far.any():
        flux = np.zeros(len(mag))
        flux[far] = 10 ** (-0.4 * (np.clip(mag[far], -100, 100) - flux_zero_point))
        return bad | (far & are_marks(np.round(flux, 6)))
    return bad | (far & np.isin(np.abs(mag), np.abs(EXACT)))
