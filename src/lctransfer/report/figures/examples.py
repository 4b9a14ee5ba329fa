"""Folded light curves, right and wrong."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from lctransfer.report import palette
from lctransfer.report.blocks import Figure
from lctransfer.report.figures.frame import WIDE, journal
from lctransfer.report.folded import fold_period
from lctransfer.report.results import Results


@journal
def examples(results: Results, survey: str, chosen: pd.DataFrame, curves: pd.DataFrame, periods: pd.Series) -> Figure:
    """Return folded light curves, right answers in the upper row and wrong ones below."""
    drawing, grid = plt.subplots(2, 3, figsize=(WIDE, 4.3), squeeze=False)
    data = []
    for row, right in enumerate((True, False)):
        part = list(chosen[chosen["right"] == right].itertuples())
        for column, axes in enumerate(grid[row]):
            if column >= len(part) or part[column].source_id not in curves.index:
                axes.set_visible(False)
                continue
            data.append(_fold(axes, part[column], curves.loc[part[column].source_id], periods[part[column].source_id]))
            if column == 0:
                axes.set_ylabel("magnitude [mag]")
            if row == 1 or column >= int((~chosen["right"]).sum()):
                axes.set_xlabel("phase")
    title = results.title(survey)
    caption = f"{title}: folded light curves, upper row correct, lower row wrong, with the predicted probability."
    names = ", ".join(f"{star.class_name} predicted as {star.predicted}" for star in chosen.itertuples())
    alt = f"Folded light curves of {len(data)} stars of {title}: {names}."
    return Figure(f"examples-{survey}", caption, alt, drawing, pd.concat(data))


def _fold(axes: Axes, star: Any, curve: pd.Series, period: float) -> pd.DataFrame:
    """Draw one star over two cycles; return its points."""
    period = fold_period(str(star.class_name), period)
    phase = np.asarray(curve["time"]) / period % 1
    mag, error = np.asarray(curve["mag"]), np.asarray(curve["mag_err"])
    twice = np.concatenate([phase, phase + 1])
    color = palette.OKABE_ITO[2 if star.right else 1]
    style: dict[str, Any] = {
        "fmt": ".",
        "markersize": 2.5,
        "elinewidth": 0.4,
        "alpha": 0.75,
        "rasterized": len(mag) > 600,
    }
    axes.errorbar(twice, np.tile(mag, 2), np.tile(error, 2), color=color, **style)
    axes.invert_yaxis()
    error_note = "" if star.right else f", predicted {star.predicted}"
    words = f"{star.class_name}{error_note}".replace("_", " ")
    axes.set_title(f"{words}\np = {star.confidence:.2f}, P = {period:.4g} d", fontsize=7)
    points = {"source_id": star.source_id, "class_name": star.class_name, "predicted": star.predicted}
    return pd.DataFrame({**points, "period_days": period, "phase": phase, "mag": mag, "mag_err": error})
