"""How fast a light curve was sampled: the Nyquist frequency of even cadences, with gaps or drifting clocks too."""

import numpy as np

from lctransfer.features.compiled import entry, kernel

EVEN_SHARE = 0.9
"""Part of the distances between epochs that must be whole multiples of the cadence."""
TOLERANCE = 0.002
"""How far from a whole multiple, in cadences: three minutes for one epoch a day."""
ROUNDING_DAYS = 1e-4
"""Times are often printed with so many decimals; nothing finer is asked of them, as far as 1% of the cadence."""
DRIFT = 1.2e-4
"""Relative change of a cadence that the light travel time across the Earth's orbit brings about."""
MOST_DRIFT = 0.06
"""Of a gap, in cadences; across longer ones than that allows the multiple is not known."""
MOST_BLOCKS = 6
"""Stretches between wider or other gaps: more of them, with clocks of their own, tell aliases apart."""
JITTER = 0.1
"""How far from a whole multiple where the clock is loose: aliases then have 95% of the power of the true frequency."""
LATTICE_DAYS = 2e-6
"""How well times must stand on a lattice of some step to count as multiples of it throughout."""


@entry
def nyquist_frequencies(time: np.ndarray, offsets: np.ndarray, min_period_days: float) -> np.ndarray:
    """Return the Nyquist frequency of each light curve [1/d], infinite where none keeps periods from being found.

    Parameters
    ----------
    time, offsets : ndarray
        Epochs of many rows, sorted by time; see `lctransfer.table.light_curves.Ragged`.
    min_period_days : float
        Shortest period of interest.
    """
    found = np.empty(len(offsets) - 1)
    for row in range(len(found)):
        found[row] = nyquist(time[offsets[row] : offsets[row + 1]], 0.5 * min_period_days)
    return found


@entry
def loose_cadences(time: np.ndarray, offsets: np.ndarray, min_period_days: float) -> np.ndarray:
    """Return the cadence that each light curve nearly keeps [d], zero where it keeps none.

    Within a tenth of a cadence instead of `TOLERANCE`: such sampling does not forbid periods below twice the cadence,
    as an even one does, but hardly tells them from longer ones. Parameters as of `nyquist_frequencies`.
    """
    found = np.zeros(len(offsets) - 1)
    for row in range(len(found)):
        days = time[offsets[row] : offsets[row + 1]]
        found[row] = _cadence(np.diff(days), 0.5 * min_period_days, JITTER)
    return found


@kernel
def nyquist(days: np.ndarray, shortest: float) -> float:
    """Return the Nyquist frequency of evenly sampled epochs [1/d]: beyond it, every frequency has a twin below.

    Parameters
    ----------
    days : ndarray of float64, shape (n,)
        Sorted.
    shortest : float
        Cadences below this [d] are of no interest.

    Returns
    -------
    float
        Infinite where epochs are sampled unevenly, or faster than every `shortest`.

    Notes
    -----
    Sampling counts as even in two cases (Eyer & Bartholdi 1999, A&AS 135, 1, for the first): all times stand on a
    lattice, however irregularly they fill it; or nine tenths of the distances between neighbours are multiples of one
    cadence, while it may drift slowly, as barycentric times of an evenly running clock do.
    """
    gaps = np.empty(len(days) - 1)
    for i in range(len(gaps)):
        gaps[i] = days[i + 1] - days[i]
    step = max(_lattice(gaps, shortest), _cadence(gaps, shortest, 0.0))
    return 0.5 / step if step > 0 else np.inf


@kernel
def _lattice(gaps: np.ndarray, shortest: float) -> float:
    """Return the largest step of which all gaps are multiples [d], by Euclid's method; zero if below `shortest`."""
    step = np.inf
    for i in range(len(gaps)):
        if gaps[i] > LATTICE_DAYS:
            step = _common(step, gaps[i]) if np.isfinite(step) else gaps[i]
            if step < shortest:
                return 0.0
    return step if np.isfinite(step) else 0.0


@kernel
def _common(a: float, b: float) -> float:
    """Return the greatest common divisor of two times [d], known to `LATTICE_DAYS`."""
    while b > LATTICE_DAYS:
        a, b = b, abs(a - np.rint(a / b) * b)
    return a


@kernel
def _cadence(gaps: np.ndarray, shortest: float, jitter: float) -> float:
    """Return the cadence of which most gaps are multiples [d], or zero; `jitter` is allowed beside `TOLERANCE`."""
    positive = gaps[gaps > LATTICE_DAYS]
    if len(positive) < 4:
        return 0.0
    sample = np.empty(9)
    for k in range(9):
        sample[k] = positive[(len(positive) - 1) * k // 8]
    for i in range(1, 9):
        for j in range(i, 0, -1):
            if sample[j] < sample[j - 1]:
                sample[j], sample[j - 1] = sample[j - 1], sample[j]
    for guess in (positive.min(), sample[0], sample[4]):
        step = _mean_cadence(positive, guess, max(0.02, jitter)) if guess >= 0.9 * shortest else 0.0
        if step >= shortest and _is_even(positive, step, jitter):
            return step
    return 0.0


@kernel
def _mean_cadence(gaps: np.ndarray, guess: float, near: float) -> float:
    """Return the mean of the gaps that are about a cadence long [d]."""
    total, count = 0.0, 0
    for i in range(len(gaps)):
        if abs(gaps[i] / guess - 1.0) < near:
            total += gaps[i]
            count += 1
    return total / count


@kernel
def _is_even(gaps: np.ndarray, step: float, jitter: float) -> bool:
    tolerance = max(TOLERANCE, jitter, min(ROUNDING_DAYS / step, 0.01))
    even, blocks = 0, 1
    for i in range(len(gaps)):
        multiple = gaps[i] / step
        whole = np.rint(multiple)
        drift = DRIFT * whole
        if drift <= MOST_DRIFT and abs(multiple - whole) <= tolerance + drift:
            even += 1
        else:
            blocks += 1
    return even >= EVEN_SHARE * len(gaps) and blocks <= MOST_BLOCKS
