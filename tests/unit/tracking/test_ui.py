"""`make ui`: where it opens, when, and what it says when it cannot."""

import http.server
import threading

import pytest
from results_folder import write_results

from lctransfer import tracking
from lctransfer.errors import LctransferError
from lctransfer.tracking import ui

SHAPE = {"targets": ("asas",), "strategies": ("extra_trees",), "fractions": (0.01,), "seeds": 1, "stars": 60}


@pytest.fixture(scope="module")
def uri(tmp_path_factory):
    root = tmp_path_factory.mktemp("ui")
    uri = f"sqlite:///{root / 'mlflow.db'}"
    for name in ("first", "second"):
        tracking.mirror(write_results(root, experiment=name, **SHAPE)[0], uri)
    return uri


@pytest.fixture
def opened(monkeypatch):
    """Return the addresses that were opened; the interface itself is not started."""
    addresses = []
    monkeypatch.setattr(ui, "open_when_ready", lambda server, address: addresses.append(address))
    monkeypatch.setattr(ui, "_run", lambda uri, port: None)
    monkeypatch.setattr(ui, "has_browser", lambda: True)
    return addresses


def test_the_curves_mirrored_last_are_opened_and_all_are_printed(uri, opened, capsys):
    tracking.serve(uri, 5055)
    assert opened == [tracking.curves_url(uri, "second", "http://127.0.0.1:5055")]
    assert "viewStateShareKey=curves" in opened[0]
    said = capsys.readouterr().err
    assert all(tracking.curves_url(uri, name, "http://127.0.0.1:5055") in said for name in ("first", "second"))


def test_an_experiment_can_be_named_and_the_browser_left_closed(uri, opened):
    tracking.serve(uri, 5055, "first")
    tracking.serve(uri, 5055, "second", browser=False)
    assert opened == [tracking.curves_url(uri, "first", "http://127.0.0.1:5055")]


def test_an_unknown_experiment_is_answered_with_those_there_are(uri, opened):
    with pytest.raises(LctransferError, match="It has: second, first"):
        tracking.serve(uri, 5055, "third")


def test_without_a_store_there_is_a_sentence_and_no_store(tmp_path):
    with pytest.raises(LctransferError, match="make demo"):
        tracking.serve(f"sqlite:///{tmp_path / 'no.db'}", 5055)
    assert not list(tmp_path.iterdir())


def test_nothing_is_opened_without_a_screen(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(ui.sys, "platform", "linux")
    assert not ui.has_browser()


def test_the_browser_waits_until_the_interface_answers():
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        place = f"http://127.0.0.1:{server.server_port}"
        addresses = []
        assert ui.open_when_ready(place, f"{place}/#/curves", addresses.append)
        server.shutdown()
    assert addresses == [f"{place}/#/curves"]
