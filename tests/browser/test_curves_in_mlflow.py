"""The address that `make ui` opens, in a real browser: every curve in one chart, nothing typed."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from results_folder import write_results

from lctransfer import tracking

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


@pytest.fixture
def server(tmp_path):
    """Serve a store of twelve curves; yield its store and address."""
    shape = {"fractions": (0.01, 0.2), "seeds": 1, "stars": 60, "targets": ("asas", "hipparcos")}
    directory, _ = write_results(tmp_path, **shape)
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    tracking.mirror(directory, uri)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", uri, "--port", str(port)]
    quiet = os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    with (tmp_path / "server.log").open("w") as log:
        process = subprocess.Popen([*command, "--workers", "1"], cwd=tmp_path, env=quiet, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address)
        yield uri, address
    finally:
        process.terminate()
        process.wait(30)


def _wait(address: str) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/health", timeout=2)
            return
        except OSError:
            time.sleep(0.5)
    pytest.fail("the MLflow server did not come up")


def test_one_chart_shows_every_curve(server, tmp_path):
    uri, address = server
    url = tracking.curves_url(uri, "demo", address)
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    command += ["--window-size=1600,1000", "--virtual-time-budget=40000", "--dump-dom", url]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=150, check=True).stdout
    assert dom.count("js-plotly-plot") == 1
    assert dom.count('class="trace scatter') >= 12
