"""From features to the network's inputs: shifted log10, then minus median over standard deviation."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

LOGGED = frozenset(
    [
        "amplitude",
        "hl_amp_ratio",
        "kurtosis",
        "period",
        "phase_cusum",
        "phase_eta",
        "quartile31",
        "skewness",
        "slope_per90",
    ]
)
"""Features taken as log10(x - minimum), as in UPSILoN-T (Kim et al. 2021)."""
ZERO = 1e-10
"""What stands for a shifted value of exactly 0, as in UPSILoN-T."""


@dataclass(frozen=True)
class Scaler:
    """The transform of UPSILoN-T with its constants: x -> (log10(x - minimum) - median) / std.

    Attributes
    ----------
    features : tuple of str
        Order of the columns.
    log10_minimum : dict of str to float
        The minimum over the training set of each feature that is taken as a logarithm.
    median, std : tuple of float
        Of the training set after the logarithm, in the order of `features`.
    """

    features: tuple[str, ...]
    log10_minimum: Mapping[str, float]
    median: tuple[float, ...]
    std: tuple[float, ...]

    @classmethod
    def fit(cls, X: np.ndarray, features: tuple[str, ...]) -> "Scaler":
        """Return the scaler of training rows `X`, shape (n, n_features), in the units of the features."""
        minimum = {name: float(X[:, i].min()) for i, name in enumerate(features) if name in LOGGED}
        logged = _log10(X, features, minimum, clip=True)
        std = logged.std(axis=0)
        return cls(
            features, minimum, tuple(np.median(logged, axis=0).tolist()), tuple(np.where(std > 0, std, 1.0).tolist())
        )

    def transform(self, X: np.ndarray, *, clip: bool = True) -> np.ndarray:
        """Return scaled float32 rows.

        Parameters
        ----------
        X : ndarray of shape (n, n_features)
            Features in the order of `features`.
        clip : bool
            Raise values below the training minimum to it; without, they become NaN as in the released software.
        """
        logged = _log10(X, self.features, self.log10_minimum, clip=clip)
        return ((logged - np.array(self.median)) / np.array(self.std)).astype(np.float32)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Scaler":
        """Return the scaler that `to_dict` described."""
        vectors = {name: tuple(values[name]) for name in ("features", "median", "std")}
        return cls(log10_minimum=dict(values["log10_minimum"]), **vectors)


def _log10(X: np.ndarray, features: tuple[str, ...], minimum: Mapping[str, float], clip: bool) -> np.ndarray:
    logged = np.array(X, dtype=np.float64)
    columns = [features.index(name) for name in minimum]
    shifted = logged[:, columns] - np.array(list(minimum.values()))
    shifted[shifted == 0] = ZERO
    if clip:
        shifted = np.maximum(shifted, ZERO)
    with np.errstate(invalid="ignore"):  # NaN below the minimum is what the released software gives
        logged[:, columns] = np.log10(shifted)
    return logged
