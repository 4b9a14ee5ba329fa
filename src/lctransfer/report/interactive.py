"""What the script of the page knows of each drawing: where its points and cells lie, and some stars of each cell."""

import json
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D

from lctransfer.report.blocks import Figure, Section
from lctransfer.report.figures.frame import BAND, BARS, CURVE, MATRIX, SHIFTED

POINTS_PER_INCH = 72
"""Unit of an SVG file's view box."""


def as_json(sections: list[Section]) -> str:
    """Return a JSON object, drawing to what it shows, that can stand in a page."""
    figures = [figure for section in sections for figure in section.figures if not figure.outside]
    found = {name: marks for figure in figures for name, marks in _drawings(figure) if marks}
    # A name of the user's cannot end the script element.
    return json.dumps(found, separators=(",", ":")).replace("<", "\\u003c")


def _drawings(figure: Figure) -> list[tuple[str, dict[str, Any]]]:
    """Return the name and the marks of a drawing, and of that for narrow screens."""
    _ = figure.svg, figure.narrow_svg  # places are settled by drawing
    wide = marks(figure.drawing, figure)
    if not figure.narrow:
        return [(figure.name, wide)]
    narrow = marks(figure.narrow, figure)
    if "stars" in narrow:  # which are large, and the same for both drawings
        narrow = {"cells": narrow["cells"], "stars_of": figure.name}
    return [(figure.name, wide), (f"{figure.name}-narrow", narrow)]


def marks(drawing: Drawing, figure: Figure) -> dict[str, Any]:
    """Return the curves or the cells of a figure's drawing, in units of its view box; nothing if it has neither."""
    panels = [one for one in drawing.axes if one.get_visible()]
    curves = [
        _curve(axes, line, figure.texts.get(str(line.get_gid()))) | {"panel": number}
        for number, axes in enumerate(panels)
        for line in axes.lines
        if re.fullmatch(rf"{CURVE}\d+({SHIFTED}|{BARS})?", str(line.get_gid()))
    ]
    if curves:
        return {"curves": [curve for curve in curves if curve["points"]], "panels": list(map(_panel, panels))}
    grid = next((one for one in panels for image in one.images if image.get_gid() == MATRIX), None)
    return {"cells": _cells(grid, figure.data), "stars": figure.stars, "rule": figure.rule} if grid else {}


def _panel(axes: Axes) -> dict[str, Any]:
    """Return the corners of a panel, and of each axis its scale, its ends, and whether its ticks are numbers."""
    (left, bottom), (right, top) = _placed(axes, axes.transData.inverted().transform(axes.bbox.get_points()))
    x, y = (_axis(axis, limits) for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())))
    return {"box": [round(place, 2) for place in (left, top, right, bottom)], "x": x, "y": y}


def _axis(axis: Axis, limits: tuple[float, float]) -> dict[str, Any]:
    words = [label.get_text().split("\n")[0] for label in axis.get_ticklabels()]
    numbers = all(re.match(r"[-\u2212$\d.]|$", word) for word in words)
    return {"log": axis.get_scale() == "log", "ends": [float(f"{end:.6g}") for end in limits], "numbers": numbers}


def _curve(axes: Axes, line: Line2D, texts: list[str] | None) -> dict[str, Any]:
    x, y = (np.asarray(values, dtype=float) for values in line.get_data(orig=False))
    spread = _spread(axes, str(line.get_gid()), x)
    shifted = str(line.get_gid()).endswith(SHIFTED)
    values: Iterable[list[Any]] = (
        [None if shifted else float(f"{at:.4g}"), float(f"{value:.4g}"), float(f"{half:.2g}")]
        for at, value, half in zip(x, y, spread, strict=True)
    )
    rows = zip(_placed(axes, np.column_stack([x, y])), [[text] for text in texts] if texts else values, strict=True)
    points = [[round(px, 1), round(py, 1), *said] for (px, py), said in rows if np.isfinite([px, py]).all()]
    look = {"id": line.get_gid(), "name": str(line.get_label()).lstrip("_"), "color": line.get_color()}
    return look | {"x": _plain(axes.get_xlabel()), "y": _plain(axes.get_ylabel()), "points": points}


def _spread(axes: Axes, gid: str, x: np.ndarray) -> np.ndarray:
    """Return half the height of a curve's band at each of its points; 0 without one."""
    bands = [one for one in axes.collections if one.get_gid() == gid + BAND and isinstance(one, PolyCollection)]
    if not bands or not bands[0].get_paths():
        return np.zeros(len(x))
    corners = np.vstack([path.vertices for path in bands[0].get_paths()])
    heights = [corners[np.isclose(corners[:, 0], place), 1] for place in x]
    return np.array([np.ptp(found) / 2 if len(found) else 0.0 for found in heights])


def _placed(axes: Axes, points: np.ndarray) -> list[tuple[float, float]]:
    """Return where points of the data lie in the view box, whose y runs down."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    inches = axes.transData.transform(points) / figure.dpi
    height = figure.get_figheight()
    return [(POINTS_PER_INCH * float(x), POINTS_PER_INCH * float(height - y)) for x, y in inches]


def _cells(axes: Axes, data: pd.DataFrame) -> dict[str, Any]:
    """Return the corner and the size of a confusion matrix's cells, its classes and its counts."""
    (left, top), (right, bottom) = _placed(axes, np.array([[-0.5, -0.5], [0.5, 0.5]]))
    classes = list(data["true_class"])
    place = {"left": left, "top": top, "width": right - left, "height": bottom - top}
    counts = data[classes].to_numpy().tolist()
    return {key: round(value, 3) for key, value in place.items()} | {"classes": classes, "counts": counts}


def _plain(label: str) -> str:
    """Return an axis label without brackets and signs of formulas."""
    return re.sub(r"[($\[][^$]*?[)\]]|\$", "", label).strip()
