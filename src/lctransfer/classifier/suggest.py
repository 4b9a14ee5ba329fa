"""Which stars to label next: those that the model is least sure of, unlike one another, and unlike the labelled ones.

Weighted farthest-first traversal: each star in turn is the one whose uncertainty times distance to all stars that are
labelled or chosen already is greatest. Uncertainty alone would choose twenty of a kind.
"""

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from sklearn.decomposition import PCA

COMPONENTS = 8
"""Principal components of the ranked features that distances are measured in."""
CANDIDATES = 5_000
"""Most uncertain stars that are considered."""
UNCERTAINTY_POWER = 1.0
"""Weight of the uncertainty against the distance."""


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
    X: pd.DataFrame, probabilities: np.ndarray, labelled: np.ndarray, n: int, order: np.ndarray | None = None
) -> np.ndarray:
    """Return the rows of the `n` stars to label next, the most worthwhile first.

    Parameters
    ----------
    X : DataFrame of shape (m, n_features)
        Finite features of all stars.
    probabilities : ndarray of shape (m, n_classes)
        Calibrated.
    labelled : ndarray of bool, shape (m,)
        Stars that have a label already.
    n : int
        How many; fewer where fewer have no label.
    order : ndarray of shape (m,), optional
        Decides between equals, such as a hash of the ids; by default the row.
    """
    order = np.arange(len(X)) if order is None else order
    doubt = uncertainty(probabilities)
    free = np.flatnonzero(~labelled)
    free = free[np.lexsort((order[free], -doubt[free]))[:CANDIDATES]]
    where = places(X.iloc[np.concatenate([free, np.flatnonzero(labelled)])])
    where, known = where[: len(free)], where[len(free) :]
    distance = _nearest(where, known)
    chosen: list[int] = []
    for _ in range(min(n, len(free))):
        worth = doubt[free] ** UNCERTAINTY_POWER * distance
        worth[chosen] = -1.0
        best = int(worth.argmax())
        chosen.append(best)
        distance = np.minimum(distance, _nearest(where, where[best][None]))
    return free[chosen]


def _nearest(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return each point's distance to the nearest of the others; one where there is none."""
    if not len(others):
        return np.ones(len(points))
    found = np.full(len(points), np.inf)
    for other in others:
        np.minimum(found, np.sqrt(((points - other) ** 2).sum(axis=1)), out=found)
    return found
