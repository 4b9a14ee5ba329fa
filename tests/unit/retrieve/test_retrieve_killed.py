"""A download that was killed goes on where it stopped."""

import os
import signal
import subprocess
import sys
import time

import pytest
from retrieve_server import serving

CLIENT = """
import sys
from pathlib import Path
from lctransfer import retrieve as package
from lctransfer.config import Archive
from lctransfer.surveys.base import RemoteFile, Sure
url, folder = sys.argv[1], Path(sys.argv[2])
package.remote_files = lambda *_: [RemoteFile("ogle", "a set", "huge.bin", (url,), "public", "a paper", Sure.PROVEN)]
package.retrieve("ogle", Archive(kind="live"), [], folder / "raw", folder / "raw.json")
"""


@pytest.fixture
def host():
    with serving() as running:
        yield running


def test_kill_9_during_200_mb_then_the_rest(host, tmp_path):
    host.files["/huge.bin"] = b"0123456789abcdef" * (200 * 2**20 // 16)
    command = [sys.executable, "-c", CLIENT, f"{host.address}/huge.bin", str(tmp_path)]
    client = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    part = tmp_path / "raw" / "huge.bin.part"
    while not (part.exists() and part.stat().st_size > 20 * 2**20):
        assert client.poll() is None, "the download ended before it could be killed"
        time.sleep(0.002)
    os.kill(client.pid, signal.SIGKILL)
    client.wait()
    came = part.stat().st_size
    assert not (tmp_path / "raw" / "huge.bin").exists()
    host.ranges.clear()
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    assert host.ranges == [f"bytes={came}-"]
    assert (tmp_path / "raw" / "huge.bin").read_bytes() == host.files["/huge.bin"]
