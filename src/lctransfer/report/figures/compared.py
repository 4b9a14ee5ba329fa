"""Experiments side by side."""

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.ticker import NullLocator

from lctransfer.report import palette
from lctransfer.report.blocks import Figure
from lctransfer.report.figures.frame import curve, journal, legend_below, spread_out, taller
from lctransfer.report.results import Results


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
            rows = here[(here["strategy"] == strategy) & (here["experiment"] == experiment)].sort_values("fraction")
            label, shown = f"_{palette.title(strategy)} ({experiment})", look | {"linestyle": style}
            curve(axes, (100 * rows["fraction"], rows["m_c"]), None, shown, label=label)
        axes.plot([], [], label=palette.title(strategy), **(look | {"linestyle": "-"}))
    for style, experiment in zip(styles, experiments, strict=False):
        axes.plot([], [], color="#7b8794", linestyle=style, label=f"experiment {experiment}")
    axes.set(xscale="log", xlabel="labelled stars [% of all stars]", ylabel="$M_c$ on test stars")
    axes.set_title(results.title(survey))
    fractions = sorted(here["fraction"].unique())
    named = spread_out(pd.Series(fractions, fractions))
    axes.set_xticks([100 * fraction for fraction in named], [f"{100 * fraction:.3g}" for fraction in named])
    axes.xaxis.set_minor_locator(NullLocator())
    taller(axes, len(strategies) + len(experiments))
    legend_below(axes)
    caption = f"{results.title(survey)}: M_c against the share of labelled stars; means over seeds."
    alt = f"Line chart for {len(strategies)} strategies in {len(experiments)} experiments; the table has the numbers."
    columns = ["experiment", "survey", "strategy", "fraction", "n_labels", "m_c", "m_c_std"]
    return Figure(f"compared-{survey}", caption, alt, drawing, here[columns])
