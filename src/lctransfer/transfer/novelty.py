"""How unlike anything labelled a star is: a score for the stars of classes that nobody labelled.

Three signs are added as log-odds. The classifier doubts. The sources, which know more classes than the labels name,
see one of the others. And among the unlabelled stars of the survey there are many like it, but among the labelled
ones, which are drawn from every known class alike, there are few (learning from positive and unlabelled examples;
Elkan & Noto 2008, KDD, 213).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from sklearn.ensemble import ExtraTreesClassifier

from lctransfer.models.source import SourceModel
from lctransfer.transfer.mapping import merge_matrix

TREES, LEAF = 300, 3
EDGE = 1e-3
"""No sign is surer than this."""
BEYOND, UNLABELLED = 1.0, 4.0
"""Ensemble weights of the second and of the third sign; the first has weight 1."""


def fit(X: pd.DataFrame, X_unlabelled: pd.DataFrame | None, seed: int) -> ExtraTreesClassifier | None:
    """Return trees that tell unlabelled from labelled stars, each side of equal weight; None without both.

    Parameters
    ----------
    X, X_unlabelled : DataFrame of shapes (n, n_features), (m, n_features)
    seed : int
        Of the trees.
    """
    if X_unlabelled is None or not len(X_unlabelled):
        return None
    both = pd.concat([X, X_unlabelled]).to_numpy(dtype=np.float32)
    unlabelled = np.arange(len(both)) >= len(X)
    trees = ExtraTreesClassifier(TREES, min_samples_leaf=LEAF, class_weight="balanced", random_state=seed, n_jobs=1)
    return trees.fit(both, unlabelled)


def score(
    X: pd.DataFrame,
    probabilities: np.ndarray,
    classes: np.ndarray,
    sources: Sequence[SourceModel],
    trees: ExtraTreesClassifier | None,
) -> np.ndarray:
    """Return how unlike any labelled class each star is: shape (n,), from 0 to 1, an order rather than a probability.

    Parameters
    ----------
    X : DataFrame of shape (n, n_features)
    probabilities : ndarray of shape (n, n_classes)
        What the classifier says.
    classes : ndarray of str, shape (n_classes,)
        What it was trained on.
    sources : sequence of SourceModel
        The one that knows most classes sees what share of a star lies beyond `classes`.
    trees : ExtraTreesClassifier, optional
        What `fit` gave.
    """
    signs, total_weight = _log_odds(1 - probabilities.max(axis=1)), 1.0
    if sources:
        widest = max(sources, key=lambda source: len(source.classes))
        beyond = 1 - (widest.predict_proba(X) @ merge_matrix(widest.classes, classes)).sum(axis=1)
        signs = signs + BEYOND * _log_odds(beyond)
        total_weight += BEYOND
    if trees is not None:
        signs = signs + UNLABELLED * _log_odds(trees.predict_proba(X.to_numpy(dtype=np.float32))[:, 1])
        total_weight += UNLABELLED
    return expit(signs / total_weight)


def _log_odds(share: np.ndarray) -> np.ndarray:
    return logit(np.clip(share, EDGE, 1 - EDGE))
