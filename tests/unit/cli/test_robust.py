"""No verb ends in a traceback, whatever the terminal, the machine or the code does."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

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
