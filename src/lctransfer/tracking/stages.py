"""The other stages as runs: the source model with its training, and a run that holds tables and report."""

import csv
from pathlib import Path
from typing import Any

from lctransfer.classifier.model import FILES as MODEL_FILES
from lctransfer.files import read_json
from lctransfer.tracking.curves import METRICS, Sweep, step
from lctransfer.tracking.run import Model, Run

SWEPT = frozenset({"features", "source", "transfer", "fit"})
"""Folders whose tables are runs or data sets already."""
LARGEST = 50_000_000
"""Bytes; a larger file stays where it is, and the note says where."""
HISTORY = {"train_loss": "train_loss", "validation_loss": "validation_loss", "validation_m_c": "validation_M_c"}
HISTORY |= {"learning_rate": "learning_rate"}
SOURCE_NOTE = """\
**The source model.** {origin}

Losses, the learning rate, and metrics called `validation` are of its training. Their *step* is the epoch.
The other metrics are on the source's own test stars. These stars chose nothing.

The model takes a table of features. It returns `predicted` and a probability per class:
`mlflow.pyfunc.load_model("models:/<model id>").predict(table)`.
"""
CLASSIFIER_NOTE = """\
**A classifier of {survey} to use:** `{strategy}`, fitted on {n_labels} labels.
Measured on: {measured_on}. Each star is predicted without its own label.

It takes a table of features, or light curves: lists `time`, `mag`, and `mag_err`.
It returns `predicted` and a calibrated probability per class:
`mlflow.pyfunc.load_model("models:/<model id>").predict(table)`.
"""
RESULTS_NOTE = """\
**The files of the experiment.** The report is `report.html` under *Artifacts*.
Beside it are its tables, the configuration, and the provenance.{left}
"""


def source(known: Sweep) -> Run | None:
    """Return the run of the source model, or None where there is no model."""
    folder = known.directory / "source"
    files = (folder / "model.json", folder / "model.safetensors")
    if not all(path.exists() for path in files):
        return None
    measured = read_json(folder / "metrics.json") if (folder / "metrics.json").exists() else {}
    settings = measured.get("settings", known.config.get("pretrain", {}))
    surveys = known.config.get("sources", [])
    examples = [table.path for table in known.tables(*surveys, *known.surveys, context="source")]
    origin = measured.get("origin") or read_json(files[0]).get("origin", "")
    counts = {name: value for name, value in measured.items() if name.startswith("n_")}
    metrics = [(shown, float(measured[name]), 0) for name, shown in METRICS.items() if name in measured]
    return Run(
        name="source model",
        kind="source",
        tags=known.tags(),
        params=settings | counts,
        metrics=metrics + _history(folder / "history.csv"),
        note=SOURCE_NOTE.format(origin=origin),
        tables=known.tables(*surveys, context="source"),
        model=Model(files, "source", examples[0]) if examples else None,
    )


def classifiers(known: Sweep) -> list[Run]:
    """Return a run for each classifier that was kept, with the model that it is."""
    folders = [known.directory / "fit" / survey for survey in known.surveys]
    return [_classifier(known, folder) for folder in folders if (folder / "metrics.json").exists()]


def _classifier(known: Sweep, folder: Path) -> Run:
    measured = read_json(folder / "metrics.json")
    at = step(measured["fraction"] or 1.0)  # without a fraction, every label was used
    identity = {"survey": folder.name, "strategy": measured["strategy"]}
    files = tuple(folder / name for name in MODEL_FILES if (folder / name).exists())
    tables = known.tables(folder.name, context="target")
    measured.setdefault("measured_on", f"{measured['n_test']} held-out stars")
    told = ("fraction", "seed", "n_labels", "n_test", "measured_on")
    counts = {name: measured[name] for name in told if measured.get(name) is not None}
    return Run(
        name=f"{folder.name} · classifier",
        kind="classifier",
        tags=known.tags() | identity,
        params=identity | counts,
        metrics=[(shown, float(measured[name]), at) for name, shown in METRICS.items()],
        note=CLASSIFIER_NOTE.format(**identity, **counts),
        tables=tables + known.tables(*known.config.get("sources", []), context="source"),
        model=Model(files, f"{folder.name}-classifier", tables[0].path) if tables else None,
    )


def _history(path: Path) -> list[tuple[str, float, int]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    named = [(row, name, shown) for row in rows for name, shown in HISTORY.items()]
    return [(shown, float(row[name]), int(row["epoch"])) for row, name, shown in named if row.get(name)]


def results(known: Sweep) -> Run:
    """Return the run that keeps report, tables and provenance; what is not there yet is left out."""
    files = dict(sorted(_files(known.directory)))
    large = [place for place, path in files.items() if path.stat().st_size > LARGEST]
    left = f" Too large to copy from `{known.directory}`: {', '.join(large)}." if large else ""
    return Run(
        name="results",
        kind="results",
        tags=known.tags(),
        params={"experiment": known.config["experiment"]},
        note=RESULTS_NOTE.format(left=left),
        files={place: path for place, path in files.items() if place not in large},
    )


def _files(directory: Path) -> list[tuple[str, Path]]:
    """Return (place among the artifacts, file) of report, provenance and tables, whichever stages have run."""
    single = [directory / name for name in ("report.html", "config.json", "provenance.json")]
    tables = [path for path in directory.rglob("*") if path.suffix in {".parquet", ".csv"}]
    own = [path for path in tables if path.relative_to(directory).parts[0] not in SWEPT]
    return [(path.relative_to(directory).as_posix(), path) for path in [*single, *own] if path.exists()]


def describe(config: dict[str, Any]) -> str:
    """Return the note of an experiment."""
    return (
        f"{config.get('description', '')}\n\n"
        "The shared view *curves* draws M_c against the label fraction, a line per survey and strategy. "
        "The hue tells the strategy, and the shade tells the survey. "
        "Other draws of the labels are curves such as `auto (random)`: search for them by `params.labels`.\n\n"
        "The tag `kind` tells runs apart:\n\n"
        "- `curve`: a strategy on a survey, as a mean over seeds.\n"
        "- `fit`: a single fit of a curve.\n"
        "- `source`: the source model.\n"
        "- `classifier`: a model of a survey to use.\n"
        "- `results`: the report and its tables.\n\n"
        "*Step* of curves and fits is the label fraction in per mille."
    )
