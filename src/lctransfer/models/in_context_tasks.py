"""Tasks for the in-context network to learn from: small classifications drawn from simulated surveys.

Each is what an observer may have: some classes of one survey, under words that stand for one kind of star or several, a
few labels of each, some of them wrong, and a source that may not fit. Everything is drawn anew for every task.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from lctransfer.models.in_context import LEAST_LOG, Tasks
from lctransfer.models.source import SourceModel

MOST_CLASSES, MOST_LABELLED, MOST_QUERIES = 12, 160, 64
LABELLED_PART = 2 / 3
"""Of a survey's stars of one kind; the others are for queries."""
MOST_PER_CLASS = 16
WORDS = (
    *("EB_EC EB_ED EB_ESD", "EB_ED EB_ESD", "EB_EC EB_ESD", "CEPH_F CEPH_1O CEPH_Other", "CEPH_1O CEPH_Other"),
    *("CEPH_F CEPH_1O CEPH_Other ACEP", "T2CEPH T2CEPH_RVTau", "LPV_Mira_AGB_C LPV_Mira_AGB_O"),
    *("LPV_SRV_AGB_C LPV_SRV_AGB_O", "LPV_OSARG_AGB LPV_OSARG_RGB"),
    *("LPV_SRV_AGB_C LPV_SRV_AGB_O LPV_OSARG_AGB LPV_OSARG_RGB L",),
    *("LPV_Mira_AGB_C LPV_Mira_AGB_O LPV_SRV_AGB_C LPV_SRV_AGB_O LPV_OSARG_AGB LPV_OSARG_RGB",),
    *("RRL_c RRL_e", "RRL_c RRL_d RRL_e", "DSCT GDOR", "GDOR SPB", "SPB ACV BCEP", "ROT ACV ELL", "YSO_TTAU YSO_HAEBE"),
    *("BE BV ACYG SDOR", "WR BE", "QSO AGN", "CV ZAND UV", "SN MICROLENSING"),
)
"""Kinds of stars that surveys put under one word."""
COMMON = ("EB_EC", "EB_ED", "EB_ESD", "RRL_ab", "RRL_c", "RRL_d", "DSCT", "CEPH_F", "CEPH_1O", "T2CEPH")
"""Kinds that nearly every survey names; they are drawn four times as often."""
STRAY = 0.06
"""Probability that a word has another kind among its stars, and that the source does not know a word."""
MISFIT = 0.7
"""Probability that the features of a survey are displaced, so that the source fits it less."""
WRONG_LABELS = 0.12
"""Largest share of labels that are wrong, in two fifths of the tasks."""


class Survey(NamedTuple):
    """Stars of a simulated survey: scaled features, and the rows of each kind."""

    x: Tensor
    rows: dict[str, np.ndarray]


class Drawn(NamedTuple):
    """One task: features and the source's log-probabilities of labelled stars, then queries; codes of both."""

    x: Tensor
    source: np.ndarray
    codes: np.ndarray
    query_codes: np.ndarray


def batch(surveys: Sequence[Survey], source: SourceModel, rng: np.random.Generator, size: int) -> tuple[Tasks, Tensor]:
    """Return `size` tasks, padded to the same shape, and the classes of their queries (-1 where there is none)."""
    drawn = [_draw(surveys[int(rng.integers(len(surveys)))], source, rng) for _ in range(size)]
    absent = np.array([np.arange(MOST_CLASSES) >= np.isfinite(task.source).sum(1).max() for task in drawn])
    sizes = [[len(task.codes), len(task.query_codes)] for task in drawn]
    x = [task.x.split(size) for size, task in zip(sizes, drawn)]
    said = [torch.from_numpy(task.source).clamp(min=LEAST_LOG).split(size) for size, task in zip(sizes, drawn)]
    tasks = Tasks(
        _stacked([labelled for labelled, _ in x]),
        _stacked([torch.from_numpy(task.codes) for task in drawn], -1),
        _stacked([labelled for labelled, _ in said]),
        _stacked([queries for _, queries in x]),
        _stacked([queries for _, queries in said]),
        torch.from_numpy(absent.astype(np.float32)),
    )
    return tasks, _stacked([torch.from_numpy(task.query_codes) for task in drawn], -1)


def _stacked(parts: list[Tensor], value: int = 0) -> Tensor:
    """Return tensors of different lengths as one, the shorter ones filled up."""
    return pad_sequence(parts, batch_first=True, padding_value=value)


def _draw(survey: Survey, source: SourceModel, rng: np.random.Generator) -> Drawn:
    while True:
        words = _words(survey, rng)
        share = rng.dirichlet(np.full(len(words), rng.choice([0.7, 1.5, 5.0])))
        known, asked = zip(*(_divided(survey, word, rng) for word in words))
        labelled = _taken(known, _label_counts(share, rng))
        queries = _taken(asked, rng.multinomial(MOST_QUERIES, 0.7 * share + 0.3 / len(words)))
        if len(labelled) >= 2:
            break
    labelled = rng.permutation(labelled)[:MOST_LABELLED]
    x = _displaced(survey.x[np.concatenate([labelled[:, 0], queries[:, 0]])], rng)
    return Drawn(x, _answers(source, x, words, rng), _mislabelled(labelled[:, 1], len(words), rng), queries[:, 1])


def _words(survey: Survey, rng: np.random.Generator) -> list[list[str]]:
    """Return between two and twelve words: the kinds of stars that each stands for, none of them twice."""
    pool = [[kind] for kind in (*survey.rows, *COMMON * 3)] + [word.split() for word in WORDS] * 2
    wanted, words, used = rng.integers(2, MOST_CLASSES + 1), list[list[str]](), set[str]()
    for place in rng.permutation(len(pool)):
        kinds = set(pool[place]) | ({str(rng.choice(list(survey.rows)))} if rng.random() < STRAY else set())
        kinds &= set(survey.rows)
        if kinds and not used & kinds:
            words.append(sorted(kinds))
            used |= kinds
        if len(words) == wanted:
            break
    return words


def _divided(survey: Survey, word: list[str], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the stars of a word that may be labelled, and those to ask of, in a random order of uneven kinds."""
    parts: tuple[list, list] = ([], [])
    for kind, share in zip(word, rng.dirichlet(np.ones(len(word)))):
        rows = rng.permutation(survey.rows[kind])
        order = rng.exponential(size=len(rows)) / max(share, 1e-6)
        cut = int(LABELLED_PART * len(rows))
        parts[0].extend(zip(order[:cut], rows[:cut]))
        parts[1].extend(zip(order[cut:], rows[cut:]))
    return tuple(np.array([row for _, row in sorted(part)], dtype=np.int64) for part in parts)  # type: ignore[return-value]


def _label_counts(share: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return how many labels each class gets: by class, at least one, or as chance will have it."""
    most = min(MOST_LABELLED, MOST_PER_CLASS * len(share))
    n_labels = int(np.exp(rng.uniform(np.log(len(share)), np.log(most))))
    by_class = np.maximum(1, np.round(share * n_labels)).astype(int)
    return by_class if rng.random() < 0.6 else rng.multinomial(n_labels, share)


def _taken(pools: Sequence[np.ndarray], counts: np.ndarray) -> np.ndarray:
    """Return rows and codes of the first stars of each pool: (n, 2)."""
    parts = [np.stack([rows[:n], np.full(len(rows[:n]), code)], 1) for code, (rows, n) in enumerate(zip(pools, counts))]
    return np.concatenate(parts)


def _mislabelled(codes: np.ndarray, n_classes: int, rng: np.random.Generator) -> np.ndarray:
    wrong = rng.uniform(0, WRONG_LABELS) if rng.random() < 0.4 else 0.0
    return np.where(rng.random(len(codes)) < wrong, rng.integers(0, n_classes, len(codes)), codes)


def _displaced(x: Tensor, rng: np.random.Generator) -> Tensor:
    """Return features that are stretched and shifted, each feature in its own way."""
    if rng.random() > MISFIT:
        return x
    size, n = rng.exponential(0.25), x.shape[1]
    touched = rng.random(n) < rng.uniform(0.1, 1)
    stretch = np.exp(rng.normal(0, size / 2, n) * touched).astype(np.float32)
    shift = (rng.normal(0, size, n) * touched).astype(np.float32)
    return (x * torch.from_numpy(stretch) + torch.from_numpy(shift)).clamp(-8, 8)


@torch.no_grad()
def _answers(source: SourceModel, x: Tensor, words: list[list[str]], rng: np.random.Generator) -> np.ndarray:
    """Return the source's log-probabilities of the words, -inf beyond the last: (n, `MOST_CLASSES`), float32."""
    matrix = np.zeros((len(source.classes), MOST_CLASSES))
    for column, kinds in enumerate(words):
        if rng.random() >= STRAY:
            matrix[[source.classes.index(kind) for kind in kinds], column] = 1
    said = torch.softmax(source.network(x).double(), 1).numpy() @ matrix
    said[:, : len(words)] += 1e-3
    if rng.random() < 0.1:
        said **= rng.uniform(0.3, 1)  # a source that is too sure of itself, set right
    with np.errstate(divide="ignore"):
        return np.log(said / said.sum(axis=1, keepdims=True)).astype(np.float32)
