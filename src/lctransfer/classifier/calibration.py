"""What out-of-fold predictions of labelled stars teach: calibrated probabilities, and conformal sets."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from lctransfer.errors import LctransferError

LEAST = 1e-12
"""No probability is smaller before its logarithm is taken."""
ATTACHMENT = 10.0
"""How many labels the assumption is worth that the strategy is calibrated already."""
LOW, HIGH = 0.2, 5.0
"""Range of the temperature."""


@dataclass(frozen=True)
class Calibration:
    """A temperature for probabilities, and the scores that conformal sets are made with.

    Attributes
    ----------
    temperature : float
        Log-probabilities are divided by it (Guo et al. 2017); 1 leaves them as they are.
    weights : ndarray of float64, shape (n_classes,)
        Factors of the probabilities: the survey's class proportions over the labels' ones; ones without an estimate.
    scores : ndarray of float64, shape (n_labels,)
        Per labelled star, one minus the calibrated out-of-fold probability of its true class.
    """

    temperature: float
    weights: np.ndarray
    scores: np.ndarray

    @classmethod
    def fit(cls, probabilities: np.ndarray, codes: np.ndarray, weights: np.ndarray | None = None) -> "Calibration":
        """Return the calibration that suits out-of-fold predictions.

        Parameters
        ----------
        probabilities : ndarray of shape (n, n_classes)
            Of labelled stars, each predicted without its own label.
        codes : ndarray of int, shape (n,)
            True classes as columns.
        weights : ndarray of shape (n_classes,), optional
            See the attributes.
        """
        weights = np.ones(probabilities.shape[1]) if weights is None else weights
        first = cls(fit_temperature(probabilities, codes), weights, np.zeros(0))
        truth = first.apply(probabilities)[np.arange(len(codes)), codes]
        return cls(first.temperature, weights, 1 - truth)

    def apply(self, probabilities: np.ndarray) -> np.ndarray:
        """Return calibrated probabilities of shape (n, n_classes); rows sum to 1."""
        return tempered(probabilities, self.temperature, self.weights)

    def threshold(self, level: float) -> float:
        """Return the largest score that is inside the sets at a level: the conformal quantile (Vovk et al. 2005).

        Infinite where there are too few labels to say: every class is inside then.

        Raises
        ------
        LctransferError
            If the level is not between 0 and 1.
        """
        if not 0 < level < 1:
            raise LctransferError(
                f"A conformal level of {level:g} cannot be: write 0.9 for sets that hold 90% of stars."
            )
        place = int(np.ceil((len(self.scores) + 1) * level))
        return float(np.sort(self.scores)[place - 1]) if place <= len(self.scores) else float("inf")

    def sets(self, probabilities: np.ndarray, level: float) -> np.ndarray:
        """Return which classes are inside each star's set: bool, of shape (n, n_classes).

        The sets hold the true class of a share `level` of stars drawn like the labels (cross-conformal, least
        ambiguous sets; Sadinle et al. 2019). A set may be empty: no class fits well enough then.
        """
        return 1 - probabilities <= self.threshold(level)


def tempered(probabilities: np.ndarray, temperature: float, weights: np.ndarray) -> np.ndarray:
    """Return probabilities to the power 1 / temperature, times `weights`, normalised."""
    logs = np.log(np.maximum(probabilities, LEAST)) / temperature + np.log(np.maximum(weights, LEAST))
    powers = np.exp(logs - logs.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def fit_temperature(probabilities: np.ndarray, codes: np.ndarray) -> float:
    """Return the temperature with the least log-loss on held-out stars, held near 1 while stars are few."""
    ones, rows = np.ones(probabilities.shape[1]), np.arange(len(codes))

    def loss(log_temperature: float) -> float:
        given = tempered(probabilities, np.exp(log_temperature), ones)[rows, codes]
        return float(-np.log(np.maximum(given, LEAST)).sum() + ATTACHMENT * log_temperature**2)

    found = minimize_scalar(loss, bounds=(np.log(LOW), np.log(HIGH)), method="bounded", options={"xatol": 1e-4})
    return float(np.exp(found.x))


def estimated_proportions(probabilities: np.ndarray, proportions: np.ndarray, rounds: int = 200) -> np.ndarray:
    """Return the class proportions of unlabelled stars by expectation-maximisation (Saerens et al. 2002, eq. 2.9).

    Parameters
    ----------
    probabilities : ndarray of shape (n, n_classes)
        Calibrated predictions of unlabelled stars.
    proportions : ndarray of shape (n_classes,)
        Of the labels that the classifier learnt from.
    rounds : int
        Steps at most.

    Returns
    -------
    ndarray of shape (n_classes,)
        Sums to 1; drawn towards `proportions` by as much as `ATTACHMENT` stars weigh.
    """
    now = proportions
    for _ in range(rounds):
        posterior = tempered(probabilities, 1.0, now / proportions)
        following = (posterior.sum(axis=0) + ATTACHMENT * proportions) / (len(probabilities) + ATTACHMENT)
        if np.abs(following - now).max() < 1e-6:
            return following
        now = following
    return now
