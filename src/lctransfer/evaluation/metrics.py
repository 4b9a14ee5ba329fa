"""How good predicted probabilities are: the measures of Kim et al. (2021), and calibration."""

import numpy as np
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

BINS = 15
"""Equal-width bins of confidence in the expected calibration error."""


def score(labels: np.ndarray, probabilities: np.ndarray, classes: np.ndarray) -> dict[str, float]:
    """Return all measures of one test set.

    Parameters
    ----------
    labels : ndarray of shape (n,)
        True class names.
    probabilities : ndarray of shape (n, n_classes)
        Rows sum to 1.
    classes : ndarray of shape (n_classes,)
        Names of the columns; must contain every label.

    Returns
    -------
    dict of str to float
        ``mcc`` (multi-class Matthews correlation coefficient), ``m_c`` = (mcc + 1) / 2 of Kim et al. (2021),
        ``macro_f1`` (over the classes in `labels`), ``accuracy``, ``log_loss`` (natural logarithm, probabilities
        at least 1e-15) and ``ece``.
    """
    predicted = np.asarray(classes)[probabilities.argmax(axis=1)]
    return {
        **agreement(labels, predicted),
        "accuracy": float(accuracy_score(labels, predicted)),
        "log_loss": log_loss(labels, probabilities, classes),
        "ece": expected_calibration_error(labels == predicted, probabilities.max(axis=1)),
    }


def agreement(labels: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Return ``mcc``, ``m_c`` and ``macro_f1`` of true and predicted class names, each of shape (n,); see `score`."""
    mcc = float(matthews_corrcoef(labels, predicted))
    f1 = float(f1_score(labels, predicted, labels=np.unique(labels), average="macro", zero_division=0))
    return {"mcc": mcc, "m_c": (mcc + 1) / 2, "macro_f1": f1}


def log_loss(labels: np.ndarray, probabilities: np.ndarray, classes: np.ndarray) -> float:
    """Return the mean negative log-probability of the true class."""
    column = {name: i for i, name in enumerate(classes)}
    given = probabilities[np.arange(len(labels)), [column[name] for name in labels]]
    return float(-np.log(np.maximum(given, 1e-15)).mean())


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
    """Return the multi-class MCC (Gorodkin 2004) of each row of integer labels (k, n); 0 where it is not defined."""
    cells = (np.arange(len(true))[:, None] * n_classes + true) * n_classes + predicted
    tables = np.bincount(cells.ravel(), minlength=len(true) * n_classes**2).reshape(-1, n_classes, n_classes)
    n, hits = float(true.shape[1]), np.trace(tables, axis1=1, axis2=2)
    of_true, of_predicted = tables.sum(axis=2), tables.sum(axis=1)
    spread = (n**2 - (of_true**2).sum(axis=1)) * (n**2 - (of_predicted**2).sum(axis=1))
    together = n * hits - (of_true * of_predicted).sum(axis=1)
    return np.where(spread > 0, together / np.sqrt(np.where(spread > 0, spread, 1.0)), 0.0)
