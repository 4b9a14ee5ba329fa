"""Precision and recall of each class."""

from typing import Any

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from lctransfer.report import palette
from lctransfer.report.blocks import Figure
from lctransfer.report.figures.frame import journal, legend_below, named, taller, width

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
    texts: dict[str, list[str]] = {}
    for fraction in dict.fromkeys((fractions[0], fractions[-1])):
        rows = table[table["label fraction"].fillna(-1) == fraction]
        texts |= _dots(axes, rows, classes, filled=fraction == fractions[-1])
    stars = table.groupby("class")["stars"].mean()
    axes.set_yticks(range(len(classes)), [f"{one.replace('_', ' ')} ({stars[one]:.0f})" for one in classes])
    axes.set(xlabel="precision, recall", ylabel=f"class ({_unit(table)})", xlim=(-0.03, 1.03), title=title)
    axes.set_ylim(-0.7, len(classes) - 0.3)
    taller(axes, len(axes.get_legend_handles_labels()[1]))
    legend_below(axes)
    alt = f"Dot chart of precision and recall of {len(classes)} classes; the table of classes has the numbers."
    return Figure(name, caption, alt, drawing, table, texts=texts)


def _unit(table: pd.DataFrame) -> str:
    """Return what is counted: all test stars of a model, or those of a seed."""
    return "test stars" if table["label fraction"].isna().all() else "test stars per seed"


def _dots(axes: Axes, rows: pd.DataFrame, classes: list[str], *, filled: bool) -> dict[str, list[str]]:
    """Draw both scores of one label fraction; return what the page says of each dot."""
    fraction = rows["label fraction"].iloc[0]
    note, texts = "" if pd.isna(fraction) else f", {100 * fraction:.3g}% labelled", {}
    unit = _unit(rows)
    for score, colour, marker, shift in SCORES:
        look: dict[str, Any] = {"color": palette.OKABE_ITO[colour], "marker": marker, "linestyle": ""}
        fill = look["color"] if filled else "none"
        height = [classes.index(one) + shift for one in rows["class"]]
        spread = rows[f"{score}_std"].fillna(0)
        (line,) = axes.plot(rows[score], height, label=score + note, markerfacecolor=fill, **look)
        bars = axes.hlines(height, rows[score] - spread, rows[score] + spread, color=look["color"], linewidth=0.6)
        named(axes, line, [bars])
        texts[str(line.get_gid())] = [
            f"{one.replace('_', ' ')} ({stars:.0f} {unit}): {score} {value:.3f}{f' ± {half:.3f}' if half else ''}{note}"
            for one, stars, value, half in zip(rows["class"], rows["stars"], rows[score], spread)
        ]
    return texts
