"""From a results folder into MLflow, whole runs at a time."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from lctransfer.files import read_json, sha256
from lctransfer.parquet import read_parquet
from lctransfer.progress import track
from lctransfer.tracking import entities, stages, store, view
from lctransfer.tracking.curves import by_draw, curves, main_draw, sweep, with_report
from lctransfer.tracking.run import Run

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run as StoredRun

DIGEST = "lctransfer.digest"
NOTE = "mlflow.note.content"
REPORT = "report.html"
PER_CALL = 800
"""Metrics in one call; MLflow takes 1,000 entries, parameters included."""


def mirror(directory: Path, uri: str) -> None:
    """Import a results folder into MLflow.

    One experiment of MLflow for the folder; in it a run per (survey, strategy) with a run per (fraction, seed) below,
    a run of the source model, and a run that keeps report and tables.

    Importing twice adds nothing. A run counts as imported once it is finished, which it is after all that hangs on it;
    in a database file both become visible at once, so a killed import leaves nothing of it, and on a server the next
    import removes what was left. A run whose results have changed replaces its old self.

    Parameters
    ----------
    directory : Path
        results/<experiment>, with metrics.parquet and config.json.
    uri : str
        MLflow store: ``sqlite:///...``, or the address of a server.

    Raises
    ------
    LctransferError
        If the results are missing, or the store cannot be used.
    """
    wanted = {run.digest(): run for run in read(Path(directory))}
    config = read_json(Path(directory) / "config.json")
    with store.connected(uri, alone=True) as client:
        identity = store.experiment(client, config["experiment"], view.tags(stages.describe(config), main_draw(config)))
        settled, stale = _compared(client, identity, wanted)
        missing = [run for digest, run in wanted.items() if digest not in settled]
        for run in missing:
            if run.model:  # one that cannot be read must not cost the runs that are there
                entities.check_readable(run.model)
        with store.transaction(client):
            for old in stale:
                store.delete(client, identity, old)
        # MLflow lists the youngest first.
        for run in track(missing[::-1], desc="MLflow", unit="run"):
            with store.transaction(client):
                _write(client, identity, run)
        if any(REPORT in run.files for run in wanted.values()):
            _link(client, identity)


def read(directory: Path) -> list[Run]:
    """Return the runs that a results folder stands for, in the order in which MLflow shall list them.

    Raises
    ------
    LctransferError
        If config.json or metrics.parquet is missing.
    """
    config = read_json(directory / "config.json")
    metrics = by_draw(read_parquet(directory / "metrics.parquet").to_pandas(), config)
    known = sweep(directory, config, metrics)
    source = stages.source(known)
    return [*curves(known, metrics), *stages.classifiers(known), *([source] if source else []), stages.results(known)]


def _compared(client: "MlflowClient", identity: str, wanted: dict[str, Run]) -> tuple[set[str], list["StoredRun"]]:
    """Compare what the store has with what it is to have.

    Returns
    -------
    set of str
        The digests that are imported.
    list of mlflow.entities.Run
        Runs that are unfinished, doubled, without their files, or no longer in the results.
    """
    kept: set[str] = set()
    stale = []
    for run in store.search(client, identity, "tags.kind != 'fit'"):
        digest = run.data.tags.get(DIGEST)
        if digest in wanted.keys() - kept and store.whole(client, run, bool(wanted[digest].files)):
            kept.add(digest)
        elif digest:
            stale.append(run)
    return kept, stale


def _write(client: "MlflowClient", identity: str, run: Run, parent: str | None = None) -> None:
    """Write a run, what hangs on it, and last that it is finished."""
    now = int(time.time() * 1000)
    written = client.create_run(identity, now, _tags(run, parent), run.name).info.run_id
    _log(client, written, run, now)
    if run.tables:
        client.log_inputs(written, [entities.dataset(table, sha256(table.path)) for table in run.tables])
    for child in run.children:
        _write(client, identity, child, written)
    for place, path in run.files.items():
        entities.log_file(client, written, place, path)
    if run.model:
        entities.log_model(client, identity, written, run.model, run.tags)
    client.set_terminated(written)


def _link(client: "MlflowClient", identity: str) -> None:
    """Lead from each curve's note to the report that draws it; the run that keeps it is a new one for a new report."""
    keeper = store.search(client, identity, "tags.kind = 'results'")[0].info.run_id
    with store.transaction(client):
        for run in store.search(client, identity, "tags.kind = 'curve'"):
            note = with_report(run.data.tags[NOTE], f"#/experiments/{identity}/runs/{keeper}/artifacts/{REPORT}")
            if note != run.data.tags[NOTE]:
                client.set_tag(run.info.run_id, NOTE, note)


def _log(client: "MlflowClient", written: str, run: Run, now: int) -> None:
    from mlflow.entities import Metric, Param

    points = [Metric(name, value, now, step) for name, value, step in run.metrics]
    client.log_batch(written, points[:PER_CALL], [Param(name, str(value)) for name, value in run.params.items()])
    for first in range(PER_CALL, len(points), PER_CALL):
        client.log_batch(written, points[first : first + PER_CALL])


def _tags(run: Run, parent: str | None) -> dict[str, str]:
    tags = run.tags | {"kind": run.kind}
    if parent:
        return tags | {"mlflow.parentRunId": parent}
    return tags | {DIGEST: run.digest(), NOTE: run.note}
