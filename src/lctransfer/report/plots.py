"""The drawings: each function takes numbers and returns a figure with its caption, text and data."""

import functools
from collections.abc import Callable
from typing import ParamSpec

import matplotlib
import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from lctransfer.report import palette
from lctransfer.report.blocks import STYLE, Figure
from lctransfer.report.results import Results

matplotlib.use("Agg")
P = ParamSpec("P")
WIDE = 7.1
"""Width of two journal columns in inches."""


def journal(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Run a drawing function in the journal style, and leave no figure open."""

    @functools.wraps(draw)
    def styled(*arguments: P.args, **options: P.kwargs) -> Figure:
        with plt.style.context(STYLE):
            figure = draw(*arguments, **options)
        plt.close(figure.drawing)
        return figure

    return styled


def legend_below(axes: Axes, columns: int = 2) -> None:
    """Put the legend under the drawing, where it covers no data."""
    handles, labels = axes.get_legend_handles_labels()
    axes.figure.legend(handles, labels, loc="outside lower center", ncols=columns)


def taller(axes: Axes, entries: int, columns: int = 2) -> None:
    """Give the legend's rows a height of their own, so that the axes keep theirs."""
    width, height = axes.figure.get_size_inches()
    axes.figure.set_size_inches(width, height + 0.155 * int(np.ceil(entries / columns)))


@journal
def label_efficiency(results: Results, survey: str, table: pd.DataFrame) -> Figure:
    """Return M_c against the count of labels, a line per strategy, with the spread over seeds."""
    here = table[table["survey"] == survey]
    strategies = [name for name in results.strategies if name in set(here["strategy"])]
    drawing, axes = plt.subplots()
    counts = here[here["n_labels"] > 0].groupby("fraction")["n_labels"].mean()
    for strategy in strategies:
        curve = here[here["strategy"] == strategy].sort_values("fraction")
        # Strategies without labels are drawn at the counts that the others had.
        x = counts.reindex(curve["fraction"]).to_numpy()
        look = palette.look(strategy, results.strategies)
        axes.plot(x, curve["m_c"], label=palette.title(strategy), **look)
        low, high = curve["m_c"] - curve["m_c_std"].fillna(0), curve["m_c"] + curve["m_c_std"].fillna(0)
        axes.fill_between(
            x, low, high, color=palette.look(strategy, results.strategies)["color"], alpha=0.13, linewidth=0
        )
    label_axis(axes, counts)
    axes.set_ylabel("$M_c$ on test stars")
    axes.set_title(results.title(survey))
    taller(axes, len(strategies))
    legend_below(axes)
    return Figure(
        f"label-efficiency-{survey}",
        f"{results.title(survey)}: M_c against the number of labelled stars (below it, their share of all stars). "
        "Lines: means over seeds; bands: one standard deviation over seeds.",
        f"Line chart of M_c against number of labels for {len(strategies)} strategies on {results.title(survey)}; the "
        "same numbers stand in the table of strategies.",
        drawing,
        here[["survey", "strategy", "fraction", "n_labels", "n_seeds", "m_c", "m_c_std"]],
    )


def label_axis(axes: Axes, counts: pd.Series) -> None:
    """Make the x axis logarithmic, with a tick per label fraction that shows count and fraction.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        What is drawn on.
    counts : pandas.Series
        Mean count of labels, indexed by label fraction.
    """
    axes.set_xscale("log")
    fractions = list(counts.index)
    # Ticks closer than this on the logarithmic axis would run into each other.
    shown, last = [], -np.inf
    span = np.log(counts.max() / counts.min()) or 1.0
    for fraction in fractions:
        if np.log(counts[fraction]) - last > 0.115 * span:
            shown.append(fraction)
            last = np.log(counts[fraction])
    axes.set_xticks([counts[fraction] for fraction in shown], [f"{counts[f]:.0f}\n{100 * f:.3g}%" for f in shown])
    axes.xaxis.set_minor_locator(matplotlib.ticker.NullLocator())
    axes.set_xlabel("labelled stars (and their share of all stars)")


@journal
def confusion(name: str, title: str, counts: np.ndarray, classes: list[str], caption: str) -> Figure:
    """Return a confusion matrix, each row in per cent of the true class, with the count of stars per class."""
    support = counts.sum(axis=1)
    share = np.divide(100 * counts, support[:, None], out=np.zeros_like(counts), where=support[:, None] > 0)
    size = 3.46 if len(classes) <= 8 else WIDE
    drawing, axes = plt.subplots(figsize=(size, size * 0.98))
    axes.imshow(share, vmin=0, vmax=100, aspect="equal")
    axes.grid(visible=False)
    for row, column in zip(*np.nonzero(share >= 0.5), strict=True):
        shade = "white" if share[row, column] > 55 else "#1c2732"
        axes.text(column, row, f"{share[row, column]:.0f}", ha="center", va="center", color=shade, fontsize=6.5)
    labels = [label.replace("_", " ") for label in classes]
    axes.set_xticks(range(len(classes)), labels, rotation=90)
    axes.set_yticks(range(len(classes)), [f"{label} ({n:.0f})" for label, n in zip(labels, support, strict=True)])
    axes.set(xlabel="predicted class", ylabel="true class (test stars)")
    axes.set_title(title)
    data = pd.DataFrame(counts.astype(int), columns=classes).assign(true_class=classes)
    alt = f"Confusion matrix of {len(classes)} classes; the counts are in the CSV file."
    return Figure(name, caption, alt, drawing, data[["true_class", *classes]])
