"""Which epochs of a batch of light curves are kept: measurements, and among them what the settings leave."""

from collections import Counter

import numpy as np

from lctransfer.config import Survey
from lctransfer.surveys.base import Curves
from lctransfer.table import cuts

SEED = 0
"""Of the stretches and epochs that the cuts draw."""
USABLE_MAG = (-5.0, 30.0)
USABLE_ERR = (0.0, 1.0)
"""Epochs outside are not measurements; the bounds are those of other readers of these archives."""


def cut(curves: Curves, settings: Survey, dropped: Counter) -> Curves:
    """Sort by time and drop what is no measurement, then what the settings cut."""
    usable = cuts.between(curves.mag, *USABLE_MAG, curves.mag_err, *USABLE_ERR)
    curves = _take(curves, usable, "epochs that are no measurement", dropped)
    order = cuts.time_order(curves.time, curves.offsets)
    curves = curves if order is None else _reorder(curves, order, curves.offsets)
    if settings.sigma_clip:
        keep = cuts.within_sigma(curves.mag, curves.offsets, settings.sigma_clip)
        curves = _take(curves, keep, "epochs clipped", dropped)
    days = settings.max_duration_days
    if days:
        starts = None
        if settings.stretch == "random":
            starts = cuts.random_starts(curves.time, curves.offsets, days, curves.source_ids, SEED)
        keep = cuts.within_duration(curves.time, curves.offsets, days, starts)
        curves = _take(curves, keep, "epochs outside the longest duration", dropped)
    if settings.max_epochs:
        keep = cuts.random_epochs(curves.offsets, settings.max_epochs, curves.source_ids, SEED)
        curves = _take(curves, keep, "epochs more than are kept", dropped)
    return curves


def _take(curves: Curves, keep: np.ndarray, reason: str, dropped: Counter) -> Curves:
    gone = len(keep) - int(np.count_nonzero(keep))
    dropped[reason] += gone
    return _reorder(curves, keep, cuts.apply(keep, curves.offsets)) if gone else curves


def _reorder(curves: Curves, index: np.ndarray, offsets: np.ndarray) -> Curves:
    columns = (curves.time[index], curves.mag[index], curves.mag_err[index])
    return Curves(curves.source_ids, curves.bands, *columns, offsets)
