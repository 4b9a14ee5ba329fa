"""Epochs of many stars, end to end: what the star models are evaluated on."""

from typing import NamedTuple

import numpy as np


class Epochs(NamedTuple):
    """When each of n stars is observed, sorted by star and then by time.

    Attributes
    ----------
    time : numpy.ndarray
        Julian dates, shape (n_epochs,).
    star : numpy.ndarray
        Index of the star of each epoch, shape (n_epochs,), rising.
    n_stars : int
        Number of stars; one without epochs has no entry in `star`.
    """

    time: np.ndarray
    star: np.ndarray
    n_stars: int

    def of(self, values: np.ndarray) -> np.ndarray:
        """Return one value per star (and row) repeated over that star's epochs."""
        return np.asarray(values)[..., self.star]

    def cycles(self, period_days: np.ndarray, phase: np.ndarray | float = 0.0) -> np.ndarray:
        """Return the number of cycles since an arbitrary zero, offset by `phase` [cycles] per star."""
        return (self.time - REFERENCE_JD) / self.of(period_days) + self.of(np.broadcast_to(phase, self.n_stars))

    def offsets(self) -> np.ndarray:
        """Return where each star's epochs begin, and at last where they end; shape (n_stars + 1,)."""
        return np.searchsorted(self.star, np.arange(self.n_stars + 1))

    def span(self) -> tuple[float, float]:
        """Return the first and last epoch of all; the reference date where there is none."""
        return (self.time.min(), self.time.max()) if len(self.time) else (REFERENCE_JD, REFERENCE_JD)

    def take(self, stars: np.ndarray) -> "Epochs":
        """Return the epochs of some stars, given in rising order, numbered anew from 0."""
        new = np.full(self.n_stars, -1)
        new[stars] = np.arange(len(stars))
        keep = new[self.star] >= 0
        return Epochs(self.time[keep], new[self.star[keep]], len(stars))


class Light(NamedTuple):
    """What a star model returns for n stars.

    Attributes
    ----------
    period_days : numpy.ndarray
        The main period, shape (n,); NaN where there is none.
    deviation : numpy.ndarray
        Magnitude minus mean magnitude at every epoch, shape (n_epochs,), in the band asked for.
    cloud_mag : numpy.ndarray
        Mean apparent magnitude if the star were in the Large Magellanic Cloud, shape (n,), in the band asked for.
    """

    period_days: np.ndarray
    deviation: np.ndarray
    cloud_mag: np.ndarray


REFERENCE_JD = 2_450_000.0
"""Phases count from here, so that double precision keeps them to 1e-9 cycles at the shortest periods."""
