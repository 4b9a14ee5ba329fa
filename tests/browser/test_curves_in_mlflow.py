"""The address that `make ui` opens, in a real browser: every curve in one chart, nothing typed."""

import html
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from results_folder import write_results

from lctransfer import tracking


@pytest.fixture
def server(tmp_path):
    """Serve a store of 18 curves, three surveys by six strategies; yield its store and address."""
    directory, _ = write_results(tmp_path, fractions=(0.01, 0.05, 0.2), seeds=1, stars=60)
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
    for _ in range(240):
        try:
            urllib.request.urlopen(f"{address}/health", timeout=2)
            return
        except OSError:
            time.sleep(0.5)
    pytest.fail("the MLflow server did not come up")


def _page(chromium: str, url: str, profile) -> str:
    """Return the page once it has drawn, as a window of 1400 px shows it."""
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
    command += ["--window-size=1400,1000", "--virtual-time-budget=60000", "--dump-dom", url]
    return html.unescape(subprocess.run(command, capture_output=True, text=True, timeout=240, check=True).stdout)


def test_one_chart_shows_every_curve(chromium, server, tmp_path):
    from mlflow import MlflowClient

    uri, address = server
    dom = _page(chromium, tracking.curves_url(uri, "demo", address), tmp_path / "profile")
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("demo").experiment_id
    curves = client.search_runs([experiment], "tags.kind = 'curve'")
    assert len(curves) == 18
    assert dom.count("js-plotly-plot") == 1
    assert "label fraction in percent" in re.findall(r'class="xtitle"[^>]*>([^<]*)<', dom)
    # Each is listed by name, and drawn in its own colour through its three fractions.
    assert all(run.info.run_name in dom for run in curves)
    assert {run.data.tags["mlflow.runColor"] for run in curves} == set(_lines(dom))
    assert set(_lines(dom).values()) == {3}


def _lines(dom: str) -> dict[str, int]:
    """Return colour and number of points of every line that is drawn."""
    found = re.findall(r'class="js-line" d="(M[^"]*)" style="[^"]*stroke: rgb\((\d+), (\d+), (\d+)\)', dom)
    return {"#" + "".join(f"{int(channel):02X}" for channel in rgb): 1 + path.count("L") for path, *rgb in found}
