"""Fitted trees as plain data: what a forest needs to predict, without the objects that grew it."""

from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np

from lctransfer.errors import LctransferError, one_line
from lctransfer.features.compiled import entry

LEAF = -1
"""What stands for the children of a leaf, as in scikit-learn."""


@dataclass(frozen=True)
class Forest:
    """A fitted forest of scikit-learn as arrays, all trees end to end; predicts the same bits.

    Attributes
    ----------
    roots : ndarray of int64, shape (n_trees,)
        First node of each tree.
    left, right : ndarray of int64, shape (n_nodes,)
        Where a star goes whose feature is at most, or above, the threshold; `LEAF` in leaves.
    feature : ndarray of int64, shape (n_nodes,)
        Column that a node asks about.
    threshold : ndarray of float64, shape (n_nodes,)
        In the units of the feature.
    shares : ndarray of float64, shape (n_nodes, n_classes)
        Share of each class among a node's training stars.
    n_features : int
        Columns of the input.
    """

    roots: np.ndarray
    left: np.ndarray
    right: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    shares: np.ndarray
    n_features: int

    @classmethod
    def of(cls, fitted: Any) -> "Forest":
        """Return the trees of a fitted forest classifier of scikit-learn."""
        trees = [estimator.tree_ for estimator in fitted.estimators_]
        roots = np.cumsum([0, *(tree.node_count for tree in trees[:-1])])
        shift = np.repeat(roots, [tree.node_count for tree in trees])
        left, right = (np.concatenate([getattr(tree, f"children_{side}") for tree in trees]) for side in _SIDES)
        return cls(
            roots,
            np.where(left == LEAF, LEAF, left + shift),
            np.where(right == LEAF, LEAF, right + shift),
            np.concatenate([tree.feature for tree in trees]),
            np.concatenate([tree.threshold for tree in trees]),
            np.concatenate([tree.value[:, 0, : fitted.n_classes_] for tree in trees]),
            int(fitted.n_features_in_),
        )

    def check(self) -> None:
        """Refuse trees that point outside of themselves or in circles, since compiled code will follow them.

        Raises
        ------
        LctransferError
            If they do.
        """
        n_nodes, inner = len(self.left), self.left != LEAF
        nodes = np.arange(n_nodes)[inner]
        sound = all(len(values) == n_nodes for values in (self.right, self.feature, self.threshold, self.shares))
        sound = sound and len(self.roots) > 0 and _within(self.roots, 0, n_nodes)
        # Children stand behind their parents, so every walk ends.
        sound = sound and all(_within(side[inner], nodes + 1, n_nodes) for side in (self.left, self.right))
        if not (sound and _within(self.feature[inner], 0, self.n_features)):
            raise LctransferError("The saved trees are damaged: they point outside of themselves. Save them again.")

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return the mean of the trees' class shares, float64, for float32 rows of shape (n, n_features)."""
        if X.shape[1] != self.n_features:
            raise LctransferError(f"The trees were grown on {self.n_features} features, and {X.shape[1]} were given.")
        nodes = (self.left, self.right, self.feature, self.threshold, self.shares)
        return _sum_of_leaves(np.ascontiguousarray(X, dtype=np.float32), self.roots, *nodes) / len(self.roots)


_SIDES = ("left", "right")


def _within(values: np.ndarray, low: np.ndarray | int, end: int) -> bool:
    return bool(((values >= low) & (values < end)).all())


@entry
def _sum_of_leaves(X, roots, left, right, feature, threshold, shares):  # noqa: PLR0917
    """Return the sum over trees, first to last, of the shares in the leaf that each star falls into."""
    total = np.zeros((len(X), shares.shape[1]))
    for root in roots:
        for star in range(len(X)):
            node = root
            while left[node] != LEAF:
                node = left[node] if np.float64(X[star, feature[node]]) <= threshold[node] else right[node]
            for column in range(shares.shape[1]):
                total[star, column] += shares[node, column]
    return total


class Boosted:
    """Fitted gradient-boosted trees as LightGBM's text.

    Attributes
    ----------
    booster_ : lightgbm.Booster
        Predicts the same bits as the one whose text it was.
    """

    def __init__(self, text: str):
        try:
            self.booster_ = lightgbm.Booster(model_str=text)
        except lightgbm.basic.LightGBMError as error:
            raise LctransferError(
                f"The saved boosted trees cannot be read: {one_line(error)}. Save them again."
            ) from None
