"""What the script is told: places that agree with the drawing, values that agree with the data."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from lctransfer.report import interactive
from lctransfer.report.blocks import Figure, Section
from lctransfer.report.figures.confusion import confusion
from lctransfer.report.figures.frame import curve, journal, named
from lctransfer.report.figures.per_class import per_class


@journal
def _lines() -> Figure:
    drawing, axes = plt.subplots()
    x, y, spread = pd.Series([10.0, 20.0, 40.0]), pd.Series([0.6, 0.7, np.nan]), pd.Series([0.1, 0.05, 0.02])
    curve(axes, (x, y), spread, {"color": "#0072B2", "marker": "o"}, label="one </script>")
    curve(axes, (x, 0.9 - y / 2), None, {"color": "#D55E00"}, label="_two")
    axes.set(xlabel="labelled stars (and their share of all stars)", ylabel="$M_c$ on test stars")
    return Figure("lines", "", "", drawing, pd.DataFrame())


def test_points_lie_where_the_drawing_has_its_markers():
    figure = _lines()
    one, two = json.loads(interactive.told([Section("a", "A", figures=[figure])]))["lines"]["curves"]
    group = re.search(rf'<g id="{one["id"]}">(.*?)</g>\s*</g>', figure.svg, re.DOTALL).group(1)
    markers = [tuple(map(float, place)) for place in re.findall(r'<use [^>]*x="([\d.]+)" y="([\d.]+)"', group)]
    np.testing.assert_allclose([point[:2] for point in one["points"]], markers, atol=0.06)
    assert [point[2:] for point in one["points"]] == [[10.0, 0.6, 0.1], [20.0, 0.7, 0.05]]
    assert (one["x"], one["y"], two["name"], one["id"] != two["id"]) == (
        "labelled stars",
        "M_c on test stars",
        "two",
        True,
    )
    assert f'id="{one["id"]}-band"' in figure.svg


def test_points_that_are_drawn_beside_their_place_tell_no_place():
    figure = _lines()
    axes = figure.drawing.axes[0]
    named(axes, axes.lines[0], shifted=True)
    one = json.loads(interactive.told([Section("a", "A", figures=[figure])]))["lines"]["curves"][0]
    assert [point[2:4] for point in one["points"]] == [[None, 0.6], [None, 0.7]]


def test_a_name_cannot_end_the_script_element():
    text = interactive.told([Section("a", "A", figures=[_lines()])])
    assert "</script" not in text
    assert json.loads(text)["lines"]["curves"][0]["name"] == "one </script>"


def test_cells_lie_where_the_matrix_is_drawn():
    classes = ["EB_EC", "EB_ED", "RRL_ab"]
    figure = confusion("matrix", "A", np.array([[5.0, 1, 0], [2, 7, 0], [0, 0, 9]]), classes, "")
    cells = json.loads(interactive.told([Section("a", "A", figures=[figure])]))["matrix"]["cells"]
    assert (cells["classes"], cells["counts"]) == (classes, [[5, 1, 0], [2, 7, 0], [0, 0, 9]])
    image = re.search(r'<image [^>]*id="matrix"[^>]*>|<g id="matrix">.*?<image [^>]*>', figure.svg, re.DOTALL)
    assert cells["width"] == pytest.approx(cells["height"], abs=0.01)
    if image and (found := re.search(r' width="([\d.]+)"', image.group())):
        assert 3 * cells["width"] == pytest.approx(float(found.group(1)), abs=1.5)


def test_a_drawing_without_curves_or_cells_is_left_alone():
    table = pd.DataFrame({"class": ["a", "b"], "stars": [3, 4], "precision": [0.5, 1.0], "recall": [1.0, 0.7]})
    figure = per_class("scores", "A", table, "")
    assert interactive.told([Section("a", "A", figures=[figure])]) == "{}"
    assert list(figure.data["recall"]) == [1.0, 0.7]
