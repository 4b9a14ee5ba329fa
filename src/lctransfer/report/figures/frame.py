"""The drawings: each function takes numbers and returns a figure with its caption, text and data."""

import functools
from collections.abc import Callable
from typing import Any, ParamSpec

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
    shown, last = [], np.inf
    span = np.log(counts.max() / counts.min()) or 1.0
    for fraction in reversed(fractions):
        if last - np.log(counts[fraction]) > 0.115 * span:
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


@journal
def history(table: pd.DataFrame) -> Figure:
    """Return loss and validation M_c of the source model against the epoch."""
    drawing, (upper, lower) = plt.subplots(2, 1, sharex=True, figsize=(3.46, 3.4))
    for column, words, place in (("train_loss", "training", 0), ("validation_loss", "validation", 1)):
        upper.plot(table["epoch"], table[column], color=palette.OKABE_ITO[place], label=words)
    upper.set_ylabel("cross-entropy [nat]")
    upper.legend()
    lower.plot(table["epoch"], table["validation_m_c"], color=palette.OKABE_ITO[1])
    lower.set(xlabel="epoch", ylabel="$M_c$, validation")
    upper.set_title("Training of the source model")
    caption = (
        "Training of the source model: loss, and M_c on the validation stars, which choose the epoch that is kept."
    )
    alt = f"Two line charts against {len(table)} epochs: training and validation loss; validation M_c."
    return Figure("source-history", caption, alt, drawing, table)


@journal
def importance(table: pd.DataFrame) -> Figure:
    """Return the loss of M_c by shuffled feature as bars, the largest on top."""
    drawing, axes = plt.subplots(figsize=(3.46, 0.6 + 0.19 * len(table)))
    names = table["feature"].str.replace("_", " ")
    axes.barh(names, table["loss"], xerr=table["spread"], color=palette.OKABE_ITO[0], height=0.65, ecolor="#52606d")
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("loss of $M_c$ when shuffled")
    axes.set_title("Features that matter")
    caption = (
        "Permutation importance: M_c that the source model loses on its test stars when one feature is shuffled among "
        "them (mean and standard deviation over shuffles). Correlated features share their importance."
    )
    alt = f"Bar chart of {len(table)} features; the largest loss is that of {table.iloc[0]['feature']}."
    return Figure("source-importance", caption, alt, drawing, table)


@journal
def distributions(results: Results, tables: dict[str, pd.DataFrame]) -> Figure:
    """Return a density per feature and survey, between the 1st and the 99th percentile of all surveys together."""
    names = list(next(iter(tables.values())).columns)
    rows = int(np.ceil(len(names) / 4))
    drawing, grid = plt.subplots(rows, 4, figsize=(WIDE, 1.35 * rows + 0.5), squeeze=False)
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
        axes.xaxis.set_minor_formatter(matplotlib.ticker.NullFormatter())
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
    columns = ["feature", "survey", "from", "to", "share"]
    return Figure("feature-distributions", caption, alt, drawing, pd.DataFrame(data, columns=columns))


UNITS = {"amplitude": " [mag]", "period": " [d]", "quartile31": " [mag]"}
UNITS |= {"slope_per10": " [d/mag]", "slope_per90": " [d/mag]"}


@journal
def calibration(results: Results, survey: str, fraction: float, bins: dict[str, pd.DataFrame]) -> Figure:
    """Return the share of right answers against the probability that was claimed, a line per strategy."""
    drawing, axes = plt.subplots(figsize=(3.46, 3.1))
    axes.plot([0, 1], [0, 1], color="#7b8794", linewidth=0.8, linestyle=":")
    for strategy, table in bins.items():
        look = palette.look(strategy, results.strategies)
        axes.plot(table["probability"], table["right"], label=palette.title(strategy), **look)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="highest probability, mean of bin", ylabel="share that is right")
    title = results.title(survey)
    axes.set_title(f"{title}, {100 * fraction:.3g}% labelled")
    taller(axes, len(bins))
    legend_below(axes)
    caption = (
        f"{title}: reliability, {100 * fraction:.3g}% of the stars labelled, test stars of all seeds. On the dotted "
        "line a probability of 0.9 is right nine times in ten; below it the strategy is over-confident."
    )
    alt = f"Line chart of accuracy against claimed probability for {len(bins)} strategies on {title}."
    data = pd.concat([table.assign(strategy=name, fraction=fraction) for name, table in bins.items()])
    return Figure(f"calibration-{survey}", caption, alt, drawing, data)


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
    caption = f"{title}: folded light curves, upper row right, lower row wrong, with the probability claimed."
    names = ", ".join(f"{star.class_name} named {star.predicted}" for star in chosen.itertuples())
    alt = f"Folded light curves of {len(data)} stars of {title}: {names}."
    return Figure(f"examples-{survey}", caption, alt, drawing, pd.concat(data))


def _fold(axes: Axes, star: Any, curve: pd.Series, period: float) -> pd.DataFrame:
    """Draw one star over two cycles; return its points."""
    # A single harmonic finds half the period of an eclipsing binary.
    period = 2 * period if str(star.class_name).startswith("EB") else period
    phase = np.asarray(curve["time"]) / period % 1
    mag, error = np.asarray(curve["mag"]), np.asarray(curve["mag_err"])
    twice = np.concatenate([phase, phase + 1])
    color = palette.OKABE_ITO[2 if star.right else 1]
    style = {"fmt": ".", "markersize": 2.5, "elinewidth": 0.4, "alpha": 0.75, "rasterized": len(mag) > 600}
    axes.errorbar(twice, np.tile(mag, 2), np.tile(error, 2), color=color, **style)
    axes.invert_yaxis()
    verdict = f"p = {star.confidence:.2f}" if star.right else f"taken for {star.predicted}, p = {star.confidence:.2f}"
    axes.set_title(f"{star.class_name}, {verdict}\nP = {period:.4g} d".replace("_", " "), fontsize=7)
    points = {"source_id": star.source_id, "class_name": star.class_name, "predicted": star.predicted}
    return pd.DataFrame({**points, "period_days": period, "phase": phase, "mag": mag, "mag_err": error})


@journal
def compared(results: Results, survey: str, strategies: list[str], table: pd.DataFrame) -> Figure:
    """Return the label-efficiency curves of several experiments: colour is the strategy, line style the experiment."""
    here = table[(table["survey"] == survey) & table["strategy"].isin(strategies)]
    drawing, axes = plt.subplots()
    styles = ("-", "--", ":", "-.")
    experiments = list(dict.fromkeys(table["experiment"]))
    for strategy in strategies:
        look = palette.look(strategy, results.strategies)
        for style, experiment in zip(styles, experiments, strict=False):
            curve = here[(here["strategy"] == strategy) & (here["experiment"] == experiment)].sort_values("fraction")
            axes.plot(100 * curve["fraction"], curve["m_c"], **(look | {"linestyle": style}))
        axes.plot([], [], label=palette.title(strategy), **(look | {"linestyle": "-"}))
    for style, experiment in zip(styles, experiments, strict=False):
        axes.plot([], [], color="#7b8794", linestyle=style, label=f"experiment {experiment}")
    axes.set(xscale="log", xlabel="labelled stars [% of all stars]", ylabel="$M_c$ on test stars")
    axes.set_title(results.title(survey))
    axes.xaxis.set_major_formatter(matplotlib.ticker.FormatStrFormatter("%g"))
    axes.xaxis.set_minor_formatter(matplotlib.ticker.NullFormatter())
    taller(axes, len(strategies) + len(experiments))
    legend_below(axes)
    caption = f"{results.title(survey)}: M_c against the share of labelled stars; means over seeds."
    alt = f"Line chart for {len(strategies)} strategies in {len(experiments)} experiments; the table has the numbers."
    columns = ["experiment", "survey", "strategy", "fraction", "n_labels", "m_c", "m_c_std"]
    return Figure(f"compared-{survey}", caption, alt, drawing, here[columns])
