"""Every feature in every survey."""

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.ticker import NullFormatter

from lctransfer.report import palette
from lctransfer.report.blocks import Figure
from lctransfer.report.figures.frame import WIDE, journal, narrow
from lctransfer.report.results import Results

UNITS = {"amplitude": " [mag]", "period": " [d]", "quartile31": " [mag]"}
UNITS |= {"slope_per10": " [d/mag]", "slope_per90": " [d/mag]"}


@journal
def distributions(results: Results, tables: dict[str, pd.DataFrame]) -> Figure:
    """Return a density per feature and survey, between the 1st and the 99th percentile of all surveys together."""
    names = list(next(iter(tables.values())).columns)
    columns = 3 if narrow() else 4
    rows = int(np.ceil(len(names) / columns))
    drawing, grid = plt.subplots(rows, columns, figsize=(WIDE, 1.35 * rows + 0.5), squeeze=False)
    data = []
    for axes, name in zip(grid.flat, names, strict=False):
        pooled = pd.concat([table[name] for table in tables.values() if name in table]).dropna()
        low, high = pooled.quantile([0.01, 0.99])
        logarithmic = low > 0 and high > 30 * low
        edges = np.geomspace(low, high, 31) if logarithmic else np.linspace(low, high if high > low else low + 1, 31)
        for index, (survey, table) in enumerate(tables.items()):
            share = np.histogram(table[name].dropna(), edges)[0] / max(len(table), 1)
            style = {"color": palette.OKABE_ITO[index % 8], "linestyle": "--" if survey in results.sources else "-"}
            axes.stairs(100 * share, edges, label=results.title(survey), linewidth=1, **style)
            data += [(name, survey, a, b, s) for a, b, s in zip(edges[:-1], edges[1:], share, strict=True)]
        axes.set_xscale("log" if logarithmic else "linear")
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlabel(name + UNITS.get(name, ""), fontsize=7)
        axes.tick_params(labelsize=6)
        axes.set_yticks([])
    for axes in list(grid.flat)[len(names) :]:
        axes.set_visible(False)
    drawing.supylabel("share of the light curves per bin", fontsize=7.5)
    handles, labels = grid.flat[0].get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside lower center", ncols=5)
    caption = (
        "Distribution of every feature between the 1st and 99th percentile of all surveys (dashed: source; solid: "
        "target). Features without a unit in brackets are ratios or angles [rad]."
    )
    alt = f"Small histograms of {len(names)} features for {len(tables)} surveys; distances are in the table of shifts."
    table = pd.DataFrame(data, columns=["feature", "survey", "from", "to", "share"])
    return Figure("feature-distributions", caption, alt, drawing, table)
