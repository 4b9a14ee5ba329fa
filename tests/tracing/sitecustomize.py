"""On the path of traced processes only: writes down which modules and data files of lctransfer a process loaded."""

import atexit
import json
import os
import sys
import uuid
from pathlib import Path

TRACE, ROOT = os.environ.get("LCTRANSFER_TRACE"), os.environ.get("LCTRANSFER_ROOT", "")
opened: set[str] = set()


def _watch(event: str, arguments: tuple) -> None:
    if event == "open" and isinstance(arguments[0], str | os.PathLike):
        path = os.fspath(arguments[0])
        if isinstance(path, str) and path.startswith(ROOT) and "__pycache__" not in path and not path.endswith(".py"):
            opened.add(os.path.relpath(path, ROOT))


def _write() -> None:
    files = [getattr(module, "__file__", None) or "" for module in list(sys.modules.values())]
    modules = {os.path.relpath(path, ROOT) for path in files if path.startswith(ROOT)}
    found = {"arguments": sys.argv[1:], "modules": sorted(modules), "data": sorted(opened)}
    Path(TRACE, f"{uuid.uuid4().hex}.json").write_text(json.dumps(found), encoding="utf-8")


if TRACE and ROOT:
    sys.addaudithook(_watch)
    atexit.register(_write)
