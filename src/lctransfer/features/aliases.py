"""Whether another period explains a light curve as well as the one found, and the sampling hardly tells them apart.

At epochs t a sinusoid of frequency f is one of frequency ``|f - d|`` too, as far as ``exp(2 pi i d t)`` is the same at
all of them: ``|W(d)|^2``, with W the mean of it, is the part of the power that is left (Deeming 1975, Ap&SS 36, 137).
The grid of the search is so coarse that a peak may lose 9% of its height between two frequencies, by which such an
alias may stand above the true period. So the highest peaks of W are looked up, and both periods compared off the grid;
periods themselves stay those of the grid, of which the released weights have learnt.
"""

import numpy as np

from lctransfer.features import periodogram, spectrum
from lctransfer.features.compiled import cos_sin, entry, kernel
from lctransfer.features.curves import Curves, unweighted
from lctransfer.features.periodogram import Epochs, Grid
from lctransfer.features.sampling import loose_cadences
from lctransfer.features.search import Search
from lctransfer.features.transform import Plan
from lctransfer.table.light_curves import Ragged

NEAREST = 0.03
"""Least distance d that is looked at, in units of the frequency found: nearer periods are much the same."""
FARTHEST = (2.0, 2.0)
"""Largest, in units of the frequency found and in cycles per day, whichever is more."""
OVERSAMPLING = 3.0
"""Distances per 1 / duration."""
ALIKE = 0.95
"""Least ``|W|^2`` at which two periods are compared: nights at the same hour to half an hour, a cadence to 4%."""
SIGNIFICANT = 1.0
"""Of chi squared: a period that is better by less is not told from the other."""
SURELY_LESS = 0.8
"""Peaks come in order of their height, known to a fifth: the first so far below `ALIKE` ends the list."""


def may_be_aliases(epochs: Ragged, periods: list[np.ndarray], search: Search, nyquist: np.ndarray) -> np.ndarray:
    """Return of which light curves a period may be the alias of another: bool, shape (rows,).

    Parameters
    ----------
    epochs : Ragged
        Usable epochs, sorted by time.
    periods : list of ndarray of float64, shape (rows,)
        What one or two searches found [d].
    search : Search
        Whose shortest period and transforms are used.
    nyquist : ndarray of float64, shape (rows,)
        Where finite, the cadence is even, no alias was searched, and none is reported.
    """
    shortest, uneven = search.min_period_days, np.isinf(nyquist)
    curves = unweighted(epochs.time, epochs.mag, epochs.offsets)
    found = np.min(periods, axis=0) < 2.0 * loose_cadences(epochs.time, epochs.offsets, shortest)
    for k, period in enumerate(periods):
        new = uneven & ~found & ((k == 0) | (np.abs(period / periods[0] - 1.0) > NEAREST))
        found |= rivals(curves, np.where(new, 1.0 / period, np.nan), 1.0 / shortest, search.plans) > 0
    return found & uneven


@entry
def rivals(curves: Curves, frequency: np.ndarray, highest: float, plans: tuple[Plan, ...]) -> np.ndarray:
    """Return the period that explains each light curve as well as the one found [d]; zero where none does.

    Parameters
    ----------
    curves : Curves
        Light curves.
    frequency : ndarray of float64, shape (rows,)
        That found for each [1/d]; NaN where there is nothing to compare.
    highest : float
        Frequency that was searched up to [1/d].
    plans : tuple of Plan
        See `lctransfer.features.spectrum.plans`.
    """
    found = np.zeros(len(frequency))
    for row in range(len(frequency)):
        a, b = curves.offsets[row], curves.offsets[row + 1]
        if frequency[row] > 0:
            epochs = Epochs(curves.days[a:b], curves.deviation[a:b], curves.weight[a:b])
            found[row] = _rival(epochs, frequency[row], highest, plans)
    return found


@kernel
def _rival(epochs: Epochs, frequency: float, highest: float, plans: tuple[Plan, ...]) -> float:
    step = 1.0 / (OVERSAMPLING * epochs.days[-1])
    farthest = max(FARTHEST[0] * frequency, FARTHEST[1])
    distances = Grid(step, int(max(NEAREST * frequency / step, OVERSAMPLING)) + 1, int(farthest / step))
    grid = Grid(step, 1, int(highest / step))
    power, rival = -1.0, 0.0
    for distance in _alike(epochs.days, distances, plans) * step:
        if power < 0.0:
            _, power = periodogram.refined(epochs, frequency, grid)
            power -= SIGNIFICANT * (1.0 - power) / len(epochs.days)
        for other in (abs(frequency - distance), frequency + distance):
            if OVERSAMPLING * step <= other <= highest:
                there, other_power = periodogram.refined(epochs, other, grid)
                if other_power > power:
                    power, rival = other_power, 1.0 / there
    return rival


@kernel
def _alike(days: np.ndarray, distances: Grid, plans: tuple[Plan, ...]) -> np.ndarray:
    """Return the indices of distances at which frequencies are much the same at all epochs; often none."""
    step = distances.step_per_day
    if distances.size <= distances.lowest:
        return np.empty(0, np.int64)
    peaks, count = spectrum.suspects(days, np.ones(len(days)), distances, plans), 0
    for index in peaks:
        if distances.lowest <= index <= distances.size:
            power = _window(days, index * step)
            if power < SURELY_LESS * ALIKE:
                break
            for part in (-0.4, -0.2, 0.2, 0.4):
                power = max(power, _window(days, (index + part) * step))
            if power >= ALIKE:
                peaks[count] = index
                count += 1
    return peaks[:count]


@kernel
def _window(days: np.ndarray, frequency: float) -> float:
    re, im = 0.0, 0.0
    for i in range(len(days)):
        cos, sin = cos_sin(days[i] * frequency)
        re, im = re + cos, im + sin
    return (re * re + im * im) / len(days) ** 2
