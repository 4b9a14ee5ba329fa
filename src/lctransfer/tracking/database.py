"""Whether an SQLite database is a sound store of MLflow, and of which version: found out before anything is written."""

import contextlib
import sqlite3
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from lctransfer.errors import LctransferError, one_line


@cache
def latest_version() -> str:
    """Return the version of the tables that this MLflow makes; it reads all its scripts to know."""
    from mlflow.store.db import utils

    return str(utils._get_latest_schema_revision())


def version(path: Path) -> str:
    """Return the version of a store's tables, empty if it has none yet, and refuse one that is damaged."""
    from mlflow.store.db.base_sql_model import Base

    with contextlib.closing(sqlite3.connect(path)) as connection:
        _check_pages(connection, path)
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables:
            return ""
        if "alembic_version" not in tables:
            raise LctransferError(f"{path} is a database of something else, not of MLflow. Name another --uri.")
        _check_texts(connection, path, tables)
        versions = [held for (held,) in connection.execute("SELECT * FROM alembic_version")]
    if len(versions) != 1 or not versions[0]:
        raise _damaged(path, "it does not say which version its tables have")
    lost = sorted(Base.metadata.tables.keys() - tables)
    if versions[0] == latest_version() and lost:
        raise _damaged(path, f"it has no table {', '.join(lost)}")
    return str(versions[0])


def _check_pages(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a damaged database: nothing is written into what may lose it."""
    try:
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except UnicodeDecodeError as error:  # SQLite's own message holds what is damaged
        verdict = one_line(error)
    if verdict != "ok":
        raise _damaged(path, one_line(verdict))


def _check_texts(connection: sqlite3.Connection, path: Path, tables: Iterable[str]) -> None:
    """Refuse bytes where names and addresses must be, which SQLite takes and MLflow does not."""
    for table in sorted(tables):
        columns = connection.execute("SELECT name, type FROM pragma_table_info(?)", (table,)).fetchall()
        for column in (name for name, kind in columns if "CHAR" in kind or "TEXT" in kind):
            wrong = f'SELECT 1 FROM "{table}" WHERE typeof("{column}") = \'blob\' LIMIT 1'  # noqa: S608 - names of its own
            if connection.execute(wrong).fetchone():
                raise _damaged(path, f"its table {table} holds bytes that are no text, as {column}")


def _damaged(path: Path, why: str) -> LctransferError:
    return LctransferError(f"{path} is damaged: {why}. Put a copy of it back, or move it away and import again.")
