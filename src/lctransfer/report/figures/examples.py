"""Folded light curves, right and wrong."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from lctransfer.report import palette
from lctransfer.report.blocks import Figure
from lctransfer.report.figures.frame import NARROW, WIDE, journal, narrow
from lctransfer.report.folded import fold_period
from lctransfer.report.results import Results

BUDGET, MOST = 800, 250
"""Epochs drawn of a star: of all surveys together, and of one survey."""


@journal
def examples(results: Results, survey: str, chosen: pd.DataFrame, curves: pd.DataFrame, periods: pd.Series) -> Figure:
    """Return folded light curves, right answers above wrong ones, or beside them where there is no room."""
    shape, size = ((3, 2), (NARROW, 5.8)) if narrow() else ((2, 3), (WIDE, 4.3))
    drawing, grid = plt.subplots(*shape, figsize=size, squeeze=False)
    grid = grid.T if narrow() else grid
    data, most = [], max(20, min(MOST, BUDGET // max(1, len(results.targets))))
    for row, right in enumerate((True, False)):
        part = list(chosen[chosen["right"] == right].itertuples())
        for column, axes in enumerate(grid[row]):
            if column >= len(part) or part[column].source_id not in curves.index:
                axes.set_visible(False)
                continue
            star, name = part[column], part[column].source_id
            data.append(_fold(axes, star, curves.loc[name], periods[name], most))
            if axes.get_subplotspec().is_first_col():
                axes.set_ylabel("magnitude [mag]")
            if column == len(part) - 1 if narrow() else row == 1 or column >= int((~chosen["right"]).sum()):
                axes.set_xlabel("phase")
    title = results.title(survey)
    caption = (
        f"{title}: folded light curves. Wrong answers are orange, and their titles say the predicted class. p is the "
    )
    caption += "probability of the predicted class, and P the period."
    if any(len(points) > most for points in data):
        caption += f" At most {most} epochs of a star are drawn, evenly chosen; the CSV file has all."
    names = ", ".join(f"{star.class_name} predicted as {star.predicted}" for star in chosen.itertuples())
    alt = f"Folded light curves of {len(data)} stars of {title}: {names}."
    return Figure(f"examples-{survey}", caption, alt, drawing, pd.concat(data))


def _fold(axes: Axes, star: Any, curve: pd.Series, period: float, most: int) -> pd.DataFrame:
    """Draw at most so many epochs of one star over two cycles; return all its points."""
    period = fold_period(str(star.class_name), period)
    phase = np.asarray(curve["time"]) / period % 1
    mag, error = np.asarray(curve["mag"]), np.asarray(curve["mag_err"])
    some = np.unique(np.linspace(0, len(mag) - 1, min(most, len(mag))).round().astype(int))
    x, y, half = np.concatenate([phase[some], phase[some] + 1]), np.tile(mag[some], 2), np.tile(error[some], 2)
    style: dict[str, Any] = {"color": palette.OKABE_ITO[2 if star.right else 1], "alpha": 0.75}
    axes.plot(x, y, ".", markersize=2.5, **style)
    # One line with gaps: a path for every bar would make the page several times larger.
    bars = np.column_stack([y - half, y + half, np.full(len(y), np.nan)]).ravel()
    axes.plot(np.repeat(x, 3), bars, linewidth=0.4, solid_capstyle="butt", **style)
    axes.invert_yaxis()
    error_note = "" if star.right else (",\n" if narrow() else ", ") + f"predicted {star.predicted}"
    words = f"{star.class_name}{error_note}".replace("_", " ")
    axes.set_title(f"{words}\np = {star.confidence:.2f}, P = {period:.4g} d", fontsize=7)
    points = {"source_id": star.source_id, "class_name": star.class_name, "predicted": star.predicted}
    return pd.DataFrame({**points, "period_days": period, "phase": phase, "mag": mag, "mag_err": error})
