"""Damaged MLflow stores: a database of which bytes, rows or tables are lost or changed; see `mutate_inputs`."""

import contextlib
import shutil
import sqlite3
import sys
from functools import cache
from pathlib import Path
from unittest import mock

import numpy as np
from damage import LONGEST_MESSAGE, damage_bytes
from kills import STORED
from mlflow.store.db import utils
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from mlflow.tracking._tracking_service.registry import TrackingStoreRegistry
from mutate_texts import REFUSED, SAME, TOLD

from lctransfer.errors import LctransferError
from lctransfer.tracking import importing
from lctransfer.tracking.importing import mirror

TESTS = Path(__file__).parents[1] / "tests"
VALUES = (None, "", "x" * 5000, -1, 2**62, 1e308, b"\x00\xff", "NaN")


class Stores:
    """Stores that hold one small experiment already, damaged before it is imported again."""

    def __init__(self, folder: Path):
        sys.path.insert(0, str(TESTS))
        from results_folder import write_results

        self.folder = folder
        self.results, _ = write_results(folder, targets=["asas"], strategies=["auto"], fractions=[0.1], seeds=1)
        self.good = folder / "good.db"
        mirror(self.results, f"sqlite:///{self.good}")
        self.expected = _held(self.good)
        self.empty = ""  # what comes of an empty file, which is the same each time and takes a second
        self.same = {importing: "read", utils: "_get_latest_schema_revision"}  # in every case: read once
        self.read_once = {module: cache(getattr(module, name)) for module, name in self.same.items()}

    def case(self, rng: np.random.Generator) -> tuple[str, str, object]:
        """Damage a copy of the store, and import into it."""
        store = self.folder / "store.db"
        shutil.copy(self.good, store)
        if rng.random() < 0.5:
            changed, _ = damage_bytes(store.read_bytes(), rng)
            store.write_bytes(changed)
            name, what = "bytes", f"{len(changed)} bytes"
        else:
            name, what = "rows", _damage_rows(store, rng)
        try:
            if store.stat().st_size:
                return name, self._judge(store), what
            self.empty = self.empty or self._judge(store)
            return name, self.empty, what
        finally:
            _forget()
            for path in self.folder.glob(f"*{store.name}*"):
                path.unlink()

    def _judge(self, store: Path) -> str:
        try:
            with contextlib.ExitStack() as stack:
                for module, name in self.same.items():
                    stack.enter_context(mock.patch.object(module, name, self.read_once[module]))
                mirror(self.results, f"sqlite:///{store}")
        except LctransferError as error:
            return REFUSED if len(str(error)) < LONGEST_MESSAGE else "LONG message"
        held = _held(store)
        lost = [name for name, rows in self.expected.items() if not rows <= held[name]]
        return TOLD if lost else SAME  # a value of a finished run that is another now: nobody can tell


def _forget() -> None:
    """Let MLflow open the next store anew, though it has the address of the last one."""
    for engine in SqlAlchemyStore._engine_map.values():
        engine.dispose()
    TrackingStoreRegistry._get_store_with_resolved_uri.cache_clear()


def _damage_rows(store: Path, rng: np.random.Generator) -> str:
    """Lose or change a row, a value or a table; return what was done."""
    with contextlib.closing(sqlite3.connect(store)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        table = str(rng.choice([name for (name,) in tables]))
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info('{table}')")]
        column, value = str(rng.choice(columns)), VALUES[int(rng.integers(len(VALUES)))]
        (n_rows,) = connection.execute(f"SELECT count(*) FROM '{table}'").fetchone()
        place = int(rng.integers(max(n_rows, 1)))
        row = f"rowid = (SELECT rowid FROM '{table}' ORDER BY rowid LIMIT 1 OFFSET {place})"
        commands = (
            f"DELETE FROM '{table}' WHERE {row}",
            f"DELETE FROM '{table}'",
            f"DROP TABLE '{table}'",
            f"UPDATE '{table}' SET '{column}' = ? WHERE {row}",
            f"ALTER TABLE '{table}' RENAME COLUMN '{column}' TO other",
        )
        command = commands[int(rng.integers(len(commands)))]
        with contextlib.suppress(sqlite3.Error):  # a constraint of the store forbids it
            connection.execute(command, (value,) if "?" in command else ())
            connection.commit()
    return f"{command} {value!r:.40}"


def _held(store: Path) -> dict[str, set]:
    """Return what runs, metrics and parameters a store holds."""
    with contextlib.closing(sqlite3.connect(store)) as connection:
        return {name: _rows(connection, query) for name, query in STORED.items()}


def _rows(connection: sqlite3.Connection, query: str) -> set:
    try:
        return set(connection.execute(query))
    except sqlite3.Error:  # a column of it is called otherwise, which an import with nothing to add does not notice
        return set()
