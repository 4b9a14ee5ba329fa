"""Other people's ways to classify light curves from few labels, each with the settings that it is published with.

Four peers see folded light curves or the features of `light-curve`; `benchmarks/peers.py` compares them with this
package on the same stars. Nothing here was chosen by a result: settings are the packages' own, this package's, or
round numbers fixed before the first run.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import torch
from sklearn.linear_model import RidgeClassifierCV
from sklearn.preprocessing import StandardScaler
from torch import nn

from lctransfer.config import Features, Transfer
from lctransfer.errors import LctransferError
from lctransfer.transfer.registry import make

PHASES = 128
"""Bins of a folded light curve."""
SMOOTH = 9
"""Bins that are averaged to find the maximum."""
CHANNELS, DILATIONS = 24, (1, 2, 4, 8, 16)
"""Of the network: with kernels of 3 and a first one of 5, the last layer sees 67 of 128 phases."""
STEPS, BATCH, RATE = 400, 64, 3e-3
"""Of its training, whatever the number of labels: no star is held out to choose an epoch."""
AEON_MISSING = "MiniRocket is in aeon, which is not here: pip install --no-deps -r benchmarks/peers.txt"


class Material(NamedTuple):
    """What peers see of n stars.

    Attributes
    ----------
    folded : ndarray of shape (n, PHASES)
        Magnitudes in bins of phase, mean 0, standard deviation 1, the maximum of light first.
    scales : ndarray of shape (n, 2)
        Logarithms of the period [d] and of the standard deviation [mag], which folding and scaling take away.
    extracted : DataFrame
        Features of `light-curve`, a row per star.
    """

    folded: np.ndarray
    scales: np.ndarray
    extracted: pd.DataFrame

    def of(self, chosen: np.ndarray) -> "Material":
        """Return that of some stars."""
        return Material(self.folded[chosen], self.scales[chosen], self.extracted[chosen])


Peer = Callable[[Material, np.ndarray, Material, int], np.ndarray]
"""From labelled stars, their classes, other stars and a seed to the others' classes."""


def epochs(table: pa.Table) -> list[np.ndarray]:
    """Return the usable epochs of each light curve: days, magnitudes and errors in order of time, shape (3, m)."""
    curves = []
    for row in zip(*(table[name].to_pylist() for name in ("time", "mag", "mag_err"))):
        curve = np.array(row, dtype=float)
        curve = curve[:, np.isfinite(curve).all(axis=0) & (curve[2] > 0)]
        curves.append(curve[:, np.unique(curve[0], return_index=True)[1]])
    return curves


def fold(curve: np.ndarray, period: float) -> np.ndarray:
    """Return a light curve as magnitudes in bins of phase, scaled, the maximum of light first, shape (PHASES,).

    Empty bins are interpolated from their neighbours.
    """
    place = np.minimum((curve[0] / period % 1 * PHASES).astype(int), PHASES - 1)
    count = np.bincount(place, minlength=PHASES)
    held = np.flatnonzero(count)
    means = np.bincount(place, curve[1], PHASES)[held] / count[held]
    binned = np.interp(np.arange(PHASES), held, means, period=PHASES)
    binned = (binned - binned.mean()) / (binned.std() or 1.0)
    wrapped = np.pad(binned, SMOOTH // 2, mode="wrap")
    brightest = np.convolve(wrapped, np.ones(SMOOTH), mode="valid").argmin()
    return np.roll(binned, -brightest).astype(np.float32)


def extractor(longest_days: float) -> Any:
    """Return features of `light-curve` for magnitudes, with a period search as fine and as deep as this package's."""
    import light_curve as lc

    settings = Features()
    highest = 1 / settings.min_period_days
    size = 2 ** int(np.ceil(np.log2(highest * longest_days * settings.oversampling)))
    phased = [lc.Skew(), lc.Kurtosis(), lc.Cusum(), lc.Eta(), lc.LaflerKinmanStringLength(), lc.OtsuSplit()]
    grid = np.linspace(0.0, 2 * np.pi * highest, size + 1)
    plain = "Amplitude AndersonDarlingNormal BeyondNStd Cusum Eta EtaE ExcessVariance InterPercentileRange Kurtosis "
    plain += "LinearFit LinearTrend MagnitudePercentageRatio MaximumSlope MedianAbsoluteDeviation "
    plain += "MedianBufferRangePercentage OtsuSplit PercentAmplitude PercentDifferenceMagnitudePercentile ReducedChi2 "
    plain += "Roms Skew StandardDeviation StetsonK"
    periods = lc.Periodogram(peaks=3, freqs=grid, fast=True, phase_features=phased)
    return lc.Extractor(*(getattr(lc, name)() for name in plain.split()), periods)


def extracted(curves: list[np.ndarray]) -> pd.DataFrame:
    """Return the features of `light-curve`; NaN where one cannot be computed."""
    chosen = extractor(max(np.ptp(curve[0]) for curve in curves))
    rows = []
    for time, mag, mag_err in curves:
        found = chosen(time - time[0], mag, mag_err, sorted=True, check=False, fill_value=np.nan)
        rows.append(np.where(np.abs(found) < 1e30, found, np.nan))
    return pd.DataFrame(rows, columns=chosen.names)


def material(curves: list[np.ndarray], periods: np.ndarray, held: pd.DataFrame) -> Material:
    """Return what peers see of stars; `held` are their features of `light-curve`."""
    folded = np.stack([fold(curve, period) for curve, period in zip(curves, periods)])
    spread = [max(float(np.std(curve[1])), 1e-4) for curve in curves]
    return Material(folded, np.log10(np.column_stack([periods, spread])).astype(np.float32), held)


def on_features(learner: str) -> Peer:
    """Return a learner of this package, with its settings, on the features of `light-curve`."""

    def classify(seen: Material, labels: np.ndarray, asked: Material, seed: int) -> np.ndarray:
        fitted = make(learner, Transfer(), None, seed).fit(seen.extracted, labels)
        return fitted.classes_[fitted.predict_proba(asked.extracted).argmax(axis=1)]

    return classify


def scaled(seen: np.ndarray, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both with the mean and the standard deviation of what was seen taken out."""
    scaler = StandardScaler().fit(seen)
    return scaler.transform(seen), scaler.transform(asked)


def minirocket(*, scales: bool) -> Peer:
    """Return MiniRocket (Dempster et al. 2021) of `aeon` with its ridge, on folded light curves.

    With `scales`, period and amplitude stand beside its features, multiplied such that they count as much together.
    """

    def classify(seen: Material, labels: np.ndarray, asked: Material, seed: int) -> np.ndarray:
        try:
            from aeon.transformations.collection.convolution_based import MiniRocket
        except ImportError:
            raise LctransferError(AEON_MISSING) from None
        kernels = MiniRocket(random_state=seed, n_jobs=1).fit(seen.folded[:, None])
        X, Z = scaled(*(np.asarray(kernels.transform(part.folded[:, None])) for part in (seen, asked)))
        if scales:
            weight = np.sqrt(X.shape[1] / seen.scales.shape[1])
            X, Z = (np.hstack([a, weight * b]) for a, b in zip((X, Z), scaled(seen.scales, asked.scales)))
        return RidgeClassifierCV(alphas=np.logspace(-3, 3, 10)).fit(X, labels).predict(Z)

    return classify


class Tcn(nn.Module):
    """A temporal convolutional network on a circle, after the cyclic-permutation invariant one of Zhang & Bloom (2021).

    Convolutions wrap around, and means and maxima over all phases forget where the circle began.
    """

    def __init__(self, n_classes: int, n_scales: int):
        super().__init__()
        self.first = nn.Conv1d(1, CHANNELS, 5, padding="same", padding_mode="circular")
        options = {"padding": "same", "padding_mode": "circular"}
        self.layers = nn.ModuleList(nn.Conv1d(CHANNELS, CHANNELS, 3, dilation=step, **options) for step in DILATIONS)
        self.norms = nn.ModuleList(nn.GroupNorm(4, CHANNELS) for _ in DILATIONS)
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(2 * CHANNELS + n_scales, n_classes)

    def forward(self, folded: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
        """Return the logits of curves of shape (n, PHASES) and scales of shape (n, n_scales)."""
        x = self.first(folded[:, None])
        for layer, norm in zip(self.layers, self.norms):
            x = x + self.dropout(torch.relu(layer(norm(x))))
        return self.head(torch.cat([x.mean(dim=2), x.amax(dim=2), scales], dim=1))


def train(network: Tcn, inputs: tuple[torch.Tensor, torch.Tensor], codes: torch.Tensor) -> None:
    """Train the network for `STEPS` steps, on as many stars each."""
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    order = torch.cat([torch.randperm(len(codes)) for _ in range(-(-STEPS * BATCH // len(codes)))])
    for step in range(STEPS):
        batch = order[step * BATCH : (step + 1) * BATCH] if len(codes) > BATCH else torch.arange(len(codes))
        loss = nn.functional.cross_entropy(network(*(part[batch] for part in inputs)), codes[batch])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()


def tcn(seen: Material, labels: np.ndarray, asked: Material, seed: int) -> np.ndarray:
    """Return classes by a network trained from scratch on folded light curves, periods and amplitudes."""
    torch.set_num_threads(1)  # MiniRocket leaves more behind, and they wait for each other
    classes, codes = np.unique(labels, return_inverse=True)
    X, Z = (torch.from_numpy(part) for part in scaled(seen.scales, asked.scales))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Tcn(len(classes), X.shape[1])
        train(network, (torch.from_numpy(seen.folded), X), torch.from_numpy(codes))
    network.eval()
    with torch.no_grad():
        logits = torch.cat([network(*part) for part in zip(torch.from_numpy(asked.folded).split(512), Z.split(512))])
    return classes[logits.argmax(dim=1).numpy()]


PEERS: dict[str, Peer] = {
    "light-curve features, lightgbm": on_features("lightgbm"),
    "light-curve features, extra_trees": on_features("extra_trees"),
    "MiniRocket, folded curve": minirocket(scales=False),
    "MiniRocket, folded curve, period and amplitude": minirocket(scales=True),
    "TCN from scratch, folded curve, period and amplitude": tcn,
}
"""Each peer by the name that tables give it."""
