"""Curves of the sweep, as MLflow gets them."""

import base64
import json
import zlib

import pandas as pd

from lctransfer.tracking import view
from lctransfer.tracking.curves import by_draw, curves, main_draw, sweep


def test_other_draws_of_labels_are_curves_of_their_own(tmp_path):
    rows = [
        {"survey": "asas", "strategy": "auto", "fraction": 0.02, "seed": 0, "labels": draw, "n_labels": 20}
        | {"m_c": value, "mcc": 0.5, "macro_f1": 0.5, "accuracy": 0.5, "log_loss": 1.0, "ece": 0.1, "n_test": 9}
        for draw, value in (("stratified", 0.9), ("random", 0.8))
    ]
    config = {"experiment": "x", "targets": ["asas"], "transfer": {"strategies": ["auto"], "labels": "stratified"}}
    metrics = by_draw(pd.DataFrame(rows), config)
    runs = curves(sweep(tmp_path, config, metrics), metrics)
    assert [run.name for run in runs] == ["auto · asas", "auto (random) · asas"]
    assert [run.params["labels"] for run in runs] == ["stratified", "random"]
    assert [{name: value for name, value, _ in run.metrics}["M_c"] for run in runs] == [0.9, 0.8]


def test_results_without_draws_are_of_the_main_one():
    old = pd.DataFrame({"strategy": ["auto"], "m_c": [0.9]})
    assert by_draw(old, {})["labels"].tolist() == ["stratified"]


def test_the_shared_view_draws_the_curves_of_the_main_draw_alone():
    for config, draw in (({}, "stratified"), ({"transfer": {"labels": "random"}}, "random")):
        packed = view.tags("", main_draw(config))[f"mlflow.sharedViewState.{view.NAME}"].removeprefix("deflate;")
        shown = json.loads(zlib.decompress(base64.b64decode(packed)))
        assert shown["searchFilter"] == f"tags.kind = 'curve' and params.labels = '{draw}'"
