"""A digest of the code that a verb runs, so that Snakemake reruns what an edit concerns, and nothing else.

Imports are followed from the verb's function on, at the head of a module and inside functions alike. What a file names
by text (strategies, surveys) is added by `lctransfer.workflow.stage_code`, which also says what a job never imports.
"""

import ast
import hashlib
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path

PACKAGE = "lctransfer"
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

DESCRIPTIONS = frozenset({"card.md", "croissant.json"})
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
    total = hashlib.sha256(_dump(_function(verb)).encode())
    for path in sorted(covered(verb, *modules, not_run=not_run)):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + _content(path).encode())
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
    waiting = [*modules, *_reached(f"verb:{verb}", tuple(_imported(_nodes(_function(verb)))), not_run)]
    while waiting:
        for name in _with_parents(waiting.pop()):
            path = _file(name)
            if path is None or path in seen or name in UNDIGESTED:
                continue
            seen |= {path, *_data(path)}
            waiting += _reached(name, _imports(path), not_run)
    return seen


def _reached(importer: str, imported: tuple[str, ...], not_run: Collection[Edge]) -> list[str]:
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
    named = {node.value for node in _nodes(_tree(path)) if isinstance(node, ast.Constant)}
    return tuple(other for other in _data_below(path.parent) if other.relative_to(path.parent).parts[0] in named)


@cache
def _data_below(folder: Path) -> tuple[Path, ...]:
    files = [path for path in folder.rglob("*") if path.suffix not in {".py", ".pyc"} and path.is_file()]
    files = [path for path in files if path.name not in DESCRIPTIONS]
    return tuple(path for path in files if "__pycache__" not in path.parts)


@cache
def _imports(path: Path) -> tuple[str, ...]:
    """Return the names below the package that a file imports, wherever in the file."""
    return tuple(dict.fromkeys(_imported(_nodes(_tree(path)))))


def _imported(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            # What is imported may itself be a module; where it is not, there is no such file.
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        yield from (name.removeprefix(f"{PACKAGE}.") for name in names if name.startswith(f"{PACKAGE}."))


@cache
def _nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Return the constants and imports of a syntax tree, but for what only a type checker imports."""
    found, waiting = [], [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Constant | ast.Import | ast.ImportFrom):
            found.append(node)
        elif not (isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
            waiting += ast.iter_child_nodes(node)
    return tuple(found)


@cache
def _function(verb: str) -> ast.FunctionDef:
    """Return the function of a verb."""
    for path in sorted((ROOT / "cli").glob("*.py")):
        for node in _tree(path).body:
            if isinstance(node, ast.FunctionDef) and node.name.strip("_") == verb and node.decorator_list:
                return node
    raise KeyError(f"There is no verb {verb}.")


@cache
def _content(path: Path) -> str:
    """Return what of a file matters: for Python its syntax tree without docstrings, else a digest of its bytes."""
    return _dump(_tree(path)) if path.suffix == ".py" else hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _tree(path: Path) -> ast.Module:
    """Return a file's syntax tree without docstrings and without what ``--help`` says."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [item for item in node.body if not _is_text(item)] or [ast.Pass()]
        if isinstance(node, ast.Call):
            node.keywords = [item for item in node.keywords if item.arg not in {"help", "metavar"}]
    return tree


def _dump(tree: ast.AST) -> str:
    return ast.dump(tree)


def _is_text(item: ast.stmt) -> bool:
    return isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant) and isinstance(item.value.value, str)
