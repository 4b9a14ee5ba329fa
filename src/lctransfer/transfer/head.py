"""The mapped head: what the source knows, merged into the target's classes, and what few labels add to it."""

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from lctransfer.transfer.base import Strategy
from lctransfer.transfer.mapping import merge_matrix

STRENGTH = 30.0
"""Ridge penalty on the residual weights."""
TRUST, TRUST_WITH_MANY, MANY = 0.5, 0.25, 8
"""Power of the source's probabilities; the lower one from that many labels per class on."""
DOUBT = 0.02
"""Share of equal probabilities mixed into the source's, so that no class is ruled out."""


class MappedHead(Strategy):
    """Multinomial regression on the frozen source embedding, added to the merged log-probabilities of the source.

    Target classes that the source does not have start at equal odds, and are learnt from the labels alone.
    """

    def _fit(self, X: pd.DataFrame, codes: np.ndarray, X_unlabelled: pd.DataFrame | None) -> None:
        n_classes = len(self.classes_)
        self.trust = TRUST if len(codes) <= MANY * n_classes else TRUST_WITH_MANY
        embedded, prior = self._embed(X), self._prior(X)
        truth = np.eye(n_classes)[codes]

        def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
            weights = flat.reshape(-1, n_classes)
            logits = prior + embedded @ weights
            residual = softmax(logits, axis=1) - truth
            value = -(log_softmax(logits, axis=1) * truth).sum() + STRENGTH / 2 * (weights[1:] ** 2).sum()
            gradient = embedded.T @ residual
            gradient[1:] += STRENGTH * weights[1:]
            gradient[0] += weights[0]
            return value + (weights[0] ** 2).sum() / 2, gradient.ravel()

        start = np.zeros(embedded.shape[1] * n_classes)
        solution = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200})
        self.weights = solution.x.reshape(-1, n_classes)

    def _embed(self, X: pd.DataFrame) -> np.ndarray:
        embedded = self.source.embed(X)
        return np.hstack([np.ones((len(embedded), 1)), embedded])

    def _prior(self, X: pd.DataFrame) -> np.ndarray:
        matrix = merge_matrix(self.source.classes, self.classes_)
        known = matrix.any(axis=0)
        merged = self.source.predict_proba(X) @ matrix
        # Among the classes it knows, what the source says; the others keep the odds of one class in all.
        shared = merged / np.maximum(merged.sum(axis=1, keepdims=True), 1e-12) * known.mean()
        prior = np.where(known, shared, 1 / len(known))
        return self.trust * np.log((1 - DOUBT) * prior + DOUBT / len(known))

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Return the softmax of prior and residual."""
        return softmax(self._prior(X) + self._embed(X) @ self.weights, axis=1)
