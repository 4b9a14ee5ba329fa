"""The protocol on any table of labelled light curves: features, splits, strategies, measures."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path

import pandas as pd
import pyarrow as pa
import torch
from joblib import Parallel, delayed

from lctransfer.config import Features, Transfer
from lctransfer.errors import LctransferError
from lctransfer.features import extract
from lctransfer.files import protecting, refuse_input, write_parquet, write_text
from lctransfer.models.opening import open_source
from lctransfer.models.source import SourceModel
from lctransfer.progress import track
from lctransfer.table.canonical import Reading
from lctransfer.table.labelled import Labelled, read_labelled
from lctransfer.taxonomy import Label
from lctransfer.transfer.registry import COMPARED, check_strategy
from lctransfer.transfer.sweep import chunks, several, usable

SHOWN = ("mcc", "macro_f1", "ece")
"""Measures of the printed summary."""


def evaluate(
    table_path: Path,
    directory: Path,
    class_map: Mapping[str, Label] | None = None,
    sources: Sequence[Path | str] = ("released",),
    strategies: Sequence[str] = COMPARED,
    *,
    fractions: Sequence[float] = (0.01, 0.02, 0.05, 0.10, 0.20),
    seeds: Sequence[int] = tuple(range(10)),
    jobs: int = 1,
    settings: Transfer | None = None,
    min_class_size: int = 10,
    reading: Reading | None = None,
) -> pd.DataFrame:
    """Write metrics, predictions and features of strategies on a table of labelled light curves.

    Parameters
    ----------
    table_path : Path
        Labelled light curves in any form; see `lctransfer.table.reading.read_light_curves`.
    directory : Path
        Gets ``metrics.parquet`` (a row per source, strategy, fraction and seed), ``predictions.parquet`` (of all test
        stars), ``features.parquet`` (of the stars that were used) and ``summary.txt`` (for people).
    class_map : dict, optional
        Words of ``label`` to nodes of the taxonomy, or to None to leave them out; others are classes of their own.
    sources : list of str or Path
        What `lctransfer.models.opening.open_source` takes. All strategies run with each.
    strategies, fractions, seeds : sequences
        What is combined; every strategy sees the same splits.
    jobs : int
        Processes; no number depends on it.
    settings : config.Transfer, optional
        Test fraction and training.
    min_class_size : int
        Classes with fewer usable stars are left out.
    reading : Reading, optional
        How to read the table, where its columns do not tell; whose words its labels are.

    Returns
    -------
    DataFrame
        The rows of ``metrics.parquet``.

    Raises
    ------
    LctransferError
        If the table has no labels, a strategy, source or node is unknown, or a fraction asks for test stars.
    """
    settings, directory = settings or Transfer(), Path(directory)
    _check(sources, strategies, fractions, seeds, settings)
    models = {str(source): open_source(source) for source in sources}
    with protecting([table_path]):
        refuse_input(directory / "features.parquet")
    labelled = read_labelled(table_path, class_map, reading)
    everything = extract(labelled.table, Features(set="both"), threads=jobs).to_pandas()
    stars = usable(everything, min_class_size, str(table_path))
    kept = pa.Table.from_pandas(stars, preserve_index=False)
    write_parquet(directory / "features.parquet", kept.replace_schema_metadata(labelled.account.metadata))
    tasks = list(product(models, strategies, fractions, chunks(list(seeds))))
    work = (delayed(_task)(stars, models[s], n, settings, f, some) for s, n, f, some in tasks)
    done = track(Parallel(jobs, return_as="generator")(work), total=len(tasks), desc="evaluate", unit="fit")
    pairs = [(task, one) for task, results in zip(tasks, done) for one in results]
    survey = Path(table_path).stem
    rows = pd.DataFrame([{"survey": survey, "source": task[0], **row} for task, (row, _) in pairs])
    told = [table.assign(source=task[0], strategy=task[1], fraction=task[2]) for task, (_, table) in pairs]
    write_parquet(directory / "predictions.parquet", pd.concat(told, ignore_index=True))
    lines = introduction(labelled, models.values(), account(everything, stars, class_map or {}))
    write_text(directory / "summary.txt", f"{lines}\n\n{summary(rows)}\n")
    write_parquet(directory / "metrics.parquet", rows)
    return rows


def _check(
    sources: Sequence, strategies: Sequence[str], fractions: Sequence[float], seeds: Sequence[int], settings: Transfer
) -> None:
    """Refuse what could only fail later, after the features have been extracted."""
    if not sources:
        raise LctransferError("evaluate needs a source model: released, or a folder that pretrain wrote.")
    if not (strategies and fractions and seeds):
        raise LctransferError("evaluate needs at least one strategy, one fraction and one seed.")
    for strategy in strategies:
        check_strategy(strategy)
    for fraction in fractions:
        if not 0 < fraction <= 1 - settings.test_fraction:
            share = f"{1 - settings.test_fraction:g}"
            raise LctransferError(f"A fraction of {fraction:g} cannot be labelled: the pool has {share} of the stars.")


def _task(  # noqa: PLR0917
    stars: pd.DataFrame, source: SourceModel, strategy: str, settings: Transfer, fraction: float, seeds: Sequence[int]
) -> list[tuple[dict, pd.DataFrame]]:
    torch.set_num_threads(1)
    return several(stars, source, strategy, settings, fraction=fraction, seeds=seeds)


def introduction(labelled: Labelled, sources: Iterable[SourceModel | None], used: str) -> str:
    """Return the first lines of the summary: which words the sources know, which stars are used, how it was read."""
    counts = Counter(word for word in labelled.table["label"].to_pylist() if word is not None)
    known = {name for source in sources if source is not None for name in source.classes}
    lines = [*labelled.classes.sentences(counts, known or None), used, *labelled.account.sentences()]
    return "\n".join(lines)


def summary(rows: pd.DataFrame) -> str:
    """Return mean and standard deviation over seeds of the main measures, a line per source, strategy and fraction."""
    keys = ["source", "strategy", "fraction"] if rows["source"].nunique() > 1 else ["strategy", "fraction"]
    groups = rows.groupby(keys, sort=False)
    table = groups["n_labels"].mean().round().astype(int).to_frame("labels")
    for name in SHOWN:
        mean, spread = groups[name].mean(), groups[name].std().fillna(0)
        table[name] = [f"{a:.3f} ± {b:.3f}" for a, b in zip(mean, spread)]
    return table.reset_index().to_string(index=False)


def account(everything: pd.DataFrame, used: pd.DataFrame, class_map: Mapping[str, Label]) -> str:
    """Return in a few sentences which light curves were used, why others were not, and which words no star has."""
    classes = ", ".join(f"{name} {count}" for name, count in used["class_name"].value_counts().items())
    unused = everything[~everything["source_id"].isin(used["source_id"])]
    why = Counter(map(_reason, unused["class_name"], unused["flag"]))
    left_out = ", ".join(f"{reason} {count}" for reason, count in why.most_common())
    said = f"{len(used)} of {len(everything)} light curves are used: {classes}."
    said += f" Left out: {left_out}." if why else ""
    unknown = ", ".join(sorted(set(map(str, class_map)) - set(everything["label"].dropna())))
    return f"{said} The class map names words that no star has: {unknown}." if unknown else said


def _reason(name: str | None, flag: str) -> str:
    if pd.isna(name):
        return "no class"
    return f"class {name} (too few)" if flag == "ok" else flag
