"""Watching pretraining on a server: asked for by a variable, and never in training's way."""

import http.server
import json
import threading

import pytest

from lctransfer.tracking import live

ROW = {"epoch": 3, "train_loss": 0.5, "validation_m_c": 0.8}


@pytest.fixture
def server():
    """Return a stand-in for an MLflow server, and what it was asked."""
    asked = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def _answer(self):
            length = int(self.headers.get("Content-Length") or 0)
            verb = self.path.split("mlflow/")[-1].partition("?")[0]
            asked.append((verb, json.loads(self.rfile.read(length) or b"{}")))
            experiment = {"experiment_id": "7", "name": "demo", "lifecycle_stage": "active"}
            run = {"info": {"run_id": "abc", "experiment_id": "7", "status": "RUNNING"}, "data": {}}
            content = json.dumps({"experiment": experiment, "run": run, "run_info": run["info"]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _answer

        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as answering:
        threading.Thread(target=answering.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{answering.server_port}", asked
        answering.shutdown()


def test_nobody_is_asked_unless_the_variable_is_set(monkeypatch, tmp_path):
    monkeypatch.delenv(live.VARIABLE, raising=False)
    with live.watched(tmp_path / "demo" / "source") as on_epoch:
        assert on_epoch is None


def test_a_database_file_is_left_to_the_importer(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv(live.VARIABLE, f"sqlite:///{tmp_path}/mlflow.db")
    with live.watched(tmp_path / "demo" / "source") as on_epoch:
        assert on_epoch is None
    assert "on a server only" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_epochs_arrive_at_the_server_as_they_end(monkeypatch, tmp_path, server):
    address, asked = server
    monkeypatch.setenv(live.VARIABLE, address)
    with live.watched(tmp_path / "demo" / "source") as on_epoch:
        on_epoch(ROW)
        metrics = [content for verb, content in asked if verb == "runs/log-metric"]
        assert {(one["key"], one["value"], one["step"]) for one in metrics} == {
            ("train_loss", 0.5, 3),
            ("validation_m_c", 0.8, 3),
        }
    assert ("runs/update", "FINISHED") in [(verb, content.get("status")) for verb, content in asked]


def test_training_that_fails_is_a_failed_run(monkeypatch, tmp_path, server):
    address, asked = server
    monkeypatch.setenv(live.VARIABLE, address)

    def fail():
        with live.watched(tmp_path / "demo" / "source") as on_epoch:
            on_epoch(ROW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert ("runs/update", "FAILED") in [(verb, content.get("status")) for verb, content in asked]


def test_a_server_that_is_not_there_costs_one_sentence(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv(live.VARIABLE, "http://127.0.0.1:9")
    with live.watched(tmp_path / "demo" / "source") as on_epoch:
        on_epoch(ROW)
        on_epoch(ROW)
    assert capsys.readouterr().err.count("training goes on") == 1
