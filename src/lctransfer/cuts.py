"""Cuts on light curves held end to end: pure functions that say which epochs to keep.

Shapes: ``values`` (epochs,), ``offsets`` (curves + 1,), as in `lctransfer.lightcurves.Ragged`.
"""

import numpy as np
from numba import njit


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
    return None if _in_order(time, offsets) else np.lexsort((time, owner(offsets)))


@njit(cache=True, nogil=True)
def _in_order(time, offsets):
    for curve in range(len(offsets) - 1):
        for epoch in range(offsets[curve] + 1, offsets[curve + 1]):
            if time[epoch] < time[epoch - 1]:
                return False
    return True


@njit(cache=True, nogil=True)
def between(values, low, high, errors, error_low, error_high):  # noqa: PLR0917
    """Tell which values and errors both lie strictly within their bounds, shape (epochs,) of bool; NaN does not."""
    keep = np.empty(len(values), np.bool_)
    for i in range(len(values)):
        keep[i] = (low < values[i] < high) and (error_low < errors[i] < error_high)
    return keep
