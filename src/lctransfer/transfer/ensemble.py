"""Members of an ensemble, weighed by what they say of stars that they were not fitted to."""

from typing import NamedTuple

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


class Answers(NamedTuple):
    """What members say of stars: each of the classes that it knows, beside what a source says of all classes.

    Attributes
    ----------
    members : list of (ndarray of shape (n, n_known), ndarray of str of shape (n_known,))
        Probabilities, and the classes that are their columns.
    source : ndarray of shape (n, n_classes), or None
        The source's probabilities, merged into all classes; rows sum to 1.
    n_labels : ndarray of shape (n_classes,)
        Labelled stars of each class that the members were fitted to.
    """

    members: list[tuple[np.ndarray, np.ndarray]]
    source: np.ndarray | None
    n_labels: np.ndarray

    def logs(self, classes: np.ndarray, source_labels: float) -> np.ndarray:
        """Return log-probabilities of shape (n_members, n, n_classes); see `completed` and `log_probabilities`."""
        if self.source is None:
            return np.stack([log_probabilities(*answer, classes) for answer in self.members])
        own = self.n_labels / (self.n_labels + source_labels)
        return np.stack([completed(*answer, self.source, own, classes) for answer in self.members])


def completed(
    probabilities: np.ndarray, known: np.ndarray, source: np.ndarray, own: np.ndarray, classes: np.ndarray
) -> np.ndarray:
    """Return a member's log-probabilities over all classes, the source's where labels are too few to say anything.

    A class that the member does not know has the source's probability, and the member shares the rest among the
    others. Then the log-probability of each class is a mean of the member's, with weight `own`, and the source's.

    Parameters
    ----------
    probabilities : ndarray of shape (n, n_known)
    known : ndarray of str, shape (n_known,)
        Columns of `probabilities`, some of `classes`.
    source : ndarray of shape (n, n_classes)
        The source's probabilities, merged into `classes`; rows sum to 1.
    own : ndarray of shape (n_classes,)
        The member's share in each class, from 0 to 1.
    classes : ndarray of str, shape (n_classes,)
        Sorted.

    Returns
    -------
    ndarray of shape (n, n_classes)
        Their exponentials sum to 1.
    """
    seen = np.isin(classes, known)
    scaled = probabilities * (1 - source[:, ~seen].sum(axis=1, keepdims=True))
    logs = log_probabilities(np.hstack([scaled, source[:, ~seen]]), np.r_[known, classes[~seen]], classes)
    return log_softmax(own * logs + (1 - own) * log_probabilities(source, classes, classes))


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
