"""Import into a store of our own: once, twice, after a change, and after a kill."""

import json
import subprocess
import sys

import pandas as pd
import pytest
from results_folder import write_results

from lctransfer import tracking
from lctransfer.errors import LctransferError

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


def test_notes_explain_the_axis_and_name_simulated_stars(folder):
    _, runs = _runs(folder[1])
    note = next(run.data.tags["mlflow.note.content"] for run in runs if run.data.tags["kind"] == "curve")
    assert "per mille" in note
    assert "Simulated" in note


def test_importing_twice_adds_nothing(folder):
    before = {run.info.run_id for run in _runs(folder[1])[1]}
    tracking.mirror(*folder)
    assert {run.info.run_id for run in _runs(folder[1])[1]} == before


def test_a_killed_import_is_completed_by_the_next(folder):
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
    kept = {run.data.params["strategy"] for key, run in after.items() if key in before}
    new = {run.data.params["strategy"] for key, run in after.items() if key not in before}
    assert len(after) == len(before)
    assert (kept, new) == ({"finetune_all"}, {"extra_trees"})


def test_artifacts_lie_beside_the_store(folder):
    directory, uri = folder
    client, _ = _runs(uri)
    place = client.get_experiment_by_name("demo").artifact_location
    assert place == (directory.parent / "mlartifacts" / "demo").as_uri()


def test_two_first_imports_at_once_both_succeed(tmp_path):
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    jobs = []
    for name in ("one", "two"):
        directory, _ = write_results(tmp_path, experiment=name, stars=60, **SHAPE)
        code = f"import pathlib, lctransfer.tracking as t; t.mirror(pathlib.Path({str(directory)!r}), {uri!r})"
        jobs.append(subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True))
    errors = [job.communicate()[1] for job in jobs]
    assert [job.returncode for job in jobs] == [0, 0], errors
    assert [len(_runs(uri, name)[1]) for name in ("one", "two")] == [10, 10]


def test_without_results_there_is_a_sentence(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"experiment": "x"}))
    with pytest.raises(LctransferError, match=r"metrics\.parquet"):
        tracking.mirror(tmp_path, f"sqlite:///{tmp_path}/mlflow.db")


def test_an_unusable_store_is_named(folder):
    with pytest.raises(LctransferError, match="MLflow cannot use"):
        tracking.mirror(folder[0], "nonsense://store")
