"""No verb ends in a traceback, whatever the terminal, the machine or the code does."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lctransfer.__main__ import entry
from lctransfer.cli import arguments
from lctransfer.cli.arguments import VERBS
from lctransfer.cli.main import main


def raising(error):
    def function(_):
        raise error

    return function


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (ValueError("Two words.\nAnd more."), 1, "ValueError: Two words. And more.. This should not happen"),
        (RuntimeError(), 1, "RuntimeError: no message. This should not happen"),
        (MemoryError(), 2, "there is not enough memory"),
        (PermissionError(13, "Permission denied", "/some/file"), 2, "Permission denied: /some/file"),
        (KeyboardInterrupt(), 130, "stopped."),
        (OSError(28, "No space left on device"), 2, "Make room in the output's folder and in /"),
        (OSError(24, "Too many open files", "/some/file"), 2, "/some/file. Allow more open files (ulimit -n 1024)"),
        (ImportError("libtorch.so: failed to map segment from shared object"), 2, "there is not enough memory"),
        (OSError(12, "Cannot allocate memory"), 2, "Allow more memory (ulimit -v), or take fewer light curves"),
    ],
)
def test_an_error_nobody_foresaw_is_a_sentence_and_its_traceback_is_kept(error, status, sentence, capsys, monkeypatch):
    monkeypatch.setitem(VERBS, "join", (raising(error), VERBS["join"][1]))
    assert main(["join", "a", "-o", "b"]) == status
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
    if status == 1:
        log = Path(re.search(r"traceback is in (\S+\.log)", said)[1])
        assert "Traceback" in log.read_text()
        log.unlink()


def test_ctrl_c_that_a_library_turns_into_an_error_of_its_own_is_still_ctrl_c(capsys, monkeypatch):
    def verb(_):
        try:
            os.kill(os.getpid(), signal.SIGINT)
        except KeyboardInterrupt:
            raise TypeError("data type not understood") from None

    monkeypatch.setitem(VERBS, "join", (verb, VERBS["join"][1]))
    assert main(["join", "a", "-o", "b"]) == 130
    assert capsys.readouterr().err == "lctransfer: stopped.\n"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_while_the_verbs_are_loaded_is_a_sentence(capsys, monkeypatch):
    stopped = SimpleNamespace(main=lambda: raising(KeyboardInterrupt())(None))
    monkeypatch.setitem(sys.modules, "lctransfer.cli.main", stopped)
    assert entry() == 130
    assert capsys.readouterr().err == "lctransfer: stopped.\n"


def test_a_traceback_that_cannot_be_kept_does_not_hide_the_error(capsys, monkeypatch):
    monkeypatch.setitem(VERBS, "join", (raising(ValueError("wrong")), VERBS["join"][1]))
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", lambda *_, **__: raising(OSError(28, "No space left"))(None))
    assert main(["join", "a", "-o", "b"]) == 1
    said = capsys.readouterr().err
    assert "ValueError: wrong. This should not happen; the traceback could not be kept (No space left)" in said


def test_a_file_that_has_no_room_is_named_and_left_as_it_was(tmp_path):
    pq.write_table(pa.table({"x": np.random.default_rng(0).random(9999)}), tmp_path / "in.parquet")
    (tmp_path / "out.parquet").write_text("what was there before")
    words = [sys.executable, "-m", "lctransfer", "join", "in.parquet", "-o", "out.parquet"]
    code = (
        f"import os, resource; resource.setrlimit(resource.RLIMIT_FSIZE, (9999, 9999)); os.execv({words[0]!r}, {words})"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False, env=environment
    )
    assert done.returncode == 2
    assert done.stderr == (
        "lctransfer: File too large: out.parquet. "
        "Make room there, or name another place, and run the same command again.\n"
    )
    assert (tmp_path / "out.parquet").read_text() == "what was there before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.parquet", "out.parquet"]


def test_a_terminal_without_a_character_gets_a_stand_in():
    code = "from lctransfer.cli import main as m; m._print_anything(); print('0.9 \\u00b1 0.1')"
    environment = {"PYTHONIOENCODING": "ascii", "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode() == "0.9 ? 0.1\n"


@pytest.mark.parametrize(
    "words",
    [
        ["features", "x", "-o", "y", "--threads", "-1"],
        ["features", "x", "-o", "y", "--threads", "0"],
        ["fit", "x", "-o", "y", "--min-class-size", "0"],
        ["simulate", "asas", "-o", "y", "--stars", "-5"],
        ["simulate", "asas", "-o", "y", "--stars", "5", "--seed", "-1"],
        ["evaluate", "x", "-o", "y", "--seeds", "3-"],
        ["evaluate", "x", "-o", "y", "--seeds", "1,1"],
        ["evaluate", "x", "-o", "y", "--jobs", "\u0663"],
        ["ui", "--port", "80"],
        ["retrieve", "asas", "--collections", "{"],
        ["retrieve", "asas", "--collections", "[1]"],
        ["report", "x", "--config", "["],
    ],
)
def test_a_number_or_list_out_of_range_is_refused_when_it_is_read(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert re.search(r"error: argument (-\S+): ", capsys.readouterr().err)


def test_seeds_are_each_named_once():
    assert arguments.seeds("0-2,7") == [0, 1, 2, 7]
