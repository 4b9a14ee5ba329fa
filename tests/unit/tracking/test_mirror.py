"""Import into a store of our own: once, twice, after a change, and after a kill."""

import json
import re
import signal
import subprocess
import sys

import pandas as pd
import pytest
from results_folder import write_results

from lctransfer import tracking
from lctransfer.errors import LctransferError
from lctransfer.tracking import live, stages
from lctransfer.tracking.curves import PERCENT

SHAPE = {"targets": ("asas",), "strategies": ("extra_trees", "finetune_all"), "fractions": (0.01, 0.2), "seeds": 2}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("tracking")
    directory, _ = write_results(root, stars=60, **SHAPE)
    uri = f"sqlite:///{root / 'results' / 'mlflow.db'}"
    tracking.mirror(directory, uri)
    return directory, uri


def _runs(uri, name="demo"):
    from mlflow import MlflowClient

    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name(name)
    return client, list(client.search_runs([experiment.experiment_id], max_results=1000))


def test_a_curve_per_survey_and_strategy_with_a_child_per_fit(folder):
    _, runs = _runs(folder[1])
    curves = {run.info.run_id: run for run in runs if run.data.tags["kind"] == "curve"}
    fits = [run for run in runs if run.data.tags["kind"] == "fit"]
    assert {run.data.params["strategy"] for run in curves.values()} == {"extra_trees", "finetune_all"}
    assert len(fits) == 2 * 2 * 2
    assert [run.info.run_name for run in runs if run.data.tags["kind"] == "results"] == ["results"]
    assert all(run.data.tags["mlflow.parentRunId"] in curves for run in fits)
    assert {run.info.status for run in runs} == {"FINISHED"}


def test_the_curve_is_the_mean_over_seeds_at_steps_in_per_mille(folder):
    directory, uri = folder
    client, runs = _runs(uri)
    curve = next(
        run for run in runs if run.data.tags["kind"] == "curve" and run.data.params["strategy"] == "extra_trees"
    )
    rows = pd.read_parquet(directory / "metrics.parquet").query("strategy == 'extra_trees'")
    for metric, column in (("M_c", "m_c"), ("macro_F1", "macro_f1")):
        points = {point.step: point.value for point in client.get_metric_history(curve.info.run_id, metric)}
        expected = rows.groupby("fraction")[column].mean()
        assert points == pytest.approx({10: expected[0.01], 200: expected[0.2]})


def test_the_chart_has_the_label_fraction_in_percent_at_every_step(folder):
    client, runs = _runs(folder[1])
    curve = next(run for run in runs if run.data.tags["kind"] == "curve")
    points = {point.step: point.value for point in client.get_metric_history(curve.info.run_id, PERCENT)}
    assert points == pytest.approx({10: 1.0, 200: 20.0})


def test_curves_know_their_tables_by_digest(folder):
    import mlflow

    _, runs = _runs(folder[1])
    curve = next(run for run in runs if run.data.tags["kind"] == "curve")
    inputs = {one.dataset.name: one for one in curve.inputs.dataset_inputs}
    assert set(inputs) == {"asas", "ogle", "eros2"}
    assert {name: one.tags[0].value for name, one in inputs.items()} == {
        "asas": "target",
        "ogle": "source",
        "eros2": "source",
    }
    table = inputs["asas"].dataset
    assert json.loads(table.profile)["num_rows"] == 60
    assert len({one.dataset.digest for one in inputs.values()}) == 3
    assert mlflow.data.get_source(table).load() == str(folder[0] / "features" / "asas.parquet")


def test_notes_explain_the_axis_and_name_simulated_stars(folder):
    _, runs = _runs(folder[1])
    note = next(run.data.tags["mlflow.note.content"] for run in runs if run.data.tags["kind"] == "curve")
    assert "per mille" in note
    assert "Simulated" in note


def test_no_sentence_of_a_note_needs_a_second_reading(folder):
    """Fewer than 25 words each, as in the report; lists and paragraphs end a sentence too."""
    client, runs = _runs(folder[1])
    counts = {"survey": "asas", "strategy": "auto", "n_labels": 24, "measured_on": "24 labelled stars, 5-fold"}
    notes = [run.data.tags["mlflow.note.content"] for run in runs if run.data.tags["kind"] != "fit"]
    notes += [client.get_experiment_by_name("demo").tags["mlflow.note.content"], live.NOTE]
    notes += [stages.CLASSIFIER_NOTE.format(**counts), stages.RESULTS_NOTE.format(left="")]
    assert len(notes) >= 7
    for note in notes:
        for sentence in re.split(r"(?<=[.!?:])\s+|\n\n|\n- ", note):
            assert len(sentence.split()) < 25, sentence


def test_importing_twice_adds_nothing(folder):
    before = {run.info.run_id for run in _runs(folder[1])[1]}
    tracking.mirror(*folder)
    assert {run.info.run_id for run in _runs(folder[1])[1]} == before


def test_a_half_run_on_a_server_is_completed_by_the_next_import(folder):
    client, runs = _runs(folder[1])
    broken = next(run for run in runs if run.data.tags["kind"] == "curve")
    others = {
        run.info.run_id
        for run in runs
        if broken.info.run_id not in (run.info.run_id, run.data.tags.get("mlflow.parentRunId"))
    }
    client.update_run(broken.info.run_id, status="RUNNING")
    child = next(run for run in runs if run.data.tags.get("mlflow.parentRunId") == broken.info.run_id)
    client.delete_run(child.info.run_id)
    tracking.mirror(*folder)
    _, after = _runs(folder[1])
    assert len(after) == len(runs)
    assert {run.info.status for run in after} == {"FINISHED"}
    assert others < {run.info.run_id for run in after}


KILLED = """
import os, pathlib, signal, sys
from lctransfer.tracking import importing
write, left = importing._write, [int(sys.argv[3])]
def until_killed(*arguments):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return write(*arguments)
importing._write = until_killed
importing.mirror(pathlib.Path(sys.argv[1]), sys.argv[2])
"""


def test_a_killed_import_leaves_no_half_run(tmp_path):
    directory, _ = write_results(tmp_path, stars=60, **SHAPE)
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    died = subprocess.run([sys.executable, "-c", KILLED, directory, uri, "8"], capture_output=True, check=False)
    assert died.returncode == -signal.SIGKILL
    _, left = _runs(uri)
    # The run of results was written, a curve with its four fits, and half of another.
    assert len(left) == 1 + 5
    assert {run.info.status for run in left} == {"FINISHED"}
    tracking.mirror(directory, uri)
    _, whole = _runs(uri)
    assert len(whole) == 11
    assert {run.info.run_id for run in left} <= {run.info.run_id for run in whole}


def test_a_run_with_all_its_fits_is_one_commit(tmp_path, monkeypatch):
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    directory, _ = write_results(tmp_path, stars=60, **SHAPE)
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    with tracking.store.connected(uri):
        pass
    commits = []
    count = commits.append
    event.listen(Engine, "commit", count)
    tracking.mirror(directory, uri)
    event.remove(Engine, "commit", count)
    # Three runs, the search for old ones, and some to open the store: far from the six per fit that MLflow does.
    assert len(commits) < 30


def test_changed_results_replace_their_curve_only(tmp_path):
    directory, _ = write_results(tmp_path, stars=60, **SHAPE)
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    tracking.mirror(directory, uri)
    before = {run.info.run_id: run for run in _runs(uri)[1]}
    rows = pd.read_parquet(directory / "metrics.parquet")
    rows.loc[rows.strategy == "extra_trees", "m_c"] = 0.75
    rows.to_parquet(directory / "metrics.parquet")
    tracking.mirror(directory, uri)
    after = {run.info.run_id: run for run in _runs(uri)[1]}
    curves = {key: run.data.params["strategy"] for key, run in after.items() if run.data.tags["kind"] == "curve"}
    kept = {strategy for key, strategy in curves.items() if key in before}
    new = set(curves.values()) - kept
    assert len(after) == len(before)
    assert (kept, new) == ({"finetune_all"}, {"extra_trees"})


def test_each_curve_leads_to_the_report_that_draws_it_and_to_a_new_one(tmp_path):
    shape = SHAPE | {"strategies": ("extra_trees",), "fractions": (0.2,), "seeds": 1}
    directory, _ = write_results(tmp_path, stars=60, **shape)
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    for text in ("first", "second", "second"):
        (directory / "report.html").write_text(text)
        tracking.mirror(directory, uri)
        runs = {run.data.tags["kind"]: run for run in _runs(uri)[1]}
        note, keeper = runs["curve"].data.tags["mlflow.note.content"], runs["results"].info
        place = f"#/experiments/{keeper.experiment_id}/runs/{keeper.run_id}/artifacts/report.html"
        assert note.count("In the report:") == note.count(place) == 1


def test_artifacts_lie_beside_the_store(folder):
    directory, uri = folder
    client, _ = _runs(uri)
    place = client.get_experiment_by_name("demo").artifact_location
    assert place == (directory.parent / "mlartifacts" / "demo").as_uri()


def test_first_imports_at_once_both_succeed_and_add_nothing_twice(tmp_path):
    directory, _ = write_results(tmp_path, stars=60, **SHAPE)
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    code = f"import pathlib, lctransfer.tracking as t; t.mirror(pathlib.Path({str(directory)!r}), {uri!r})"
    jobs = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True) for _ in range(2)]
    errors = [job.communicate()[1] for job in jobs]
    assert [job.returncode for job in jobs] == [0, 0], errors
    assert len(_runs(uri)[1]) == 11


def test_without_results_there_is_a_sentence(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"experiment": "x"}))
    with pytest.raises(LctransferError, match=r"metrics\.parquet"):
        tracking.mirror(tmp_path, f"sqlite:///{tmp_path}/mlflow.db")


def test_an_unusable_store_is_named(folder):
    with pytest.raises(LctransferError, match="MLflow cannot use"):
        tracking.mirror(folder[0], "nonsense://store")
