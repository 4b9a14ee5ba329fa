"""Reading a results folder: whatever is there is shown, and what is missing is said."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from lctransfer.errors import LctransferError, one_line, pass_on_limits
from lctransfer.evaluation.metrics import METRICS
from lctransfer.files import read_json
from lctransfer.parquet import UNREADABLE, read_parquet
from lctransfer.transfer.folders import fraction_folder

DIAGNOSTICS = frozenset(
    {"n_epochs", "n_dropped", "duration_days", "ra_deg", "dec_deg", "period_days", "period_power", "period_snr"}
    | {"median_mag", "period_uncertainty_days"}
)
"""Numbers that a features table carries along and that no model sees."""


@dataclass(frozen=True)
class Results:
    """One results folder and the data folder of its archive."""

    directory: Path
    data: Path

    @cached_property
    def config(self) -> dict[str, Any]:
        """The configuration in force; the one file that must be there."""
        return read_json(self.directory / "config.json")

    @property
    def experiment(self) -> str:
        """The experiment's name."""
        return self.config.get("experiment", self.directory.name)

    @property
    def simulated(self) -> bool:
        """Whether the stars come from the simulated archive."""
        return self.config.get("archive", {}).get("kind") == "simulated"

    @property
    def made(self) -> str:
        """The word before "stars" where they are simulated."""
        return "simulated " if self.simulated else ""

    @property
    def targets(self) -> list[str]:
        """Target surveys, in the order of the configuration."""
        return list(self.config.get("targets", []))

    @property
    def sources(self) -> list[str]:
        """Surveys that the source model was trained on; none where its weights were released by others."""
        return list(self.config.get("sources", []))

    @property
    def strategies(self) -> list[str]:
        """Strategies, in the order of the configuration, then any others found."""
        asked = list(self.config.get("transfer", {}).get("strategies", []))
        return asked + sorted(set(self.metrics["strategy"]) - set(asked))

    @property
    def fractions(self) -> list[float]:
        """Label fractions that have results, in increasing order."""
        return sorted(self.metrics["fraction"].unique())

    def title(self, survey: str) -> str:
        """Return a survey's name as written in figures."""
        return self.config.get("surveys", {}).get(survey, {}).get("title") or survey

    @property
    def labels(self) -> str:
        """How the labelled stars of the main results were drawn; see `lctransfer.evaluation.splits`."""
        return self.config.get("transfer", {}).get("labels", "stratified")

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """One row per (survey, strategy, fraction, seed), labels drawn as `labels` says; empty if nothing was run."""
        rows = self.all_metrics
        return rows[rows["labels"] == self.labels].reset_index(drop=True) if "labels" in rows else rows

    @cached_property
    def all_metrics(self) -> pd.DataFrame:
        """The rows of `metrics`, and those of other ways of drawing labels."""
        path = self.directory / "metrics.parquet"
        if path.exists():
            return _frame(path)
        parts = [_frame(part) for part in sorted(self.directory.glob("transfer/*/*/*/metrics.parquet"))]
        columns = ["survey", "strategy", "fraction", "seed", "n_labels", "n_test", *METRICS, "fit_seconds"]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """Commit, versions and date; empty if the run did not record them."""
        return self.optional_json(self.directory / "provenance.json")

    def optional_json(self, path: Path) -> dict[str, Any]:
        """Return the content of a JSON file, or nothing if there is no such file."""
        return read_json(path) if path.exists() else {}

    def ingested(self, survey: str) -> dict[str, Any]:
        """Return what ingest counted for a survey: stars per class and rows dropped by reason."""
        return self.optional_json(self.data / "lightcurves" / f"{survey}.json")

    def manifest(self, survey: str) -> dict[str, Any]:
        """Return the list of a survey's retrieved files."""
        return self.optional_json(self.data / "raw" / f"{survey}.json")

    def features(self, survey: str) -> pd.DataFrame:
        """Return the feature table of a survey, or an empty frame."""
        path = self.directory / "features" / f"{survey}.parquet"
        return _frame(path) if path.exists() else pd.DataFrame()

    def predictions(self, survey: str, strategy: str, fraction: float) -> pd.DataFrame:
        """Return the predictions for the test stars, one row per (seed, star), or an empty frame."""
        requested = fraction
        if "requested" in self.metrics:
            rows = self.metrics[(self.metrics["survey"] == survey) & (self.metrics["fraction"] == fraction)]
            requested = float(rows["requested"].iloc[0]) if len(rows) else fraction
        folder = self.directory / "transfer" / survey / strategy / fraction_folder(requested)
        path = folder / "predictions.parquet"
        return _frame(path) if path.exists() else pd.DataFrame()

    def source_predictions(self) -> pd.DataFrame:
        """Return the source model's predictions for its own test stars, or an empty frame."""
        path = self.directory / "source" / "predictions.parquet"
        return _frame(path) if path.exists() else pd.DataFrame()

    def sensitivity(self) -> pd.DataFrame:
        """Return the metrics on subsampled light curves, one row per (way, strategy, seed), or an empty frame."""
        path = self.directory / "sensitivity.parquet"
        return _frame(path) if path.exists() else pd.DataFrame()

    def novelty(self, survey: str) -> pd.DataFrame:
        """Return how well left-out classes stood out, one row per (class, strategy, seed), or an empty frame."""
        path = self.directory / "novelty" / f"{survey}.parquet"
        return _frame(path) if path.exists() else pd.DataFrame()

    def catalogue(self, survey: str) -> pd.DataFrame:
        """Return the catalogue of a survey, one row per source, or an empty frame."""
        path = self.directory / "catalogue" / f"{survey}.parquet"
        return _frame(path) if path.exists() else pd.DataFrame()

    def card(self, survey: str) -> dict[str, Any]:
        """Return the card of the model that was kept of a survey."""
        return self.optional_json(self.directory / "fit" / survey / "card.json")

    def source_metrics(self) -> dict[str, Any]:
        """Return what pretraining said about the source model."""
        return self.optional_json(self.directory / "source" / "metrics.json")

    @property
    def inputs(self) -> list[str]:
        """Features that the source model sees; none if that is not known."""
        described = self.optional_json(self.directory / "source" / "model.json")
        return list(described.get("scaler", {}).get("features", []))

    def history(self) -> pd.DataFrame:
        """Return the training history of the source model, one row per epoch, or an empty frame."""
        path = self.directory / "source" / "history.csv"
        return pd.read_csv(path) if path.exists() else pd.DataFrame()

    def light_curves(self, survey: str, source_ids: list[str]) -> pd.DataFrame:
        """Return the epochs of some stars, indexed by source_id, or an empty frame."""
        path = self.data / "lightcurves" / f"{survey}.parquet"
        if not path.exists():
            return pd.DataFrame()
        columns = ["source_id", "time", "mag", "mag_err"]
        return _frame(path, columns, [("source_id", "in", source_ids)]).set_index("source_id")

    def missing_runs(self) -> list[str]:
        """Return a sentence for every (survey, strategy) that was asked for and has no or too few rows."""
        transfer = self.config.get("transfer", {})
        fractions, seeds = transfer.get("fractions", []), transfer.get("seeds", 0)
        counts = self.metrics.groupby(["survey", "strategy"]).size()
        lines = []
        for survey in self.targets:
            for strategy in transfer.get("strategies", []):
                found, asked = int(counts.get((survey, strategy), 0)), len(fractions) * seeds
                if found < asked:
                    lines.append(f"{self.title(survey)}, {strategy}: {found} of {asked} fits have results.")
        return lines


def _frame(path: Path, columns: list[str] | None = None, filters: list | None = None) -> pd.DataFrame:
    try:
        table = pq.read_table(path, columns=columns, filters=filters) if filters else read_parquet(path, columns)
    except LctransferError as error:
        raise LctransferError(f"{error} Delete it and run its stage again.") from None
    except UNREADABLE as error:
        pass_on_limits(error)
        raise LctransferError(
            f"{path} cannot be read as Parquet ({one_line(error)}). Delete it and run its stage again."
        ) from None
    return table.to_pandas()


def read(directory: Path, data: Path | None = None) -> Results:
    """Return the results folder, checked to be one; its data lie where the configuration says, unless told otherwise.

    Raises
    ------
    LctransferError
        If it has no config.json.
    """
    directory = Path(directory)
    if not (directory / "config.json").exists():
        raise LctransferError(f"{directory} is no results folder: it has no config.json. Run the experiment first.")
    archive = read_json(directory / "config.json").get("archive", {}).get("name", "")
    return Results(directory, Path("data") / archive if data is None else Path(data))
