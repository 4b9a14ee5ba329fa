"""A digest of the code that a stage runs, so that Snakemake reruns what an edit concerns, and nothing else."""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
SILENT = frozenset({"config", "errors", "progress", "__init__"})
"""Modules that decide no result: the values of the configuration reach a job, and its rerun key, as text."""


def digest(*modules: str) -> str:
    """Return a digest of modules of this package, all that they import from it, and the data files beside them.

    Comments, docstrings and layout do not count.

    Parameters
    ----------
    *modules : str
        Names below ``lctransfer``, such as ``features`` or ``models.released``; a package stands for all its modules.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    seen: set[Path] = set()
    for name in modules:
        _collect(name, seen)
    total = hashlib.sha256()
    for path in sorted(seen):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + _content(path).encode())
    return total.hexdigest()[:16]


def _collect(name: str, seen: set[Path]) -> None:
    """Add the files of a module, and those of the modules that it imports, to `seen`."""
    for path in _files(name):
        if path not in seen:
            seen.add(path)
            if path.suffix == ".py":
                for imported in _imports(path):
                    _collect(imported, seen)


def _files(name: str) -> list[Path]:
    if name in SILENT:
        return []
    place = ROOT.joinpath(*name.split("."))
    if place.is_dir():
        return [path for path in place.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return [place.with_suffix(".py")] if place.with_suffix(".py").exists() else []


@cache
def _imports(path: Path) -> tuple[str, ...]:
    """Return the names below ``lctransfer`` that a file imports, wherever in the file."""
    return tuple(dict.fromkeys(_imported(ast.parse(path.read_text(encoding="utf-8")))))


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            # What is imported may itself be a module; where it is not, there is no such file.
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        yield from (name.removeprefix("lctransfer.") for name in names if name.startswith("lctransfer."))


@cache
def _content(path: Path) -> str:
    """Return what of a file matters: for Python its syntax tree without docstrings, else its bytes."""
    if path.suffix != ".py":
        return hashlib.sha256(path.read_bytes()).hexdigest()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [item for item in node.body if not _is_text(item)] or [ast.Pass()]
    return ast.dump(tree)


def _is_text(item: ast.stmt) -> bool:
    return isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant) and isinstance(item.value.value, str)
