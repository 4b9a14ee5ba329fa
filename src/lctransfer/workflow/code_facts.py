"""What of a source file counts in a digest of the code, kept between processes: to parse 300 files takes seconds."""

import ast
import hashlib
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from lctransfer.errors import LctransferError
from lctransfer.files import check_seal, read_json, sealed, write_json

PACKAGE = "lctransfer"
KEPT = f"__pycache__/code_facts.{sys.implementation.cache_tag}.json"
"""Below the package's folder; where it cannot be written or read, each process parses the files anew."""
LONGEST_NAME = 100
"""Longer texts name no data file."""


class Facts(NamedTuple):
    """What of a Python file, or of one function, counts."""

    code: str
    """Digest of the syntax tree, without docstrings and without what ``--help`` says."""
    imports: list[str]
    """Names below the package that are imported, wherever in the file."""
    texts: list[str]
    """Short texts, which may name data files."""


class FactStore:
    """The facts of a package's files, parsed once per version of each file.

    Parameters
    ----------
    root : Path
        The package's folder.
    """

    def __init__(self, root: Path):
        self._root = root
        self._changed = False
        self._version = hashlib.sha256(Path(__file__).read_bytes() + sys.version.encode()).hexdigest()
        self._of_file: dict[str, tuple[str, dict[str, Facts]]] = {}
        with suppress(LctransferError, TypeError, ValueError, AttributeError, KeyError):
            self._of_file = self._read()

    def _read(self) -> dict[str, tuple[str, dict[str, Facts]]]:
        kept = read_json(self._root / KEPT)
        check_seal(kept, self._root / KEPT, needed=True)
        files = kept["files"].items()
        return {name: (key, {part: Facts(*facts) for part, facts in parts.items()}) for name, (key, parts) in files}

    def __getitem__(self, path: Path) -> dict[str, Facts]:
        """Return the facts of a Python file, under an empty name, and of each decorated function of it."""
        name, content = path.relative_to(self._root).as_posix(), path.read_bytes()
        key = hashlib.sha256(self._version.encode() + content).hexdigest()
        known = self._of_file.get(name)
        if known is None or known[0] != key:
            known = self._of_file[name] = (key, _parsed(content))
            self._changed = True
        return known[1]

    def keep(self) -> None:
        """Write what was parsed for later processes, if there is anything new."""
        if self._changed:
            self._changed = False
            with suppress(LctransferError, OSError):
                (self._root / KEPT).parent.mkdir(exist_ok=True)
                write_json(self._root / KEPT, sealed({"files": self._of_file}))


def _parsed(content: bytes) -> dict[str, Facts]:
    tree = _tree(content)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list]
    return {"": _facts(tree), **{node.name.strip("_"): _facts(node) for node in functions}}


def _facts(tree: ast.AST) -> Facts:
    nodes = _nodes(tree)
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    code = hashlib.sha256(ast.dump(tree).encode()).hexdigest()
    return Facts(code, list(dict.fromkeys(_imported(nodes))), sorted(one for one in texts if len(one) <= LONGEST_NAME))


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


def _nodes(tree: ast.AST) -> list[ast.AST]:
    """Return the constants and imports of a syntax tree, but for what only a type checker imports."""
    found: list[ast.AST] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Constant | ast.Import | ast.ImportFrom):
            found.append(node)
        elif not (isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
            waiting += ast.iter_child_nodes(node)
    return found


def _tree(content: bytes) -> ast.Module:
    """Return a file's syntax tree without docstrings and without what ``--help`` says."""
    tree = ast.parse(content)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [item for item in node.body if not _is_text(item)] or [ast.Pass()]
        if isinstance(node, ast.Call):
            node.keywords = [item for item in node.keywords if item.arg not in {"help", "metavar"}]
    return tree


def _is_text(item: ast.stmt) -> bool:
    return isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant) and isinstance(item.value.value, str)
