"""`lctransfer run` is Snakemake with the package's own files, and takes stale locks away."""

import subprocess
import sys

import pytest

from lctransfer.cli.main import main
from lctransfer.errors import LctransferError
from lctransfer.workflow import running
from lctransfer.workflow_files import PROFILE, SNAKEFILE


@pytest.fixture
def calls(monkeypatch, tmp_path):
    """Return the commands that would have been run, in an empty folder."""
    made = []

    def fake(command, **_):
        made.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(running.subprocess, "run", fake)
    monkeypatch.chdir(tmp_path)
    return made


def test_the_files_of_the_workflow_are_found():
    assert SNAKEFILE.is_file()
    assert PROFILE.joinpath("config.yaml").is_file()


def test_run_hands_the_overrides_to_snakemake(calls):
    assert main(["run", "smoke", "transfer.seeds=3", "--cores", "2", "--dry-run"]) == 0
    (command,) = calls
    assert command[:3] == [sys.executable, "-m", "snakemake"]
    assert command[-1] == 'hydra=["experiment=smoke", "transfer.seeds=3"]'
    assert "--dry-run" in command


def test_a_mistake_is_told_before_snakemake_starts(calls, capsys):
    assert main(["run", "smoke", "transfer.sedes=3"]) == 2
    assert "did you mean transfer.seeds?" in capsys.readouterr().err
    assert not calls


def test_a_lock_that_a_killed_run_left_is_taken_away(calls, tmp_path):
    (tmp_path / ".snakemake" / "locks").mkdir(parents=True)
    (tmp_path / ".snakemake" / "locks" / "0.input.lock").touch()
    running.run(["experiment=smoke"], 2)
    assert [("--unlock" in command) for command in calls] == [True, False]


def test_a_run_that_is_at_work_is_not_disturbed(tmp_path):
    words = [sys.executable, "-c", "import time; time.sleep(60)", "snakemake"]
    other = subprocess.Popen(words, cwd=tmp_path)
    try:
        with pytest.raises(LctransferError, match=f"process {other.pid}"):
            running._refuse_second_run(tmp_path)
    finally:
        other.kill()
        other.wait()
