"""Two processes at work on one thing: the second is told, or waits."""

import subprocess
import sys
import threading
import time

import pytest

from lctransfer.alone import alone
from lctransfer.errors import LctransferError

HOLD = """
import sys, time
from pathlib import Path
from lctransfer.alone import alone
with alone(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_who_comes_second_is_told(tmp_path):
    target = tmp_path / "catalogue.parquet"
    with alone(target), pytest.raises(LctransferError, match=f"Another process is at work on {target}"), alone(target):
        pass
    assert list(tmp_path.iterdir()) == []
    with alone(target):
        pass


def test_who_is_patient_waits_and_finds_the_thing_free(tmp_path):
    target, seen = tmp_path / "model", []

    def work(number):
        with alone(target, patient=True):
            seen.append(number)
            time.sleep(0.02)
            seen.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert seen[::2] == seen[1::2]
    assert sorted(seen[::2]) == list(range(8))
    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_holds_nothing(tmp_path):
    target = tmp_path / "raw"
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(target)], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    with pytest.raises(LctransferError), alone(target):
        pass
    process.kill()
    process.wait(30)
    with alone(target):
        pass


def test_a_folder_that_cannot_be_written_to_is_left_to_who_writes(tmp_path):
    (tmp_path / "file").write_text("")
    target = tmp_path / "file" / "below"
    with alone(target), pytest.raises(NotADirectoryError):
        target.write_text("refused by the file system, not by the lock")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
