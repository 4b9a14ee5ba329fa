"""The sweep as runs: one per (survey, strategy) with its mean curve, and below it one per (fraction, seed)."""

from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from lctransfer.report import palette
from lctransfer.tracking.colours import distinct
from lctransfer.tracking.run import Run, Table

METRICS = {
    "m_c": "M_c",
    "mcc": "MCC",
    "macro_f1": "macro_F1",
    "accuracy": "accuracy",
    "log_loss": "log_loss",
    "ece": "ECE",
}
"""Column of metrics.parquet to the name that MLflow shows."""
OTHERS = {"n_labels": "n_labels", "n_test": "n_test", "fit_seconds": "fit_seconds"}
PERCENT = "label fraction in percent"
"""The metric that the chart takes as its x axis, since MLflow's steps are whole numbers without a name."""
NOTE = """\
**{strategy}** on **{survey}**: {description}.

*Step* is the **label fraction in per mille** of all stars: step 10 is 1 %, and step 200 is 20 %.
The metric `label fraction in percent` is the same in percent. `n_labels` is the number of labels.

`M_c` is (MCC + 1) / 2 on test stars that no strategy saw. It is a mean over seeds.
`M_c_std` is the standard deviation over seeds. The runs below this one are its single fits.
{origin}"""

IN_REPORT = "\n\n**In the report:** "


class Sweep(NamedTuple):
    """What all curves of an experiment share."""

    directory: Path
    config: dict[str, Any]
    surveys: list[str]
    strategies: list[str]

    @property
    def simulated(self) -> bool:
        """Whether the stars come from the simulated archive."""
        return self.config.get("archive", {}).get("kind") == "simulated"

    def tags(self) -> dict[str, str]:
        """Return the tags of every run of the experiment."""
        return {"data": "simulated" if self.simulated else "real"}

    def tables(self, *surveys: str, context: str) -> tuple[Table, ...]:
        """Return the features tables of surveys, as far as they are there."""
        paths = [(name, self.directory / "features" / f"{name}.parquet") for name in surveys]
        return tuple(Table(path, name, context) for name, path in paths if path.exists())


def sweep(directory: Path, config: dict[str, Any], metrics: pd.DataFrame) -> Sweep:
    """Return the sweep of results: surveys and strategies in the order of the configuration, then any others."""
    asked = config.get("targets", []), config.get("transfer", {}).get("strategies", [])
    found = [sorted(set(metrics[column])) for column in ("survey", "strategy")]
    surveys, strategies = ([*dict.fromkeys([*first, *rest])] for first, rest in zip(asked, found))
    return Sweep(directory, config, surveys, strategies)


def main_draw(config: dict[str, Any]) -> str:
    """Return how the labels of the main curves are drawn."""
    return str(config.get("transfer", {}).get("labels", "stratified"))


def by_draw(metrics: pd.DataFrame, config: dict[str, Any]) -> pd.DataFrame:
    """Return the rows with curves of their own for draws of labels beside the main one: ``auto (random)``."""
    main = main_draw(config)
    if "labels" not in metrics:
        return metrics.assign(labels=main)
    other = metrics["labels"] != main
    named = metrics["strategy"] + " (" + metrics["labels"] + ")"
    return metrics.assign(strategy=metrics["strategy"].where(~other, named))


def curves(known: Sweep, metrics: pd.DataFrame) -> list[Run]:
    """Return the runs of the sweep, those of a strategy one after the other.

    Parameters
    ----------
    known : Sweep
        Of `sweep`.
    metrics : DataFrame
        A row per (survey, strategy, fraction, seed), as in metrics.parquet.
    """
    colours = distinct(known.surveys, known.strategies)
    groups = dict(list(metrics.groupby(["survey", "strategy"])))
    order = [(survey, strategy) for strategy, survey in product(known.strategies, known.surveys)]
    return [_curve(known, key, groups[key], colours[key]) for key in order if key in groups]


def with_report(note: str, address: str) -> str:
    """Return the note of a curve with the address of the report, in place of any that it had."""
    section = "section *The answer*, in the figure of this survey"
    return f"{note.partition(IN_REPORT)[0]}{IN_REPORT}[{section}]({address})."


def step(fraction: float) -> int:
    """Return a label fraction as MLflow's integer step: per mille, at least 1.

    Examples
    --------
    >>> step(0.01), step(0.2)
    (10, 200)
    """
    return max(1, round(1000 * fraction))


def _curve(known: Sweep, key: tuple[str, str], rows: pd.DataFrame, colour: str) -> Run:
    survey, strategy = key
    transfer = known.config.get("transfer", {})
    own = {name: transfer[name] for name in ("seeds", "test_fraction", "epochs", "batch_size") if name in transfer}
    identity = {"survey": survey, "strategy": strategy}
    own |= {"labels": rows["labels"].iloc[0]} if "labels" in rows else {}
    origin = "\n**Simulated stars:** These numbers say nothing about real stars." if known.simulated else ""
    fits = rows.sort_values(["fraction", "seed"]).to_dict("records")
    return Run(
        name=f"{strategy} · {survey}",  # MLflow cuts long names at the end
        kind="curve",
        tags=known.tags() | identity | {"mlflow.runColor": colour},
        params=identity | own,
        metrics=list(_series(rows)),
        note=NOTE.format(**identity, description=palette.title(strategy), origin=origin),
        tables=known.tables(survey, context="target")
        + known.tables(*known.config.get("sources", []), context="source"),
        children=tuple(_fit(known, identity, fit) for fit in fits),
    )


def _series(rows: pd.DataFrame) -> Iterable[tuple[str, float, int]]:
    """Yield the points of the mean curve, and of the spread over seeds."""
    groups = rows.groupby("fraction")
    columns = {name: groups[column].mean() for column, name in METRICS.items()}
    columns |= {f"{name}_std": groups[column].std().dropna() for column, name in METRICS.items()}
    columns |= {"n_labels": groups["n_labels"].mean(), PERCENT: 100 * groups["fraction"].first()}
    for name, column in columns.items():
        yield from ((name, float(value), step(fraction)) for fraction, value in column.items())


def _fit(known: Sweep, identity: dict[str, str], fit: dict[str, Any]) -> Run:
    at = step(fit["fraction"])
    shown = (METRICS | OTHERS).items()
    return Run(
        name=f"{identity['strategy']} · {identity['survey']} · {100 * fit['fraction']:g} % · seed {fit['seed']}",
        kind="fit",
        tags=known.tags() | identity,
        params=identity | {"fraction": fit["fraction"], "seed": fit["seed"]},
        metrics=[(name, float(fit[column]), at) for column, name in shown if column in fit],
    )
