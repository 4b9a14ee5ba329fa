"""Which stars of two lists are one and the same, by position on the sky."""

import numpy as np


def pairs(
    ra_deg: np.ndarray, dec_deg: np.ndarray, other_ra_deg: np.ndarray, other_dec_deg: np.ndarray, radius_arcsec: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices of all pairs of positions within a radius of one another; see `separations`."""
    return separations(ra_deg, dec_deg, other_ra_deg, other_dec_deg, radius_arcsec)[:2]


def separations(
    ra_deg: np.ndarray, dec_deg: np.ndarray, other_ra_deg: np.ndarray, other_dec_deg: np.ndarray, radius_arcsec: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return all pairs of positions within a radius of one another, and how far apart they are.

    Parameters
    ----------
    ra_deg, dec_deg, other_ra_deg, other_dec_deg : ndarray
        Positions of the two lists, in degrees (ICRS); NaN where unknown, which matches nothing.
    radius_arcsec : float
        The largest separation.

    Returns
    -------
    (ndarray, ndarray, ndarray)
        Indices into the first and into the second list, and the separations in arc seconds, all of equal length.
    """
    # Loaded where there are positions to match: 25 MB, and a second.
    from astropy import units
    from astropy.coordinates import SkyCoord, search_around_sky

    known, other_known = (
        np.flatnonzero(np.isfinite(np.asarray(ra, float)) & np.isfinite(np.asarray(dec, float)))
        for ra, dec in ((ra_deg, dec_deg), (other_ra_deg, other_dec_deg))
    )
    if not len(known) or not len(other_known):
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    first = SkyCoord(np.asarray(ra_deg, float)[known], np.asarray(dec_deg, float)[known], unit="deg")
    second = SkyCoord(
        np.asarray(other_ra_deg, float)[other_known], np.asarray(other_dec_deg, float)[other_known], unit="deg"
    )
    i, j, apart, _ = search_around_sky(first, second, radius_arcsec * units.arcsec)
    return known[i], other_known[j], apart.to_value(units.arcsec)


def first_of_each(ra_deg: np.ndarray, dec_deg: np.ndarray, radius_arcsec: float) -> np.ndarray:
    """Return the row that each row is the same star as: an earlier one within a radius, or itself; shape (n,).

    Of a group of rows that are one star, the first stands for all: put the preferred row first.
    """
    i, j = pairs(ra_deg, dec_deg, ra_deg, dec_deg, radius_arcsec)
    later = j > i
    same = np.arange(len(np.atleast_1d(ra_deg)))
    for first, second in sorted(zip(i[later].tolist(), j[later].tolist())):
        if same[first] == first and same[second] == second:
            same[second] = first
    return same


def repeated(ra_deg: np.ndarray, dec_deg: np.ndarray, radius_arcsec: float) -> np.ndarray:
    """Tell which rows are the same star as an earlier one, shape (n,) of bool; see `first_of_each`."""
    same = first_of_each(ra_deg, dec_deg, radius_arcsec)
    return same != np.arange(len(same))


def also_in(
    ra_deg: np.ndarray, dec_deg: np.ndarray, others: list[tuple[np.ndarray, np.ndarray]], radius_arcsec: float
) -> np.ndarray:
    """Tell which stars stand in any of the other lists too, so that a target holds no star of a source.

    Parameters
    ----------
    ra_deg, dec_deg : ndarray
        Positions in degrees; a star without one is in no other list.
    others : list of (ndarray, ndarray)
        Positions of the other surveys' stars.
    radius_arcsec : float
        The largest separation: the coarser survey's precision.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    found = np.zeros(len(ra_deg), bool)
    for other_ra, other_dec in others:
        found[pairs(ra_deg, dec_deg, other_ra, other_dec, radius_arcsec)[0]] = True
    return found
