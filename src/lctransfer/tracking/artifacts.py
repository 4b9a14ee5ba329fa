"""Where the artifacts of an SQLite store lie: always beside the database, wherever that has been moved or copied.

MLflow keeps absolute addresses. Those of a store that was copied point into the original, which nothing here may touch.
"""

import shutil
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

FOLDER = "mlartifacts"
SAID = (("experiments", "artifact_location"), ("runs", "artifact_uri"), ("logged_models", "artifact_location"))
"""Tables and columns in which MLflow keeps addresses."""


def home(database: Path, experiment: str) -> str:
    """Return the address at which the artifacts of an experiment belong."""
    return (database.parent / FOLDER / experiment).as_uri()


def follow(database: Path) -> int:
    """Let the addresses in a store that was moved or copied point beside it; return how many experiments that were.

    Only experiments whose artifacts lay beside a store are concerned, not those that somebody put elsewhere.

    Parameters
    ----------
    database : Path
        An SQLite store with MLflow's tables.
    """
    with sqlite3.connect(database, timeout=60) as connection:
        rows = connection.execute("SELECT experiment_id, name, artifact_location FROM experiments").fetchall()
        places = [(identity, place or "", home(database, name)) for identity, name, place in rows]
        moved = [(identity, old, new) for identity, old, new in places if old != new and _beside_a_store(old, new)]
        for identity, old, new in moved:
            for table, column in SAID:
                connection.execute(
                    f"UPDATE {table} SET {column} = ? || substr({column}, ?) "  # noqa: S608 - names of our own
                    f"WHERE experiment_id = ? AND ({column} = ? OR substr({column}, 1, ?) = ?)",
                    (new, len(old) + 1, identity, old, len(old) + 1, f"{old}/"),
                )
    connection.close()
    return len(moved)


def _beside_a_store(old: str, new: str) -> bool:
    """Return whether an address ends as one beside a store does: in the experiment's folder below `FOLDER`."""
    return old.split("/")[-2:] == new.split("/")[-2:]


def path_of(address: str) -> Path | None:
    """Return the local path of an artifact address; None for one elsewhere."""
    parts = urlsplit(address)
    return Path(url2pathname(parts.path)) if parts.scheme in {"", "file"} else None


def held(address: str) -> bool:
    """Return whether an address elsewhere is named, or a local folder that is there."""
    path = path_of(address)
    return path is None or path.is_dir()


def remove(database: Path, address: str) -> None:
    """Remove the artifacts at an address, if they lie beside the store; nothing else is ever touched."""
    path = path_of(address)
    inside = (database.parent / FOLDER).resolve()
    if path is not None and path.resolve().is_relative_to(inside) and path.resolve().parent != inside:
        # It is the folder `artifacts` of a folder that carries the id.
        shutil.rmtree(path.parent, ignore_errors=True)
