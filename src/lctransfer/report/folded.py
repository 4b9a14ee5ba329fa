"""Some stars of each cell of a confusion matrix, folded, small enough to stand in the page."""

import base64
import hashlib
from typing import Any

import numpy as np
import pandas as pd

from lctransfer.report.results import Results

PER_CELL = 2
EPOCHS = 120
"""Of a star at most, evenly chosen; more dots do not show in a small drawing."""
LARGEST = 2_000_000_000
"""Bytes of a table of light curves that is searched for a few stars."""
RULE = f"at most {PER_CELL} of a survey, drawn at random (by a digest of their names) from the first seed's test stars"


def stars(results: Results, survey: str, predictions: pd.DataFrame) -> list[dict[str, Any]]:
    """Return stars of one survey for every cell of its confusion matrix.

    Parameters
    ----------
    results : Results
        Where the light curves and the periods are.
    survey : str
        Which survey.
    predictions : pandas.DataFrame
        source_id, class_name, predicted, probabilities (``p_``), and `seed` where there are several.

    Returns
    -------
    list of dict
        true, predicted, id, p (of the predicted class), period [d], the count of epochs, the faintest and the brightest
        magnitude, and ``points``: base64 of two bytes per epoch, phase and magnitude as 256ths of their ranges.
    """
    features, path = results.features(survey), results.data / "lightcurves" / f"{survey}.parquet"
    if predictions.empty or features.empty or not path.exists() or path.stat().st_size > LARGEST:
        return []
    chosen = choose(predictions)
    curves = results.light_curves(survey, list(chosen["source_id"]))
    periods = features.set_index("source_id")["period"]
    known = chosen[chosen["source_id"].isin(curves.index) & chosen["source_id"].isin(periods.dropna().index)]
    return [_packed(row, curves.loc[row["source_id"]], float(periods[row["source_id"]])) for _, row in known.iterrows()]


def choose(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return up to `PER_CELL` stars per pair of true and predicted class, by `RULE`."""
    if "seed" in predictions:
        predictions = predictions[predictions["seed"] == predictions["seed"].min()]
    digest = [hashlib.sha256(str(name).encode()).hexdigest() for name in predictions["source_id"]]
    ordered = predictions.assign(digest=digest, p=predictions.filter(regex="^p_").max(axis=1)).sort_values("digest")
    return ordered.groupby(["class_name", "predicted"], sort=True).head(PER_CELL)


def fold_period(class_name: str, period: float) -> float:
    """Return the period to fold at: a single harmonic finds half the period of an eclipsing binary."""
    return 2 * period if class_name.startswith("EB") else period


def _packed(star: pd.Series, curve: pd.Series, period: float) -> dict[str, Any]:
    time, mag = (np.asarray(curve[name], dtype=float) for name in ("time", "mag"))
    sound = np.isfinite(time) & np.isfinite(mag)
    time, mag, period = time[sound], mag[sound], fold_period(str(star["class_name"]), period)
    some = np.unique(np.linspace(0, len(time) - 1, min(EPOCHS, len(time))).round().astype(int))
    low, high = (float(mag[some].min()), float(mag[some].max())) if len(some) else (0.0, 0.0)
    phase = np.floor(256 * (time[some] / period % 1)).clip(0, 255)
    height = np.round(255 * (mag[some] - low) / ((high - low) or 1.0))
    points = np.column_stack([phase, height]).astype(np.uint8).tobytes()
    names = {"true": star["class_name"], "predicted": star["predicted"], "id": str(star["source_id"])}
    numbers = {"p": round(float(star["p"]), 3), "period": float(f"{period:.6g}"), "epochs": len(time)}
    limits = {"bright": round(low, 3), "faint": round(high, 3)}
    return names | numbers | limits | {"points": base64.b64encode(points).decode()}
