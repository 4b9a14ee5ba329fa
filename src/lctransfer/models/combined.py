"""Several source models as one: what a person who has more than one survey to learn from transfers from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import torch

from lctransfer.models.network import Network
from lctransfer.models.source import SourceModel


@dataclass(frozen=True)
class Combined:
    """Source models side by side, behind the interface of one.

    Attributes
    ----------
    models : tuple of SourceModel
        Strategies that fine-tune one network take the first.
    """

    models: tuple[SourceModel, ...]

    @property
    def network(self) -> Network:
        """The first model's."""
        return self.models[0].network

    @property
    def origin(self) -> str:
        """What they were trained on."""
        return " ".join(model.origin for model in self.models)

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Names of all inputs."""
        return tuple(dict.fromkeys(name for model in self.models for name in model.features))

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Names of all classes that a model knows."""
        return tuple(dict.fromkeys(name for model in self.models for name in model.classes))

    def inputs(self, X: pd.DataFrame, *, clip: bool = True) -> torch.Tensor:
        """Return the first model's inputs; see `SourceModel.inputs`."""
        return self.models[0].inputs(X, clip=clip)

    def embed(self, X: pd.DataFrame) -> np.ndarray:
        """Return the last hidden layers of all models beside each other."""
        return np.hstack([model.embed(X) for model in self.models])

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Return probabilities of shape (n, n_classes): of each class the mean over the models that know it."""
        total, known = np.zeros((len(X), len(self.classes))), np.zeros(len(self.classes))
        for model in self.models:
            columns = [self.classes.index(name) for name in model.classes]
            total[:, columns] += model.predict_proba(X)
            known[columns] += 1
        return total / known / (total / known).sum(axis=1, keepdims=True)
