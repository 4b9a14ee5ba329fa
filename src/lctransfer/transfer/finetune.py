"""The paper's strategies: networks fine-tuned, trained from scratch, or by the released recipe with its flaws."""

from collections.abc import Sequence
from typing import cast

import numpy as np
import pandas as pd
import torch
from torch import nn

from lctransfer.config import Transfer
from lctransfer.models import loop
from lctransfer.models.network import Network
from lctransfer.models.scaler import Scaler
from lctransfer.models.source import SourceModel
from lctransfer.transfer.base import Strategy, Task


class FineTune(Strategy):
    """Fine-tune every layer of the source network under a fresh last layer (Kim et al. 2021), source scaler kept.

    Parameters
    ----------
    balance : str
        See `loop.fit`.
    """

    def __init__(self, settings: Transfer, source: SourceModel | None = None, seed: int = 0, balance: str = "none"):
        super().__init__(settings, source, seed)
        self.balance = balance

    @classmethod
    def fit_all(cls, strategies: Sequence[Strategy], tasks: Sequence[Task]) -> None:
        """Fit several strategies of one kind and setting at once; see `Strategy.fit_all`."""
        jobs = []
        tuned = cast("Sequence[FineTune]", strategies)
        for strategy, task in zip(tuned, tasks):
            strategy.classes_, codes = np.unique(task.y, return_inverse=True)
            jobs.append(strategy._jobs(task.X, codes))
        scores = iter(loop.fit([job for own in jobs for job in own], tuned[0].settings, tuned[0].balance))
        for strategy, own in zip(tuned, jobs):
            strategy._choose(own, [next(scores) for _ in own])

    def _fit(self, X: pd.DataFrame, codes: np.ndarray, X_unlabelled: pd.DataFrame | None) -> None:
        jobs = self._jobs(X, codes)
        self._choose(jobs, loop.fit(jobs, self.settings, self.balance))

    def _jobs(self, X: pd.DataFrame, codes: np.ndarray) -> list[loop.Job]:
        """Return a training for each random division and head."""
        self._prepare(X)
        stars = loop.Stars(self._inputs(X), torch.from_numpy(codes))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            return [self._job(stars, repeat) for repeat in range(self.settings.repeats)]

    def _job(self, stars: loop.Stars, repeat: int) -> loop.Job:
        network, seed = self._start(len(self.classes_)), self.seed * self.settings.repeats + repeat
        return loop.Job(network, *loop.parts(stars, seed), torch.Generator().manual_seed(seed))

    def _choose(self, jobs: list[loop.Job], scores: list[float]) -> None:
        """Keep the network with the best validation MCC, the first of equals."""
        self.network = jobs[int(np.argmax(scores))].network

    def _prepare(self, X: pd.DataFrame) -> None:
        """Learn whatever the inputs need from the labelled stars."""

    def _inputs(self, X: pd.DataFrame) -> torch.Tensor:
        return self.source.inputs(X)

    def _start(self, n_classes: int) -> nn.Module:
        return self.source.network.with_new_head(n_classes)

    @torch.no_grad()
    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Return the softmax of the network's outputs."""
        return torch.softmax(self.network(self._inputs(X)).double(), dim=1).numpy()


class FineTuneLast(FineTune):
    """Train a fresh last layer on the frozen rest of the source network."""

    @torch.no_grad()
    def _inputs(self, X: pd.DataFrame) -> torch.Tensor:
        return self.source.network.embed(self.source.inputs(X))

    def _start(self, n_classes: int) -> nn.Module:
        return nn.Sequential(nn.Linear(self.source.network.hidden[-1], n_classes), nn.BatchNorm1d(n_classes))


class Scratch(FineTune):
    """Train the same network from random weights, its scaler fitted on the labelled stars."""

    needs_source = False

    def _prepare(self, X: pd.DataFrame) -> None:
        self.features = self.source.features if self.source else tuple(X.columns)
        self.scaler = Scaler.fit(X[list(self.features)].to_numpy(), self.features)

    def _inputs(self, X: pd.DataFrame) -> torch.Tensor:
        return torch.from_numpy(self.scaler.transform(X[list(self.features)].to_numpy()))

    def _start(self, n_classes: int) -> nn.Module:
        network = self.source.network if self.source else Network(len(self.features), n_classes)
        return Network(len(self.features), n_classes, network.hidden, network.input_eps)


class ReleasedRecipe(FineTune):
    """Fine-tune exactly as the released UPSILoN-T does, flaws included.

    Scaler and log minima are fitted again on the few labelled stars, validation part included; a value below such a
    minimum becomes NaN, and a star with a NaN gets the first class. Runs on the CPU, where the released code refuses.
    """

    def _prepare(self, X: pd.DataFrame) -> None:
        features = self.source.features
        self.scaler = Scaler.fit(X[list(features)].to_numpy(), features, "shifted_log10")

    def _inputs(self, X: pd.DataFrame) -> torch.Tensor:
        return torch.from_numpy(self.scaler.transform(X[list(self.source.features)].to_numpy(), clip=False))

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Return the softmax; where it is NaN, equal probabilities, so that the first class is what is predicted."""
        probabilities = super().predict_proba(X)
        lost = np.isnan(probabilities).any(axis=1)
        probabilities[lost] = 1 / len(self.classes_)
        return probabilities
