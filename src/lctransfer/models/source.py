"""A trained source model: scaler, network and classes, on disk as safetensors and JSON."""

from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import safetensors
import safetensors.torch
import torch

from lctransfer import config
from lctransfer.errors import LctransferError, one_line
from lctransfer.files import check_seal, read_json, replacing, sealed, sha256, write_json
from lctransfer.models.network import Network
from lctransfer.models.scaler import Scaler
from lctransfer.validate import Items, key, validate

Features: TypeAlias = pd.DataFrame | np.ndarray

DAMAGE = (LookupError, AttributeError, TypeError, ValueError, RuntimeError, OSError)
"""What reading a damaged file may raise."""


@dataclass(frozen=True)
class Described:
    """What ``model.json`` must say; see the attributes of `SourceModel`."""

    network: config.Model
    classes: list[str] = key([], "of the network's outputs", items=Items(1))
    origin: str = key("", "what it was trained on")
    scaler: dict[str, Any] = key({}, "of the network's inputs")


@dataclass(frozen=True)
class SourceModel:
    """What pretraining leaves behind, and transfer starts from.

    Attributes
    ----------
    network : Network
        In evaluation mode.
    scaler : Scaler
        Fitted on the training rows of the source, and never on the target.
    classes : tuple of str
        In the order of the network's outputs.
    origin : str
        One sentence: what it was trained on.
    """

    network: Network
    scaler: Scaler
    classes: tuple[str, ...]
    origin: str = ""

    def __post_init__(self) -> None:
        self.network.eval()

    @property
    def models(self) -> tuple["SourceModel", ...]:
        """Itself alone; see `lctransfer.models.combined`."""
        return (self,)

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Names of the inputs, in order."""
        return self.scaler.features

    def inputs(self, X: Features, *, clip: bool = True) -> torch.Tensor:
        """Return the network's inputs of features.

        Parameters
        ----------
        X : DataFrame, or ndarray of shape (n, n_features)
            A table is taken by column names and may hold more; an array must be in the order of `features`.
        clip : bool
            See `Scaler.transform`.

        Raises
        ------
        LctransferError
            If a feature is missing, or a value is not finite.
        """
        values = self._select(X)
        if not np.isfinite(values).all():
            row, column = np.argwhere(~np.isfinite(values))[0]
            raise LctransferError(
                f"Feature {self.features[column]} of row {row} is not a finite number. Leave flagged stars out first."
            )
        return torch.from_numpy(self.scaler.transform(values, clip=clip))

    def _select(self, X: Features) -> np.ndarray:
        if isinstance(X, pd.DataFrame):
            missing = [name for name in self.features if name not in X.columns]
            if missing:
                raise LctransferError(f"The features {', '.join(missing)} that the source model needs are missing.")
            return X[list(self.features)].to_numpy(dtype=np.float64)
        if X.ndim != 2 or X.shape[1] != len(self.features):
            raise LctransferError(f"The source model takes {len(self.features)} features, not an array of {X.shape}.")
        return np.asarray(X, dtype=np.float64)

    @torch.no_grad()
    def predict_proba(self, X: Features) -> np.ndarray:
        """Return float64 probabilities of shape (n, n_classes), columns as `classes`."""
        logits = self.network(self.inputs(X)).double()
        return torch.softmax(logits, dim=1).numpy()

    @torch.no_grad()
    def embed(self, X: Features) -> np.ndarray:
        """Return the last hidden layer, normalised, float64, of shape (n, width)."""
        return self.network.embed(self.inputs(X)).double().numpy()

    def save(self, directory: Path | str) -> None:
        """Write ``model.safetensors`` and ``model.json`` below `directory`."""
        directory = Path(directory)
        with replacing(directory / "model.safetensors") as aside:
            aside.write_bytes(safetensors.torch.save(self.network.state_dict()))
        weights = {"weights_sha256": sha256(directory / "model.safetensors")}
        write_json(directory / "model.json", sealed({**self._description(), **weights}))

    def _description(self) -> dict[str, Any]:
        network = {"hidden": self.network.hidden, "input_batch_norm_eps": self.network.input_eps}
        return {
            "classes": self.classes,
            "network": network,
            "origin": self.origin,
            "scaler": self.scaler.to_dict(),
        }

    @classmethod
    def load(cls, directory: Path | str) -> "SourceModel":
        """Return the model that `save` wrote.

        Raises
        ------
        LctransferError
            If a file is missing, damaged, or the two do not fit together.
        """
        directory = Path(directory)
        described = read_json(directory / "model.json")
        check_seal(described, directory / "model.json")
        weights = directory / "model.safetensors"
        if weights.exists() and described.get("weights_sha256") not in (None, sha256(weights)):
            raise LctransferError(
                f"{weights} is not the one that model.json describes: it is damaged, or of another model. Copy the "
                "whole folder again, or run pretrain again."
            )
        try:
            return cls._built(described, safetensors.torch.load_file(weights))
        except (*DAMAGE, LctransferError, safetensors.SafetensorError) as error:
            raise LctransferError(
                f"{directory} holds no readable source model ({one_line(error).rstrip('.')}). Run pretrain again."
            ) from None

    @classmethod
    def _built(cls, described: dict[str, Any], state: dict[str, torch.Tensor]) -> "SourceModel":
        """Return the model of a description that is checked first, and of the state of its network."""
        told = {item.name: described[item.name] for item in fields(Described)}
        validate(Described, told)
        scaler, sizes = Scaler.from_dict(told["scaler"]), told["network"]
        with torch.device("meta"):  # takes no memory, however large a damaged file says it is
            network = Network(
                len(scaler.features), len(told["classes"]), tuple(sizes["hidden"]), sizes["input_batch_norm_eps"]
            )
        # Copies, since what was loaded may still lie in the file, which another process may replace.
        network.load_state_dict({name: value.clone() for name, value in state.items()}, assign=True)
        return cls(network, scaler, tuple(told["classes"]), told["origin"])
