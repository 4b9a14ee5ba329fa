"""Out-of-fold predictions of labelled stars, and the quality that they promise."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from joblib import delayed

from lctransfer.evaluation.metrics import BINS, matthews, score
from lctransfer.evaluation.splits import ranks
from lctransfer.progress import track_jobs

SEED = 0
RESAMPLES = 1000
"""Bootstrap samples of stars behind an interval."""
LEVEL = 0.95

Fit = Callable[[pd.DataFrame, np.ndarray], Callable[[pd.DataFrame], tuple[np.ndarray, np.ndarray]]]
"""Learns from features and labels; what it returns takes features to probabilities and classes."""


def folds_of(source_ids: np.ndarray, labels: np.ndarray, n_folds: int) -> np.ndarray:
    """Return a fold for each row, every class spread over them evenly; rows of one star stay together.

    A star's place depends on its id, its class and the other stars of it, not on the order of rows.
    """
    rows = pd.DataFrame({"id": np.asarray(source_ids, dtype=str), "label": labels})
    stars = rows.sort_values(["id", "label"]).drop_duplicates("id")
    stars = stars.assign(rank=ranks(stars["id"].to_numpy(), SEED)).sort_values(["label", "rank", "id"])
    fold = pd.Series(np.arange(len(stars)) % n_folds, index=stars["id"])
    return fold.loc[rows["id"]].to_numpy()


def out_of_fold(X: pd.DataFrame, labels: np.ndarray, fold: np.ndarray, fit: Fit, *, jobs: int = 1) -> np.ndarray:
    """Return the probabilities of each labelled star by a classifier that did not see its label.

    Parameters
    ----------
    X : DataFrame of shape (n, n_features)
        Labelled stars.
    labels : ndarray of str, shape (n,)
    fold : ndarray of int, shape (n,)
        See `folds_of`.
    fit : callable
        See `Fit`.
    jobs : int
        Processes; no number depends on it.

    Returns
    -------
    ndarray of shape (n, n_classes)
        Columns are the sorted labels; zero for a class that has no star outside of the fold.
    """
    classes = np.unique(labels)
    numbers = [int(number) for number in np.unique(fold)]
    work = (delayed(_one_fold)(X, labels, fold == number, fit) for number in numbers)
    done = track_jobs(work, len(numbers), jobs, desc="cross-validation", unit="fit")
    probabilities = np.zeros((len(X), len(classes)))
    for number, (given, names) in zip(numbers, done):
        rows = np.flatnonzero(fold == number)
        probabilities[rows[:, None], np.searchsorted(classes, names)] = given
    return probabilities


def _one_fold(X: pd.DataFrame, labels: np.ndarray, held_out: np.ndarray, fit: Fit) -> tuple[np.ndarray, np.ndarray]:
    train = ~held_out
    present = np.unique(labels[train])
    if len(present) < 2:
        return np.ones((int(held_out.sum()), len(present))), present
    return fit(X[train], labels[train])(X[held_out])


def quality(
    labels: np.ndarray, probabilities: np.ndarray, classes: np.ndarray, source_ids: np.ndarray
) -> dict[str, dict[str, float]]:
    """Return the metrics of out-of-fold predictions, each with the limits of its 95% bootstrap interval over stars.

    Parameters
    ----------
    labels : ndarray of str, shape (n,)
    probabilities : ndarray of shape (n, n_classes)
    classes : ndarray of str, shape (n_classes,)
    source_ids : ndarray of shape (n,)
        The star of each row: rows of one star, its bands, are drawn together.

    Returns
    -------
    dict
        ``mcc``, ``macro_f1``, ``accuracy``, ``ece``: ``value``, ``low``, ``high``.
    """
    values = score(labels, probabilities, classes)
    true, predicted = np.searchsorted(classes, labels), probabilities.argmax(axis=1)
    drawn = _resampled(source_ids)
    limits = {
        "mcc": matthews(true[drawn], predicted[drawn], len(classes)),
        "macro_f1": _macro_f1(true[drawn], predicted[drawn], len(classes)),
        "accuracy": (true == predicted)[drawn].mean(axis=1),
        "ece": _calibration_errors((true == predicted)[drawn], probabilities.max(axis=1)[drawn]),
    }
    ends = 50 * (1 - LEVEL), 50 * (1 + LEVEL)
    found = {name: np.percentile(drawn_values, ends) for name, drawn_values in limits.items()}
    return {
        name: {"value": values[name], "low": float(found[name][0]), "high": float(found[name][1])} for name in found
    }


def _resampled(source_ids: np.ndarray) -> np.ndarray:
    """Return the rows of stars drawn with replacement, shape (`RESAMPLES`, n); of the last star perhaps not all."""
    star, names = pd.factorize(np.asarray(source_ids, dtype=str))
    rows, n_rows = np.argsort(star, kind="stable"), np.bincount(star)
    first = np.cumsum(n_rows) - n_rows
    drawn = np.random.default_rng(SEED).integers(0, len(names), (RESAMPLES, len(star)))
    return np.stack([rows[_ranges(first[stars], n_rows[stars])[: len(star)]] for stars in drawn])


def _ranges(first: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return the whole numbers of several ranges, one after the other."""
    ends = np.cumsum(lengths)
    return np.arange(ends[-1]) + np.repeat(first - ends + lengths, lengths)


def per_class(labels: np.ndarray, probabilities: np.ndarray, classes: np.ndarray) -> dict[str, dict[str, float | None]]:
    """Return recall and precision of each class, and its number of stars; precision is null where none was named so."""
    predicted = classes[probabilities.argmax(axis=1)]
    table = {}
    for name in classes:
        true, named = labels == name, predicted == name
        hits = int((true & named).sum())
        precision = hits / int(named.sum()) if named.any() else None
        table[str(name)] = {"labels": int(true.sum()), "recall": hits / int(true.sum()), "precision": precision}
    return table


def _macro_f1(true: np.ndarray, predicted: np.ndarray, n_classes: int) -> np.ndarray:
    """Return the mean F1 over the classes present of each row of integer labels (k, n)."""
    codes = np.arange(n_classes)
    scores = np.full((len(true), n_classes), np.nan)
    for code in codes:
        hits = ((true == code) & (predicted == code)).sum(axis=1)
        size = (true == code).sum(axis=1)
        both = size + (predicted == code).sum(axis=1)
        scores[size > 0, code] = (2 * hits / np.maximum(both, 1))[size > 0]
    return np.nanmean(scores, axis=1)


def _calibration_errors(correct: np.ndarray, confidence: np.ndarray) -> np.ndarray:
    """Return the expected calibration error of each row of (k, n); see `expected_calibration_error`."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    cells = (np.arange(len(bins))[:, None] * BINS + bins).ravel()
    gaps = np.bincount(cells, weights=(correct - confidence).ravel(), minlength=len(bins) * BINS)
    return np.abs(gaps.reshape(-1, BINS)).sum(axis=1) / correct.shape[1]
