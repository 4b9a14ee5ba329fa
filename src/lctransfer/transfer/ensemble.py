"""Members of an ensemble, weighed by what they say of stars that they were not fitted to."""

import numpy as np
from scipy.optimize import minimize

from lctransfer.transfer.head import log_softmax

FLOOR = 1e-3
"""Least probability of a member for any class: a single member cannot veto."""
LARGEST = 3.0
"""No ensemble weight is larger."""


def log_probabilities(probabilities: np.ndarray, known: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return a member's log-probabilities over all classes; those that it has not seen get `FLOOR`.

    Parameters
    ----------
    probabilities : ndarray of shape (n, n_known)
    known : ndarray of str, shape (n_known,)
        Columns of `probabilities`, some of `classes`.
    classes : ndarray of str, shape (n_classes,)
        Sorted.

    Returns
    -------
    ndarray of shape (n, n_classes)
    """
    full = np.zeros((len(probabilities), len(classes)))
    full[:, np.searchsorted(classes, known)] = probabilities
    return np.log((1 - FLOOR * len(classes)) * full + FLOOR)


def mixed(weights: np.ndarray, logs: np.ndarray) -> np.ndarray:
    """Return the weighted geometric mean (n, n_classes) of log-probabilities (n_members, n, n_classes), normalised."""
    return np.exp(log_softmax(np.tensordot(weights, logs, axes=1)))


def fit_weights(logs: np.ndarray, codes: np.ndarray, start: np.ndarray, attachment: float) -> np.ndarray:
    """Return the non-negative weights of the members that fit held-out labels best, drawn towards `start`.

    Parameters
    ----------
    logs : ndarray of shape (n_members, n, n_classes)
        Log-probabilities of stars that the members were not fitted to.
    codes : ndarray of int, shape (n,)
        Their classes.
    start : ndarray of shape (n_members,)
    attachment : float
        Of the squared distance from `start`, in units of the log-loss of one star.

    Returns
    -------
    ndarray of shape (n_members,)
        They minimise the sum of log-losses plus `attachment` times the squared distance.
    """
    rows = np.arange(len(codes))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        mixture = log_softmax(np.tensordot(weights, logs, axes=1))
        away = weights - start
        expected = (np.exp(mixture) * logs).sum(axis=(1, 2))
        gradient = expected - logs[:, rows, codes].sum(axis=1) + 2 * attachment * away
        return float(attachment * (away**2).sum() - mixture[rows, codes].sum()), gradient

    return minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, LARGEST)] * len(start)).x


def folds(codes: np.ndarray, n_folds: int, seed: int) -> np.ndarray:
    """Return a fold for each star, shape (n,), every class spread over them as evenly as it can be."""
    shuffled = np.random.default_rng(seed).permutation(len(codes))
    order = shuffled[np.argsort(codes[shuffled], kind="stable")]
    fold = np.empty(len(codes), dtype=int)
    fold[order] = np.arange(len(codes)) % n_folds
    return fold
