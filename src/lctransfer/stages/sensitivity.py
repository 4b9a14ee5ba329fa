"""How few epochs, and how short a light curve: one target survey's light curves, subsampled and classified again."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import torch

from lctransfer.config import Features, Sensitivity, Transfer
from lctransfer.errors import LctransferError
from lctransfer.evaluation.metrics import UNCLASSIFIED, agreement, predictions
from lctransfer.evaluation.splits import split
from lctransfer.features import extract
from lctransfer.models.source import SourceModel
from lctransfer.parquet import write_parquet
from lctransfer.progress import track
from lctransfer.table import cuts, light_curves
from lctransfer.transfer.sweep import divide, learn, probabilities_of, sound


class Subsampling(NamedTuple):
    """One way of subsampling: ``epochs`` (drawn), ``duration`` (a stretch of days) or ``control`` (as many, drawn)."""

    kind: str
    epochs: int = 0
    duration_days: float = 0.0


def sensitivity(
    table: Path,
    source: Path,
    target: Path,
    *,
    settings: Sensitivity,
    transfer: Transfer,
    features: Features,
    min_class_size: int,
) -> None:
    """Write how well strategies do on subsampled light curves: a row per (subsampling, strategy, seed).

    Labelled and test stars are subsampled in the same way; the source model does not change. The same stars are used
    throughout. A star whose features cannot be computed any more counts as wrong.

    Parameters
    ----------
    table : Path
        Light-curve table with ``class_name``.
    source : Path
        Folder of the source model.
    target : Path
        Parquet file with ``kind``, ``epochs`` and ``duration_days`` (as asked, 0: all), ``median_epochs`` and
        ``median_days`` (as found), ``n_stars``, ``classified`` (share), ``n_labels``, ``n_test`` and the metrics.
    settings : config.Sensitivity
        Ways of subsampling, strategies, seeds.
    transfer, features : config.Transfer, config.Features
        As in the sweep.
    min_class_size : int
        Classes with fewer stars are left out.

    Raises
    ------
    LctransferError
        If the table has no two classes of stars with enough epochs.
    """
    torch.set_num_threads(1)  # the same sums in the same order, wherever this runs
    whole = choose(light_curves.read(table), settings, min_class_size, str(table))
    model, rows = SourceModel.load(source), []
    for how in track(subsamplings(whole, settings), desc="sensitivity", unit="subsampling"):
        stars = extract(subsample(whole, how), features).to_pandas()
        found = {"median_epochs": stars["n_epochs"].median(), "median_days": stars["duration_days"].median()}
        for strategy in settings.strategies:
            for seed in range(settings.seeds):
                row = evaluate_split(stars, model, strategy, transfer, fraction=settings.fraction, seed=seed)
                rows.append({**how._asdict(), **found, "n_stars": len(stars), **row})
    write_parquet(target, pd.DataFrame(rows).assign(survey=_survey(whole)))


def _survey(table: pa.Table) -> str:
    return table["survey"][0].as_py() if "survey" in table.column_names else ""


def choose(table: pa.Table, settings: Sensitivity, min_class_size: int, where: str) -> pa.Table:
    """Return the labelled stars that have enough epochs for every subsampling, at most `settings.stars`, stratified.

    Enough is the largest of `settings.epochs` that half of the stars have; larger ones are not tried.
    """
    stars = table.select(["source_id", "class_name"]).to_pandas().assign(n_epochs=_lengths(table))
    known = stars["class_name"].notna()
    stars = stars[known & (stars["n_epochs"] >= most_epochs(stars.loc[known, "n_epochs"], settings.epochs))]
    stars = stars[stars.groupby("class_name")["source_id"].transform("nunique") >= max(min_class_size, 2)]
    if stars["class_name"].nunique() < 2:
        raise LctransferError(
            f"{where} has no two classes of {min_class_size} stars with enough epochs to be subsampled. Lower "
            "sensitivity.epochs, or set sensitivity.enabled=false."
        )
    ids, labels = stars["source_id"].to_numpy(dtype=str), stars["class_name"].to_numpy(dtype=str)
    share = settings.stars / stars["source_id"].nunique()
    # A split takes a fraction of 1 or more as a number of stars.
    rows = stars.index[split(ids, labels, 0, share, 0.0).labelled] if share < 1 else stars.index
    return table.take(np.sort(rows.to_numpy()))


def most_epochs(n_epochs: pd.Series, wanted: list[int]) -> int:
    """Return the largest of `wanted` that half of the stars have; the smallest where there is none."""
    return max((n for n in wanted if (n_epochs >= n).mean() >= 0.5), default=min(wanted))


def subsamplings(whole: pa.Table, settings: Sensitivity) -> list[Subsampling]:
    """Return the ways of subsampling, the whole light curves first."""
    most = _lengths(whole).min()
    drawn = [Subsampling("epochs", epochs=n) for n in sorted(settings.epochs) if n <= most]
    days = sorted(settings.durations_days)
    return [Subsampling("whole"), *drawn, *(Subsampling(kind, 0, d) for d in days for kind in ("duration", "control"))]


def subsample(table: pa.Table, how: Subsampling) -> pa.Table:
    """Return the light curves with fewer epochs.

    Parameters
    ----------
    table : pyarrow.Table
        Light-curve table.
    how : Subsampling
        ``epochs``: so many, drawn at random. ``duration``: those of a stretch of days, drawn at random. ``control``:
        as many as ``duration`` leaves, from the whole light curve, which tells few epochs from a short time.

    Returns
    -------
    pyarrow.Table
        The same rows in the same order; the draws depend on the source id and on `how` alone.
    """
    if how.kind == "whole":
        return table
    if how.kind == "epochs":
        return cuts.resample(table, epochs=how.epochs)
    short = cuts.resample(table, duration_days=how.duration_days)
    if how.kind == "duration":
        return short
    rng = np.random.default_rng(int(10 * how.duration_days))
    return cuts.keep_epochs(table, cuts.random_epochs_of(light_curves.ragged(table).offsets, _lengths(short), rng))


def _lengths(table: pa.Table) -> np.ndarray:
    return np.diff(light_curves.ragged(table).offsets)


def evaluate_split(
    stars: pd.DataFrame, source: SourceModel, strategy: str, settings: Transfer, *, fraction: float, seed: int
) -> dict[str, object]:
    """Return the metrics of one fit; stars without features are no labels, and wrong when tested."""
    labels, known = stars["class_name"].to_numpy(dtype=str), sound(stars)
    part = divide(stars, settings, fraction, seed)
    predicted = np.full(int(part.test.sum()), UNCLASSIFIED)
    if len(np.unique(labels[part.labelled])) > 1 and known[part.test].any():
        (fitted,) = learn(stars, source, strategy, settings, [(seed, part)])
        predicted = predictions(probabilities_of(stars[part.test], fitted), fitted.classes_)
    row = {"strategy": strategy, "fraction": fraction, "seed": seed, "n_labels": int(part.labelled.sum())}
    row |= {"n_test": int(part.test.sum()), "classified": float(known[part.test].mean())}
    return row | agreement(labels[part.test], predicted)
