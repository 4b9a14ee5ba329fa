"""A damaged MLflow store is a sentence, and nothing is written into it."""

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from results_folder import write_results

from lctransfer import tracking
from lctransfer.errors import LctransferError


def run(store, command):
    with closing(sqlite3.connect(store)) as connection:
        connection.execute(command)
        connection.commit()


@pytest.fixture
def folder(tmp_path):
    directory, _ = write_results(tmp_path, targets=["asas"], strategies=["auto"], fractions=[0.1], seeds=1)
    tracking.mirror(directory, f"sqlite:///{tmp_path / 'mlflow.db'}")
    return directory, tmp_path / "mlflow.db"


def test_a_store_with_a_damaged_page_is_left_as_it_is(folder):
    directory, store = folder
    whole = store.read_bytes()
    store.write_bytes(whole[: len(whole) // 2].ljust(len(whole), b"\x07"))
    before = store.read_bytes()
    with pytest.raises(LctransferError, match=r"mlflow\.db is damaged .*import again|MLflow cannot use"):
        tracking.mirror(directory, f"sqlite:///{store}")
    assert store.read_bytes() == before


def test_a_store_whose_schema_is_no_text_is_a_sentence(folder):
    directory, store = folder
    store.write_bytes(store.read_bytes().replace(b"CREATE TABLE", b"CREATE T\xb6BLE"))
    with pytest.raises(LctransferError, match=r"mlflow\.db is damaged"):
        tracking.mirror(directory, f"sqlite:///{store}")


def test_a_store_that_lost_a_table_is_a_sentence_without_a_traceback(folder):
    directory, store = folder
    run(store, "DROP TABLE latest_metrics")
    command = [sys.executable, "-m", "lctransfer", "tracking", str(directory), "--uri", f"sqlite:///{store}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "mlflow.db is damaged: it has no table latest_metrics. Put a copy" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        "DELETE FROM alembic_version",
        "INSERT INTO alembic_version VALUES ('other')",
        "UPDATE alembic_version SET version_num = ''",
    ],
)
def test_a_store_that_lost_its_version_is_left_as_it_is(folder, command):
    directory, store = folder
    run(store, command)
    before = store.read_bytes()
    with pytest.raises(LctransferError, match=r"mlflow\.db is damaged: it does not say which version"):
        tracking.mirror(directory, f"sqlite:///{store}")
    assert store.read_bytes() == before


@pytest.mark.parametrize(
    ("table", "column"),
    [("experiments", "name"), ("experiments", "artifact_location"), ("runs", "artifact_uri"), ("tags", "value")],
)
def test_bytes_in_the_place_of_a_text_are_a_sentence(folder, table, column):
    directory, store = folder
    run(store, f"UPDATE {table} SET {column} = x'00ff' WHERE rowid = (SELECT max(rowid) FROM {table})")
    before = store.read_bytes()
    with pytest.raises(LctransferError, match=rf"its table {table} holds bytes that are no text, as {column}\. Put"):
        tracking.mirror(directory, f"sqlite:///{store}")
    assert store.read_bytes() == before


@pytest.mark.parametrize(
    "commands",
    [
        [f"UPDATE runs SET artifact_uri = '{5000 * 'x'}'"],
        [f"UPDATE experiments SET artifact_location = '{5000 * 'x'}'", "DELETE FROM runs"],
    ],
)
def test_an_address_that_is_too_long_is_a_short_sentence(folder, commands):
    directory, store = folder
    for command in commands:
        run(store, command)
    with pytest.raises(LctransferError, match=r"MLflow cannot use .*File name too long") as raised:
        tracking.mirror(directory, f"sqlite:///{store}")
    assert len(str(raised.value)) < 1000


def test_an_empty_database_becomes_a_store(folder):
    directory, store = folder
    store.write_bytes(b"")
    tracking.mirror(directory, f"sqlite:///{store}")
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone()[0] > 1
