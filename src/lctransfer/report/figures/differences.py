"""Paired differences of each strategy to the rival, or to itself in another experiment."""

import re

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

from lctransfer.report import palette
from lctransfer.report.blocks import Figure
from lctransfer.report.figures.frame import SHIFTED, journal, label_axis, legend_below, named, taller
from lctransfer.report.results import Results


@journal
def differences(
    results: Results, survey: str, gaps: pd.DataFrame, counts: pd.Series, *, between: tuple[str, str] | None = None
) -> Figure:
    """Return the paired difference in M_c to the rival against the count of labels, with its interval.

    Parameters
    ----------
    results : Results
        For colours and titles.
    survey : str
        Which survey.
    gaps : pandas.DataFrame
        What `statistics.paired` returns: strategy, fraction, difference, low, high.
    counts : pandas.Series
        Mean count of labels, indexed by label fraction.
    between : (str, str), optional
        Two experiments: each strategy is compared with itself in the second, not with the rival.
    """
    here = gaps[gaps["survey"] == survey]
    strategies = [name for name in results.strategies if name in set(here["strategy"])]
    drawing, axes = plt.subplots()
    axes.axhline(0, color=palette.look(palette.RIVAL, results.strategies)["color"], linewidth=1)
    # Side by side, as intervals on top of each other cannot be told apart.
    shifts = np.exp(np.linspace(-0.06, 0.06, len(strategies)))
    for strategy, shift in zip(strategies, shifts):
        rows = here[here["strategy"] == strategy].sort_values("fraction")
        x = counts.reindex(rows["fraction"]).to_numpy() * shift
        look = palette.look(strategy, results.strategies)
        reach = [rows["difference"] - rows["low"], rows["high"] - rows["difference"]]
        label = palette.title(strategy)
        line, caps, bars = axes.errorbar(x, rows["difference"], reach, label=label, elinewidth=0.8, capsize=1.5, **look)
        line.set_label(f"_{label}")  # the legend shows the line with its interval
        named(axes, line, [*caps, *bars], kind=SHIFTED)
    label_axis(axes, counts)
    against = f"experiment {between[1]}" if between else palette.short(palette.RIVAL)
    title = results.title(survey)
    axes.set(ylabel=f"$M_c$ minus that of {against}", title=f"{title}: {between[0]}" if between else title)
    taller(axes, len(strategies))
    legend_below(axes)
    subject = f"M_c in experiment {between[0]} minus that" if between else "paired difference in M_c"
    rival = f"in {between[1]}" if between else f"to {palette.title(palette.RIVAL)}"
    caption = (
        f"{title}: {subject} {rival}, mean over seeds with its 95% interval. Points are shifted sideways so that "
        "intervals can be told apart."
    )
    alt = f"Line chart with intervals for {len(strategies)} strategies; the table of differences has the numbers."
    name = "-".join(["differences", *(re.findall(r"\w+", between[0]) if between else ()), survey])
    return Figure(name, caption, alt, drawing, here)
