"""Pretraining as it goes, on an MLflow server: asked for by MLflow's own variable, and never in training's way.

Only a server takes several writers at a time, so a database file is left to the one importer. What is logged here is to
be watched; the mirror of the finished results does not build on it.
"""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lctransfer.secret import hide

if TYPE_CHECKING:
    from mlflow import MlflowClient

Epoch = Mapping[str, float]
VARIABLE = "MLFLOW_TRACKING_URI"
NOTE = "Pretraining, logged while it ran: *step* is the epoch. The run `source model` is the finished one."


@contextlib.contextmanager
def watched(source_folder: Path) -> Iterator[Callable[[Epoch], None] | None]:
    """Yield what to call with each finished epoch, or None where nobody asked for it.

    Parameters
    ----------
    source_folder : Path
        results/<experiment>/source; the folder above names the experiment, unless ``MLFLOW_EXPERIMENT_NAME`` does.

    Yields
    ------
    callable or None
        Takes a row of the history (``epoch``, ``train_loss``...) and logs it at step = epoch. A server that fails is
        named once on stderr, and training goes on without it.
    """
    uri = os.environ.get(VARIABLE, "")
    if not uri:
        yield None
        return
    if not uri.startswith(("http://", "https://")):
        _say(f"pretraining is logged live on a server only (http://...), not to {VARIABLE}={uri}")
        yield None
        return
    live = _Live(uri, os.environ.get("MLFLOW_EXPERIMENT_NAME") or Path(source_folder).resolve().parent.name)
    try:
        yield live.log
        live.end("FINISHED")
    except BaseException:
        live.end("FAILED")
        raise


class _Live:
    """The run on the server, made at the first epoch."""

    def __init__(self, uri: str, experiment: str):
        self.uri, self.experiment = uri, experiment
        self.client: MlflowClient | None = None
        self.run = ""
        self.failed = False

    def log(self, row: Epoch) -> None:
        """Log a row of the history."""
        self._try(lambda: self._log(row))

    def end(self, status: str) -> None:
        """Close the run, if there is one."""
        if self.run and (client := self.client):
            self._try(lambda: client.set_terminated(self.run, status))

    def _try(self, action: Callable[[], None]) -> None:
        if self.failed:
            return
        try:
            action()
        except Exception as error:  # whatever happens there, it is no reason to lose the training
            self.failed = True
            _say(f"{self.uri} takes no more epochs ({str(error).splitlines()[0]}); training goes on")

    def _log(self, row: Epoch) -> None:
        if self.client is None:
            self.client, self.run = _start(self.uri, self.experiment)
        for name, value in row.items():
            if name != "epoch":
                self.client.log_metric(self.run, name, float(value), step=int(row["epoch"]))


def _start(uri: str, experiment: str) -> tuple["MlflowClient", str]:
    # Seconds, instead of the minutes after which mlflow gives up on a server that is not there.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")
    from lctransfer.tracking import store

    store.quiet()
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=uri)
    identity = store.experiment(client, experiment, {})
    tags = {"kind": "live", "mlflow.note.content": NOTE}
    return client, client.create_run(identity, tags=tags, run_name="pretraining (live)").info.run_id


def _say(sentence: str) -> None:
    sys.stderr.write(f"lctransfer: {hide(sentence)}.\n")
