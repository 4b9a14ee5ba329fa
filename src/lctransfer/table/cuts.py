"""Cuts on light curves held end to end: pure functions that say which epochs to keep.

Shapes: ``values`` (epochs,), ``offsets`` (curves + 1,), as in `lctransfer.table.light_curves.Ragged`.
"""

import zlib
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pyarrow as pa

from lctransfer.table.light_curves import EPOCH_COLUMNS, ragged


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


def within_duration(time: np.ndarray, offsets: np.ndarray, days: float, starts: np.ndarray | None = None) -> np.ndarray:
    """Keep the epochs of one stretch of `days` days of each light curve, whatever their order.

    Parameters
    ----------
    time : ndarray
        Days.
    offsets : ndarray
        Where each light curve starts.
    days : float
        The last epoch kept is at most so long after the start of the stretch.
    starts : ndarray of shape (curves,), optional
        When the stretch starts; by default at each light curve's first epoch. See `random_starts`.

    Returns
    -------
    ndarray of bool, shape (epochs,)
    """
    which = owner(offsets)
    if starts is None:
        starts = np.full(len(offsets) - 1, np.inf)
        np.minimum.at(starts, which, time)
    after = time - starts[which]
    return (after >= 0) & (after <= days)


def random_starts(time: np.ndarray, offsets: np.ndarray, days: float, names: Sequence[str], seed: int) -> np.ndarray:
    """Return an epoch of each light curve after which `days` more days were observed, drawn at random.

    The first epoch, if the light curve is shorter. A name and a seed always draw the same, in whatever company.

    Parameters
    ----------
    time, offsets : ndarray
        Days, sorted within each light curve; where each starts.
    days : float
        Length of the stretch.
    names : sequence of str
        Identifiers of the stars.
    seed : int
        Another seed draws other stretches.

    Returns
    -------
    ndarray of float, shape (curves,)
    """
    starts = np.full(len(names), np.inf)
    for i, name in enumerate(names):
        mine = time[offsets[i] : offsets[i + 1]]
        if len(mine):
            possible = max(np.searchsorted(mine, mine[-1] - days, side="right"), 1)
            starts[i] = mine[_generator(name, seed).integers(possible)]
    return starts


def random_epochs(offsets: np.ndarray, most: int, names: Sequence[str], seed: int) -> np.ndarray:
    """Keep at most so many epochs of each light curve, drawn at random without repeats, shape (epochs,) of bool.

    What a smaller number keeps, a larger one keeps too.
    """
    keep = np.ones(int(offsets[-1]), bool)
    for i, (name, length) in enumerate(zip(names, np.diff(offsets))):
        if length > most:
            keep[offsets[i] + _generator(name, seed).permutation(length)[most:]] = False
    return keep


def random_epochs_of(offsets: np.ndarray, wanted: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Keep so many epochs of each light curve, drawn at random; all where there are no more.

    Parameters
    ----------
    offsets : ndarray of shape (curves + 1,)
        Where each light curve starts, from 0.
    wanted : ndarray of shape (curves,)
        How many to keep.
    rng : numpy.random.Generator
        Of the draws.

    Returns
    -------
    ndarray of bool, shape (epochs,)
    """
    which = owner(offsets)
    order = np.lexsort((rng.random(len(which)), which))
    keep = np.zeros(len(which), dtype=bool)
    keep[order] = np.arange(len(which)) - offsets[:-1][which] < wanted[which]
    return keep


def _generator(name: str, seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def resample(
    table: pa.Table, *, duration_days: float | None = None, epochs: int | None = None, seed: int = 0
) -> pa.Table:
    """Return light curves as a shorter or a sparser survey would have seen them.

    Parameters
    ----------
    table : pyarrow.Table
        A validated light-curve table, each row sorted by time.
    duration_days : float, optional
        Keep one stretch of this length, drawn at random among those that the light curve spans.
    epochs : int, optional
        Then keep this many epochs at most, drawn at random.
    seed : int
        Another seed draws others; the same one draws the same for a star in any table.

    Returns
    -------
    pyarrow.Table
        The same rows and columns, with fewer epochs: perhaps fewer than a classifier needs, perhaps none.
    """
    names = table["source_id"].to_pylist()
    if duration_days is not None:
        held = ragged(table)
        starts = random_starts(held.time, held.offsets, duration_days, names, seed)
        table = keep_epochs(table, within_duration(held.time, held.offsets, duration_days, starts))
    if epochs is not None:
        table = keep_epochs(table, random_epochs(ragged(table).offsets, epochs, names, seed))
    return table


def keep_epochs(table: pa.Table, keep: np.ndarray) -> pa.Table:
    """Return a validated light-curve table with some of its epochs; `keep` is a mask of shape (epochs,)."""
    held = ragged(table)
    offsets = pa.array(apply(keep, held.offsets), pa.int32())
    for name in EPOCH_COLUMNS:
        lists = pa.ListArray.from_arrays(offsets, pa.array(getattr(held, name)[keep]))
        table = table.set_column(table.column_names.index(name), name, lists)
    return table


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
    """Return the order that sorts each light curve by time, shape (epochs,); None if they are sorted already.

    Equal times stay as they are. A sort that keeps them so takes twice as long: it is left to the light curves that
    have any.
    """
    unsorted = np.flatnonzero(_pairs(time[1:] < time[:-1], offsets))
    if not len(unsorted):
        return None
    order = np.arange(len(time))
    _sort_each(order, time, offsets, unsorted, "quicksort")
    ordered = time[order]
    tied = np.flatnonzero(_pairs(ordered[1:] == ordered[:-1], offsets))
    _sort_each(order, time, offsets, tied, "stable")
    return order


def _pairs(chosen: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Return how many pairs of neighbouring epochs each light curve has among those chosen, shape (curves,)."""
    chosen = np.append(chosen, False)
    chosen[offsets[1:][np.diff(offsets) > 0] - 1] = False  # the next epoch is of another light curve
    return lengths_after(chosen, offsets)


def _sort_each(
    order: np.ndarray, time: np.ndarray, offsets: np.ndarray, curves: np.ndarray, kind: Literal["quicksort", "stable"]
) -> None:
    """Put the order of some light curves' epochs in time into `order`."""
    for start, end in zip(offsets[curves].tolist(), offsets[curves + 1].tolist()):
        order[start:end] = start + np.argsort(time[start:end], kind=kind)


def between(  # noqa: PLR0917
    values: np.ndarray, low: float, high: float, errors: np.ndarray, error_low: float, error_high: float
) -> np.ndarray:
    """Tell which values and errors both lie strictly within their bounds, shape (epochs,) of bool; NaN does not."""
    return (low < values) & (values < high) & (error_low < errors) & (errors < error_high)
