"""What every strategy is: something that fits few labelled stars and returns class probabilities."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from lctransfer.config import Transfer
from lctransfer.errors import LctransferError
from lctransfer.models.source import SourceModel


class Task(NamedTuple):
    """What there is to learn from: the arguments of `Strategy.fit`."""

    X: pd.DataFrame
    y: np.ndarray
    X_unlabelled: pd.DataFrame | None = None
    classes: np.ndarray | None = None


class Strategy(ABC):
    """A way to learn a target survey's classes from few labels, with or without a source model.

    Parameters
    ----------
    settings : config.Transfer
        Epochs, learning rate, number of trees...
    source : SourceModel, optional
        Strategies that need one refuse to be made without.
    seed : int
        Of everything random; equal inputs and seeds give equal probabilities, bit for bit.

    Attributes
    ----------
    classes_ : ndarray of str
        Columns of `predict_proba`, sorted; set by `fit`.
    """

    needs_source = True
    answers_unlabelled_classes = False
    """Whether a class that no label names can be predicted, since the source knows it."""

    def __init__(self, settings: Transfer, source: SourceModel | None = None, seed: int = 0):
        if self.needs_source and source is None:
            raise LctransferError("This strategy transfers from a source model, but none was given.")
        self.settings, self.seed = settings, seed
        self.source: Any = source  # None only where a strategy needs no source

    def fit(
        self,
        X: pd.DataFrame,
        y: np.ndarray,
        X_unlabelled: pd.DataFrame | None = None,
        classes: np.ndarray | None = None,
    ) -> "Strategy":
        """Learn from labelled stars (and, where the strategy uses them, from unlabelled ones of the same survey).

        Parameters
        ----------
        X : DataFrame of shape (n, n_features)
            Features by name, finite.
        y : ndarray of shape (n,)
            Class names.
        X_unlabelled : DataFrame of shape (m, n_features), optional
            More stars of the survey, without labels.
        classes : ndarray of str, optional
            Classes that the survey is known to have, whether or not a star of `y` is of them. Where
            `answers_unlabelled_classes`, they are classes of the answer, too.
        """
        self.classes_ = np.unique(y)
        if classes is not None and self.answers_unlabelled_classes:
            self.classes_ = np.union1d(self.classes_, classes)
        self._fit(X, np.searchsorted(self.classes_, y), X_unlabelled)
        return self

    @classmethod
    def fit_all(cls, strategies: Sequence["Strategy"], tasks: Sequence[Task]) -> None:
        """Fit several strategies of this kind and of equal settings, each to its own task.

        Those that train networks train them all at once, which is faster, and the same up to rounding.
        """
        for strategy, task in zip(strategies, tasks, strict=True):
            strategy.fit(*task)

    @abstractmethod
    def _fit(self, X: pd.DataFrame, codes: np.ndarray, X_unlabelled: pd.DataFrame | None) -> None:
        """Learn from integer labels, which index `classes_`."""

    @abstractmethod
    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Return probabilities of shape (n, n_classes), columns as `classes_`."""

    def novelty_score(self, X: pd.DataFrame, probabilities: np.ndarray | None = None) -> np.ndarray:
        """Return how unlike any labelled class each star is: shape (n,), from 0 to 1; here, how much it doubts.

        Parameters
        ----------
        X : DataFrame of shape (n, n_features)
        probabilities : ndarray of shape (n, n_classes), optional
            What `predict_proba` gave for `X`, where it is at hand.
        """
        known = self.predict_proba(X) if probabilities is None else probabilities
        return 1 - known.max(axis=1)
