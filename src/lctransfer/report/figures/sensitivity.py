"""M_c against the number of epochs, and against the duration."""

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from lctransfer.report import palette
from lctransfer.report.blocks import Figure
from lctransfer.report.figures.frame import WIDE, curve, journal, narrow, spread_out, width
from lctransfer.report.results import Results

DOTTED = {"linestyle": (0, (1, 1.5)), "marker": "", "linewidth": 1}


@journal
def sensitivity(results: Results, survey: str, table: pd.DataFrame) -> Figure:
    """Return M_c against the number of epochs, and against the duration, a line per strategy.

    Parameters
    ----------
    results : Results
        For the strategies' colours.
    survey : str
        Whose light curves were subsampled.
    table : pandas.DataFrame
        Means over seeds: strategy, kind, median_epochs, median_days, duration_days, m_c, m_c_std.
    """
    title = results.title(survey)
    drawing, (left, right) = plt.subplots(
        *((2, 1) if narrow() else (1, 2)), sharey=True, figsize=(width(WIDE), 5.8 if narrow() else 3.4)
    )
    for strategy in dict.fromkeys(table["strategy"]):
        # Dots are for the controls here.
        here, look = table[table["strategy"] == strategy], palette.look(strategy, results.strategies)
        look |= {"linestyle": "-", "marker": "x"} if look["linestyle"] == ":" else {}
        _line(left, here[here["kind"].isin(["epochs", "whole"])], "median_epochs", look, palette.title(strategy))
        _line(
            right, here[here["kind"].isin(["duration", "whole"])], "duration_days", look, "_" + palette.title(strategy)
        )
        control = here[here["kind"].isin(["control", "whole"])]
        _line(right, control, "duration_days", look | DOTTED, f"_{palette.title(strategy)} (whole time)", band=False)
    _ticks(left, table[table["kind"].isin(["epochs", "whole"])], "median_epochs", "median_epochs", "")
    _ticks(right, table[table["kind"].isin(["duration", "whole"])], "duration_days", "median_epochs", " ep.")
    left.set(xlabel="epochs, drawn at random", ylabel="$M_c$ on test stars", title=f"{title}: epochs")
    drawn = "" if narrow() else " drawn at random"
    right.set(xlabel=f"days of a stretch{drawn} (median epochs in it)", title="Duration")
    right.plot([], [], color=palette.INK, **DOTTED, label="as many epochs, but over the whole time")
    handles = [*left.get_legend_handles_labels()[0], *right.get_legend_handles_labels()[0]]
    drawing.legend(handles=handles, loc="outside lower center", ncols=4)
    caption = (
        f"{title}: M_c on subsampled light curves, of labelled and test stars alike; the rightmost points are whole "
        "light curves. Bands: one standard deviation over seeds. Dotted: as many epochs as the stretch has, drawn from "
        "the whole light curve. The gap between solid and dotted is due to the short time, the rest to few epochs. "
        "A star with too few epochs for its features counts as wrong."
    )
    count = table["strategy"].nunique()
    alt = f"Two line charts of M_c for {count} strategies, by epochs and by duration; the table has the numbers."
    return Figure(f"sensitivity-{survey}", caption, alt, drawing, table)


def _line(axes: Axes, rows: pd.DataFrame, column: str, look: dict, label: str, *, band: bool = True) -> None:
    rows = rows.sort_values(column)
    curve(axes, (rows[column], rows["m_c"]), rows["m_c_std"] if band else None, look, label=label)


def _ticks(axes: Axes, rows: pd.DataFrame, column: str, below: str, unit: str) -> None:
    """Put a tick at every value, unless it would run into its neighbour; the second line shows another column."""
    axes.set_xscale("log")
    axes.xaxis.set_minor_locator(NullLocator())
    places = rows.groupby(column)[below].median()
    shown = spread_out(pd.Series(places.index, places.index))
    second = [f"\n{places[place]:.0f}{unit}" if below != column else "" for place in shown]
    axes.set_xticks(shown, [f"{place:.0f}{text}" for place, text in zip(shown, second)])
