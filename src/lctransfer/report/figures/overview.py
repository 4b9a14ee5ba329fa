"""M_c against the number of labels on every target survey, for the few strategies that answer the question."""

import math

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.artist import Artist
from matplotlib.figure import Figure as Drawing

from lctransfer.report.blocks import Figure
from lctransfer.report.figures.frame import NARROW, WIDE, journal, narrow
from lctransfer.report.figures.label_efficiency import AXIS, draw_curves
from lctransfer.report.results import Results

PANEL, LEGEND = 1.75, 0.62
"""Heights in inches of a row of panels, and of what stands around them."""


@journal
def overview(results: Results, table: pd.DataFrame, chosen: dict[str, list[str]]) -> Figure:
    """Return one drawing with a panel per survey; narrow screens get the same panels below each other.

    Parameters
    ----------
    results : Results
        For colours and titles.
    table : pandas.DataFrame
        Rows of `statistics.summary`.
    chosen : dict of str to list of str
        Survey to the strategies that are drawn there.
    """
    strategies = list(dict.fromkeys(name for names in chosen.values() for name in names))
    wide, stacked = (_panels(results, table, chosen, columns) for columns in (min(len(chosen), 3), 1))
    shown = table[table["survey"].isin(chosen) & table["strategy"].isin(strategies)]
    titles = ", ".join(map(results.title, chosen))
    return Figure(
        "label-efficiency",
        "M_c on test stars against the number of labelled stars. Lines are means over seeds. Bands are one standard "
        "deviation over seeds.",
        f"Line charts of M_c against number of labels on {titles}; the tables of strategies have the same numbers.",
        stacked if narrow() else wide,
        shown[["survey", "strategy", "fraction", "n_labels", "n_seeds", "m_c", "m_c_std"]],
        narrow=stacked if len(chosen) > 1 else None,
    )


def _panels(results: Results, table: pd.DataFrame, chosen: dict[str, list[str]], columns: int) -> Drawing:
    rows = math.ceil(len(chosen) / columns)
    size = (WIDE if columns > 1 else NARROW, rows * (PANEL if columns > 1 else PANEL + 0.25) + LEGEND)
    drawing, grid = plt.subplots(rows, columns, figsize=size, squeeze=False)
    named: dict[str, Artist] = {}
    for axes, (survey, strategies) in zip(grid.flat, chosen.items(), strict=False):
        draw_curves(axes, results, survey, table, strategies, alpha=0.12)
        axes.set_xlabel("labelled stars")
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            named.setdefault(label, handle)
    for axes in grid.flat[len(chosen) :]:
        axes.set_visible(False)
    for axes in grid[:, 0]:
        axes.set_ylabel(AXIS["m_c"])
    drawing.legend(list(named.values()), list(named), loc="outside lower center", ncols=4 if columns > 1 else 2)
    plt.close(drawing)
    return drawing
