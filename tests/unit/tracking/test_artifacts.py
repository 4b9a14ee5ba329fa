"""A store that was copied or moved takes its own artifacts along, and never touches another's."""

import os
import shutil
import time

import pandas as pd
import pytest
from results_folder import write_results

from lctransfer import tracking
from lctransfer.errors import LctransferError
from lctransfer.tracking import artifacts, store

SHAPE = {"targets": ("asas",), "strategies": ("extra_trees",), "fractions": (0.2,), "seeds": 1}


def _uri(root):
    return f"sqlite:///{root}/results/mlflow.db"


def _results_run(root):
    from mlflow import MlflowClient

    client = MlflowClient(_uri(root))
    identity = client.get_experiment_by_name("demo").experiment_id
    (run,) = client.search_runs([identity], "tags.kind = 'results'")
    return client, run


def _files(root):
    folder = root / "results" / "mlartifacts"
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    root = tmp_path_factory.mktemp("store") / "my stars (v2) = {a}"
    directory, _ = write_results(root, stars=60, **SHAPE)
    tracking.mirror(directory, _uri(root))
    return root


def test_a_copy_s_tracking_leaves_the_original_s_artifacts_alone(checkout, tmp_path):
    before = _files(checkout)
    copy = shutil.copytree(checkout, tmp_path / "copy")
    rows = pd.read_parquet(copy / "results/demo/metrics.parquet")
    rows.assign(m_c=0.5).to_parquet(copy / "results/demo/metrics.parquet")
    tracking.mirror(copy / "results/demo", _uri(copy))
    assert _files(checkout) == before
    client, run = _results_run(copy)
    assert artifacts.path_of(run.info.artifact_uri).is_relative_to(copy)
    assert client.list_artifacts(run.info.run_id)
    # Of the run that was replaced nothing is left.
    assert len({path.parts[1] for path in _files(copy)}) == len({path.parts[1] for path in before})


def test_a_moved_store_finds_its_artifacts_without_another_import(checkout, tmp_path):
    moved = shutil.copytree(checkout, tmp_path / "here")
    moved = moved.rename(tmp_path / "there")
    with store.connected(_uri(moved)):
        client, run = _results_run(moved)
        assert {one.path for one in client.list_artifacts(run.info.run_id)} >= {"report.html"} & set(
            os.listdir(moved / "results/demo")
        )
        assert client.list_artifacts(run.info.run_id)
    assert artifacts.follow(store.path_of(_uri(moved))) == 0


def test_a_database_copied_alone_gets_its_artifacts_again_from_the_results(checkout, tmp_path):
    results = shutil.copytree(checkout / "results", tmp_path / "alone" / "results")
    shutil.rmtree(results / "mlartifacts")
    tracking.mirror(results / "demo", _uri(tmp_path / "alone"))
    client, run = _results_run(tmp_path / "alone")
    assert client.list_artifacts(run.info.run_id)


def test_nothing_outside_the_store_is_removed(tmp_path):
    outside = tmp_path / "elsewhere" / "artifacts"
    outside.mkdir(parents=True)
    artifacts.remove(tmp_path / "results" / "mlflow.db", outside.as_uri())
    artifacts.remove(tmp_path / "results" / "mlflow.db", "s3://bucket/artifacts")
    assert outside.is_dir()


def test_a_store_of_a_newer_mlflow_is_a_sentence(checkout, tmp_path):
    import sqlite3

    copy = shutil.copy(checkout / "results" / "mlflow.db", tmp_path)
    with sqlite3.connect(copy) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'ffff00001111'")
    with pytest.raises(LctransferError, match="was written by a newer MLflow"), store.connected(f"sqlite:///{copy}"):
        pass


def test_a_file_that_is_no_database_is_a_sentence(tmp_path):
    (tmp_path / "notes.db").write_text("These are notes, and no database at all.")
    with (
        pytest.raises(LctransferError, match="is no SQLite database"),
        store.connected(f"sqlite:///{tmp_path}/notes.db"),
    ):
        pass


def test_a_missing_driver_is_a_sentence():
    with pytest.raises(LctransferError, match="MLflow cannot use"), store.connected("postgresql://u@127.0.0.1:1/x"):
        pass


def test_a_server_that_is_gone_is_told_within_seconds():
    started = time.monotonic()
    told = pytest.raises(LctransferError, match=r"No MLflow server answers at http://127\.0\.0\.1:9 ")
    with told, store.connected("http://127.0.0.1:9"):
        pass
    assert time.monotonic() - started < 60


def test_a_database_of_something_else_is_left_as_it_is(tmp_path):
    import sqlite3

    path = tmp_path / "photos.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE photos (name TEXT)")
    before = path.read_bytes()
    with (
        pytest.raises(LctransferError, match="of something else, not of MLflow"),
        store.connected(f"sqlite:///{path}"),
    ):
        pass
    assert path.read_bytes() == before


@pytest.mark.parametrize("folder", ["my stars (v2) = {a}", "é 'q' #1 %20 &", "what?"])
def test_a_store_may_lie_below_folders_of_any_name(folder, tmp_path, monkeypatch):
    (tmp_path / folder).mkdir()
    monkeypatch.chdir(tmp_path / folder)
    for _ in range(2):  # made, and met again
        with store.connected("sqlite:///results/mlflow.db") as client:
            assert [one.name for one in client.search_experiments()] == ["Default"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [folder]
    assert (tmp_path / folder / "results" / "mlflow.db").is_file()


def test_a_store_with_a_question_mark_of_its_own_is_refused(tmp_path):
    with pytest.raises(LctransferError, match="has a question mark"), store.connected(f"sqlite:///{tmp_path}/a?.db"):
        pass
    assert not list(tmp_path.glob("*.db"))
