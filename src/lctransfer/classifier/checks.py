"""What a kept model must still say of a few stars: another version of the software would else differ in silence."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from lctransfer import __version__
from lctransfer.errors import LctransferError, one_line
from lctransfer.feature_names import NAMES
from lctransfer.features.engine import extract_stream
from lctransfer.table.light_curves import validate

if TYPE_CHECKING:
    from lctransfer.classifier.model import FittedModel

TOLERANCE = 1e-4
"""Of probabilities and, relatively, of features: other processors round differently, other code does more."""
STARS = 5


class Checks:
    """The features of one simulated light curve, and what the model says of made-up stars.

    Parameters
    ----------
    inputs : ndarray of shape (n, n_inputs)
        Made-up stars.
    probabilities : ndarray of shape (n, n_classes)
        What the model said of them when it was saved.
    features : ndarray of shape (n_inputs,)
        The features of the light curve then; empty where the model takes features of the user's own.
    """

    def __init__(self, inputs: np.ndarray, probabilities: np.ndarray, features: np.ndarray):
        self.inputs, self.probabilities, self.features = inputs, probabilities, features

    @classmethod
    def of(cls, model: "FittedModel") -> "Checks":
        """Return what the model says now."""
        features = _features(model)
        centre = features if len(features) else np.ones(len(model.inputs))
        factors = np.random.default_rng(0).uniform(0.5, 1.5, (STARS, len(centre)))
        inputs = centre * factors
        return cls(inputs, model.predict(pd.DataFrame(inputs, columns=model.inputs))[0], features)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return what is saved."""
        names = ("check_inputs", "check_probabilities", "check_features")
        return dict(zip(names, (self.inputs, self.probabilities, self.features)))

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray]) -> "Checks":
        """Return what was saved."""
        return cls(arrays["check_inputs"], arrays["check_probabilities"], arrays["check_features"])

    def compare(self, model: "FittedModel", directory: Path) -> None:
        """Refuse a model that says something else now than when it was saved.

        Raises
        ------
        LctransferError
            Naming what differs, and the way out.
        """
        saved = model.card.get("lctransfer", "another version")
        words = f"{directory} was fitted by lctransfer {saved}; in lctransfer {__version__} "
        now = _features(model)
        if len(now) != len(self.features) or not np.allclose(now, self.features, rtol=TOLERANCE, atol=TOLERANCE):
            raise LctransferError(f"{words}the features of a light curve differ. Run `lctransfer fit` again.")
        try:
            said = model.predict(pd.DataFrame(self.inputs, columns=model.inputs))[0]
        except (AttributeError, TypeError, ValueError) as error:
            raise LctransferError(
                f"{words}it cannot be used ({one_line(error)}). Run `lctransfer fit` again."
            ) from None
        if said.shape != self.probabilities.shape or np.abs(said - self.probabilities).max() > TOLERANCE:
            raise LctransferError(f"{words}it gives other probabilities. Run `lctransfer fit` again.")


def _features(model: "FittedModel") -> np.ndarray:
    """Return the model's inputs of a simulated light curve: 120 epochs of two sine waves."""
    if not set(model.inputs) <= set(NAMES["both"]):
        return np.zeros(0)
    days = 3.0 * np.arange(120.0) + np.sin(np.arange(120.0) ** 2)
    phase = 2 * np.pi * days / 0.713
    mag = 12 - 0.3 * np.sin(phase) - 0.1 * np.sin(2 * phase + 1) + 0.01 * np.sin(np.arange(120.0) ** 3)
    star = {"source_id": ["check"], "time": [days], "mag": [mag], "mag_err": [np.full(120, 0.02)]}
    made = next(extract_stream([validate(pa.table(star))], model.features, 1, int))
    return np.array([made[name][0].as_py() for name in model.inputs], dtype=float)
