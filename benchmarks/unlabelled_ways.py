"""Uses of unlabelled stars in `auto`, each by itself, on members that are fitted once; see `unlabelled.py`."""

from collections.abc import Callable
from copy import copy
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.neighbors import NearestNeighbors
from sklearn.semi_supervised import LabelSpreading

from lctransfer.config import Transfer
from lctransfer.models.combined import Combined
from lctransfer.transfer.auto import TREES, Auto, Member, Start, views
from lctransfer.transfer.base import Strategy
from lctransfer.transfer.ensemble import Answers, Views
from lctransfer.transfer.sweep import divide, inputs, sound

AS_IT_IS = "auto as it is"
CONFIDENT = 0.9
"""Least probability of a pseudo-label."""
STEPS = 2
"""Of the soft self-training."""
NEIGHBOURS = 10
"""Of a star in the embedding."""
SMOOTHING = 0.3
"""Their share in its smoothed probabilities."""
SPREADING_WEIGHT = 0.2
"""Ensemble weight that label spreading starts from."""


class Parts(NamedTuple):
    """`auto`, fitted to `X`, and what it is made of; unlabelled stars (`pool`) and test stars (`test`) beside it."""

    auto: Auto
    chosen: list[Member]
    start: Start
    X: pd.DataFrame
    codes: np.ndarray
    out_of_fold: list[Answers]
    held_out: np.ndarray
    pool: pd.DataFrame
    test: pd.DataFrame

    def embed(self, X: pd.DataFrame) -> np.ndarray:
        """Return the last hidden layer of the source that answers for classes without labels."""
        return self.auto.teacher.embed(X)


def parts_of(stars: pd.DataFrame, sources: Combined, settings: Transfer, count: int, seed: int) -> tuple[Parts, list]:
    """Return `auto` in parts, as `Auto._fit` makes it, and the classes of the test stars."""
    X, labels, known = inputs(stars), stars["class_name"].to_numpy(dtype=str), sound(stars)
    split = divide(stars, settings, count, seed)
    auto, own = Auto(settings, sources, seed), X[split.labelled]
    auto.classes_ = np.unique(labels)
    codes = np.searchsorted(auto.classes_, labels[split.labelled])
    chosen, start = auto._choose(X, len(codes))
    auto.n_labels = np.bincount(codes, minlength=len(auto.classes_))
    auto.belief = auto._belief(own, auto.n_labels)
    out_of_fold, held_out = auto._out_of_fold(chosen, own, codes)
    auto.members = auto._fit_members(chosen, TREES, own, codes)
    test = split.test & known
    parts = Parts(auto, chosen, start, own, codes, out_of_fold, held_out, X[split.unlabelled & known], X[test])
    auto.views = weighed(parts, chosen, out_of_fold)
    return parts, list(labels[test])


def weighed(parts: Parts, members: list[Member], out_of_fold: list[Answers]) -> Views:
    """Return the views that out-of-fold predictions of members give."""
    before = views([(member.kind, member.start) for member in members], parts.start.source_labels, True)
    truth = parts.codes[parts.held_out]
    return before.fit(out_of_fold, truth, parts.auto.classes_, parts.start.attachment)


def taught(parts: Parts, rows: np.ndarray, codes: np.ndarray) -> Auto:
    """Return `auto` with members that learn from unlabelled stars, too; labels alone weigh them, as before."""
    auto, X = copy(parts.auto), pd.concat([parts.X, parts.pool.iloc[rows]])
    auto.members = auto._fit_members(parts.chosen, TREES, X, np.r_[parts.codes, codes])
    return auto


def self_trained(parts: Parts) -> np.ndarray:
    """Let each class have as many pseudo-labels as labels: the stars that `auto` is surest of, from `CONFIDENT` on."""
    said = parts.auto.predict_proba(parts.pool)
    best, sure = said.argmax(axis=1), said.max(axis=1)
    order = np.argsort(-sure, kind="stable")
    place = pd.Series(best[order]).groupby(best[order]).cumcount().to_numpy()
    rows = order[(place < parts.auto.n_labels[best[order]]) & (sure[order] >= CONFIDENT)]
    return taught(parts, rows, best[rows]).predict_proba(parts.test)


def softly_self_trained(parts: Parts) -> np.ndarray:
    """Add as many unlabelled stars as labelled ones, labels drawn from `auto`'s probabilities (stochastic EM)."""
    rng, auto = np.random.default_rng(parts.auto.seed), parts.auto
    rows = rng.permutation(len(parts.pool))[: len(parts.codes)]
    for _ in range(STEPS):
        said = auto.predict_proba(parts.pool.iloc[rows]).cumsum(axis=1)
        drawn = (said < rng.random((len(rows), 1)) * said[:, -1:]).sum(axis=1)
        auto = taught(parts, rows, drawn)
    return auto.predict_proba(parts.test)


def shares(said: np.ndarray, old: np.ndarray, held: float = 0.0) -> np.ndarray:
    """Return the shares of classes by EM (Saerens et al. 2002) from probabilities learnt at old shares.

    One star is added to each class, so that none vanishes, and `held` times as many stars as there are at old shares.
    """
    new = old
    for _ in range(200):
        moved = said * (new / old)
        new = (moved / moved.sum(axis=1, keepdims=True)).sum(axis=0) + 1 + held * len(said) * old
        new = new / new.sum()
    return new


def moved_to(said: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """Return probabilities times a ratio of shares, normalised."""
    return said * ratio / (said * ratio).sum(axis=1, keepdims=True)


def corrected(parts: Parts, power: float = 1.0) -> np.ndarray:
    """Multiply probabilities by new over old shares: those of the labels, one added to each class."""
    old = (parts.auto.n_labels + 1) / (parts.auto.n_labels + 1).sum()
    new = shares(parts.auto.predict_proba(parts.pool), old)
    return moved_to(parts.auto.predict_proba(parts.test), (new / old) ** power)


def held_correction(parts: Parts) -> np.ndarray:
    """Take as old shares what `auto` says, in the mean, of held-out labelled stars, and hold the new ones near them."""
    classes = parts.auto.classes_
    said = [parts.auto.views.probabilities(answers, classes) for answers in parts.out_of_fold]
    old = np.concatenate([np.full((1, len(classes)), 1 / len(classes)), *said]).mean(axis=0)
    new = shares(parts.auto.predict_proba(parts.pool), old, held=1.0)
    return moved_to(parts.auto.predict_proba(parts.test), new / old)


class Spreading(Strategy):
    """Labels spread over the graph of nearest neighbours in a source's embedding (Zhou et al. 2004)."""

    def __init__(self, settings, source=None, seed=0, pool=None):
        super().__init__(settings, source, seed)
        self.pool = pool

    def _fit(self, X: pd.DataFrame, codes: np.ndarray, X_unlabelled: pd.DataFrame | None) -> None:
        place = self.source.embed(pd.concat([X, self.pool]))
        self.graph = LabelSpreading(kernel="knn", n_neighbors=min(NEIGHBOURS, len(place) - 1), alpha=0.2)
        self.graph.fit(place, np.r_[codes, np.full(len(self.pool), -1)])

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Return the mean of the neighbours'; a star far from any label has equal probabilities."""
        with np.errstate(invalid="ignore"):
            said = np.nan_to_num(self.graph.predict_proba(self.source.embed(X))) + 1e-3
        return said / said.sum(axis=1, keepdims=True)


def with_spreading(parts: Parts) -> np.ndarray:
    """Add label spreading as a member, weighed out of fold as the others are."""
    auto = copy(parts.auto)
    extra = [Member(Spreading, auto.teacher, SPREADING_WEIGHT, {"pool": parts.pool})]
    more, _ = auto._out_of_fold(extra, parts.X, parts.codes)
    joined = [one._replace(members=one.members + other.members) for one, other in zip(parts.out_of_fold, more)]
    auto.views = weighed(parts, [*parts.chosen, *extra], joined)
    auto.members = [*auto.members, *auto._fit_members(extra, TREES, parts.X, parts.codes)]
    return auto.predict_proba(parts.test)


def smoothed(parts: Parts) -> np.ndarray:
    """Mix a star's probabilities with those of its neighbours in the embedding, labelled or not."""
    said = np.vstack([np.eye(len(parts.auto.classes_))[parts.codes], parts.auto.predict_proba(parts.pool)])
    place = parts.embed(pd.concat([parts.X, parts.pool]))
    near = NearestNeighbors(n_neighbors=min(NEIGHBOURS, len(place))).fit(place)
    around = said[near.kneighbors(parts.embed(parts.test), return_distance=False)].mean(axis=1)
    return (1 - SMOOTHING) * parts.auto.predict_proba(parts.test) + SMOOTHING * around


WAYS: dict[str, Callable[[Parts], np.ndarray]] = {
    AS_IT_IS: lambda parts: parts.auto.predict_proba(parts.test),
    "self-training": self_trained,
    "soft self-training": softly_self_trained,
    "prior correction": corrected,
    "half the prior correction": lambda parts: corrected(parts, 0.5),
    "held prior correction": held_correction,
    "label spreading as a member": with_spreading,
    "smoothed in the embedding": smoothed,
}
