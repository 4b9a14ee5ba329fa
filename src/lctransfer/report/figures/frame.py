"""What all drawings share: the journal style and width, the legend's place, the axis of labelled stars."""

import functools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec

import matplotlib
import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D

from lctransfer.report.blocks import STYLE, Figure

matplotlib.use("Agg")
P = ParamSpec("P")
WIDTHS = {"single": 88 / 25.4, "double": 180 / 25.4}
"""Widths of one and of two columns of Astronomy & Astrophysics in inches."""
WIDE, NARROW = WIDTHS["double"], WIDTHS["single"]
"""Two columns; one, which a telephone shows too."""
CURVE, BAND, SHIFTED, BARS, MATRIX = "curve-", "-band", "-shifted", "-bars", "matrix"
"""Ids by which the page's script finds a curve, what surrounds it, the ends of bars, and a confusion matrix."""
_ASKED: ContextVar[float | None] = ContextVar("width", default=None)


@contextmanager
def drawn_at(inches: float | None) -> Iterator[None]:
    """Draw everything within the block as wide as this; None leaves each drawing its own width."""
    token = _ASKED.set(inches)
    try:
        yield
    finally:
        _ASKED.reset(token)


def width(own: float) -> float:
    """Return the width in inches that was asked for, or the drawing's own."""
    return _ASKED.get() or own


def narrow() -> bool:
    """Return whether panels have no room beside each other."""
    return width(WIDE) < WIDE


def journal(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Run a drawing function in the journal style, once more for narrow screens where it is wide; leave none open."""

    @functools.wraps(draw)
    def styled(*arguments: P.args, **options: P.kwargs) -> Figure:
        with plt.style.context(STYLE):
            figure = draw(*arguments, **options)
            if asked := _ASKED.get():
                _fit(figure.drawing, asked)
            elif figure.size != "column" and figure.narrow is None:
                with drawn_at(NARROW):
                    figure.narrow = draw(*arguments, **options).drawing
                    _fit(figure.narrow, NARROW)
                plt.close(figure.narrow)
        plt.close(figure.drawing)
        return figure

    return styled


def _fit(drawing: Drawing, inches: float) -> None:
    """Set a drawing's width, and break legends below it that are wider."""
    height = drawing.get_figheight()
    drawing.set_size_inches(inches, height)
    for legend in list(drawing.legends):
        drawing.draw_without_rendering()
        if legend.get_window_extent().width <= drawing.bbox.width:
            continue
        handles = [handle for handle in legend.legend_handles if handle is not None]
        labels = [text.get_text() for text in legend.get_texts()]
        legend.remove()
        for columns in range(min(4, len(labels)), 0, -1):
            broken = drawing.legend(handles, labels, loc="outside lower center", ncols=columns)
            drawing.draw_without_rendering()
            if columns == 1 or broken.get_window_extent().width < drawing.bbox.width:
                break
            broken.remove()


def curve(axes: Axes, xy: tuple[pd.Series, pd.Series], spread: pd.Series | None, look: dict, **kinds: Any) -> str:
    """Draw a line with a band of its spread on either side; return the id by which the page's script finds it.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        What is drawn on.
    xy : (Series, Series)
        The points.
    spread : pandas.Series or None
        Half the height of the band; NaN is none.
    look : dict
        As `palette.look` returns it.
    **kinds
        `label` for the legend; it begins with ``_`` where the legend has it already. `alpha` of the band.
    """
    (x, y), alpha = xy, kinds.get("alpha", 0.1)
    (line,) = axes.plot(x, y, label=kinds.get("label"), **look)
    around = []
    if spread is not None:
        half = spread.fillna(0)
        around = [axes.fill_between(x, y - half, y + half, color=look["color"], alpha=alpha, linewidth=0)]
    named(axes, line, around)
    return str(line.get_gid())


def named(axes: Axes, line: Line2D, around: Iterable[Artist] = (), *, kind: str = "") -> None:
    """Give a line, and what is drawn around it, ids that no other has; `SHIFTED` points lie beside their true x."""
    drawing = axes.get_figure(root=True)
    assert drawing is not None
    line.set_gid(f"{CURVE}{sum(len(one.lines) for one in drawing.axes)}{kind}")
    for number, artist in enumerate(around):
        artist.set_gid(f"{line.get_gid()}{BAND}{number or ''}")


def bars(axes: Axes, names: pd.Series, values: pd.Series, spread: pd.Series | None, colour: str) -> str:
    """Draw horizontal bars, and a line without ink through their ends; return its id."""
    axes.barh(names, values, xerr=spread, color=colour, height=0.65, ecolor="#52606d")
    (line,) = axes.plot(values, names, linestyle="", label="_")
    named(axes, line, kind=BARS)
    return str(line.get_gid())


def legend_below(axes: Axes, columns: int = 2) -> None:
    """Put the legend under the drawing, where it covers no data."""
    handles, labels = axes.get_legend_handles_labels()
    axes.figure.legend(handles, labels, loc="outside lower center", ncols=columns)


def taller(axes: Axes, entries: int, columns: int = 2) -> None:
    """Give the legend's rows a height of their own, so that the axes keep theirs."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    width, height = figure.get_size_inches()
    figure.set_size_inches(width, height + 0.155 * int(np.ceil(entries / columns)))


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
    fractions = spread_out(counts)
    axes.set_xticks(
        [counts[fraction] for fraction in fractions], [f"{counts[f]:.0f}\n{100 * f:.3g}%" for f in fractions]
    )
    axes.xaxis.set_minor_locator(matplotlib.ticker.NullLocator())
    axes.set_xlabel("labelled stars (and their share of all stars)")


def spread_out(places: pd.Series, least: float = 0.115) -> list[float]:
    """Return which ticks of a logarithmic axis to name, so that none runs into another; both ends are named.

    Parameters
    ----------
    places : pandas.Series
        Where the ticks are, in increasing order, indexed by what is returned.
    least : float
        Distance of two names at least, as a share of the axis.
    """
    at = np.log(places / places.iloc[0]) / (np.log(places.iloc[-1] / places.iloc[0]) or 1.0)
    shown = [places.index[-1]]
    for name in places.index[-2:0:-1]:
        if at[shown[-1]] - at[name] > least and at[name] > least:
            shown.append(name)
    return list(dict.fromkeys([*shown, places.index[0]]))
