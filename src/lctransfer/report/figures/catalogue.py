"""What a catalogue holds: its stars on the sky, in magnitude and period, and those that deserve a second look."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from lctransfer.report import palette
from lctransfer.report.blocks import Figure
from lctransfer.report.figures.frame import NARROW, WIDE, journal, narrow
from lctransfer.report.results import Results

MOST_POINTS = 20_000
"""Stars drawn at most, spread evenly over the rows."""
WHOLE_SKY = 60.0
"""Degrees of right ascension or declination from which a map shows the whole sky."""


def coloured(catalogue: pd.DataFrame) -> Iterator[tuple[str, str, str, pd.DataFrame]]:
    """Yield class, colour, marker and stars of each class, the most frequent first."""
    for place, name in enumerate(catalogue["class"].value_counts().index):
        colour, marker = palette.COLOURS[place % len(palette.COLOURS)], palette.MARKERS[place % len(palette.MARKERS)]
        yield str(name), colour, marker, catalogue[catalogue["class"] == name]


def spread(catalogue: pd.DataFrame) -> pd.DataFrame:
    """Return at most `MOST_POINTS` rows."""
    return catalogue.iloc[:: max(1, -(-len(catalogue) // MOST_POINTS))]


@journal
def sky_map(results: Results, survey: str, catalogue: pd.DataFrame) -> Figure:
    """Return where the stars of each class are; the whole sky where they are spread that far."""
    stars = spread(catalogue.dropna(subset=["ra_deg", "dec_deg", "class"]))
    wide = max(np.ptp(stars["ra_deg"]), np.ptp(stars["dec_deg"])) > WHOLE_SKY
    drawing, axes = plt.subplots(figsize=(WIDE, 3.9), subplot_kw={"projection": "mollweide"} if wide else {})
    for name, colour, marker, part in coloured(stars):
        ra, dec = part["ra_deg"].to_numpy(), part["dec_deg"].to_numpy()
        # East is left, as on the sky.
        x, y = (-np.radians((ra + 180) % 360 - 180), np.radians(dec)) if wide else (ra, dec)
        style: dict[str, Any] = {"s": 3, "color": colour, "marker": marker, "linewidths": 0}
        axes.scatter(x, y, label=name.replace("_", " "), rasterized=len(stars) > 600, **style)
    axes.grid(visible=True, linewidth=0.3)
    if wide:
        hours = np.arange(-150, 180, 60)
        axes.set_xticks(np.radians(hours), [f"{-degrees % 360}°" for degrees in hours])
    else:
        axes.invert_xaxis()
    axes.set(xlabel="right ascension", ylabel="declination")
    axes.tick_params(labelsize=5)
    drawing.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=5, markerscale=2)
    title = results.title(survey)
    caption = f"{title}: where the stars of the catalogue are, by class; {len(stars)} stars are drawn."
    alt = f"Sky map of {len(stars)} stars of {title}, coloured by class; the catalogue has the positions."
    return Figure(f"catalogue-sky-{survey}", caption, alt, drawing, stars[["source_id", "ra_deg", "dec_deg", "class"]])


@journal
def diagrams(results: Results, survey: str, catalogue: pd.DataFrame) -> Figure:
    """Return the magnitudes of each class, and periods against amplitudes."""
    stars = spread(catalogue.dropna(subset=["class"]))
    columns = [name for name in ("median_mag", "period_days", "amplitude_mag") if stars[name].notna().any()]
    shape, size = ((2, 1), (NARROW, 6.2)) if narrow() else ((1, 2), (WIDE, 3.4))
    drawing, (left, right) = plt.subplots(*shape, figsize=size)
    edges = np.histogram_bin_edges(stars["median_mag"].dropna(), 25) if "median_mag" in columns else np.arange(2)
    for name, colour, marker, part in coloured(stars):
        if "median_mag" in columns:
            left.stairs(np.histogram(part["median_mag"].dropna(), edges)[0], edges, color=colour)
        style: dict[str, Any] = {
            "s": 4,
            "color": colour,
            "marker": marker,
            "linewidths": 0,
            "rasterized": len(stars) > 600,
        }
        if "amplitude_mag" in columns:
            right.scatter(part["period_days"], part["amplitude_mag"], label=name.replace("_", " "), **style)
    left.set(xlabel="median magnitude [mag]", ylabel="stars", yscale="symlog")
    right.set(xlabel="period [d]", ylabel="amplitude of the first harmonic [mag]", xscale="log", yscale="log")
    drawing.legend(*right.get_legend_handles_labels(), loc="outside lower center", ncols=5, markerscale=2)
    title = results.title(survey)
    caption = f"{title}: magnitudes of each class, then periods and amplitudes, of {len(stars)} stars."
    alt = f"Histogram of magnitudes and scatter of amplitude against period for {len(stars)} stars of {title} by class."
    return Figure(f"catalogue-diagrams-{survey}", caption, alt, drawing, stars[["source_id", "class", *columns]])


@journal
def second_look(results: Results, survey: str, chosen: pd.DataFrame, curves: pd.DataFrame) -> Figure:
    """Return folded light curves: the least certain stars above the most novel ones, or beside them."""
    shape, size = ((4, 2), (NARROW, 8.0)) if narrow() else ((2, 4), (WIDE, 4.3))
    drawing, grid = plt.subplots(*shape, figsize=size, squeeze=False)
    grid = grid.T if narrow() else grid
    points = []
    for row, reason in enumerate(("uncertain", "novel")):
        part = list(chosen[chosen["reason"] == reason].itertuples())
        for column, axes in enumerate(grid[row]):
            if column >= len(part) or part[column].source_id not in curves.index:
                axes.set_visible(False)
                continue
            points.append(_fold(axes, part[column], curves.loc[[part[column].source_id]].iloc[0]))
    for axes in grid.flat:
        place = axes.get_subplotspec()
        axes.set(
            xlabel="phase" if place.is_last_row() else "", ylabel="magnitude [mag]" if place.is_first_col() else ""
        )
    title = results.title(survey)
    caption = (
        f"{title}: the least certain stars (p: probability of the class, then of the next) and the most novel ones "
        "(novelty: score), folded at the period of the catalogue."
    )
    alt = f"Folded light curves of {len(points)} stars of {title} that deserve a second look; the table names them."
    return Figure(f"catalogue-second-look-{survey}", caption, alt, drawing, pd.concat(points))


def _fold(axes: Axes, star: Any, curve: pd.Series) -> pd.DataFrame:
    """Draw one star over two cycles; return its points."""
    phase = np.asarray(curve["time"]) / star.period_days % 1
    mag, error = np.asarray(curve["mag"], dtype=float), np.asarray(curve["mag_err"], dtype=float)
    twice, color = np.concatenate([phase, phase + 1]), palette.OKABE_ITO[0 if star.reason == "uncertain" else 3]
    error = np.where(np.isfinite(error) & (error > 0), error, 0)
    axes.errorbar(twice, np.tile(mag, 2), np.tile(error, 2), fmt=".", markersize=2, elinewidth=0.3, color=color)
    axes.invert_yaxis()
    words = f"p = {star.confidence:.2f}, {star.next_class} {star.next_probability:.2f}"
    words = words if star.reason == "uncertain" else f"novelty {star.novelty_score:.2f}"
    gap = "\n" if narrow() else " "
    named = f"{star.source_id}\n{star.first_class},{gap}{words}"
    axes.set_title(f"{named}\nP = {star.period_days:.4g} d".replace("_", " "), fontsize=6)
    axes.tick_params(labelsize=5)
    return pd.DataFrame({"source_id": star.source_id, "reason": star.reason, "phase": phase, "mag": mag})
