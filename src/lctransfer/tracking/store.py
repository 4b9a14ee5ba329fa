"""The MLflow store: created by one process at a time, and written a whole run with all its children at once."""

import contextlib
import errno
import http.client
import logging
import os
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lctransfer.errors import LctransferError, one_line
from lctransfer.files import naming, replacing
from lctransfer.secret import USER
from lctransfer.tracking import artifacts, database

if TYPE_CHECKING:
    from mlflow import MlflowClient

SQLITE = "sqlite:///"
MAGIC = b"SQLite format 3\0"
WAIT_S = 10
"""How long a server may take to answer."""


@contextlib.contextmanager
def connected(uri: str, *, alone: bool = False) -> Iterator["MlflowClient"]:
    """Yield a client of a store that is ready.

    Parameters
    ----------
    uri : str
        ``sqlite:///...``, or the address of a server.
    alone : bool
        Keep other processes that ask for it out of an SQLite store meanwhile.

    Raises
    ------
    LctransferError
        If MLflow cannot use the store.
    """
    quiet()
    from alembic.util.exc import CommandError
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with _naming(uri), _locked(uri) if alone else contextlib.nullcontext():
            if uri.startswith(SQLITE):
                _migrate(uri)
                artifacts.follow(path_of(uri))
            elif uri.startswith(("http://", "https://")):
                _reach(uri)
            client = MlflowClient(tracking_uri=uri)
            client.search_experiments(max_results=1)  # what cannot be used is found out here
            yield client
    except CommandError:
        raise LctransferError(
            f"{uri} was written by a newer MLflow than {version('mlflow')}: update mlflow, or name another --uri."
        ) from None
    except ModuleNotFoundError as error:
        raise LctransferError(f"MLflow cannot use {uri}, for Python has no module {error.name}: install it.") from None
    except (MlflowException, SQLAlchemyError, sqlite3.Error) as error:
        raise LctransferError(f"MLflow cannot use {uri}: {str(error).splitlines()[0]}") from None
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        raise LctransferError(f"MLflow cannot use {uri}: {error.strerror}: {one_line(error.filename)}") from None


def _naming(uri: str) -> contextlib.AbstractContextManager[None]:
    """Let the error of a full disk name a store that is a file."""
    return naming(path_of(uri)) if uri.startswith(SQLITE) else contextlib.nullcontext()


def _reach(uri: str) -> None:
    """Refuse a server that does not answer; MLflow itself would try for minutes, now and later."""
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
    try:
        # Without user and password, which urllib would take for a port, and name.
        with urllib.request.urlopen(f"{USER.sub('', uri).rstrip('/')}/health", timeout=WAIT_S):  # noqa: S310
            pass
    except urllib.error.HTTPError:
        pass  # some server is there
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise LctransferError(
            f"No MLflow server answers at {uri} ({reason}). Start it, or name another --uri."
        ) from None


def quiet() -> None:
    """Keep mlflow from reporting home and from chatting; before its import, since it reads these once."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("DO_NOT_TRACK", "true")
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # It writes a traceback of what it then raises, and we say in a sentence.
    logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)


def path_of(uri: str) -> Path:
    """Return the file of an SQLite store."""
    return Path(uri.removeprefix(SQLITE)).resolve()


@contextlib.contextmanager
def _locked(uri: str) -> Iterator[None]:
    from mlflow.utils.file_utils import ExclusiveFileLock

    if not uri.startswith(SQLITE):
        yield
        return
    path = path_of(uri)
    path.parent.mkdir(parents=True, exist_ok=True)
    with ExclusiveFileLock(str(path.with_name(f".{path.name}.lock"))):
        yield


def _migrate(uri: str) -> None:
    """Create or upgrade an SQLite store; a new one appears whole, so that nobody meets it half made."""
    from mlflow.store.db import utils

    path = path_of(uri)
    if "?" in uri:
        raise LctransferError(f"{uri} has a question mark, which ends the path of an MLflow store. Name another --uri.")
    if path.exists() and path.open("rb").read(len(MAGIC)) not in {MAGIC, b""}:
        raise LctransferError(f"{path} is no SQLite database. Name another --uri, or move that file away.")
    if not path.exists():
        with replacing(path) as aside:
            # Seen from here: the folders above may have a question mark in their names.
            _create(f"{SQLITE}{os.path.relpath(aside)}")
        return
    held = database.version(path)
    if held == database.latest_version():
        return
    engine = utils.create_sqlalchemy_engine_with_retry(uri)
    try:
        change = utils._upgrade_db if held else utils._initialize_tables
        change(engine)
    finally:
        engine.dispose()


def _create(uri: str) -> None:
    import sqlalchemy
    from mlflow.store.db import utils

    engine = utils.create_sqlalchemy_engine(uri)
    # Nothing can be lost before the file has its name; waiting for the disk at every step takes most of the time.
    sqlalchemy.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    try:
        utils._initialize_tables(engine)
    finally:
        engine.dispose()


@contextlib.contextmanager
def transaction(client: "MlflowClient") -> Iterator[None]:
    """Make all that the client writes in this block one transaction, where the store is a database file.

    Then a killed import leaves nothing of an unfinished run, and 61 runs cost one commit instead of 366. A server takes
    each call by itself, as ever.
    """
    from mlflow.store.db import utils
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
    from sqlalchemy.orm import sessionmaker

    store = client._tracking_client.store
    if not isinstance(store, SqlAlchemyStore) or not client.tracking_uri.startswith(SQLITE):
        yield
        return
    usual = store.ManagedSessionMaker
    with store.engine.connect() as connection:
        for pragma in ("foreign_keys = ON", "busy_timeout = 60000", "case_sensitive_like = ON"):
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        connection.commit()
        # Else SQLite would take the write lock at the first insert, and might then find that what it read is stale.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        # Commits of the store's own sessions end with them; the connection's are ours.
        joined = sessionmaker(bind=connection, join_transaction_mode="rollback_only")
        # No database type: the pragmas are set above, once instead of three times a session.
        store.ManagedSessionMaker = utils._get_managed_session_maker(joined, "")
        try:
            yield
            connection.commit()
        finally:
            store.ManagedSessionMaker = usual


def experiment(client: "MlflowClient", name: str, tags: dict[str, str]) -> str:
    """Return the id of an experiment, created if need be with its artifacts beside the store, and tag it."""
    from mlflow.entities import ExperimentTag

    found = client.get_experiment_by_name(name)
    if found is None:
        place = None
        if client.tracking_uri.startswith(SQLITE):
            # The default would be a folder below wherever the import happened to be started.
            place = artifacts.home(path_of(client.tracking_uri), name)
        identity = client.create_experiment(name, artifact_location=place)
    else:
        identity = found.experiment_id
        if found.lifecycle_stage == "deleted":
            client.restore_experiment(identity)
    known = found.tags if found else {}
    for tag in (ExperimentTag(*pair) for pair in tags.items() if known.get(pair[0]) != pair[1]):
        client.set_experiment_tag(identity, tag.key, tag.value)
    return identity


def search(client: "MlflowClient", identity: str, where: str) -> list[Any]:
    """Return all active runs of an experiment that a filter of MLflow's admits."""
    runs: list[Any] = []
    token = None
    while True:
        page = client.search_runs([identity], where, max_results=1000, page_token=token)
        runs, token = [*runs, *page], page.token
        if not token:
            return runs


def whole(client: "MlflowClient", run: Any, has_files: bool) -> bool:
    """Return whether a run is finished and, in a database file, all that it holds is there."""
    if run.info.status != "FINISHED":
        return False
    if not client.tracking_uri.startswith(SQLITE):
        return True
    models = [one.model_id for one in run.outputs.model_outputs] if run.outputs else []
    places = [run.info.artifact_uri] if has_files else []
    places += [client.get_logged_model(model).artifact_location for model in models]
    return all(map(artifacts.held, places))


def delete(client: "MlflowClient", identity: str, run: Any) -> None:
    """Delete a run, the runs below it, and its models; in a database file also the files that it held."""
    for child in search(client, identity, f"tags.mlflow.parentRunId = '{run.info.run_id}'"):
        client.delete_run(child.info.run_id)
    places = [run.info.artifact_uri]
    for model in run.outputs.model_outputs if run.outputs else []:
        places.append(client.get_logged_model(model.model_id).artifact_location)
        client.delete_logged_model(model.model_id)
    client.delete_run(run.info.run_id)
    if client.tracking_uri.startswith(SQLITE):
        for place in places:
            artifacts.remove(path_of(client.tracking_uri), place)
