"""Chromium and axe-core: where they are, and what happens to a browser test where they are missing."""

import os
import shutil
from pathlib import Path

import pytest
from conftest import REPOSITORY

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PLACES = (REPOSITORY / ".axe", REPOSITORY, Path.home(), Path("/usr/lib"), Path("/usr/local/lib"))
AXE_FILES = (
    Path(os.environ.get("AXE_CORE", "/nowhere")),
    *(place / "node_modules/axe-core/axe.min.js" for place in PLACES),
    Path("/usr/share/nodejs/axe-core/axe.min.js"),
)


def _missing(sentence: str) -> None:
    """Skip on a user's machine; fail in CI, where nothing that could run may be skipped."""
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the browser's program."""
    if CHROMIUM is None:
        _missing("Chromium is not installed (apt-get install chromium)")
    return CHROMIUM


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the script of axe-core."""
    found = next((path for path in AXE_FILES if path.is_file()), None)
    if found is None:
        _missing("axe-core is not installed (npm install axe-core, or set AXE_CORE)")
    return found.read_text()
