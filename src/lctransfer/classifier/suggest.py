"""Which stars to label next: uncertain ones that many stars are like, unlike one another and unlike the labelled ones.

Weighted farthest-first traversal: each star in turn is the one whose uncertainty, times density of the stars around it,
times distance to all stars that are labelled or chosen already is greatest. Uncertainty alone would choose twenty of a
kind; with distance, but without density (Settles 2009, section 3.6), outliers would come first, which teach little of
the others. The weights were chosen on stars of Gaia and Hipparcos (benchmarks/suggest.py).
"""

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree
from scipy.stats import rankdata
from sklearn.decomposition import PCA

COMPONENTS = 8
"""Principal components of the ranked features that distances are measured in."""
CANDIDATES = 5_000
"""Most uncertain stars that are considered."""
NEIGHBOURS = 20
"""Stars whose mean distance is the inverse of the density."""
DENSITY_POWER = 1.0
"""Weight of the density against uncertainty and distance."""
SOFTENING = 0.1
"""Share of the median distance that is added to each: no density is many times that of all others."""


def uncertainty(probabilities: np.ndarray) -> np.ndarray:
    """Return one minus the margin between the two most probable classes: shape (n,), from 0 (sure) to 1.

    Parameters
    ----------
    probabilities : ndarray of shape (n, n_classes)
        With one class only, all stars are as uncertain.
    """
    if probabilities.shape[1] < 2:
        return np.ones(len(probabilities))
    ordered = np.sort(probabilities, axis=1)
    return 1 - (ordered[:, -1] - ordered[:, -2])


def places(X: pd.DataFrame) -> np.ndarray:
    """Return coordinates in which near stars are alike: leading components of the features' ranks; float64 (n, k).

    Ranks, since features differ by orders of magnitude and have long tails.
    """
    ranks = np.column_stack([rankdata(X[name].to_numpy()) / len(X) for name in X.columns])
    n_components = min(COMPONENTS, *ranks.shape)
    return PCA(n_components, svd_solver="full").fit_transform(ranks)


def choose(
    X: pd.DataFrame, probabilities: np.ndarray | None, labelled: np.ndarray, n: int, order: np.ndarray | None = None
) -> np.ndarray:
    """Return the rows of the `n` stars to label next, the most worthwhile first.

    Parameters
    ----------
    X : DataFrame of shape (m, n_features)
        Finite features of all stars.
    probabilities : ndarray of shape (m, n_classes), or None
        Calibrated. None before any label: what a source says of an unknown survey does not show where labels teach
        most, and stars that are typical and unlike one another come first.
    labelled : ndarray of bool, shape (m,)
        Stars that have a label already.
    n : int
        How many; fewer where fewer have no label.
    order : ndarray of shape (m,), optional
        Decides between equals, such as a hash of the ids; by default the row.
    """
    order = np.arange(len(X)) if order is None else order
    doubt = np.ones(len(X)) if probabilities is None else uncertainty(probabilities)
    free = np.flatnonzero(~labelled)
    free = free[np.lexsort((order[free], -doubt[free]))[:CANDIDATES]]
    where = places(X.iloc[np.concatenate([free, np.flatnonzero(labelled)])])
    where, known = where[: len(free)], where[len(free) :]
    distance, weight = _nearest(where, known), doubt[free] * density(where) ** DENSITY_POWER
    chosen: list[int] = []
    for _ in range(min(n, len(free))):
        worth = weight * distance
        worth[chosen] = -1.0
        best = int(worth.argmax())
        chosen.append(best)
        distance = np.minimum(distance, _nearest(where, where[best][None]))
    return free[chosen]


def density(where: np.ndarray) -> np.ndarray:
    """Return how many stars are near each: the inverse of the mean distance to `NEIGHBOURS` others, shape (n,).

    Parameters
    ----------
    where : ndarray of shape (n, k)
        See `places`.
    """
    n_neighbours = min(NEIGHBOURS, len(where) - 1)
    if n_neighbours < 1:
        return np.ones(len(where))
    apart = cKDTree(where).query(where, n_neighbours + 1)[0][:, 1:].mean(axis=1)
    softened = apart + SOFTENING * np.median(apart)
    return np.divide(1.0, softened, out=np.ones(len(where)), where=softened > 0)


def _nearest(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return each point's distance to the nearest of the others; one where there is none."""
    if not len(others):
        return np.ones(len(points))
    found = np.full(len(points), np.inf)
    for other in others:
        np.minimum(found, np.sqrt(((points - other) ** 2).sum(axis=1)), out=found)
    return found
