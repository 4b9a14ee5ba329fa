"""Compiled code is kept where that is possible, and never in the way where it is not."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = """
from lctransfer.code_cache import compiled

@compiled
def double(x):
    return 2 * x
"""
RUN = "import sys; sys.path.insert(0, 'package'); import doubling; print(doubling.double(21))"


def run(folder, **environment):
    command = [sys.executable, "-c", RUN]
    environment = {**os.environ, "HOME": str(folder / "home"), "PYTHONDONTWRITEBYTECODE": "1", **environment}
    environment.pop("XDG_CACHE_HOME", None)
    if "NUMBA_CACHE_DIR" in environment and not environment["NUMBA_CACHE_DIR"]:
        del environment["NUMBA_CACHE_DIR"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "42\n", done.stderr
    return done.stderr


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "doubling.py").write_text(SOURCE)
    return tmp_path


def kept(folder):
    return sorted(path.relative_to(folder) for path in folder.rglob("*.nbc"))


def test_code_is_kept_beside_its_source_and_older_versions_go(folder):
    assert run(folder, NUMBA_CACHE_DIR="") == ""
    first = kept(folder)
    assert [path.parts[:2] for path in first] == [("package", "__pycache__")]
    (folder / "package" / "other.py").write_text("A = 1")
    run(folder, NUMBA_CACHE_DIR="")
    assert len(kept(folder)) == 1
    assert kept(folder) != first


def test_a_source_that_cannot_be_written_beside_uses_the_user_s_cache(folder):
    (folder / "package" / "__pycache__").write_text("a file in the way, which root cannot write below either")
    assert run(folder, NUMBA_CACHE_DIR="") == ""
    assert [path.parts[:3] for path in kept(folder)] == [("home", ".cache", "lctransfer")]


def test_with_nowhere_to_write_it_warns_and_compiles_in_memory(folder):
    (folder / "package" / "__pycache__").write_text("")
    (folder / "home").write_text("")
    assert "Set NUMBA_CACHE_DIR" in run(folder, NUMBA_CACHE_DIR="")
    assert kept(folder) == []
    assert run(folder, NUMBA_CACHE_DIR=str(folder / "own")) == ""
    assert len(kept(folder)) == 1


def test_damaged_files_are_compiled_anew(folder):
    run(folder, NUMBA_CACHE_DIR=str(folder / "own"))
    for path in (folder / "own").rglob("*.nb*"):
        path.write_bytes(path.read_bytes()[:20])
    assert run(folder, NUMBA_CACHE_DIR=str(folder / "own")) == ""


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_checkout(folder):
    (folder / "home").mkdir()
    for name in ("package", "home"):
        (folder / name).chmod(0o500)
    try:
        assert "Set NUMBA_CACHE_DIR" in run(folder, NUMBA_CACHE_DIR="")
    finally:
        for name in ("package", "home"):
            (folder / name).chmod(0o700)
    shutil.rmtree(Path(folder) / "home")
