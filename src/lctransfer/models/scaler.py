"""From features to the network's inputs: a transform of each feature, then minus median over standard deviation.

There are two transforms. ``log10_arcsinh`` is ours and needs no constant of the training set. ``shifted_log10`` is the
one of UPSILoN-T (Kim et al. 2021), which the released weights and the released recipe depend on: it takes log10(x -
minimum), so that a value at or below the training minimum becomes log10(1e-10), many standard deviations away.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from lctransfer.errors import LctransferError
from lctransfer.validate import Items, key, validate

TRANSFORMS = ("log10_arcsinh", "shifted_log10")
POSITIVE = frozenset(["amplitude", "hl_amp_ratio", "period", "phase_cusum", "phase_eta", "quartile31"])
"""Features above zero that span decades: log10 of them."""
SIGNED = frozenset(["kurtosis", "skewness", "slope_per10", "slope_per90"])
"""Features of either sign with long tails: arcsinh of them, which is linear about zero and logarithmic far from it."""
LEAST = 1e-4
"""Smaller values of `POSITIVE` features are raised to it; real ones are larger."""
FARTHEST = 8.0
"""Standard deviations from the median beyond which a value is set back, as only broken light curves are so far."""
LOGGED = frozenset(POSITIVE | SIGNED) - {"slope_per10"}
"""Features taken as log10(x - minimum) by ``shifted_log10``, as in UPSILoN-T (Kim et al. 2021)."""
ZERO = 1e-10
"""What stands for a shifted value of exactly 0, as in UPSILoN-T."""


@dataclass(frozen=True)
class Described:
    """What a file must say of a scaler; see the attributes of `Scaler`."""

    features: list[str] = key([], "names of the inputs, in order", items=Items(1))
    median: list[float] = key([], "of the transformed training set", items=Items(1, repeats=True))
    std: list[float] = key([], "of the transformed training set", low=1e-300, items=Items(1, repeats=True))
    log10_minimum: dict[str, float] = key({}, "smallest values in the training set")
    transformation: str = key("shifted_log10", "how features are transformed", choices=TRANSFORMS)


@dataclass(frozen=True)
class Scaler:
    """Transformed features, minus their training median over their training standard deviation.

    Attributes
    ----------
    features : tuple of str
        Order of the columns.
    median, std : tuple of float
        Of the transformed training set, in the order of `features`.
    log10_minimum : dict of str to float
        Of ``shifted_log10``: the minimum over the training set of each feature that is taken as a logarithm.
    transformation : str
        One of `TRANSFORMS`.
    """

    features: tuple[str, ...]
    median: tuple[float, ...]
    std: tuple[float, ...]
    log10_minimum: Mapping[str, float] = field(default_factory=dict)
    transformation: str = "log10_arcsinh"

    @classmethod
    def fit(cls, X: np.ndarray, features: tuple[str, ...], transformation: str = "log10_arcsinh") -> "Scaler":
        """Return the scaler of training rows `X`, shape (n, n_features), in the units of the features."""
        minimum = {}
        if transformation == "shifted_log10":
            minimum = {name: float(X[:, i].min()) for i, name in enumerate(features) if name in LOGGED}
        transformed = _transform(X, features, minimum, transformation, clip=True)
        std = transformed.std(axis=0)
        median, std = np.median(transformed, axis=0).tolist(), np.where(std > 0, std, 1.0).tolist()
        return cls(features, tuple(median), tuple(std), minimum, transformation)

    def transform(self, X: np.ndarray, *, clip: bool = True) -> np.ndarray:
        """Return scaled float32 rows.

        Parameters
        ----------
        X : ndarray of shape (n, n_features)
            Features in the order of `features`.
        clip : bool
            Raise values below the training minimum to it, in ``shifted_log10``; without, they become NaN as in the
            released software.

        Returns
        -------
        ndarray of shape (n, n_features)
            Those of ``log10_arcsinh`` lie within `FARTHEST` of zero.
        """
        transformed = _transform(X, self.features, self.log10_minimum, self.transformation, clip=clip)
        scaled = (transformed - np.array(self.median)) / np.array(self.std)
        if self.transformation == "log10_arcsinh":
            scaled = np.clip(scaled, -FARTHEST, FARTHEST)
        return scaled.astype(np.float32)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Scaler":
        """Return the scaler that `to_dict` described; one that names no transform is of the released kind.

        Raises
        ------
        LctransferError
            If a part of it is missing, of another kind or length, or names a transform that there is not.
        """
        validate(Described, values, "scaler.")
        told = Described(**values)
        features, median, std = tuple(told.features), tuple(told.median), tuple(told.std)
        if not len(features) == len(median) == len(std) or not set(told.log10_minimum) <= set(features):
            raise LctransferError(f"The scaler has not one number for each of its {len(features)} features.")
        return cls(features, median, std, told.log10_minimum, told.transformation)


def _transform(
    X: np.ndarray, features: tuple[str, ...], minimum: Mapping[str, float], transformation: str, *, clip: bool
) -> np.ndarray:
    values = np.array(X, dtype=np.float64)
    if transformation == "shifted_log10":
        return _shifted_log10(values, features, minimum, clip=clip)
    for column, name in enumerate(features):
        if name in POSITIVE:
            values[:, column] = np.log10(np.maximum(values[:, column], LEAST))
        elif name in SIGNED:
            values[:, column] = np.arcsinh(values[:, column])
    return values


def _shifted_log10(
    values: np.ndarray, features: tuple[str, ...], minimum: Mapping[str, float], *, clip: bool
) -> np.ndarray:
    columns = [features.index(name) for name in minimum]
    shifted = values[:, columns] - np.array(list(minimum.values()))
    shifted[shifted == 0] = ZERO
    if clip:
        shifted = np.maximum(shifted, ZERO)
    with np.errstate(invalid="ignore"):  # NaN below the minimum is what the released software gives
        values[:, columns] = np.log10(shifted)
    return values
