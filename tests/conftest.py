"""Fixtures that every test may use."""

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real light curves and native files; skip where this machine has none."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no real light curves at {SHARED_DATA}")
    return SHARED_DATA
