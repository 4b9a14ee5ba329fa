"""Some stars of each cell of a confusion matrix, folded, small enough to stand in the page."""

import base64
import hashlib
from typing import Any

import numpy as np
import pandas as pd

from lctransfer.report.blocks import Figure
from lctransfer.report.results import Results

CELL = ["class_name", "predicted"]
PER_CELL = 2
EPOCHS = 120
"""Of a star at most, evenly chosen; more dots do not show in a small drawing."""
LARGEST = 2_000_000_000
"""Bytes of a table of light curves that is searched for a few stars."""
BUDGET, STAR = 1_000_000, 470
"""Bytes of a page for stars of all confusion matrices together, and of one star."""


def fill(figure: Figure, results: Results, predictions: dict[str, pd.DataFrame]) -> None:
    """Give a confusion matrix its stars, within its share of `BUDGET`, and the rule that they were chosen by.

    Parameters
    ----------
    figure : Figure
        The matrix; its `stars` and its `rule` are set.
    results : Results
        Where the light curves are. Each target has two matrices, and the source model one.
    predictions : dict of str to pandas.DataFrame
        Survey to the rows that `stars` takes.
    """
    most = BUDGET // (STAR * (2 * len(results.targets) + 1) * max(len(predictions), 1))
    chosen = {survey: choose(rows, most) for survey, rows in predictions.items() if len(rows)}
    figure.stars = [star for survey, rows in predictions.items() for star in stars(results, survey, rows, most)]
    sizes = [rows.groupby(CELL).size() for rows in chosen.values()]
    cut = any(len(size) < len(_first(predictions[survey]).groupby(CELL)) for survey, size in zip(chosen, sizes))
    figure.rule = rule(max((int(size.max()) for size in sizes), default=PER_CELL), cut=cut)


def rule(per_cell: int, *, cut: bool = False) -> str:
    """Return how the stars of a matrix were chosen; `cut` where small cells have none, which keeps the page small."""
    cells = ", of the fullest cells only" if cut else ""
    return (
        f"at most {per_cell} of a survey, drawn at random (by a digest of their names) from the first seed's test "
        f"stars{cells}"
    )


def stars(results: Results, survey: str, predictions: pd.DataFrame, most: int = 1000) -> list[dict[str, Any]]:
    """Return stars of one survey for every cell of its confusion matrix.

    Parameters
    ----------
    results : Results
        Where the light curves and the periods are.
    survey : str
        Which survey.
    predictions : pandas.DataFrame
        source_id, class_name, predicted, probabilities (``p_``), and `seed` where there are several.
    most : int
        Stars at most.

    Returns
    -------
    list of dict
        true, predicted, id, p (of the predicted class), period [d], the count of epochs, the faintest and the brightest
        magnitude, and ``points``: base64 of two bytes per epoch, phase and magnitude as 256ths of their ranges.
    """
    features, path = results.features(survey), results.data / "lightcurves" / f"{survey}.parquet"
    if predictions.empty or features.empty or not path.exists() or path.stat().st_size > LARGEST:
        return []
    chosen = choose(predictions, most)
    curves = results.light_curves(survey, list(chosen["source_id"]))
    periods = features.set_index("source_id")["period"]
    known = chosen[chosen["source_id"].isin(curves.index) & chosen["source_id"].isin(periods.dropna().index)]
    return [_packed(row, curves.loc[row["source_id"]], float(periods[row["source_id"]])) for _, row in known.iterrows()]


def choose(predictions: pd.DataFrame, most: int = 1000) -> pd.DataFrame:
    """Return up to `PER_CELL` stars per pair of true and predicted class, by `rule`; fewer if these are too many."""
    predictions = _first(predictions)
    digest = [hashlib.sha256(str(name).encode()).hexdigest() for name in predictions["source_id"]]
    ordered = predictions.assign(digest=digest, p=predictions.filter(regex="^p_").max(axis=1)).sort_values("digest")
    cells = ordered.groupby(CELL, sort=True)
    kept = next((some for count in range(PER_CELL, 0, -1) if len(some := cells.head(count)) <= most), cells.head(1))
    fullest = cells["digest"].transform("size").loc[kept.index].sort_values(ascending=False, kind="stable")
    return kept[kept.index.isin(fullest.index[:most])]


def _first(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the first seed, or all rows where there are no seeds."""
    return predictions[predictions["seed"] == predictions["seed"].min()] if "seed" in predictions else predictions


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
