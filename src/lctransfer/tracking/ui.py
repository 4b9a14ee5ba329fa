"""MLflow's own interface, opened where the curves are."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
import webbrowser
from collections.abc import Callable

from lctransfer.errors import LctransferError
from lctransfer.tracking import store, view

START_S = 180
"""How long the interface may take to answer."""


def curves_url(uri: str, experiment: str, server: str = "http://127.0.0.1:5000") -> str:
    """Return the address at which the MLflow interface draws M_c against the label fraction, a line per curve run.

    Parameters
    ----------
    uri : str
        The MLflow store.
    experiment : str
        Name of the experiment, as in results/<experiment>.
    server : str
        Where ``mlflow ui`` listens.

    Raises
    ------
    LctransferError
        If the experiment was never mirrored in that store.
    """
    with store.connected(uri) as client:
        found = client.get_experiment_by_name(experiment)
    if found is None:
        raise LctransferError(f"{uri} has no experiment {experiment!r}. Run the tracking stage first.")
    return view.address(server, found.experiment_id)


def serve(uri: str, port: int, experiment: str | None = None, *, browser: bool = True) -> None:
    """Run the MLflow interface on the loopback interface until it is interrupted, and open the curves in a browser.

    The address of every experiment's curves is printed first.

    Parameters
    ----------
    uri : str
        The MLflow store.
    port : int
        On 127.0.0.1.
    experiment : str, optional
        Which one to open; by default the one that was mirrored last.
    browser : bool
        Whether to open a browser, where there is one and a screen to show it on.

    Raises
    ------
    LctransferError
        If the store or the experiment does not exist, or the interface ends by itself.
    """
    addresses = _addresses(uri, f"http://127.0.0.1:{port}")
    if experiment and experiment not in addresses:
        raise LctransferError(f"{uri} has no experiment {experiment!r}. It has: {', '.join(addresses)}.")
    for name, address in addresses.items():
        sys.stderr.write(f"{name}: M_c against label fraction is at {address}\n")
    chosen = addresses[experiment] if experiment else next(iter(addresses.values()))
    if browser and has_browser():
        once = threading.Thread(target=open_when_ready, args=(f"http://127.0.0.1:{port}", chosen), daemon=True)
        once.start()
    _run(uri, port)


def _addresses(uri: str, server: str) -> dict[str, str]:
    """Return name and address of every experiment in a store, the one that was mirrored last first."""
    if uri.startswith(store.SQLITE) and not store.path_of(uri).exists():
        raise LctransferError(f"There is no MLflow store {store.path_of(uri)}. Run an experiment first: make demo.")
    with store.connected(uri) as client:
        found = [one for one in client.search_experiments() if one.name != "Default"]
    if not found:
        raise LctransferError(f"{uri} holds no experiment yet. Run one first: make demo.")
    found.sort(key=lambda one: one.last_update_time or 0, reverse=True)
    return {one.name: view.address(server, one.experiment_id) for one in found}


def _run(uri: str, port: int) -> None:
    where = ["--backend-store-uri", uri, "--host", "127.0.0.1", "--port", str(port)]
    # A polite end, not only Ctrl-C, must take the processes of the interface along.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    process = subprocess.Popen([sys.executable, "-m", "mlflow", "ui", *where], start_new_session=True)
    try:
        status = process.wait()
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        return
    raise LctransferError(f"MLflow ended with status {status}; is port {port} taken? Try --port.")


def has_browser() -> bool:
    """Return whether there is a browser that opens a window; one in the terminal would fight with the log."""
    screen = sys.platform in {"darwin", "win32"} or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if not screen and "BROWSER" not in os.environ:
        return False
    with contextlib.suppress(webbrowser.Error):
        return not isinstance(webbrowser.get(), webbrowser.GenericBrowser) or "BROWSER" in os.environ
    return False


def open_when_ready(server: str, address: str, opener: Callable[[str], object] = webbrowser.open) -> bool:
    """Open `address` once the interface answers; return whether it did."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{server}/health", timeout=5):  # noqa: S310
            opener(address)
            return True
        time.sleep(0.5)
    return False
