"""Hold the code to sizes that can be read: `python tools/code_size.py [folder ...]` lists what is larger, and fails.

A file has at most 300 lines, a function at most 40, and a function takes at most seven parameters (`self` and `cls`
not counted). Docstrings count as lines of a file, not of a function: documentation is not to be cut for this check.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

FILE_LINES = 300
FUNCTION_LINES = 40
PARAMETERS = 7

Function = ast.FunctionDef | ast.AsyncFunctionDef


def body_lines(function: Function) -> int:
    """Count the lines of a function from its `def` to its end, without the docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def parameter_count(function: Function) -> int:
    """Count the parameters of a function by position and by keyword, without `self` and `cls`."""
    named = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return sum(argument.arg not in ("self", "cls") for argument in named)


def too_large(path: Path) -> Iterator[str]:
    """Tell every excess of one file as a line `path:line: what`."""
    text = path.read_text(encoding="utf-8")
    if (lines := len(text.splitlines())) > FILE_LINES:
        yield f"{path}:1: the file has {lines} lines, more than {FILE_LINES}"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, Function):
            where = f"{path}:{node.lineno}: {node.name}"
            if (lines := body_lines(node)) > FUNCTION_LINES:
                yield f"{where} has {lines} lines, more than {FUNCTION_LINES}"
            if (parameters := parameter_count(node)) > PARAMETERS:
                yield f"{where} takes {parameters} parameters, more than {PARAMETERS}"


def main(folders: list[str]) -> int:
    """Check every Python file below `folders`, write what is too large, and return the exit status."""
    found = [line for folder in folders for path in sorted(Path(folder).rglob("*.py")) for line in too_large(path)]
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["src"]))
