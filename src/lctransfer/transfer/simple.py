"""Rivals of every transfer: trees on the same features, and the source model with no label; and trees that see both."""

import warnings

import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.ensemble import ExtraTreesClassifier

from lctransfer.transfer.base import Strategy
from lctransfer.transfer.mapping import merge

BOOSTING_ROUNDS = 150


class ZeroLabel(Strategy):
    """The source model as it is, its classes merged by name; labels only say which classes there are."""

    answers_unlabelled_classes = True

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
        with warnings.catch_warnings():
            # A star or two per class is what few labels are, and no sign of a regression.
            warnings.filterwarnings("ignore", message="The number of unique classes")
            self.trees.fit(self._inputs(X), codes)

    def _inputs(self, X: pd.DataFrame) -> np.ndarray:
        return X.to_numpy(dtype=np.float32)

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Return the mean of the trees' class frequencies."""
        return self.trees.predict_proba(self._inputs(X))


class SourceTrees(ExtraTrees):
    """Extremely randomised trees on all features and on what the source says of each star.

    The source's part are its log-probabilities, merged into the target's classes by name, about their mean.
    """

    needs_source = True

    def _inputs(self, X: pd.DataFrame) -> np.ndarray:
        logs = np.log(merge(self.source.predict_proba(X), self.source.classes, self.classes_))
        return np.hstack([X.to_numpy(), logs - logs.mean(axis=1, keepdims=True)]).astype(np.float32)


class Boosting(Strategy):
    """Gradient-boosted trees on all features (LightGBM, Ke et al. 2017): no transfer."""

    needs_source = False

    def _fit(self, X: pd.DataFrame, codes: np.ndarray, X_unlabelled: pd.DataFrame | None) -> None:
        self.trees = LGBMClassifier(
            n_estimators=BOOSTING_ROUNDS,
            learning_rate=0.05,
            num_leaves=15,
            min_child_samples=5,
            subsample=0.8,
            subsample_freq=1,
            colsample_bytree=0.6,
            reg_lambda=1.0,
            random_state=self.seed,
            n_jobs=1,
            deterministic=True,
            force_row_wise=True,
            verbose=-1,
        )
        self.trees.fit(X.to_numpy(dtype=np.float32), codes)

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Return the softmax of the boosted scores."""
        probabilities = np.asarray(self.trees.booster_.predict(X.to_numpy(dtype=np.float32)))
        return probabilities if probabilities.ndim == 2 else np.column_stack([1 - probabilities, probabilities])
