"""The default strategy: mapped head and trees, each weighed by how it does on labels that it has not seen."""

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from lctransfer.transfer.base import Strategy
from lctransfer.transfer.head import MappedHead
from lctransfer.transfer.simple import Boosting, ExtraTrees

FOLDS = 5
FLOOR = 1e-3
"""Least probability of a member for any class: a single member cannot veto."""
ATTACHMENT = 20.0
"""How many labels the starting weights are worth."""
BOOSTING_FROM = 25
"""Labels per class from which gradient boosting takes part."""


class Auto(Strategy):
    """Weighted geometric mean of mapped head, extra trees and, with many labels, gradient boosting.

    The powers minimise the log-loss of out-of-fold predictions on the labelled stars, held near equal shares while
    labels are few. A source that does not fit gets a power near zero, which is the fall-back to trees; and as their sum
    is free, the powers calibrate at the same time. Without a source model, trees remain.
    """

    needs_source = False

    def _fit(self, X: pd.DataFrame, codes: np.ndarray, X_unlabelled: pd.DataFrame | None) -> None:
        kinds = [*([MappedHead] if self.source else []), ExtraTrees]
        if len(codes) >= BOOSTING_FROM * len(self.classes_):
            kinds.append(Boosting)
        logs, held_out = self._out_of_fold(kinds, X, codes)
        self.powers = _powers(logs, codes[held_out], len(kinds))
        self.members = self._members(kinds, X, codes)

    def _out_of_fold(self, kinds: list, X: pd.DataFrame, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return log-probabilities (members, stars, classes) and the rows of the stars."""
        logs, rows = [np.zeros((len(kinds), 0, len(self.classes_)))], [np.zeros(0, dtype=int)]
        fold = _folds(codes, self.seed)
        for number in range(FOLDS):
            train = np.flatnonzero(fold != number)
            # A star of a class that no other labelled star has says nothing about the members.
            held_out = np.flatnonzero((fold == number) & np.isin(codes, codes[train]))
            if len(held_out) and len(np.unique(codes[train])) > 1:
                fits = self._members(kinds, X.iloc[train], codes[train])
                logs.append(np.stack([self._log(member, X.iloc[held_out]) for member in fits]))
                rows.append(held_out)
        return np.concatenate(logs, axis=1), np.concatenate(rows)

    def _members(self, kinds: list, X: pd.DataFrame, codes: np.ndarray) -> list[Strategy]:
        return [kind(self.settings, self.source, self.seed).fit(X, self.classes_[codes]) for kind in kinds]

    def _log(self, member: Strategy, X: pd.DataFrame) -> np.ndarray:
        """Return a member's log-probabilities over all classes; those it has not seen get the floor."""
        full = np.zeros((len(X), len(self.classes_)))
        full[:, np.searchsorted(self.classes_, member.classes_)] = member.predict_proba(X)
        return np.log((1 - FLOOR * full.shape[1]) * full + FLOOR)

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Return the weighted geometric mean, normalised."""
        return softmax(sum(power * self._log(member, X) for power, member in zip(self.powers, self.members)), axis=1)


def _folds(codes: np.ndarray, seed: int) -> np.ndarray:
    """Return a fold for each star, every class spread over them as evenly as it can be."""
    shuffled = np.random.default_rng(seed).permutation(len(codes))
    order = shuffled[np.argsort(codes[shuffled], kind="stable")]
    fold = np.empty(len(codes), dtype=int)
    fold[order] = np.arange(len(codes)) % FOLDS
    return fold


def _powers(logs: np.ndarray, codes: np.ndarray, n_members: int) -> np.ndarray:
    """Return the non-negative powers of the members that fit held-out labels best, drawn towards equal shares."""
    start = np.full(n_members, 1.0 / n_members if n_members < 2 else 1.2 / n_members)

    def loss(powers: np.ndarray) -> float:
        mixed = log_softmax(np.tensordot(powers, logs, axes=1), axis=1)
        return -mixed[np.arange(len(codes)), codes].sum() + ATTACHMENT * ((powers - start) ** 2).sum()

    return minimize(loss, start, method="L-BFGS-B", bounds=[(0, 3)] * n_members).x
