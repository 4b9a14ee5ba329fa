"""The mapped head: what the source knows, merged into the target's classes, and what few labels add to it."""

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from lctransfer.config import Transfer
from lctransfer.models.source import SourceModel
from lctransfer.transfer.base import Strategy
from lctransfer.transfer.mapping import merge_matrix

STRENGTH = 30.0
"""Ridge penalty on the residual weights; 10 to 100 do as well."""
PRIOR_WEIGHT = 0.5
"""Power of the source's probabilities where labels are few."""
MANY = 16
"""Labels per class at which the prior weight is half of that: it falls smoothly, so that folds are like the whole."""
FARTHEST_INPUT = 5.0
"""Scaled features are set back to it, as the released scaler lets some lie at a hundred standard deviations."""
DOUBT = 0.02
"""Share of equal probabilities mixed into the source's, so that no class is ruled out."""
TOLERANCE = 1e-6
"""Relative fall of the loss at which the fit stops; a hundred times less changes no prediction that matters."""


class MappedHead(Strategy):
    """Multinomial regression on the frozen source embedding and inputs, added to the source's merged log-probabilities.

    Target classes that the source does not have start at equal odds, and are learnt from the labels alone.

    Parameters
    ----------
    prior_weight : float
        See `PRIOR_WEIGHT`.
    """

    def __init__(
        self,
        settings: Transfer,
        source: SourceModel | None = None,
        seed: int = 0,
        prior_weight: float = PRIOR_WEIGHT,
    ):
        super().__init__(settings, source, seed)
        self.prior_weight = prior_weight

    def _fit(self, X: pd.DataFrame, codes: np.ndarray, X_unlabelled: pd.DataFrame | None) -> None:
        self.fitted_prior_weight = self.prior_weight / (1 + len(codes) / len(self.classes_) / MANY)
        self.weights = ridge(self._embed(X), self._prior(X), np.eye(len(self.classes_))[codes])

    def _embed(self, X: pd.DataFrame) -> np.ndarray:
        """Return a constant, the embedding and the scaled features: shape (n, 1 + width + n_features)."""
        scaled = np.clip(self.source.inputs(X).numpy().astype(float), -FARTHEST_INPUT, FARTHEST_INPUT)
        return np.hstack([np.ones((len(X), 1)), self.source.embed(X), scaled])

    def _prior(self, X: pd.DataFrame) -> np.ndarray:
        matrix = merge_matrix(self.source.classes, self.classes_)
        known = np.asarray(matrix.any(axis=0))
        merged = self.source.predict_proba(X) @ matrix
        # Among the classes that it knows, what the source says; the others keep the odds of one class in all.
        shared = merged / np.maximum(merged.sum(axis=1, keepdims=True), 1e-12) * known.mean()
        prior = np.where(known, shared, 1 / len(known))
        return self.fitted_prior_weight * np.log((1 - DOUBT) * prior + DOUBT / len(known))

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Return the softmax of prior and residual."""
        return np.exp(log_softmax(self._prior(X) + self._embed(X) @ self.weights))


def ridge(inputs: np.ndarray, offset: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return the weights of a multinomial regression that is added to given logits.

    Parameters
    ----------
    inputs : ndarray of shape (n, n_inputs)
        The first column is the constant.
    offset : ndarray of shape (n, n_classes)
        Logits to start from.
    truth : ndarray of shape (n, n_classes)
        One in the column of the true class.

    Returns
    -------
    ndarray of shape (n_inputs, n_classes)
        They minimise the log-loss plus `STRENGTH` / 2 times their squares (1 / 2 for the constant).
    """
    penalty = np.full((inputs.shape[1], 1), STRENGTH)
    penalty[0] = 1.0

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(len(penalty), -1)
        log = log_softmax(offset + inputs @ weights)
        gradient = inputs.T @ (np.exp(log) - truth) + penalty * weights
        return float(0.5 * (penalty * weights**2).sum() - (log * truth).sum()), gradient.ravel()

    start = np.zeros(len(penalty) * truth.shape[1])
    options = {"maxiter": 200, "ftol": TOLERANCE}
    return minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x.reshape(len(penalty), -1)


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Return logits minus the logarithm of the sum of their exponentials, over the last axis."""
    logits = logits - logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
