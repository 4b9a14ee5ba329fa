"""The sweep over seeds of one survey, strategy and label fraction: the unit of work of the experiment."""

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch

from lctransfer.config import Transfer
from lctransfer.errors import LctransferError
from lctransfer.evaluation.metrics import probability_columns, score
from lctransfer.evaluation.splits import Split, split
from lctransfer.feature_names import NAMES
from lctransfer.models.source import SourceModel
from lctransfer.parquet import read_parquet, write_parquet
from lctransfer.progress import track
from lctransfer.transfer.bands import combine
from lctransfer.transfer.base import Strategy, Task
from lctransfer.transfer.folders import fraction_folder
from lctransfer.transfer.registry import make

TOGETHER = 5
"""Seeds whose networks are trained at once; fixed, so that neither cores nor the number of seeds decides rounding."""


class Target(NamedTuple):
    """A target survey in a stage: its name in the results, its usable stars, and the source model."""

    survey: str
    stars: pd.DataFrame
    source: SourceModel


def load_target(features: Path, source: Path, survey: str, min_class_size: int) -> Target:
    """Return a target survey for a job of one thread.

    Parameters
    ----------
    features : Path
        Features table of the survey, with ``source_id``, ``class_name``, ``flag``.
    source : Path
        Folder of the source model.
    survey : str
        Name in the results.
    min_class_size : int
        Classes with fewer usable stars are left out.

    Raises
    ------
    LctransferError
        If the table or the model cannot be used.
    """
    torch.set_num_threads(1)  # the same sums in the same order, wherever this runs
    stars = usable(read_parquet(features).to_pandas(), min_class_size, str(features))
    return Target(survey, stars, SourceModel.load(source))


def sweep(target: Target, directory: Path, strategy: str, settings: Transfer) -> None:
    """Write ``metrics.parquet`` and ``predictions.parquet`` of one strategy, in a folder per label fraction.

    The metrics have a row per seed, for `settings.labels` and for `settings.also_labels`, which their column
    ``labels`` tells apart; the predictions are those of `settings.labels`, of the test stars that could be classified.

    Parameters
    ----------
    target : Target
        The survey.
    directory : Path
        Gets a folder per fraction and per number of labels; see `lctransfer.transfer.folders.fraction_folder`.
    strategy : str
        A name of `STRATEGIES`.
    settings : config.Transfer
        Fractions, numbers of labels, seeds, how labels are drawn, test fraction, training.

    Raises
    ------
    LctransferError
        If the strategy is unknown, or there are fewer stars than labels asked for.
    """
    for fraction in (*settings.fractions, *settings.label_counts):
        _sweep_fraction(target, directory / fraction_folder(fraction), strategy, settings, fraction)


def _sweep_fraction(target: Target, directory: Path, strategy: str, settings: Transfer, fraction: float) -> None:
    protocols = list(dict.fromkeys([settings.labels, *settings.also_labels]))
    rows, predictions = [], []
    total, what = settings.seeds * len(protocols), f"{target.survey} {strategy} {fraction:g}"
    with track(total=total, desc=what, unit="fit") as bar:
        for protocol, seeds in product(protocols, chunks(range(settings.seeds))):
            chosen = replace(settings, labels=protocol)
            done = run_seeds(target.stars, target.source, strategy, chosen, fraction=fraction, seeds=seeds)
            rows += [{"survey": target.survey, **row} for row, _ in done]
            predictions += [predicted for _, predicted in done if protocol == settings.labels]
            bar.update(len(seeds))
    write_parquet(directory / "predictions.parquet", pd.concat(predictions, ignore_index=True))
    write_parquet(directory / "metrics.parquet", pd.DataFrame(rows))


def usable(table: pd.DataFrame, min_class_size: int, where: str) -> pd.DataFrame:
    """Return the stars of classes that have enough stars with sound features, in the order of their ids.

    One rule holds in every stage: a star whose features could not be computed (``flag`` is not ``ok``) is never
    labelled, and counts as wrong where it is a test star.

    Raises
    ------
    LctransferError
        If a column is missing, or fewer than two classes remain.
    """
    missing = [name for name in ("source_id", "class_name") if name not in table]
    if missing:
        raise LctransferError(f"{where} has no column {', '.join(missing)}: labels are needed to learn and to test.")
    stars = table[table["class_name"].notna()]
    known = stars[sound(stars)]
    size = known.groupby("class_name")["source_id"].nunique()
    stars = stars[stars["class_name"].isin(size.index[size >= max(min_class_size, 2)])]
    if stars["class_name"].nunique() < 2:
        raise LctransferError(
            f"{where} has {len(known)} usable labelled stars, and not two classes of at least {min_class_size}. "
            "Check the labels, the label map, the flags and min_class_size."
        )
    return stars.sort_values("source_id", kind="stable").reset_index(drop=True)


def sound(stars: pd.DataFrame) -> np.ndarray:
    """Return which rows have features, shape (n,)."""
    return (stars["flag"] == "ok").to_numpy() if "flag" in stars else np.ones(len(stars), dtype=bool)


def divide(stars: pd.DataFrame, settings: Transfer, fraction: float, seed: int) -> Split:
    """Return the test and labelled rows of stars by the settings; only stars with sound features are labelled."""
    ids, labels = stars["source_id"].to_numpy(), stars["class_name"].to_numpy(dtype=str)
    magnitudes = None
    if "median_mag" in stars:
        # A star without features may have no magnitude; it is never labelled.
        magnitudes = np.where(sound(stars), stars["median_mag"].to_numpy(dtype=float), np.finfo(float).max)
    part = split(ids, labels, seed, fraction, settings.test_fraction, protocol=settings.labels, median_mag=magnitudes)
    return Split(part.test, part.labelled & sound(stars))


def inputs(stars: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of all feature sets that the table holds whole; nothing else is ever learnt from.

    Raises
    ------
    LctransferError
        If it holds none.
    """
    held = [name for names in NAMES.values() if set(names) <= set(stars.columns) for name in names]
    if not held:
        raise LctransferError("The table holds no whole feature set. Make one with `lctransfer features`.")
    return stars[list(dict.fromkeys(held))]


def chunks(seeds: Sequence[int]) -> list[Sequence[int]]:
    """Return seeds in the groups that `run_seeds` takes."""
    return [seeds[start : start + TOGETHER] for start in range(0, len(seeds), TOGETHER)]


def run_seeds(
    stars: pd.DataFrame,
    source: SourceModel | None,
    strategy: str,
    settings: Transfer,
    *,
    fraction: float,
    seeds: Sequence[int],
    combine_bands: bool = False,
) -> list[tuple[dict[str, object], pd.DataFrame]]:
    """Return the metrics row and the test predictions of each seed; see `sweep`.

    ``fit_seconds`` is CPU time, the mean over the seeds. With `combine_bands`, the light curves of a source are learnt
    from apart, and its predictions are those of all of them together; see `lctransfer.transfer.bands`.
    """
    labels, ids = stars["class_name"].to_numpy(dtype=str), stars["source_id"]
    parts = [(seed, divide(stars, settings, fraction, seed)) for seed in seeds]
    for _, part in parts:
        _check_labels(labels[part.labelled], settings.labels)
    start = time.process_time()
    fits = learn(stars, source, strategy, settings, parts, classes=np.unique(labels))
    seconds = (time.process_time() - start) / len(fits)
    done = []
    for (seed, part), fitted in zip(parts, fits):
        pool = ids[~part.test]
        row = {"strategy": strategy, "fraction": _share(fraction, stars), "seed": seed}
        row |= {"n_labels": ids[part.labelled].nunique(), "n_test": int(part.test.sum())}
        # Beside n_test, which counts stars where bands are combined, else light curves.
        row |= {"n_pool": pool.nunique() if combine_bands else len(pool)}
        row |= {"requested": float(fraction), "labels": settings.labels}
        metrics, predicted = _tested(stars[part.test], fitted, seed, combine_bands=combine_bands)
        done.append((row | metrics | {"fit_seconds": seconds}, predicted))
    return done


def learn(
    stars: pd.DataFrame,
    source: SourceModel | None,
    strategy: str,
    settings: Transfer,
    parts: Sequence[tuple[int, Split]],
    *,
    classes: np.ndarray | None = None,
) -> list[Strategy]:
    """Return a strategy fitted to the labelled stars of each split: what every stage that learns does.

    Parameters
    ----------
    stars : DataFrame
        Usable stars; see `usable`.
    source : SourceModel or None
        What is transferred.
    strategy : str
        A name of `STRATEGIES`.
    settings : config.Transfer
        Training.
    parts : sequence of (int, Split)
        Seeds and splits. Stars that are neither test nor labelled, and have features, are seen without their labels.
    classes : ndarray of str, optional
        Classes that the survey is known to have, as its class map says, also those that got no label.
    """
    X, labels, known = inputs(stars), stars["class_name"].to_numpy(dtype=str), sound(stars)
    fits = [make(strategy, settings, source, seed) for seed, _ in parts]
    tasks = [Task(X[part.labelled], labels[part.labelled], X[part.unlabelled & known], classes) for _, part in parts]
    fits[0].fit_all(fits, tasks)
    return fits


def probabilities_of(stars: pd.DataFrame, fitted: Strategy) -> np.ndarray:
    """Return the probabilities of stars by a fitted strategy, shape (n, n_classes); NaN for stars without features."""
    known = sound(stars)
    probabilities = np.full((len(stars), len(fitted.classes_)), np.nan)
    if known.any():
        probabilities[known] = fitted.predict_proba(inputs(stars)[known])
    return probabilities


def _share(fraction: float, stars: pd.DataFrame) -> float:
    """Return what share of the stars is labelled: a number of labels as a share, and shares as they are."""
    return fraction if fraction < 1 else min(fraction / stars["source_id"].nunique(), 1.0)


def _check_labels(labels: np.ndarray, protocol: str) -> None:
    if len(np.unique(labels)) < 2:
        raise LctransferError(
            f"The {len(labels)} labelled stars of a {protocol} draw are of one class ({', '.join(np.unique(labels))}), "
            "so that there is nothing to tell apart. Ask for more labels."
        )


def _tested(
    stars: pd.DataFrame, fitted: Strategy, seed: int, *, combine_bands: bool
) -> tuple[dict[str, float], pd.DataFrame]:
    """Return the metrics of test stars, and the predictions of those that have features."""
    known, classes = sound(stars), fitted.classes_
    probabilities = probabilities_of(stars, fitted)
    if combine_bands:
        first, probabilities = combine(stars["source_id"].to_numpy(), probabilities)
        stars, known = stars.iloc[first], np.isfinite(probabilities).all(axis=1)
    metrics = score(stars["class_name"].to_numpy(dtype=str), probabilities, classes)
    predicted = _predictions(stars[known], probabilities[known], classes, seed)
    novelty_score = np.zeros(0)
    if known.any():
        novelty_score = fitted.novelty_score(inputs(stars)[known], probabilities[known])
    metrics |= {"n_test": len(stars)}
    return metrics, predicted.assign(novelty_score=novelty_score.astype(np.float32))


def _predictions(stars: pd.DataFrame, probabilities: np.ndarray, classes: np.ndarray, seed: int) -> pd.DataFrame:
    table = pd.DataFrame({"seed": seed, "source_id": stars["source_id"], "class_name": stars["class_name"]})
    table["predicted"] = classes[probabilities.argmax(axis=1)]
    return table.assign(**probability_columns(probabilities.astype(np.float32), classes))
