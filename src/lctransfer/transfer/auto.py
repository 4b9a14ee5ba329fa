"""The default strategy: what several sources know and what trees learn, each weighed by labels that it has not seen.

How every constant here was chosen, and where that fails: ``benchmarks/results/choose_auto.md``.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from lctransfer.config import Transfer
from lctransfer.models.simulated import simulated, sky_among
from lctransfer.models.source import SourceModel
from lctransfer.transfer import novelty
from lctransfer.transfer.base import Strategy
from lctransfer.transfer.ensemble import Answers, Views, belief, folds
from lctransfer.transfer.head import PRIOR_WEIGHT, MappedHead
from lctransfer.transfer.in_context import InContext
from lctransfer.transfer.mapping import merge
from lctransfer.transfer.simple import Boosting, ExtraTrees, SourceTrees, ZeroLabel

FOLDS, FEWER_FOLDS, MANY = 5, 3, 500
"""Parts of the labelled stars, each held out in turn; fewer above `MANY` stars, where each part says enough."""
TREES, FOLD_TREES = 0.5, 0.2
"""Shares of ``settings.trees`` in each of the two forests, and in those that make out-of-fold predictions."""
BOOSTING_FROM = 15
"""Labels per class from which gradient boosting takes part."""
SKY_PRIOR_WEIGHT = 0.6
"""Prior weight of the simulated sky's head: it has seen every class, and surveys of every kind."""
DOUBT = 0.2
"""Probability, before labels say more, that a source does not fit the survey: then its answer as it stands gets no
ensemble weight to start from, and is worth `DOUBTED_LABELS` labels of a class."""
DOUBTED_LABELS = 0.3
HEARD_FROM = 0.05
"""Least ensemble weight of a source that the novelty score listens to."""


class Start(NamedTuple):
    """Starting ensemble weights of the members, and how many labels these are worth.

    `source_labels` is how many labels of a class the source's answer on that class is worth: of a class with n labels,
    members have the share n / (n + source_labels).
    """

    zero_label: float = 0.6
    sky_head: float = 0.3
    in_context: float = 0.3
    heads: float = 0.1
    trees: float = 0.4
    source_trees: float = 0.2
    boosting: float = 0.2
    attachment: float = 10.0
    source_labels: float = 1.0


WITH_SKY = Start()
WITHOUT_SKY = Start(zero_label=0.0, sky_head=0.0, in_context=0.0, heads=0.6, trees=0.4, source_trees=0.3)


class Member(NamedTuple):
    """A strategy that takes part, its source, its options, and the ensemble weight that it starts from."""

    kind: type[Strategy]
    source: SourceModel | None
    start: float
    options: dict[str, float]

    def fit(self, settings: Transfer, seed: int, X: pd.DataFrame, y: np.ndarray) -> Strategy:
        """Return the strategy, fitted."""
        return self.kind(settings, self.source, seed, **self.options).fit(X, y)


def views(members: list[tuple[type[Strategy], float]], source_labels: float, has_source: bool) -> Views:
    """Return the views before any label, from the members' strategies and starting weights.

    In belief of the source, and, if there is one, in doubt of it; see `DOUBT`.
    """
    start = np.array([weight for _, weight in members])
    doubting = np.array([0.0 if kind is ZeroLabel else weight for kind, weight in members])
    if not has_source:
        return Views(start[np.newaxis], np.array([source_labels]), np.ones(1))
    both = np.array([source_labels, DOUBTED_LABELS])
    return Views(np.stack([start, doubting]), both, np.array([1 - DOUBT, DOUBT]))


class Auto(Strategy):
    """Weighted geometric mean of mapped heads, the in-context network, trees with and without the source's answer.

    The sources are those that it is given and, beside them, the model of the simulated sky that comes with this
    package (unless ``transfer.simulated_sky`` is false, or the table lacks its features). The ensemble weights minimise
    the log-loss of out-of-fold predictions on the labelled stars, held near their starting values while labels are
    few. A source that does not fit gets a weight near zero, which is the fall-back to trees; and as their sum is free,
    the weights calibrate at the same time. A class with few labels, or none, is judged by the simulated sky (or the
    first source) rather than by members that have hardly seen it, see `ensemble.completed`; it is believed less of a
    class without labels that it finds among the labelled stars, see `ensemble.belief`. All this is done twice, in
    the belief that the source fits the survey and in doubt of it; the answer is the mean of both, by the probability
    that the out-of-fold predictions give to each. Unlabelled stars are used to tell what is unlike anything labelled.

    Attributes
    ----------
    members : list of Strategy
        Fitted to all labels.
    views : Views
        Ensemble weights, in belief and in doubt of the source.
    teacher : SourceModel or None
        The source that answers for classes with few labels or none.
    belief : ndarray of shape (n_classes,)
        What its probabilities are multiplied by.
    n_labels : ndarray of shape (n_classes,)
        Labels of each class.
    """

    needs_source = False
    answers_unlabelled_classes = True

    def _fit(self, X: pd.DataFrame, codes: np.ndarray, X_unlabelled: pd.DataFrame | None) -> None:
        chosen, start = self._choose(X, len(codes))
        if self.teacher is None:  # nobody knows a class without labels
            labelled, codes = np.unique(codes, return_inverse=True)
            self.classes_ = self.classes_[labelled]
        self.n_labels = np.bincount(codes, minlength=len(self.classes_))
        self.belief = self._belief(X, self.n_labels)
        answers, held_out = self._out_of_fold(chosen, X, codes)
        before = views([(member.kind, member.start) for member in chosen], start.source_labels, bool(self.teacher))
        self.views = before.fit(answers, codes[held_out], self.classes_, start.attachment)
        self.members = self._fit_members(chosen, TREES, X, codes)
        self.novelty = novelty.fit(X, X_unlabelled, self.seed)

    def _choose(self, X: pd.DataFrame, n_labels: int) -> tuple[list[Member], Start]:
        """Return who takes part and with what starting weight."""
        given = list(self.source.models) if self.source else []
        if sky := sky_among(self.source):
            given.remove(sky)
        elif self.settings.simulated_sky and set(simulated().features) <= set(X.columns):
            sky = simulated()
        start = WITH_SKY if sky else WITHOUT_SKY
        members = [
            Member(MappedHead, model, start.heads / len(given), {"prior_weight": PRIOR_WEIGHT}) for model in given
        ]
        if sky:
            members.append(Member(ZeroLabel, sky, start.zero_label, {}))
            members.append(Member(MappedHead, sky, start.sky_head, {"prior_weight": SKY_PRIOR_WEIGHT}))
            if InContext.reads(sky):
                members.append(Member(InContext, sky, start.in_context, {}))
        self.teacher = sky or next(iter(given), None)
        if self.teacher:
            members.append(Member(SourceTrees, self.teacher, start.source_trees, {}))
        members.append(Member(ExtraTrees, None, start.trees if self.teacher else 1.0, {}))
        if n_labels >= BOOSTING_FROM * len(self.classes_):
            members.append(Member(Boosting, None, start.boosting, {}))
        return members, start

    def _out_of_fold(
        self, chosen: list[Member], X: pd.DataFrame, codes: np.ndarray
    ) -> tuple[list[Answers], np.ndarray]:
        """Return what the members say of each fold that they were not fitted to, and the rows of its stars."""
        answers, rows = [], []
        n_folds = FOLDS if len(codes) <= MANY else FEWER_FOLDS
        fold = folds(codes, n_folds, self.seed)
        for number in range(n_folds):
            train = np.flatnonzero(fold != number)
            # A star of a class that no other labelled star has says nothing about the members.
            held_out = np.flatnonzero((fold == number) & np.isin(codes, codes[train]))
            if len(held_out) and len(np.unique(codes[train])) > 1:
                fits = self._fit_members(chosen, FOLD_TREES, X.iloc[train], codes[train])
                n_labels = np.bincount(codes[train], minlength=len(self.classes_))
                answers.append(self._answers(fits, X.iloc[held_out], n_labels))
                rows.append(held_out)
        return answers, np.concatenate([np.zeros(0, dtype=int), *rows])

    def _fit_members(
        self, chosen: list[Member], share_of_trees: float, X: pd.DataFrame, codes: np.ndarray
    ) -> list[Strategy]:
        settings = replace(self.settings, trees=max(1, round(share_of_trees * self.settings.trees)))
        return [member.fit(settings, self.seed, X, self.classes_[codes]) for member in chosen]

    def _source_says(self, teacher: SourceModel, X: pd.DataFrame) -> np.ndarray:
        """Return a teacher's probabilities, merged into the target's classes."""
        return merge(teacher.predict_proba(X), teacher.classes, self.classes_)

    def _belief(self, X: pd.DataFrame, n_labels: np.ndarray) -> np.ndarray:
        """Return what the teacher's probabilities are multiplied by, once it has been asked of the labelled stars."""
        return np.ones(len(n_labels)) if self.teacher is None else belief(self._source_says(self.teacher, X), n_labels)

    def _answers(self, members: list[Strategy], X: pd.DataFrame, n_labels: np.ndarray) -> Answers:
        """Return what members fitted to so many labels of each class say of stars."""
        said = [(member.predict_proba(X), member.classes_) for member in members]
        source = None
        if self.teacher is not None:
            source = self._source_says(self.teacher, X) * self.belief
            source /= source.sum(axis=1, keepdims=True)
        return Answers(said, source, n_labels)

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Return the mean of the views' weighted geometric means."""
        return self.views.probabilities(self._answers(self.members, X, self.n_labels), self.classes_)

    def novelty_score(self, X: pd.DataFrame, probabilities: np.ndarray | None = None) -> np.ndarray:
        """Return how unlike any labelled class each star is; see `novelty.score`."""
        known = self.predict_proba(X) if probabilities is None else probabilities
        return novelty.score(X, known, self.classes_, self._sources_heard(), self.novelty)

    def _sources_heard(self) -> list[SourceModel]:
        """Return the sources whose members have, together, an ensemble weight that counts."""
        weights: dict[int, float] = {}
        sources = {id(member.source): member.source for member in self.members if member.source is not None}
        for weight, member in zip(self.views.shares @ self.views.weights, self.members):
            weights[id(member.source)] = weights.get(id(member.source), 0.0) + float(weight)
        return [source for key, source in sources.items() if weights[key] >= HEARD_FROM]
