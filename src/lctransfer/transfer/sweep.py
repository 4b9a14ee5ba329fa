"""The sweep over seeds of one survey, strategy and label fraction: the unit of work of the experiment."""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from lctransfer.config import Transfer
from lctransfer.errors import LctransferError
from lctransfer.evaluation.metrics import score
from lctransfer.evaluation.splits import split
from lctransfer.features import NAMES
from lctransfer.files import read_parquet, write_parquet
from lctransfer.models.source import SourceModel
from lctransfer.progress import track
from lctransfer.transfer.registry import make

TOGETHER = 5
"""Seeds whose networks are trained at once; fixed, so that neither cores nor the number of seeds decides rounding."""


def run(
    features: Path,
    source: Path,
    directory: Path,
    *,
    survey: str,
    strategy: str,
    fraction: float,
    settings: Transfer,
    min_class_size: int,
) -> None:
    """Write ``metrics.parquet`` and ``predictions.parquet`` of one strategy at one label fraction, all seeds.

    Parameters
    ----------
    features : Path
        Features table of the target survey, with ``source_id``, ``class_name``, ``flag``.
    source : Path
        Folder of the source model.
    directory : Path
        Where the two files go.
    survey, strategy : str
        Recorded; the strategy is a name of `STRATEGIES`.
    fraction : float
        Labelled stars over all usable stars of the survey.
    settings : config.Transfer
        Seeds, test fraction, training.
    min_class_size : int
        Classes with fewer usable stars are left out.

    Raises
    ------
    LctransferError
        If the table cannot be used, or the strategy is unknown.
    """
    stars, model = opened(features, source, min_class_size)
    rows, predictions = [], []
    with track(total=settings.seeds, desc=f"{survey} {strategy} {fraction:g}", unit="seed") as bar:
        for seeds in chunks(range(settings.seeds)):
            for row, predicted in several(stars, model, strategy, settings, fraction=fraction, seeds=seeds):
                rows.append({"survey": survey, **row})
                predictions.append(predicted)
            bar.update(len(seeds))
    write_parquet(directory / "predictions.parquet", pd.concat(predictions, ignore_index=True))
    write_parquet(directory / "metrics.parquet", pd.DataFrame(rows))


def opened(features: Path, source: Path, min_class_size: int) -> tuple[pd.DataFrame, SourceModel]:
    """Return the usable stars of a features table, and the source model of a folder, for a job of one thread.

    Raises
    ------
    LctransferError
        If one of the two cannot be used.
    """
    torch.set_num_threads(1)  # the same sums in the same order, wherever this runs
    return usable(read_parquet(features).to_pandas(), min_class_size, str(features)), SourceModel.load(source)


def usable(table: pd.DataFrame, min_class_size: int, where: str) -> pd.DataFrame:
    """Return the stars that have a class, sound features, and enough company in their class.

    Raises
    ------
    LctransferError
        If a column is missing, or fewer than two classes remain.
    """
    missing = [name for name in ("source_id", "class_name") if name not in table]
    if missing:
        raise LctransferError(f"{where} has no column {', '.join(missing)}: labels are needed to learn and to test.")
    keep = table["class_name"].notna()
    if "flag" in table:
        keep &= table["flag"] == "ok"
    stars = table[keep]
    size = stars.groupby("class_name")["source_id"].transform("nunique")
    stars = stars[size >= max(min_class_size, 2)].sort_values("source_id", kind="stable")
    if stars["class_name"].nunique() < 2:
        raise LctransferError(
            f"{where} has {int(keep.sum())} usable labelled stars, and not two classes of at least {min_class_size}. "
            "Check the labels, the label map, the flags and min_class_size."
        )
    return stars.reset_index(drop=True)


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
    """Return seeds in the groups that `several` takes."""
    return [seeds[start : start + TOGETHER] for start in range(0, len(seeds), TOGETHER)]


def several(
    stars: pd.DataFrame,
    source: SourceModel | None,
    strategy: str,
    settings: Transfer,
    *,
    fraction: float,
    seeds: Sequence[int],
) -> list[tuple[dict[str, object], pd.DataFrame]]:
    """Return the metrics row and the test predictions of each seed; see `run`.

    ``fit_seconds`` is CPU time, the mean over the seeds.
    """
    X, labels = inputs(stars), stars["class_name"].to_numpy(dtype=str)
    ids = stars["source_id"].to_numpy()
    parts = [split(ids, labels, seed, fraction, settings.test_fraction) for seed in seeds]
    fits = [make(strategy, settings, source, seed) for seed in seeds]
    start = time.process_time()
    fits[0].fit_all(fits, [(X[part.labelled], labels[part.labelled], X[part.unlabelled]) for part in parts])
    seconds = (time.process_time() - start) / len(fits)
    done = []
    for seed, part, fitted in zip(seeds, parts, fits):
        probabilities, n_labels = fitted.predict_proba(X[part.test]), int(part.labelled.sum())
        row = {"strategy": strategy, "fraction": fraction, "seed": seed, "n_labels": n_labels}
        row |= {"n_test": int(part.test.sum()), **score(labels[part.test], probabilities, fitted.classes_)}
        row["fit_seconds"] = seconds
        told = _predictions(stars[part.test], probabilities, fitted.classes_, seed)
        novelty_score = fitted.novelty_score(X[part.test], probabilities)
        done.append((row, told.assign(novelty_score=novelty_score.astype(np.float32))))
    return done


def _predictions(stars: pd.DataFrame, probabilities: np.ndarray, classes: np.ndarray, seed: int) -> pd.DataFrame:
    table = pd.DataFrame({"seed": seed, "source_id": stars["source_id"], "class_name": stars["class_name"]})
    table["predicted"] = classes[probabilities.argmax(axis=1)]
    columns = {f"p_{name}": probabilities[:, i].astype(np.float32) for i, name in enumerate(classes)}
    return table.assign(**columns)
