"""What the script is told: places that agree with the drawing, values that agree with the data."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from results_folder import write_results

from lctransfer.report import interactive
from lctransfer.report.blocks import Figure, Section
from lctransfer.report.figures.calibration import calibration
from lctransfer.report.figures.confusion import confusion
from lctransfer.report.figures.frame import SHIFTED, curve, journal, named
from lctransfer.report.figures.importance import importance
from lctransfer.report.figures.per_class import per_class
from lctransfer.report.results import read
from lctransfer.report.sections.calibration import reliability


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
    one, two = json.loads(interactive.as_json([Section("a", "A", figures=[figure])]))["lines"]["curves"]
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
    named(axes, axes.lines[0], kind=SHIFTED)
    one = json.loads(interactive.as_json([Section("a", "A", figures=[figure])]))["lines"]["curves"][0]
    assert [point[2:4] for point in one["points"]] == [[None, 0.6], [None, 0.7]]


def test_a_name_cannot_end_the_script_element():
    text = interactive.as_json([Section("a", "A", figures=[_lines()])])
    assert "</script" not in text
    assert json.loads(text)["lines"]["curves"][0]["name"] == "one </script>"


def test_cells_lie_where_the_matrix_is_drawn():
    classes = ["EB_EC", "EB_ED", "RRL_ab"]
    figure = confusion("matrix", "A", np.array([[5.0, 1, 0], [2, 7, 0], [0, 0, 9]]), classes, "")
    cells = json.loads(interactive.as_json([Section("a", "A", figures=[figure])]))["matrix"]["cells"]
    assert (cells["classes"], cells["counts"]) == (classes, [[5, 1, 0], [2, 7, 0], [0, 0, 9]])
    assert cells["width"] == pytest.approx(cells["height"], abs=0.01)
    image = re.search(r"<image [^>]*>", figure.svg).group()  # a pixel a cell, enlarged
    scale, x, _ = map(float, re.search(r"matrix\(([\d.]+) 0 0 [\d.]+ ([\d.]+) ([\d.]+)\)", image).groups())
    assert ' width="3" height="3"' in image
    assert (cells["width"], cells["left"]) == (pytest.approx(scale, abs=0.5), pytest.approx(x, abs=0.5))


@pytest.mark.parametrize(("many", "numbers"), [(8, None), (12, 12), (20, 0)])
def test_a_matrix_of_many_classes_has_a_drawing_for_narrow_screens(many, numbers):
    classes = [f"c{number}" for number in range(many)]
    figure = confusion("matrix", "A", 40.0 * np.eye(many), classes, "")
    figure.stars, figure.rule = [{"true": "c1"}], "at random"
    told = json.loads(interactive.as_json([Section("a", "A", figures=[figure])]))
    assert (told["matrix"]["stars"], told["matrix"]["rule"]) == (figure.stars, figure.rule)
    if numbers is None:
        assert (list(told), figure.narrow) == (["matrix"], None)
        return
    slim, wide = told["matrix-narrow"], told["matrix"]["cells"]
    assert set(slim) == {"cells", "stars_of"}
    assert slim["stars_of"] == "matrix"
    assert slim["cells"]["counts"] == wide["counts"]
    assert slim["cells"]["width"] < wide["width"]
    assert figure.narrow.get_figwidth() == pytest.approx(3.46, abs=0.01)
    assert len([text for text in figure.narrow.axes[0].texts if text.get_text() == "100"]) == numbers


def test_dots_say_class_value_and_count():
    table = pd.DataFrame({"class": ["a_b", "c"], "stars": [3, 4], "precision": [0.5, 1.0], "recall": [1.0, 0.7]})
    figure = per_class("scores", "A", table, "")
    precision, recall = json.loads(interactive.as_json([Section("a", "A", figures=[figure])]))["scores"]["curves"]
    assert [point[2] for point in precision["points"]] == [
        "a b (3 test stars): precision 0.500",
        "c (4 test stars): precision 1.000",
    ]
    assert [point[2] for point in recall["points"]][1] == "c (4 test stars): recall 0.700"
    assert list(figure.data["recall"]) == [1.0, 0.7]


def test_bars_say_feature_value_and_count():
    table = pd.DataFrame({"feature": ["r21", "period"], "loss": [0.01, 0.2], "spread": [0.003, 0.05]})
    figure = importance(table.assign(attribution=[0.5, 0.25]), "its own test stars", 1234)
    drawings = json.loads(interactive.as_json([Section("a", "A", figures=[figure])]))
    losses, parts = drawings["feature-importance"]["curves"]
    assert [losses["name"], losses["panel"], parts["panel"]] == ["", 0, 1]
    assert [point[2] for point in losses["points"]] == [
        "period: M_c loses 0.2000 ± 0.0500 when it is shuffled (1,234 stars)",
        "r21: M_c loses 0.0100 ± 0.0030 when it is shuffled (1,234 stars)",
    ]
    assert parts["points"][1][2] == "r21: mean |contribution| 0.5000 nat (1,234 stars)"


def test_points_of_a_calibration_say_how_many_stars_they_are(tmp_path):
    results = read(write_results(tmp_path, stars=60, targets=("asas",), strategies=("extra_trees",))[0])
    bins = reliability(results.predictions("asas", "extra_trees", 0.05))
    figure = calibration(results, "asas", 0.05, {"extra_trees": bins})
    (one,) = json.loads(interactive.as_json([Section("a", "A", figures=[figure])]))["calibration-asas"]["curves"]
    probability, right, stars = bins.iloc[0]
    assert one["points"][0][2] == (
        f"extra trees, no transfer: mean probability {probability:.3f}, share that is correct {right:.3f} "
        f"({stars:.0f} test stars of all seeds)"
    )


def test_panels_tell_corners_ends_and_scale():
    figure = _lines()
    figure.drawing.axes[0].set(xscale="log", xlim=(5, 80), ylim=(0.5, 0.9))
    (panel,) = json.loads(interactive.as_json([Section("a", "A", figures=[figure])]))["lines"]["panels"]
    assert panel["x"] == {"log": True, "ends": [5, 80], "numbers": True}
    assert panel["y"] == {"log": False, "ends": [0.5, 0.9], "numbers": True}
    spines = re.findall(r'<g id="patch_[34]">\s*<path d="M ([\d.]+) ([\d.]+) \nL ([\d.]+) ([\d.]+)', figure.svg)
    (x, bottom, _, top), (left, y, right, _) = [list(map(float, ends)) for ends in spines]
    assert (x, y) == (left, bottom)
    np.testing.assert_allclose(panel["box"], [left, top, right, bottom], atol=0.01)


def test_a_drawing_without_curves_or_cells_is_left_alone():
    with plt.rc_context():
        drawing, axes = plt.subplots()
    axes.plot([1, 2], [3, 4])
    figure = Figure("plain", "", "", drawing, pd.DataFrame())
    assert interactive.as_json([Section("a", "A", figures=[figure])]) == "{}"
