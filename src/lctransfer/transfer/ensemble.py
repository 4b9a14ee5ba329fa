"""Members of an ensemble, weighed by what they say of stars that they were not fitted to."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from lctransfer.transfer.head import log_softmax

FLOOR = 1e-3
"""Least probability of a member for any class: a single member cannot veto."""
LARGEST = 3.0
"""No ensemble weight is larger."""
CLAIMS = 4.0
"""A source that finds so many stars of a class among labelled ones, which are all of other classes, is believed half
of what it says of that class."""


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


def belief(said: np.ndarray, n_labels: np.ndarray) -> np.ndarray:
    """Return what a source's probability of each class is to be multiplied by, shape (n_classes,).

    One, but less for a class without labels that the source finds among the labelled stars: none of them is one. So a
    source that mistakes common stars for rare ones does not fill the rare classes that no label stands against.

    Parameters
    ----------
    said : ndarray of shape (n, n_classes)
        The source's probabilities of the labelled stars.
    n_labels : ndarray of shape (n_classes,)
        Labels of each class.

    Examples
    --------
    >>> belief(np.array([[0.5, 0.5], [0.5, 0.5]]), np.array([2, 0])).round(2).tolist()
    [1.0, 0.8]
    """
    return np.where(n_labels == 0, CLAIMS / (CLAIMS + said.sum(axis=0)), 1.0)


def mixed(weights: np.ndarray, logs: np.ndarray) -> np.ndarray:
    """Return the weighted geometric mean (n, n_classes) of log-probabilities (n_members, n, n_classes), normalised."""
    return np.exp(log_softmax(np.tensordot(weights, logs, axes=1)))


class Views(NamedTuple):
    """Several opinions of how much a source is worth, each with its ensemble weights, and what they are weighed by.

    Attributes
    ----------
    weights : ndarray of shape (n_views, n_members)
        Ensemble weights.
    source_labels : ndarray of shape (n_views,)
        How many labels of a class the source's answer on it is worth; see `Answers.logs`.
    shares : ndarray of shape (n_views,)
        Probability of each view; of sum 1.
    """

    weights: np.ndarray
    source_labels: np.ndarray
    shares: np.ndarray

    def fit(self, held_out: list[Answers], codes: np.ndarray, classes: np.ndarray, attachment: float) -> "Views":
        """Return the views after stars that no member was fitted to, from these, which are those before.

        Each view's weights are fitted by themselves (`fit_weights`); its probability is what it was times the
        exponential of minus the loss that is left.

        Parameters
        ----------
        held_out : list of Answers
            What the members say of some stars each.
        codes : ndarray of int, shape (n,)
            The classes of all of these.
        classes : ndarray of str, shape (n_classes,)
        attachment : float
            See `fit_weights`.
        """
        weights, losses = self.weights.copy(), np.zeros(len(self.shares))
        for view, source_labels in enumerate(self.source_labels):
            if held_out:
                logs = np.concatenate([answers.logs(classes, source_labels) for answers in held_out], axis=1)
                weights[view], losses[view] = fit_weights(logs, codes, self.weights[view], attachment)
        evidence = np.log(self.shares) - losses
        return Views(weights, self.source_labels, np.exp(log_softmax(evidence[np.newaxis])[0]))

    def probabilities(self, answers: Answers, classes: np.ndarray) -> np.ndarray:
        """Return the mean of the views' mixtures, shape (n, n_classes)."""
        mixtures = [
            share * mixed(weights, answers.logs(classes, source_labels)) for weights, source_labels, share in zip(*self)
        ]
        return np.sum(mixtures, axis=0)


def fit_weights(logs: np.ndarray, codes: np.ndarray, start: np.ndarray, attachment: float) -> tuple[np.ndarray, float]:
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
    (ndarray of shape (n_members,), float)
        The weights minimise the sum of log-losses, in which stars count by `importance`, plus `attachment` times the
        squared distance; and that minimum.
    """
    rows, counts = np.arange(len(codes)), importance(codes)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        mixture = log_softmax(np.tensordot(weights, logs, axes=1))
        away = weights - start
        expected = (np.exp(mixture) * logs).sum(axis=2)
        gradient = (expected - logs[:, rows, codes]) @ counts + 2 * attachment * away
        return float(attachment * (away**2).sum() - counts @ mixture[rows, codes]), gradient

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, LARGEST)] * len(start))
    return found.x, float(found.fun)


def importance(codes: np.ndarray) -> np.ndarray:
    """Return how much each star counts, shape (n,), of mean one: one over the root of the size of its class.

    So rare classes are heard, which macro-F1 asks of, and few stars of them do not rule.
    """
    if not len(codes):
        return np.zeros(0)
    counts = np.bincount(codes)[codes] ** -0.5
    return counts * len(codes) / counts.sum()


def folds(codes: np.ndarray, n_folds: int, seed: int) -> np.ndarray:
    """Return a fold for each star, shape (n,), every class spread over them as evenly as it can be."""
    shuffled = np.random.default_rng(seed).permutation(len(codes))
    order = shuffled[np.argsort(codes[shuffled], kind="stable")]
    fold = np.empty(len(codes), dtype=int)
    fold[order] = np.arange(len(codes)) % n_folds
    return fold
