"""Frequencies about whole and half cycles per day, where nights seen at the same hour make the plain spectrum no guide.

There the spectrum of the sampling comes near to one, so that a sinusoid and its alias, or a constant, can hardly be
told apart, and the power of a small sum is large (`lctransfer.features.sparse`). They are few: each is evaluated.
"""

import numpy as np

from lctransfer.features.compiled import cos_sin, fma, kernel
from lctransfer.features.periodogram import Epochs, Grid

HALVES = 4
"""Half cycles per day that are looked at: 1 / 2, 1, 3 / 2, 2."""
STRONG = 0.7
"""Modulus of the sampling's spectrum from which on they are evaluated."""
YEAR = 365.25
"""Days; sidereal days are 1 / YEAR of a cycle per day apart from solar ones, and so are the aliases of seasons."""
RUN = 16


@kernel
def runs(epochs: Epochs, grid: Grid, generalised: bool) -> np.ndarray:
    """Return the first indices of runs of `RUN` grid frequencies that are to be evaluated, int64; often none."""
    window = _window(epochs)
    first, count = np.empty(HALVES * (grid.size // RUN + 2), np.int64), 0
    for half in range(1, HALVES + 1):
        if window[half] < STRONG and not (generalised and window[HALVES + half] ** 2 >= STRONG):
            continue
        low = (0.5 * half - 1.0 / YEAR) / grid.step_per_day
        high = (0.5 * half + (0.5 * half + 1.0) / YEAR) / grid.step_per_day
        for index in range(max(int(low), grid.lowest), min(int(high) + 1, grid.size) + 1, RUN):
            first[count] = index
            count += 1
    return first[:count]


@kernel
def _window(epochs: Epochs) -> np.ndarray:
    """Return the highest modulus of the sampling's spectrum near ``half`` and, from `HALVES` on, ``half / 2`` c/d."""
    frequency = np.empty(3 * (2 * HALVES + 1))
    for k in range(len(frequency)):
        half = 1.0 * (k // 3) if k // 3 <= HALVES else 0.5 * (k // 3 - HALVES)
        frequency[k] = half * (1.0 + 0.5 * (k % 3) / YEAR)
    re, im = np.zeros(len(frequency)), np.zeros(len(frequency))
    for i in range(len(epochs.days)):
        day, weight = epochs.days[i], epochs.weight[i]
        for k in range(len(frequency)):
            cos, sin = cos_sin(day * frequency[k])
            re[k] = fma(weight, cos, re[k])
            im[k] = fma(weight, sin, im[k])
    highest = np.zeros(2 * HALVES + 1)
    for k in range(len(frequency)):
        highest[k // 3] = max(highest[k // 3], np.sqrt(re[k] * re[k] + im[k] * im[k]))
    return highest
