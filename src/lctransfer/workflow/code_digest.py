"""A digest of the code that a verb runs, so that Snakemake reruns what an edit concerns, and nothing else.

Imports are followed from the verb's function on, at the head of a module and inside functions alike. What a file names
by text (strategies, surveys) is added by `lctransfer.workflow.stage_code`, which also says what a job never imports.
"""

import hashlib
from collections.abc import Collection
from functools import cache
from pathlib import Path

from lctransfer.workflow.code_facts import Facts, FactStore

ROOT = Path(__file__).parents[1]
UNDIGESTED = {
    "": "the version's number, and a name that is imported when it is asked for",
    "config": "its values reach a job, and its rerun key, as text",
    "errors": "an error ends a job without a result",
    "secret": "hides passwords in what is shown",
    "validate": "refuses values, and changes none",
    "workflow_files": "where the Snakefile lies",
    "progress": "says on stderr how far a job is",
}
"""Modules that decide no result, and why."""

Edge = tuple[str, str]
"""Importer and imported, as names below the package; a verb's function is `verb:<name>`."""

DESCRIPTIONS = frozenset({"card.md", "in_context.md", "croissant.json"})
"""Package data that people read and no job does."""


def digest(verb: str, *modules: str, not_run: Collection[Edge] = ()) -> str:
    """Return a digest of the code and package data of `covered`.

    Comments, docstrings, layout and the texts of ``--help`` do not count.

    Parameters
    ----------
    verb, *modules, not_run
        See `covered`.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    total = hashlib.sha256(_function(verb).code.encode())
    for path in sorted(covered(verb, *modules, not_run=not_run)):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + _content(path).encode())
    _store(ROOT).keep()
    return total.hexdigest()[:16]


def covered(verb: str, *modules: str, not_run: Collection[Edge] = ()) -> set[Path]:
    """Return the modules that a verb and further modules import, and the data files that these name.

    Parameters
    ----------
    verb : str
        A verb of the command line; its own function counts in `digest`, the rest of ``cli`` only reads arguments.
    *modules : str
        Names below the package of what is imported by a name that is text, such as ``transfer.auto``.
    not_run : collection of (importer, imported)
        Imports inside functions that this job does not come to.

    Returns
    -------
    set of Path
        Files below the package.
    """
    seen: set[Path] = set()
    waiting = [*modules, *_reached(f"verb:{verb}", _function(verb).imports, not_run)]
    while waiting:
        for name in _with_parents(waiting.pop()):
            path = _file(name)
            if path is None or path in seen or name in UNDIGESTED:
                continue
            seen |= {path, *_data(path)}
            waiting += _reached(name, _facts(path).imports, not_run)
    return seen


def _reached(importer: str, imported: list[str], not_run: Collection[Edge]) -> list[str]:
    """Return what is imported, but for what an edge of `not_run` names, or what lies below it."""
    cut = [name for other, name in not_run if other == importer]
    return [name for name in imported if not any(f"{name}.".startswith(f"{other}.") for other in cut)]


def _with_parents(name: str) -> list[str]:
    """Return a module and the packages around it, whose ``__init__`` Python runs first."""
    parts = name.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]


@cache
def _file(name: str) -> Path | None:
    """Return the file of a module or package; None where the name is none."""
    place = ROOT.joinpath(*name.split("."))
    found = [path for path in (place / "__init__.py", place.with_suffix(".py")) if path.is_file()]
    return found[0] if found else None


@cache
def _data(path: Path) -> tuple[Path, ...]:
    """Return the data files below a module's folder that the module names, alone or by their folder."""
    named = set(_facts(path).texts)
    return tuple(other for other in _data_below(path.parent) if other.relative_to(path.parent).parts[0] in named)


@cache
def _data_below(folder: Path) -> tuple[Path, ...]:
    files = [path for path in folder.rglob("*") if path.suffix not in {".py", ".pyc"} and path.is_file()]
    files = [path for path in files if path.name not in DESCRIPTIONS]
    return tuple(path for path in files if "__pycache__" not in path.parts)


@cache
def _store(root: Path) -> FactStore:
    return FactStore(root)


@cache
def _facts(path: Path) -> Facts:
    """Return what of a Python file counts."""
    return _store(ROOT)[path][""]


@cache
def _function(verb: str) -> Facts:
    """Return what of a verb's function counts."""
    for path in sorted((ROOT / "cli").glob("*.py")):
        if verb in (functions := _store(ROOT)[path]):
            return functions[verb]
    raise KeyError(f"There is no verb {verb}.")


@cache
def _content(path: Path) -> str:
    """Return a digest of what of a file matters: for Python its code, else all its bytes."""
    return _facts(path).code if path.suffix == ".py" else hashlib.sha256(path.read_bytes()).hexdigest()
