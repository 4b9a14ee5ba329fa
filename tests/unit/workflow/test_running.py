"""`lctransfer run` is Snakemake with the package's own files, and takes stale locks away."""

import os
import signal
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

    def fake(command):
        made.append(command)
        return 0

    monkeypatch.setattr(running, "_to_its_end", fake)
    monkeypatch.chdir(tmp_path)
    return made


def test_the_files_of_the_workflow_are_found():
    assert SNAKEFILE.is_file()
    assert PROFILE.joinpath("config.yaml").is_file()


def test_run_hands_the_overrides_to_snakemake(calls):
    assert main(["run", "smoke", "transfer.seeds=3", "--cores", "2", "--dry-run"]) == 0
    (command,) = calls
    assert command[:3] == [sys.executable, "-c", running.SNAKEMAKE]
    assert command[-1] == 'hydra=["experiment=smoke", "transfer.seeds=3"]'
    assert "--dry-run" in command


@pytest.mark.parametrize("made", [True, False])
def test_caches_lie_in_the_folder_of_the_run_where_the_home_cannot_be_written_to(tmp_path, monkeypatch, made):
    cache = tmp_path / "home" / ".cache"
    cache.mkdir(parents=True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache if made else cache / "none" / "yet"))
    assert running._caches(tmp_path) == {}
    monkeypatch.setattr(os, "access", lambda place, mode: place != cache)
    assert running._caches(tmp_path) == {"XDG_CACHE_HOME": str(tmp_path / ".snakemake" / "cache")}


def test_a_mistake_is_told_before_snakemake_starts(calls, capsys):
    assert main(["run", "smoke", "transfer.sedes=3"]) == 2
    assert "did you mean transfer.seeds?" in capsys.readouterr().err
    assert not calls


@pytest.fixture
def lock(tmp_path):
    """Return the lock file of a run in a folder."""
    path = tmp_path / ".snakemake" / "locks" / "0.input.lock"
    path.parent.mkdir(parents=True)
    path.touch()
    return path


@pytest.fixture
def other_run(tmp_path):
    """Return a process that looks like Snakemake at work in the folder."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "snakemake"], cwd=tmp_path)
    yield process
    process.kill()
    process.wait()


def test_a_lock_that_a_killed_run_left_is_taken_away(calls, lock):
    running.run(["experiment=smoke"], 2)
    assert not lock.exists()
    assert len(calls) == 1


def test_a_run_that_is_at_work_is_not_disturbed(calls, lock, other_run):
    with pytest.raises(LctransferError, match=f"process {other_run.pid}"):
        running.run(["experiment=smoke"], 2)
    assert lock.exists()
    assert not calls


def test_the_lock_of_a_run_on_another_machine_stays(lock, tmp_path):
    (tmp_path / ".snakemake" / "lctransfer_host").write_text("node7\n")
    assert "A run on node7 may be at work" in running.clear_stale_lock(tmp_path)
    assert lock.exists()


def test_the_lock_of_another_user_stays(lock, tmp_path, monkeypatch):
    monkeypatch.setattr(running.os, "getuid", lambda: lock.stat().st_uid + 1)
    assert "another user" in running.clear_stale_lock(tmp_path)
    assert lock.exists()


def test_a_run_notes_its_machine(tmp_path):
    assert running.clear_stale_lock(tmp_path) is None
    assert (tmp_path / ".snakemake" / "lctransfer_host").read_text().strip() == running.socket.gethostname()


STOPPED = """
import subprocess, sys
from lctransfer.workflow import running
running.PATIENCE_S = 0.5
child = "import signal, sys, time; end = lambda *_: (time.sleep(0.4), open('ended', 'x'), sys.exit())"
begin = "signal.signal(signal.SIGINT, end); open('begun', 'x'); time.sleep(60)"
try:
    running._to_its_end([sys.executable, "-c", child + ";" + begin])
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.mark.parametrize("tell", [os.killpg, os.kill], ids=["ctrl-c", "this process alone"])
def test_ctrl_c_waits_until_snakemake_has_ended_its_jobs(tell, tmp_path):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", STOPPED]
    with subprocess.Popen(command, cwd=tmp_path, start_new_session=True, env=environment) as process:
        while not (tmp_path / "begun").exists():
            assert process.poll() is None
        tell(process.pid, signal.SIGINT)
        assert process.wait(30) == 130
    assert (tmp_path / "ended").exists()
