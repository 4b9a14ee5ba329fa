"""Precision and recall of each class."""

from typing import Any

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from lctransfer.report import palette
from lctransfer.report.blocks import Figure
from lctransfer.report.figures.frame import journal, legend_below, taller, width

SCORES = (("precision", 0, "o", -0.2), ("recall", 1, "s", 0.2))
"""Column, colour, marker, and place beside the line of its class."""
COLUMNS = ["label fraction", "class", "stars", "precision", "precision_std", "recall", "recall_std"]


@journal
def per_class(name: str, title: str, table: pd.DataFrame, caption: str) -> Figure:
    """Return precision and recall of each class as dots; hollow with the fewest labels, filled with the most.

    Parameters
    ----------
    name : str
        Of the figure.
    title : str
        Above the drawing.
    table : pandas.DataFrame
        class, stars, precision, recall, their spread over seeds (``_std``), and `label fraction`; NaN for a model that
        was trained on its own survey.
    caption : str
        Below the drawing.
    """
    table = table.assign(**{column: table.get(column, float("nan")) for column in COLUMNS})[COLUMNS]
    classes = sorted(set(table["class"]), reverse=True)
    drawing, axes = plt.subplots(figsize=(width(3.46), 1.0 + 0.24 * len(classes)))
    fractions = list(dict.fromkeys(table["label fraction"].fillna(-1)))
    for fraction in dict.fromkeys((fractions[0], fractions[-1])):
        _dots(axes, table[table["label fraction"].fillna(-1) == fraction], classes, filled=fraction == fractions[-1])
    stars = table.groupby("class")["stars"].mean()
    axes.set_yticks(range(len(classes)), [f"{one.replace('_', ' ')} ({stars[one]:.0f})" for one in classes])
    axes.set(xlabel="precision, recall", ylabel="class (test stars)", xlim=(-0.03, 1.03), title=title)
    taller(axes, len(axes.get_legend_handles_labels()[1]))
    legend_below(axes)
    alt = f"Dot chart of precision and recall of {len(classes)} classes; the table of classes has the numbers."
    return Figure(name, caption, alt, drawing, table)


def _dots(axes: Axes, rows: pd.DataFrame, classes: list[str], *, filled: bool) -> None:
    """Draw both scores of one label fraction."""
    fraction = rows["label fraction"].iloc[0]
    note = "" if pd.isna(fraction) else f", {100 * fraction:.3g}% labelled"
    for score, colour, marker, shift in SCORES:
        look: dict[str, Any] = {"color": palette.OKABE_ITO[colour], "marker": marker, "linestyle": ""}
        fill = look["color"] if filled else "none"
        height = [classes.index(one) + shift for one in rows["class"]]
        spread = rows[f"{score}_std"].fillna(0)
        axes.plot(rows[score], height, label=score + note, markerfacecolor=fill, **look)
        axes.hlines(height, rows[score] - spread, rows[score] + spread, color=look["color"], linewidth=0.6)
