"""Rivals of every transfer: trees on the same features, and the source model with no label at all."""

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier

from lctransfer.transfer.base import Strategy
from lctransfer.transfer.mapping import merge


class ZeroLabel(Strategy):
    """The source model as it is, its classes merged by name; labels only say which classes there are."""

    def _fit(self, X: pd.DataFrame, codes: np.ndarray, X_unlabelled: pd.DataFrame | None) -> None:
        pass

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Return merged source probabilities."""
        return merge(self.source.predict_proba(X), self.source.classes, self.classes_)


class ExtraTrees(Strategy):
    """Extremely randomised trees on all features (Geurts et al. 2006): no transfer."""

    needs_source = False

    def _fit(self, X: pd.DataFrame, codes: np.ndarray, X_unlabelled: pd.DataFrame | None) -> None:
        self.trees = ExtraTreesClassifier(self.settings.trees, random_state=self.seed, n_jobs=1)
        self.trees.fit(X.to_numpy(dtype=np.float32), codes)

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Return the mean of the trees' class frequencies."""
        return self.trees.predict_proba(X.to_numpy(dtype=np.float32))
