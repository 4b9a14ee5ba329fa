"""A metric against the number of labels: the figure of the first screen."""

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from lctransfer.report import palette
from lctransfer.report.blocks import Figure
from lctransfer.report.figures.frame import curve, journal, label_axis, legend_below, taller
from lctransfer.report.leader import strategy_rows
from lctransfer.report.results import Results

AXIS = {"m_c": "$M_c$ on test stars", "macro_f1": "macro-F1 on test stars"}
TITLES = {"m_c": "M_c", "macro_f1": "Macro-F1"}


@journal
def label_efficiency(
    results: Results,
    survey: str,
    table: pd.DataFrame,
    strategies: list[str],
    *,
    metric: str = "m_c",
    name: str = "label-efficiency",
    lead: str = "",
) -> Figure:
    """Return a metric against the count of labels, a line per strategy, with the spread over seeds."""
    here = table[(table["survey"] == survey) & table["strategy"].isin(strategies)]
    drawing, axes = plt.subplots()
    draw_curves(axes, results, survey, table, strategies, metric=metric)
    axes.set_ylabel(AXIS[metric])
    taller(axes, len(strategies))
    legend_below(axes)
    shown = TITLES[metric]
    return Figure(
        f"{name}-{survey}",
        f"{results.title(survey)}: {shown} against the number of labelled stars (below it, their share of all stars). "
        "Lines: means over seeds; bands: one standard deviation over seeds.",
        f"Line chart of {shown} against number of labels for {len(strategies)} strategies on {results.title(survey)}; "
        "the same numbers stand in the table of strategies.",
        drawing,
        here[["survey", "strategy", "fraction", "n_labels", "n_seeds", metric, f"{metric}_std"]],
        lead,
    )


def draw_curves(
    axes: Axes,
    results: Results,
    survey: str,
    table: pd.DataFrame,
    strategies: list[str],
    *,
    metric: str = "m_c",
    alpha: float = 0.1,
) -> None:
    """Draw a metric of one survey against the count of labels, a line per strategy with a band of its spread."""
    here = table[table["survey"] == survey]
    # Strategies without labels are drawn at the counts that the others had.
    counts = here[here["n_labels"] > 0].groupby("fraction")["n_labels"].mean()
    for strategy in strategies:
        rows = strategy_rows(here, strategy)
        x, look = counts.reindex(rows["fraction"]).to_numpy(), palette.look(strategy, results.strategies)
        curve(axes, (x, rows[metric]), rows[f"{metric}_std"], look, label=palette.title(strategy), alpha=alpha)
    label_axis(axes, counts)
    axes.set_title(results.title(survey))
