"""Stars of a cell: chosen by the stated rule, and packed without loss that could be seen."""

import base64
import hashlib

import numpy as np
import pandas as pd
import pytest
from results_folder import write_results

from lctransfer.report import folded
from lctransfer.report.blocks import Figure
from lctransfer.report.results import read


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    strategies = ("extra_trees",)
    return read(
        *write_results(tmp_path_factory.mktemp("f"), targets=("asas",), stars=90, seeds=2, strategies=strategies)
    )


def test_the_rule_is_followed(results):
    predictions = results.predictions("asas", "extra_trees", 0.05)
    chosen = folded.choose(predictions)
    assert set(chosen["seed"]) == {0}
    first = predictions[predictions["seed"] == 0]
    for (truth, predicted), cell in first.groupby(["class_name", "predicted"]):
        names = sorted(cell["source_id"], key=lambda name: hashlib.sha256(name.encode()).hexdigest())
        here = chosen[(chosen["class_name"] == truth) & (chosen["predicted"] == predicted)]
        assert list(here["source_id"]) == names[: folded.PER_CELL]


def test_few_stars_are_those_of_the_fullest_cells(results):
    predictions = results.predictions("asas", "extra_trees", 0.05)
    cells = predictions[predictions["seed"] == 0].groupby(folded.CELL).size().sort_values(ascending=False)
    both, one = cells.clip(upper=2).sum(), len(cells)
    counts = {most: len(folded.choose(predictions, most)) for most in (1000, both, both - 1, one, 4)}
    assert counts == {1000: both, both: both, both - 1: one, one: one, 4: 4}
    shown = folded.choose(predictions, 4).groupby(folded.CELL).size()
    assert list(shown) == [1, 1, 1, 1]
    assert min(cells[name] for name in shown.index) == cells.iloc[3]


def test_a_matrix_says_by_which_rule_its_stars_were_chosen(results, monkeypatch):
    predictions = {"asas": results.predictions("asas", "extra_trees", 0.05)}
    figure = Figure("a", "", "", None, pd.DataFrame())
    folded.fill(figure, results, predictions)
    assert figure.rule == folded.rule(2)
    assert "cells" not in figure.rule
    monkeypatch.setattr(folded, "BUDGET", 3 * 5 * folded.STAR)  # of two matrices of the target, and the source's
    folded.fill(figure, results, predictions)
    assert len(figure.stars) == 5
    assert figure.rule.startswith("at most 1 of a survey")
    assert figure.rule.endswith("of the fullest cells only")


def test_a_packed_curve_is_the_light_curve_of_the_run(results):
    stars = folded.stars(results, "asas", results.predictions("asas", "extra_trees", 0.05))
    star = stars[0]
    curve = results.light_curves("asas", [star["id"]]).loc[star["id"]]
    period = results.features("asas").set_index("source_id")["period"][star["id"]]
    period *= 2 if star["true"].startswith("EB") else 1
    phase, height = np.frombuffer(base64.b64decode(star["points"]), dtype=np.uint8).reshape(-1, 2).T
    assert len(phase) == star["epochs"] == len(curve["time"])
    np.testing.assert_allclose(phase / 256, np.asarray(curve["time"]) / period % 1, atol=1 / 256)
    mag = star["bright"] + height / 255 * (star["faint"] - star["bright"])
    np.testing.assert_allclose(mag, curve["mag"], atol=(star["faint"] - star["bright"]) / 255)
    assert star["period"] == pytest.approx(period, rel=1e-5)


def test_long_curves_are_thinned_and_bad_epochs_left_out(results, monkeypatch):
    monkeypatch.setattr(folded, "EPOCHS", 10)
    star = pd.Series({"class_name": "RRL_ab", "predicted": "RRL_c", "source_id": "a", "p": 0.5})
    curve = pd.Series({"time": np.arange(50.0), "mag": np.where(np.arange(50) == 3, np.nan, 12.0)})
    packed = folded._packed(star, curve, 0.5)
    assert packed["epochs"] == 49
    assert len(base64.b64decode(packed["points"])) == 20
    monkeypatch.setattr(folded, "LARGEST", 10)
    assert folded.stars(results, "asas", results.predictions("asas", "extra_trees", 0.05)) == []
