"""How good predicted probabilities are: the metrics of Kim et al. (2021), and calibration."""

from collections.abc import Sequence

import numpy as np
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

METRICS = ("mcc", "m_c", "macro_f1", "accuracy", "log_loss", "ece")
"""Names of the metrics, in the order in which cards and tables list them."""
UNCLASSIFIED = "unclassified"
"""The answer for a star whose features cannot be computed: always wrong."""
BINS = 15
"""Equal-width bins of confidence in the expected calibration error."""


def score(labels: np.ndarray, probabilities: np.ndarray, classes: np.ndarray) -> dict[str, float]:
    """Return all metrics of one test set.

    Parameters
    ----------
    labels : ndarray of shape (n,)
        True class names. Those that `classes` lacks (nobody labelled one) are missed.
    probabilities : ndarray of shape (n, n_classes)
        Rows sum to 1. A row of NaN is a star that could not be classified: wrong in the metrics of classes, and left
        out of ``log_loss`` and ``ece``.
    classes : ndarray of shape (n_classes,)
        Names of the columns.

    Returns
    -------
    dict of str to float
        ``mcc`` (multi-class Matthews correlation coefficient), ``m_c`` = (mcc + 1) / 2 of Kim et al. (2021),
        ``macro_f1`` (over the classes in `labels`), ``accuracy``, ``log_loss`` (natural logarithm, probabilities
        at least 1e-15), ``ece`` and ``classified``, the share of stars that have probabilities.
    """
    known = np.isfinite(probabilities).all(axis=1)
    predicted = predictions(probabilities, classes)
    given, hits = probabilities[known], labels[known] == predicted[known]
    return {
        **agreement(labels, predicted),
        "accuracy": float(accuracy_score(labels, predicted)),
        "log_loss": log_loss(labels[known], given, classes),
        "ece": expected_calibration_error(hits, given.max(axis=1)) if known.any() else float("nan"),
        "classified": float(known.mean()),
    }


def predictions(probabilities: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return the most probable class of each row, shape (n,); `UNCLASSIFIED` for rows of NaN."""
    known = np.isfinite(probabilities).all(axis=1)
    best = np.where(known[:, None], probabilities, 0.0).argmax(axis=1)
    return np.where(known, np.asarray(classes, dtype=object)[best], UNCLASSIFIED).astype(str)


def probability_columns(probabilities: np.ndarray, classes: Sequence[str] | np.ndarray) -> dict[str, np.ndarray]:
    """Return probabilities of shape (n, n_classes) as the columns ``p_<class>`` of every table of predictions."""
    return {f"p_{name}": probabilities[:, place] for place, name in enumerate(classes)}


def agreement(labels: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Return ``mcc``, ``m_c`` and ``macro_f1`` of true and predicted class names, each of shape (n,); see `score`."""
    mcc = float(matthews_corrcoef(labels, predicted))
    f1 = float(f1_score(labels, predicted, labels=np.unique(labels), average="macro", zero_division=0))
    return {"mcc": mcc, "m_c": (mcc + 1) / 2, "macro_f1": f1}


def log_loss(labels: np.ndarray, probabilities: np.ndarray, classes: np.ndarray) -> float:
    """Return the mean negative log-probability of the true class, which is 0 where `classes` lacks it."""
    column = {name: i for i, name in enumerate(classes)}
    columns = np.array([column.get(name, -1) for name in labels], dtype=int)
    given = np.where(columns < 0, 0.0, probabilities[np.arange(len(labels)), columns])
    return float(-np.log(np.maximum(given, 1e-15)).mean()) if len(labels) else float("nan")


def expected_calibration_error(correct: np.ndarray, confidence: np.ndarray) -> float:
    """Return the mean absolute gap between accuracy and confidence over bins (Guo et al. 2017, eq. 3).

    Parameters
    ----------
    correct : ndarray of bool, shape (n,)
        Whether the most probable class is the true one.
    confidence : ndarray of shape (n,)
        Its probability.
    """
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gap = np.bincount(bins, weights=np.asarray(correct, dtype=float) - confidence, minlength=BINS)
    return float(np.abs(gap).sum() / len(confidence))


def matthews(true: np.ndarray, predicted: np.ndarray, n_classes: int) -> np.ndarray:
    """Return the multi-class MCC (Gorodkin 2004) of each row of integer labels (k, n); 0 where it is not defined.

    The same number as scikit-learn's `matthews_corrcoef`, of thousands of resamples or epochs in one call.
    """
    cells = (np.arange(len(true))[:, None] * n_classes + true) * n_classes + predicted
    tables = np.bincount(cells.ravel(), minlength=len(true) * n_classes**2).reshape(-1, n_classes, n_classes)
    n, hits = float(true.shape[1]), np.trace(tables, axis1=1, axis2=2)
    of_true, of_predicted = tables.sum(axis=2), tables.sum(axis=1)
    spread = (n**2 - (of_true**2).sum(axis=1)) * (n**2 - (of_predicted**2).sum(axis=1))
    together = n * hits - (of_true * of_predicted).sum(axis=1)
    return np.where(spread > 0, together / np.sqrt(np.where(spread > 0, spread, 1.0)), 0.0)
