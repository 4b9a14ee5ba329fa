"""The protocol on any table of labelled light curves: features, splits, strategies, metrics."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import torch
from joblib import delayed

from lctransfer.config import Features, Transfer
from lctransfer.errors import LctransferError
from lctransfer.evaluation.splits import PROTOCOLS
from lctransfer.features import extract
from lctransfer.files import protecting, refuse_input, write_text
from lctransfer.models.combined import Combined
from lctransfer.models.opening import open_source
from lctransfer.models.source import SourceModel
from lctransfer.parquet import write_parquet
from lctransfer.progress import track_jobs
from lctransfer.table.canonical import ALL_BANDS, Reading, holds_features
from lctransfer.table.labelled import Labelled, read_labelled
from lctransfer.taxonomy import Label
from lctransfer.transfer.registry import COMPARED, check_strategy
from lctransfer.transfer.sweep import chunks, run_seeds, sound, usable

SHOWN = ("mcc", "macro_f1", "ece")
"""Metrics of the printed summary."""


@dataclass(frozen=True)
class Comparison:
    """What is compared; every strategy sees the same splits.

    Attributes
    ----------
    sources : list of str or Path
        What `lctransfer.models.opening.open_source` takes. All strategies run with each.
    strategies, fractions, seeds : sequences
        What is combined.
    label_counts : sequence of int
        Numbers of labelled stars, beside the fractions.
    draws : sequence of str
        How labelled stars are drawn, of `lctransfer.evaluation.splits.PROTOCOLS`; without any, as `settings.labels`.
    settings : config.Transfer
        Test fraction and training.
    min_class_size : int
        Classes with fewer usable stars are left out.
    """

    sources: Sequence[Path | str] = ("released",)
    strategies: Sequence[str] = COMPARED
    fractions: Sequence[float] = (0.01, 0.02, 0.05, 0.10, 0.20)
    label_counts: Sequence[int] = ()
    draws: Sequence[str] = ()
    seeds: Sequence[int] = tuple(range(10))
    settings: Transfer = field(default_factory=Transfer)
    min_class_size: int = 10

    @property
    def wanted(self) -> tuple[float, ...]:
        """Label fractions, then numbers of labels."""
        return (*self.fractions, *self.label_counts)

    @property
    def protocols(self) -> tuple[str, ...]:
        """How labelled stars are drawn."""
        return tuple(self.draws) or (self.settings.labels,)

    def check(self) -> None:
        """Refuse what could only fail later, after the features have been extracted.

        Raises
        ------
        LctransferError
            If nothing is to be compared, a strategy or draw is unknown, or a fraction is too large.
        """
        if not self.sources:
            raise LctransferError("evaluate needs a source model: released, or a folder that pretrain wrote.")
        if not (self.strategies and self.wanted and self.seeds):
            raise LctransferError(
                "evaluate needs at least one strategy, one fraction or number of labels, and one seed."
            )
        for strategy in self.strategies:
            check_strategy(strategy)
        for draw in self.protocols:
            if draw not in PROTOCOLS:
                raise LctransferError(f"There is no way {draw!r} of drawing labels: use {', '.join(PROTOCOLS)}.")
        most = 1 - self.settings.test_fraction
        for fraction in self.wanted:
            if not (0 < fraction <= most or (fraction >= 2 and float(fraction).is_integer())):
                raise LctransferError(
                    f"A fraction of {fraction:g} cannot be labelled: the pool has {most:g} of the stars."
                )

    def check_counts(self, stars: pd.DataFrame) -> None:
        """Refuse numbers of labels that the stars outside of the test set do not give.

        Raises
        ------
        LctransferError
            Saying how many there are.
        """
        pool = int((1 - self.settings.test_fraction) * stars["source_id"].nunique())
        for count in self.label_counts:
            if count > pool:
                raise LctransferError(
                    f"{count} labels cannot be drawn: {pool} stars are left beside the test stars. Ask for fewer "
                    "labels."
                )


def evaluate(
    table_path: Path,
    directory: Path,
    class_map: Mapping[str, Label] | None = None,
    comparison: Comparison | None = None,
    *,
    jobs: int = 1,
    reading: Reading | None = None,
) -> pd.DataFrame:
    """Write metrics, predictions and features of strategies on a table of labelled light curves.

    Parameters
    ----------
    table_path : Path
        Labelled light curves in any form; see `lctransfer.table.reading.read_light_curves`.
    directory : Path
        Gets ``metrics.parquet`` (a row per source, strategy, draw, fraction and seed), ``predictions.parquet`` (of all
        test stars), ``features.parquet`` (of the stars that were used) and ``summary.txt`` (for people).
    class_map : dict, optional
        Labels to nodes of the taxonomy, or to None to leave them out; others are classes of their own.
    comparison : Comparison, optional
        Sources, strategies, numbers of labels and seeds.
    jobs : int
        Processes; no number depends on it.
    reading : Reading, optional
        How to read the table, where its columns do not tell; whose words its labels are.

    Returns
    -------
    DataFrame
        The rows of ``metrics.parquet``.

    Raises
    ------
    LctransferError
        If the table has no labels, a strategy, source, draw or node is unknown, or more labels are asked for than
        there are outside the test stars.
    """
    asked, directory = comparison or Comparison(), Path(directory)
    asked.check()
    _refuse_features(Path(table_path))
    models = {str(source): open_source(source) for source in asked.sources}
    with protecting([table_path]):
        refuse_input(directory / "features.parquet")
    labelled = read_labelled(table_path, class_map, reading)
    everything = extract(labelled.table, Features(set="both"), threads=jobs).to_pandas()
    stars = usable(everything, asked.min_class_size, str(table_path))
    asked.check_counts(stars)
    kept = pa.Table.from_pandas(stars, preserve_index=False)
    write_parquet(directory / "features.parquet", kept.replace_schema_metadata(labelled.account.metadata))
    together = reading is not None and reading.band == ALL_BANDS
    rows, predictions = _compared(stars, models, asked, jobs, combine_bands=together)
    rows.insert(0, "survey", Path(table_path).stem)
    write_parquet(directory / "predictions.parquet", predictions)
    lines = introduction(labelled, models.values(), usage_summary(everything, stars, class_map or {}))
    write_text(directory / "summary.txt", f"{lines}\n\n{summary(rows)}\n")
    write_parquet(directory / "metrics.parquet", rows)
    return rows


def _refuse_features(path: Path) -> None:
    if holds_features(path):
        raise LctransferError(
            f"{path} holds features, and evaluate needs the light curves that they were computed from: name that "
            "table. With features alone, `lctransfer transfer` measures a strategy and `lctransfer fit` a model."
        )


def _compared(
    stars: pd.DataFrame,
    models: Mapping[str, SourceModel | Combined | None],
    asked: Comparison,
    jobs: int,
    *,
    combine_bands: bool,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the metrics and the predictions of every source, draw, strategy, number of labels and seed."""
    tasks = list(product(models, asked.protocols, asked.strategies, asked.wanted, chunks(list(asked.seeds))))
    work = (
        delayed(_task)(
            stars,
            models[source],
            strategy,
            replace(asked.settings, labels=draw),
            fraction=fraction,
            seeds=seeds,
            combine_bands=combine_bands,
        )
        for source, draw, strategy, fraction, seeds in tasks
    )
    done = track_jobs(work, len(tasks), jobs, desc="evaluate", unit="fit")
    rows, predictions = [], []
    for (source, draw, strategy, _, _), results in zip(tasks, done):
        for row, predicted in results:
            rows.append({"source": source, **row})
            predictions.append(
                predicted.assign(source=source, labels=draw, strategy=strategy, fraction=row["fraction"])
            )
    return pd.DataFrame(rows), pd.concat(predictions, ignore_index=True)


def _task(*given: Any, **chosen: Any) -> list[tuple[dict[str, object], pd.DataFrame]]:
    """Return what `run_seeds` returns, in a process of one thread."""
    torch.set_num_threads(1)
    return run_seeds(*given, **chosen)


def introduction(labelled: Labelled, sources: Iterable[SourceModel | Combined | None], used: str) -> str:
    """Return the summary's first lines: labels that the sources know, stars that are used, how the table was read."""
    counts = Counter(word for word in labelled.table["label"].to_pylist() if word is not None)
    known = {name for source in sources if source is not None for name in source.classes}
    lines = [*labelled.classes.sentences(counts, known or None), used, *labelled.account.sentences()]
    return "\n".join(lines)


def summary(rows: pd.DataFrame) -> str:
    """Return mean and deviation over seeds of the main metrics, a line per source, draw, strategy and fraction."""
    keys = [name for name in ("source", "labels") if rows[name].nunique() > 1] + ["strategy", "fraction"]
    groups = rows.groupby(keys, sort=False)
    table = groups["n_labels"].mean().round().astype(int).to_frame("n_labels")
    for name in SHOWN:
        mean, spread = groups[name].mean(), groups[name].std().fillna(0)
        table[name] = [f"{a:.3f} ± {b:.3f}" for a, b in zip(mean, spread)]
    draws = rows["labels"].unique()
    said = "\n".join(f"{name}: {PROTOCOLS[name]}" if len(draws) > 1 else PROTOCOLS[name] for name in draws)
    text = table.reset_index().rename(columns={"labels": "draw", "n_labels": "labels"}).to_string(index=False)
    return f"{said}\n\n{text}"


def usage_summary(everything: pd.DataFrame, used: pd.DataFrame, class_map: Mapping[str, Label]) -> str:
    """Say which light curves were used, why others were not, and which labels of the class map no star has."""
    classes = ", ".join(f"{name} {count}" for name, count in used["class_name"].value_counts().items())
    unused = everything[~everything["source_id"].isin(used["source_id"])]
    said = f"{len(used)} of {len(everything)} light curves are used: {classes}."
    said += _counted(" Left out: ", map(_reason, unused["class_name"], unused["flag"]))
    without = used["flag"][~sound(used)]
    said += _counted(" Without features, so never labelled and wrong as test stars: ", without)
    unknown = ", ".join(sorted(set(map(str, class_map)) - set(everything["label"].dropna())))
    return f"{said} The class map names labels that no star has: {unknown}." if unknown else said


def _counted(lead: str, reasons: Iterable[str]) -> str:
    counts = Counter(reasons).most_common()
    return f"{lead}{', '.join(f'{reason} {count}' for reason, count in counts)}." if counts else ""


def _reason(name: str | None, flag: str) -> str:
    if pd.isna(name):
        return "no class"
    return f"class {name} (too few)" if flag == "ok" else flag
