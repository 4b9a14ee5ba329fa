"""Features of the light curve in the order of phase, as the released software (UPSILoN-T) defines them."""

import numpy as np

from lctransfer.features.compiled import kernel, percentile
from lctransfer.features.order import sort
from lctransfer.features.shape import neighbour_ratio


@kernel
def phase_eta(mag: np.ndarray, std: float) -> float:
    """Return ``sum (m_{i+1} - m_i)^2 / ((n - 1) std^2)`` of magnitudes in the order of phase (von Neumann's ratio)."""
    return neighbour_ratio(mag, std**2)


@kernel
def phase_cusum(mag: np.ndarray, mean: float, std: float) -> float:
    """Return the range of ``S_l = sum_{i<=l} (m_i - mean) / (n std)``, magnitudes in the order of phase."""
    total, lowest, highest = 0.0, np.inf, -np.inf
    for i in range(len(mag)):
        total += mag[i] - mean
        lowest, highest = min(lowest, total), max(highest, total)
    return (highest - lowest) / (len(mag) * std)


@kernel
def slope_percentiles(days: np.ndarray, mag: np.ndarray) -> tuple[float, float]:
    """Return the 10th and 90th percentiles of ``d days / d mag`` between neighbours in phase [d/mag].

    An inverse slope, as in the released software: pairs of equal magnitudes are left out. NaN if all are.
    """
    slopes, count = np.empty(len(mag)), 0
    for i in range(len(mag) - 1):
        if mag[i + 1] != mag[i]:
            slopes[count] = (days[i + 1] - days[i]) / (mag[i + 1] - mag[i])
            count += 1
    if count == 0:
        return np.nan, np.nan
    ordered = sort(slopes[:count])[0]
    return percentile(ordered, 10.0), percentile(ordered, 90.0)
