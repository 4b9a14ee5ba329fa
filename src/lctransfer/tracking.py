"""A mirror of finished results in MLflow, for browsing. The only module that imports mlflow; nothing reads it back."""

import base64
import contextlib
import hashlib
import json
import os
import subprocess
import sys
import time
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from lctransfer.errors import LctransferError
from lctransfer.files import read_json, read_parquet
from lctransfer.progress import track
from lctransfer.report import palette

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Metric

METRICS = {
    "m_c": "M_c",
    "mcc": "MCC",
    "macro_f1": "macro_F1",
    "accuracy": "accuracy",
    "log_loss": "log_loss",
    "ece": "ECE",
}
"""Column of metrics.parquet to the name that MLflow shows."""
VIEW = "curves"
CURVES_VIEW = {
    "searchFilter": "tags.kind = 'curve'",
    "orderByKey": "attributes.start_time",
    "orderByAsc": False,
    "startTime": "ALL",
    "lifecycleFilter": "Active",
    "datasetsFilter": [],
    "modelVersionFilter": "All Runs",
    "runsHiddenMode": "SHOWALL",
    "chartsSearchFilter": "^M_c$",
}
"""What the UI shows at `curves_url`: every curve run, and of their metrics the chart of M_c."""
CURVE_NOTE = """\
**{strategy}** on **{survey}**: {description}.

The charts' *Step* is the **label fraction in per mille** of all stars (10 = 1 %, 200 = 20 %); the number of labels at
each step is the metric `n_labels`. `M_c` = (MCC + 1) / 2 on test stars that no strategy saw, mean over the seeds;
`M_c_std` is the standard deviation over seeds. The runs below this one are its single fits.
{origin}"""


def mirror(directory: Path, uri: str) -> None:
    """Import a results folder into MLflow: a curve run per (survey, strategy), with a child per (fraction, seed).

    Importing twice adds nothing. A curve counts as imported only once it and its fits are all finished, so an import
    that was killed is repaired by the next; a curve whose results have changed replaces its old runs.

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
    directory = Path(directory)
    config = read_json(directory / "config.json")
    metrics = read_parquet(directory / "metrics.parquet").to_pandas()
    with _store(uri) as client:
        experiment = _experiment(client, uri, config)
        wanted = [_Curve(config, *key, rows) for key, rows in metrics.groupby(["survey", "strategy"])]
        done = _drop_stale(client, experiment, {curve.digest for curve in wanted})
        for curve in track([c for c in wanted if c.digest not in done], desc="MLflow", unit="curve"):
            _import(client, experiment, curve)


def curves_url(uri: str, experiment: str, server: str = "http://127.0.0.1:5000") -> str:
    """Return the address at which the MLflow UI draws M_c against the label fraction, one line per curve run.

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
    with _store(uri) as client:
        found = client.get_experiment_by_name(experiment)
    if found is None:
        raise LctransferError(f"{uri} has no experiment {experiment!r}. Run the tracking stage first.")
    return f"{server}/#/experiments/{found.experiment_id}/runs?viewStateShareKey={VIEW}&compareRunsMode=CHART"


def serve(uri: str, port: int) -> None:
    """Run the MLflow UI on the loopback interface until it is interrupted; print the address of every curves view.

    Raises
    ------
    LctransferError
        If the store does not exist, or the UI ends by itself.
    """
    path = Path(uri.removeprefix("sqlite:///"))
    if uri.startswith("sqlite:///") and not path.exists():
        raise LctransferError(f"There is no MLflow store {path}. Run an experiment first: make demo.")
    server = f"http://127.0.0.1:{port}"
    with _store(uri) as client:
        names = [one.name for one in client.search_experiments() if one.name != "Default"]
    for name in names:
        sys.stderr.write(f"{name}: M_c against label fraction is at {curves_url(uri, name, server)}\n")
    where = ["--backend-store-uri", uri, "--host", "127.0.0.1", "--port", str(port)]
    try:
        ended = subprocess.run([sys.executable, "-m", "mlflow", "ui", *where], check=False)
    except KeyboardInterrupt:
        return
    raise LctransferError(f"The MLflow UI ended with status {ended.returncode}; is port {port} taken? Try --port.")


class _Curve:
    """What is known of one (survey, strategy): its mean curve and its fits."""

    def __init__(self, config: dict[str, Any], survey: str, strategy: str, rows: pd.DataFrame) -> None:
        self.config, self.survey, self.strategy = config, survey, strategy
        self.fits = rows.sort_values(["fraction", "seed"]).to_dict("records")
        self.name = f"{survey} · {strategy}"
        content = json.dumps([survey, strategy, config.get("transfer"), self.fits], sort_keys=True, default=str)
        self.digest = hashlib.sha256(content.encode()).hexdigest()

    def tags(self) -> dict[str, str]:
        """Return the tags of the curve run."""
        return self._common() | {
            "kind": "curve",
            "mlflow.runColor": palette.look(self.strategy, self._strategies())["color"],
            "mlflow.note.content": self._note(),
        }

    def child_tags(self, parent: str) -> dict[str, str]:
        """Return the tags of a fit."""
        return self._common() | {"kind": "fit", "mlflow.parentRunId": parent}

    def params(self) -> dict[str, Any]:
        """Return what the fits have in common."""
        transfer = self.config.get("transfer", {})
        own = {name: transfer[name] for name in ("seeds", "test_fraction", "epochs", "batch_size") if name in transfer}
        return {"survey": self.survey, "strategy": self.strategy} | own

    def series(self) -> dict[str, dict[int, float]]:
        """Return metric name to {step: value}, the step being the label fraction in per mille."""
        groups = pd.DataFrame(self.fits).groupby("fraction")
        columns = {name: groups[column].mean() for column, name in METRICS.items()}
        columns |= {f"{name}_std": groups[column].std().dropna() for column, name in METRICS.items()}
        columns["n_labels"] = groups["n_labels"].mean()
        return {name: {step(fraction): float(v) for fraction, v in column.items()} for name, column in columns.items()}

    def _strategies(self) -> list[str]:
        return self.config.get("transfer", {}).get("strategies", [self.strategy])

    def _common(self) -> dict[str, str]:
        simulated = self.config.get("archive", {}).get("kind") == "simulated"
        return {
            "survey": self.survey,
            "strategy": self.strategy,
            "data": "simulated" if simulated else "real",
            "lctransfer.digest": self.digest,
        }

    def _note(self) -> str:
        simulated = self._common()["data"] == "simulated"
        origin = "\n**Simulated stars:** these numbers say nothing about the sky." if simulated else ""
        words = palette.title(self.strategy)
        return CURVE_NOTE.format(strategy=self.strategy, survey=self.survey, description=words, origin=origin)


def step(fraction: float) -> int:
    """Return a label fraction as MLflow's integer step: per mille, at least 1.

    Examples
    --------
    >>> step(0.01), step(0.2)
    (10, 200)
    """
    return max(1, round(1000 * fraction))


@contextlib.contextmanager
def _store(uri: str) -> Iterator["MlflowClient"]:
    """Yield a client of a store that is ready: created and migrated by one process at a time."""
    # Before the import: mlflow reads these once.
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("DO_NOT_TRACK", "true")
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    try:
        if uri.startswith("sqlite:///"):
            _migrate(uri)
        yield MlflowClient(tracking_uri=uri)
    except MlflowException as error:
        raise LctransferError(f"MLflow cannot use {uri}: {str(error).splitlines()[0]}") from None


def _migrate(uri: str) -> None:
    """Create or upgrade a SQLite store; two processes that met a fresh one would break each other."""
    import logging

    from mlflow.store.db import utils
    from mlflow.utils.file_utils import ExclusiveFileLock

    logging.getLogger("alembic").setLevel(logging.WARNING)
    path = Path(uri.removeprefix("sqlite:///")).resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    with ExclusiveFileLock(str(path.with_name(f".{path.name}.lock"))):
        engine = utils.create_sqlalchemy_engine_with_retry(uri)
        try:
            if not utils._all_tables_exist(engine):
                utils._initialize_tables(engine)
            elif utils._get_schema_version(engine) != utils._get_latest_schema_revision():
                utils._upgrade_db(engine)
        finally:
            engine.dispose()


def _experiment(client: "MlflowClient", uri: str, config: dict[str, Any]) -> str:
    """Return the id of the experiment, created if need be with its artifacts beside the store."""
    name = config["experiment"]
    found = client.get_experiment_by_name(name)
    if found is None:
        place = None
        if uri.startswith("sqlite:///"):
            # The default would be a folder below wherever the import happened to be started.
            place = (Path(uri.removeprefix("sqlite:///")).resolve().parent / "mlartifacts" / name).as_uri()
        identity = client.create_experiment(name, artifact_location=place)
    else:
        identity = found.experiment_id
        if found.lifecycle_stage == "deleted":
            client.restore_experiment(identity)
    # The UI hides all but ten runs unless a shared view says otherwise.
    view = base64.b64encode(zlib.compress(json.dumps(CURVES_VIEW).encode())).decode()
    client.set_experiment_tag(identity, f"mlflow.sharedViewState.{VIEW}", f"deflate;{view}")
    note = f"{config.get('description', '')}\n\nStep = label fraction in per mille. Filter `tags.kind = 'curve'`."
    client.set_experiment_tag(identity, "mlflow.note.content", note)
    return identity


def _drop_stale(client: "MlflowClient", experiment: str, wanted: set[str]) -> set[str]:
    """Delete runs that are unfinished, doubled or no longer in the results; return the digests that are imported."""
    runs = list(_runs(client, experiment))
    digest = {run.info.run_id: run.data.tags.get("lctransfer.digest") for run in runs}
    curves = [run for run in runs if run.data.tags.get("kind") == "curve" and run.info.status == "FINISHED"]
    kept = {digest[run.info.run_id]: run.info.run_id for run in curves if digest[run.info.run_id] in wanted}
    for run in runs:
        tags = run.data.tags
        home = tags.get("mlflow.parentRunId", run.info.run_id)
        if digest[run.info.run_id] and home not in kept.values():
            client.delete_run(run.info.run_id)
    return set(kept)


def _runs(client: "MlflowClient", experiment: str) -> Iterable[Any]:
    token = None
    while True:
        page = client.search_runs([experiment], max_results=1000, page_token=token)
        yield from page
        token = page.token
        if not token:
            return


def _import(client: "MlflowClient", experiment: str, curve: _Curve) -> None:
    """Write one curve run and its fits; the curve is finished last, which is what makes the import count."""
    from mlflow.entities import Metric

    now = int(time.time() * 1000)
    run = client.create_run(experiment, now, curve.tags(), curve.name).info.run_id
    points = [Metric(name, value, now, at) for name, line in curve.series().items() for at, value in line.items()]
    _log(client, run, points, curve.params())
    for fit in curve.fits:
        name = f"{curve.name} · {100 * fit['fraction']:g} % · seed {fit['seed']}"
        child = client.create_run(experiment, now, curve.child_tags(run), name).info.run_id
        names = METRICS | {"n_labels": "n_labels", "n_test": "n_test", "fit_seconds": "fit_seconds"}
        at = step(fit["fraction"])
        values = [Metric(shown, float(fit[column]), now, at) for column, shown in names.items() if column in fit]
        _log(client, child, values, {"survey": curve.survey, "strategy": curve.strategy} | _place(fit))
        client.set_terminated(child)
    client.set_terminated(run)


def _place(fit: dict[str, Any]) -> dict[str, Any]:
    return {"fraction": fit["fraction"], "seed": fit["seed"]}


def _log(client: "MlflowClient", run: str, metrics: list["Metric"], params: dict[str, Any]) -> None:
    from mlflow.entities import Param

    client.log_batch(run, metrics=metrics, params=[Param(name, str(value)) for name, value in params.items()])
