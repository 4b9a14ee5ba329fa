"""Stars unlike anything labelled: each class of a target survey is left out of the labels in turn, and looked for."""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from lctransfer.config import Novelty, Transfer
from lctransfer.files import write_parquet
from lctransfer.models.source import SourceModel
from lctransfer.progress import track
from lctransfer.transfer.registry import make
from lctransfer.transfer.sweep import divide, inputs, load_inputs, sound

COLUMNS = ["left_out", "strategy", "fraction", "seed", "n_novel", "n_known", "auroc", "auroc_probability"]


def novelty(
    features: Path,
    source: Path,
    target: Path,
    *,
    survey: str,
    settings: Novelty,
    transfer: Transfer,
    min_class_size: int,
) -> None:
    """Write how well the stars of a class without labels stand out: a row per (class, strategy, seed).

    Parameters
    ----------
    features : Path
        Features table of the target survey, with ``source_id``, ``class_name``, ``flag``.
    source : Path
        Folder of the source model.
    target : Path
        Parquet file with ``survey``, ``left_out`` (the class), ``strategy``, ``fraction``, ``seed``, ``n_novel`` and
        ``n_known`` (test stars), and the areas under the ROC curve ``auroc`` (of `Strategy.novelty_score`) and
        ``auroc_probability`` (of one minus the highest probability).
    survey : str
        Recorded.
    settings : config.Novelty
        Strategies, label fraction, seeds.
    transfer : config.Transfer
        As in the sweep.
    min_class_size : int
        Classes with fewer usable stars are left out of everything.

    Raises
    ------
    LctransferError
        If the table cannot be used.

    Notes
    -----
    With two classes only, none can be left out, and the table has no rows.
    """
    stars, model = load_inputs(features, source, min_class_size)
    classes = sorted(stars["class_name"].unique())
    work = list(product(classes if len(classes) > 2 else [], settings.strategies, range(settings.seeds)))
    rows = [
        evaluate_split(stars, model, strategy, transfer, left_out=name, fraction=settings.fraction, seed=seed)
        for name, strategy, seed in track(work, desc=f"novelty {survey}", unit="fit")
    ]
    write_parquet(target, pd.DataFrame(rows, columns=COLUMNS).assign(survey=survey))


def evaluate_split(
    stars: pd.DataFrame,
    source: SourceModel,
    strategy: str,
    settings: Transfer,
    *,
    left_out: str,
    fraction: float,
    seed: int,
) -> dict[str, object]:
    """Return the row of one fit without the labels of a class; its other stars stay among the unlabelled.

    Test stars without features have no score, and are left out.
    """
    X, labels, known = inputs(stars), stars["class_name"].to_numpy(dtype=str), sound(stars)
    part = divide(stars, settings, fraction, seed)
    train, tested = part.labelled & (labels != left_out), part.test & known
    fitted = make(strategy, settings, source, seed).fit(X[train], labels[train], X[~(part.test | train) & known])
    new = labels[tested] == left_out
    probabilities = fitted.predict_proba(X[tested])
    areas = area(new, fitted.novelty_score(X[tested], probabilities)), area(new, 1 - probabilities.max(axis=1))
    return dict(zip(COLUMNS, (left_out, strategy, fraction, seed, int(new.sum()), int((~new).sum()), *areas)))


def area(new: np.ndarray, score: np.ndarray) -> float:
    """Return the area under the ROC curve: the chance that a new star has a higher score than a known one."""
    return float(roc_auc_score(new, score)) if 0 < new.sum() < len(new) else float("nan")
