"""Cuts on light curves held end to end: pure functions that say which epochs to keep.

Shapes: ``values`` (epochs,), ``offsets`` (curves + 1,), as in `lctransfer.lightcurves.Ragged`.
"""

import numpy as np


def lengths_after(keep: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Return how many epochs each light curve keeps, shape (curves,)."""
    total = np.concatenate([[0], np.cumsum(keep)])
    return total[offsets[1:]] - total[offsets[:-1]]


def apply(keep: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Return the offsets of the light curves once the other epochs are gone, shape (curves + 1,)."""
    return np.concatenate([[0], np.cumsum(lengths_after(keep, offsets))])


def owner(offsets: np.ndarray) -> np.ndarray:
    """Return the number of the light curve that each epoch belongs to, shape (epochs,)."""
    return np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))


def within_duration(time: np.ndarray, offsets: np.ndarray, days: float) -> np.ndarray:
    """Keep the epochs of the first `days` days of each light curve, whatever their order.

    Parameters
    ----------
    time : ndarray
        Days.
    offsets : ndarray
        Where each light curve starts.
    days : float
        The last epoch kept is at most so long after the first.

    Returns
    -------
    ndarray of bool, shape (epochs,)
    """
    first = np.full(len(offsets) - 1, np.inf)
    which = owner(offsets)
    np.minimum.at(first, which, time)
    return time - first[which] <= days


def within_sigma(mag: np.ndarray, offsets: np.ndarray, sigma: float) -> np.ndarray:
    """Keep the epochs within `sigma` standard deviations of the mean of their light curve, once.

    One iteration of the clip that UPSILoN applies (Kim & Bailer-Jones 2016, A&A 587, A18).

    Returns
    -------
    ndarray of bool, shape (epochs,)
        A light curve without scatter keeps all its epochs.
    """
    count = np.maximum(np.diff(offsets), 1)
    which = owner(offsets)
    mean = np.bincount(which, mag, minlength=len(count)) / count
    away = mag - mean[which]
    spread = np.sqrt(np.bincount(which, away**2, minlength=len(count)) / count)
    return np.abs(away) <= sigma * spread[which] + 1e-9


def time_order(time: np.ndarray, offsets: np.ndarray) -> np.ndarray | None:
    """Return the order that sorts each light curve by time, shape (epochs,); None if they are sorted already."""
    which = owner(offsets)
    late = np.diff(time) < 0
    if not np.any(late & (which[1:] == which[:-1])):
        return None
    return np.lexsort((time, which))
