"""The in-context network as a strategy: labelled stars are read, and nothing is trained."""

import numpy as np
import pandas as pd
import torch

from lctransfer.models import in_context
from lctransfer.models.in_context import LEAST_LOG, Tasks
from lctransfer.models.simulated import simulated, sky_among
from lctransfer.models.source import SourceModel
from lctransfer.transfer.base import Strategy
from lctransfer.transfer.mapping import merge

MOST_LABELLED = 20
"""Labels per class that are read: about as many as it has learnt from; of a larger class, as many drawn at random."""
AT_ONCE = 256
"""Stars that are answered together."""


class InContext(Strategy):
    """A transformer that has learnt on simulated surveys how to classify a survey from few labels.

    It sees features, labels, and what the simulated sky says of each star; see `lctransfer.models.in_context`. Other
    sources are left aside, since it has not learnt to read them.

    Attributes
    ----------
    labelled : tuple of Tensor
        Scaled features, classes and the sky's log-probabilities of the labelled stars that are read.
    """

    needs_source = False
    answers_unlabelled_classes = True

    @staticmethod
    def reads(source: SourceModel) -> bool:
        """Return whether it has learnt to read the inputs of a source."""
        return source.features == simulated().features

    def _fit(self, X: pd.DataFrame, codes: np.ndarray, X_unlabelled: pd.DataFrame | None) -> None:
        self.network, self.sky = in_context.shipped(), sky_among(self.source) or simulated()
        read = _few_of_each(codes, self.seed)
        features, source = self._seen(X.iloc[read])
        self.labelled = features, torch.from_numpy(codes[read].astype(np.int64))[None], source

    def _seen(self, X: pd.DataFrame) -> tuple[torch.Tensor, torch.Tensor]:
        """Return scaled features and the simulated sky's log-probabilities of the target's classes, as one task."""
        said = np.log(merge(self.sky.predict_proba(X), self.sky.classes, self.classes_)).clip(min=LEAST_LOG)
        return self.sky.inputs(X)[None], torch.from_numpy(said.astype(np.float32))[None]

    @torch.no_grad()
    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Return the network's probabilities."""
        features, source = self._seen(X)
        absent = torch.zeros(1, len(self.classes_))
        parts = [
            self.network(Tasks(*self.labelled, *asked, absent))[0]
            for asked in zip(features.split(AT_ONCE, dim=1), source.split(AT_ONCE, dim=1))
        ]
        return torch.softmax(torch.cat(parts).double(), dim=1).numpy()


def _few_of_each(codes: np.ndarray, seed: int) -> np.ndarray:
    """Return the rows of at most `MOST_LABELLED` stars of each class."""
    order = np.random.default_rng(seed).permutation(len(codes))
    place = pd.Series(codes[order]).groupby(codes[order]).cumcount().to_numpy()
    return np.sort(order[place < MOST_LABELLED])
