"""Reading and writing of files: nothing is ever left half-written."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lctransfer.errors import FORBIDDEN, FULL, LctransferError, one_line
from lctransfer.validate import parse_json

if TYPE_CHECKING:  # a quarter of a second, which most callers have no need of
    import pandas as pd


_PROTECTED: set[Path] = set()
"""What a verb reads, and nothing may write over while it runs."""


@contextmanager
def protecting(inputs: Iterable[Path | str]) -> Iterator[None]:
    """Refuse, within the block, to write over any of these files, or over a file in any of these folders.

    Parameters
    ----------
    inputs : iterable of Path
        What is read; what does not exist is passed over.
    """
    added = {Path(path) for path in inputs if path and os.path.exists(path)} - _PROTECTED
    _PROTECTED.update(added)
    try:
        yield
    finally:
        _PROTECTED.difference_update(added)


def counts_beside(table: Path) -> Path:
    """Return the path of the JSON file beside a table, where `ingest` keeps its counts.

    Raises
    ------
    LctransferError
        If there is such a file with something else in it, such as the manifest of a download.
    """
    path = Path(table).with_suffix(".json")
    if path.exists():
        with suppress(LctransferError):
            held = read_json(path)
            if isinstance(held, dict) and {"survey", "dropped"} <= held.keys():
                return path
        raise LctransferError(
            f"The counts of {table} go into {path}, which holds something else: choose another name for the table, or "
            "move that file away."
        )
    return path


def refuse_input(path: Path) -> None:
    """Refuse to write to a path that is an input of the verb that runs, be it by another name or through a link.

    Raises
    ------
    LctransferError
        Naming both.
    """
    if not path.exists():
        return
    for source in filter(Path.exists, _PROTECTED):
        inside = source.is_dir() and source.resolve() in path.resolve().parents
        if inside or path.samefile(source):
            raise LctransferError(
                f"{path} is also what is read ({source}): name another output, so that nothing is lost."
            )


@contextmanager
def replacing(path: Path | str) -> Iterator[Path]:
    """Yield a path beside `path` to write to; rename it over `path` once the block has succeeded.

    Parameters
    ----------
    path : Path or str
        The file that readers will see, either in its old state or complete in its new one.

    Yields
    ------
    Path
        A temporary path in the same folder (created if need be), removed if the block raises.

    Raises
    ------
    LctransferError
        If the folder cannot be made, or the path is an input; see `protecting`.
    OSError
        If the disk is full, or the folder cannot be written to; see `naming`.
    """
    path = Path(path)
    refuse_input(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LctransferError(
            f"{path} cannot be written, for there is no making its folder: {error.strerror}."
        ) from None
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with naming(path):
            yield aside
            os.replace(aside, path)
    finally:
        with suppress(OSError):  # of a file system that has become read-only, the sentence above says so
            aside.unlink(missing_ok=True)


@contextmanager
def naming(path: Path | str) -> Iterator[None]:
    """Let the error of a disk that is full, or of a folder without the right to write, name the file that is to be.

    It stays an `OSError`, so that nobody takes it for a fault of what is read.

    Raises
    ------
    OSError
        Of the same kind, with `path` as its file, in place of one that names none, or a temporary one beside it.
    """
    try:
        yield
    except OSError as error:
        path = Path(path)
        forbidden = error.errno in FORBIDDEN and not os.access(path.parent, os.W_OK)
        if error.errno is None or not (forbidden or error.errno in FULL):
            raise
        raise OSError(error.errno, os.strerror(error.errno), str(path)) from None


def write_text(path: Path | str, text: str) -> None:
    """Write `text` to `path` as UTF-8, whole or not at all."""
    with replacing(path) as aside:
        aside.write_text(text, encoding="utf-8")


def write_json(path: Path | str, value: Any) -> None:
    """Write `value` as indented JSON with sorted keys; NaN is refused, since JSON has none."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True, allow_nan=False) + "\n")


def read_json(path: Path | str) -> Any:
    """Return the value of a JSON file.

    Raises
    ------
    LctransferError
        If the file is missing, cannot be read, or is not JSON; see `lctransfer.validate.parse_json`.
    """
    try:
        return parse_json(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LctransferError(f"There is no file {path}. Run the stage that writes it first.") from None
    except OSError as error:
        raise LctransferError(f"{path} cannot be read: {error.strerror or error}.") from None
    except ValueError as error:
        raise LctransferError(
            f"{path} is not valid JSON ({one_line(error)}). Delete it and run its stage again."
        ) from None


SEAL = "sha256_of_content"
"""Key of a JSON object's digest of the rest."""


def sealed(value: dict[str, Any]) -> dict[str, Any]:
    """Return an object for `write_json` with a digest of itself, which `check_seal` compares."""
    return {**value, SEAL: _content_digest(value)}


def check_seal(value: Any, path: Path | str, *, needed: bool = False) -> None:
    """Refuse an object of `read_json` that is another than `sealed` gave.

    Parameters
    ----------
    value : object
        Of the file.
    path : Path or str
        The file, for messages.
    needed : bool
        Whether one without a digest is refused, too; else it is taken as it is.

    Raises
    ------
    LctransferError
        If it is no object, or was changed.
    """
    if not isinstance(value, dict):
        raise LctransferError(f"{path} holds no JSON object: it is damaged. Write it again.")
    if value.get(SEAL, "" if needed else None) not in (None, _content_digest(value)):
        meant = "" if needed else f"; where the change is meant, take its line {SEAL} out"
        raise LctransferError(
            f"{path} was changed since it was written: it is damaged, or somebody edited it. Write it again{meant}."
        )


def _content_digest(value: dict[str, Any]) -> str:
    rest = json.loads(json.dumps({key: item for key, item in value.items() if key != SEAL}))
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters of what a spreadsheet takes for a formula."""


def csv_text(table: "pd.DataFrame") -> str:
    """Return a table as CSV that a spreadsheet shows and never runs: an apostrophe goes before a text like a formula.

    Numbers, also as text, stay as they are.
    """
    return str(table.rename(columns=_inert).map(_inert).to_csv(index=False))


def _inert(value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith(FORMULA):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value


def plain_text(value: str) -> str:
    """Return a text of `csv_text` as it was."""
    return value[1:] if value.startswith("'") and value[1:].startswith(FORMULA) else value


def sha256(path: Path | str) -> str:
    """Return the SHA-256 digest of a file's content as 64 hexadecimal digits."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
