"""The default strategy: what several sources know and what trees learn, each weighed by labels that it has not seen."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from lctransfer.config import Transfer
from lctransfer.models.simulated import simulated
from lctransfer.models.source import SourceModel
from lctransfer.transfer import novelty
from lctransfer.transfer.base import Strategy
from lctransfer.transfer.head import TRUST, MappedHead, log_softmax
from lctransfer.transfer.simple import Boosting, ExtraTrees, ZeroLabel

FOLDS, FEWER_FOLDS, MANY = 5, 3, 500
"""Parts of the labelled stars, each held out in turn; fewer above `MANY` stars, where each part says enough."""
FOLD_TREES = 0.4
"""Share of the trees that out-of-fold predictions are made with: they choose a few weights only."""
FLOOR = 1e-3
"""Least probability of a member for any class: a single member cannot veto."""
ATTACHMENT = 20.0
"""How many labels the starting weights are worth."""
BOOSTING_FROM = 15
"""Labels per class from which gradient boosting takes part."""
SKY_TRUST = 0.6
"""Trust in the simulated sky: it has seen every class, and surveys of every kind."""
SKY, WITH_SKY, WITHOUT_SKY = 0.5, 0.2, 0.6
"""Starting powers: of the simulated sky as it is, and of its head; of other heads together, and of trees."""


class Member(NamedTuple):
    """A strategy that takes part, its source, its options, and the power that it starts from."""

    kind: type[Strategy]
    source: SourceModel | None
    start: float
    options: dict[str, float]

    def fit(self, settings: Transfer, seed: int, X: pd.DataFrame, y: np.ndarray) -> Strategy:
        """Return the strategy, fitted."""
        return self.kind(settings, self.source, seed, **self.options).fit(X, y)


class Auto(Strategy):
    """Weighted geometric mean of a mapped head on each source, extra trees and, with many labels, gradient boosting.

    The sources are those that it is given and, beside them, the model of the simulated sky that comes with this
    package (unless ``transfer.simulated_sky`` is false, or the table lacks its features). The powers minimise the
    log-loss of out-of-fold predictions on the labelled stars, held near their starting values while labels are few. A
    source that does not fit gets a power near zero, which is the fall-back to trees; and as their sum is free, the
    powers calibrate at the same time. Unlabelled stars are used to tell what is unlike anything labelled.
    """

    needs_source = False

    def _fit(self, X: pd.DataFrame, codes: np.ndarray, X_unlabelled: pd.DataFrame | None) -> None:
        chosen = self._choose(X, len(codes))
        logs, held_out = self._out_of_fold(chosen, X, codes)
        self.powers = _powers(logs, codes[held_out], np.array([member.start for member in chosen]))
        self.members = self._fit_members(chosen, self.settings, X, codes)
        self.novelty = novelty.fit(X, X_unlabelled, self.seed)

    def _choose(self, X: pd.DataFrame, n_labels: int) -> list[Member]:
        """Return who takes part, and with what power; constants were chosen on seeds that no table shows."""
        given = list(self.source.models) if self.source else []
        sky = next((model for model in given if model.origin == simulated().origin), None)
        if sky:
            given.remove(sky)
        elif self.settings.simulated_sky and set(simulated().features) <= set(X.columns):
            sky = simulated()
        share = WITH_SKY if sky else WITHOUT_SKY
        heads = [Member(MappedHead, model, share / len(given), {"trust": TRUST}) for model in given]
        if sky:
            heads += [Member(ZeroLabel, sky, SKY, {}), Member(MappedHead, sky, SKY, {"trust": SKY_TRUST})]
        trees = [Member(ExtraTrees, None, share if heads else 1.0, {})]
        if n_labels >= BOOSTING_FROM * len(self.classes_):
            trees.append(Member(Boosting, None, trees[0].start, {}))
        return [*heads, *trees]

    def _out_of_fold(self, chosen: list[Member], X: pd.DataFrame, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return log-probabilities (members, stars, classes) and the rows of the stars."""
        logs, rows = [np.zeros((len(chosen), 0, len(self.classes_)))], [np.zeros(0, dtype=int)]
        n_folds = FOLDS if len(codes) <= MANY else FEWER_FOLDS
        fold = _folds(codes, n_folds, self.seed)
        fewer_trees = replace(self.settings, trees=max(1, int(FOLD_TREES * self.settings.trees)))
        for number in range(n_folds):
            train = np.flatnonzero(fold != number)
            # A star of a class that no other labelled star has says nothing about the members.
            held_out = np.flatnonzero((fold == number) & np.isin(codes, codes[train]))
            if len(held_out) and len(np.unique(codes[train])) > 1:
                fits = self._fit_members(chosen, fewer_trees, X.iloc[train], codes[train])
                logs.append(np.stack([self._log(member, X.iloc[held_out]) for member in fits]))
                rows.append(held_out)
        return np.concatenate(logs, axis=1), np.concatenate(rows)

    def _fit_members(
        self, chosen: list[Member], settings: Transfer, X: pd.DataFrame, codes: np.ndarray
    ) -> list[Strategy]:
        return [member.fit(settings, self.seed, X, self.classes_[codes]) for member in chosen]

    def _log(self, member: Strategy, X: pd.DataFrame) -> np.ndarray:
        """Return a member's log-probabilities over all classes; those it has not seen get the floor."""
        full = np.zeros((len(X), len(self.classes_)))
        full[:, np.searchsorted(self.classes_, member.classes_)] = member.predict_proba(X)
        return np.log((1 - FLOOR * full.shape[1]) * full + FLOOR)

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Return the weighted geometric mean, normalised."""
        logs = [power * self._log(member, X) for power, member in zip(self.powers, self.members)]
        return np.exp(log_softmax(np.sum(logs, axis=0)))

    def novelty_score(self, X: pd.DataFrame, probabilities: np.ndarray | None = None) -> np.ndarray:
        """Return how unlike any labelled class each star is; see `novelty.score`."""
        sources = [member.source for member in self.members if isinstance(member, MappedHead)]
        known = self.predict_proba(X) if probabilities is None else probabilities
        return novelty.score(X, known, self.classes_, sources, self.novelty)


def _folds(codes: np.ndarray, n_folds: int, seed: int) -> np.ndarray:
    """Return a fold for each star, every class spread over them as evenly as it can be."""
    shuffled = np.random.default_rng(seed).permutation(len(codes))
    order = shuffled[np.argsort(codes[shuffled], kind="stable")]
    fold = np.empty(len(codes), dtype=int)
    fold[order] = np.arange(len(codes)) % n_folds
    return fold


def _powers(logs: np.ndarray, codes: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Return the non-negative powers of the members that fit held-out labels best, drawn towards `start`."""

    def loss(powers: np.ndarray) -> float:
        mixed = log_softmax(np.tensordot(powers, logs, axes=1))
        return -mixed[np.arange(len(codes)), codes].sum() + ATTACHMENT * ((powers - start) ** 2).sum()

    return minimize(loss, start, method="L-BFGS-B", bounds=[(0, 3)] * len(start)).x
