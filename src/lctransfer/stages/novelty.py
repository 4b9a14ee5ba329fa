"""Stars unlike anything labelled: each class of a target survey is left out of the labels in turn, and looked for."""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from lctransfer.config import Novelty, Transfer
from lctransfer.evaluation.splits import Split
from lctransfer.models.source import SourceModel
from lctransfer.parquet import write_parquet
from lctransfer.progress import track
from lctransfer.transfer.sweep import Target, divide, inputs, learn, sound

COLUMNS = ["left_out", "strategy", "fraction", "seed", "n_novel", "n_known", "auroc", "auroc_probability"]


def novelty(target: Target, path: Path, settings: Novelty, transfer: Transfer) -> None:
    """Write how well the stars of a class without labels stand out: a row per (class, strategy, seed).

    Parameters
    ----------
    target : Target
        The survey; classes with too few usable stars are left out of everything.
    path : Path
        Parquet file with ``survey``, ``left_out`` (the class), ``strategy``, ``fraction``, ``seed``, ``n_novel`` and
        ``n_known`` (test stars), and the areas under the ROC curve ``auroc`` (of `Strategy.novelty_score`) and
        ``auroc_probability`` (of one minus the highest probability).
    settings : config.Novelty
        Strategies, label fraction, seeds.
    transfer : config.Transfer
        As in the sweep.

    Notes
    -----
    With two classes only, none can be left out, and the table has no rows.
    """
    stars, source = target.stars, target.source
    classes = sorted(stars["class_name"].unique())
    work = list(product(classes if len(classes) > 2 else [], settings.strategies, range(settings.seeds)))
    rows = [
        evaluate_split(stars, source, strategy, transfer, left_out=name, fraction=settings.fraction, seed=seed)
        for name, strategy, seed in track(work, desc=f"novelty {target.survey}", unit="fit")
    ]
    write_parquet(path, pd.DataFrame(rows, columns=COLUMNS).assign(survey=target.survey))


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
    labels = stars["class_name"].to_numpy(dtype=str)
    part = divide(stars, settings, fraction, seed)
    part = Split(part.test, part.labelled & (labels != left_out))
    (fitted,) = learn(stars, source, strategy, settings, [(seed, part)])
    tested = part.test & sound(stars)
    X, new = inputs(stars[tested]), labels[tested] == left_out
    probabilities = fitted.predict_proba(X)
    areas = area(new, fitted.novelty_score(X, probabilities)), area(new, 1 - probabilities.max(axis=1))
    return dict(zip(COLUMNS, (left_out, strategy, fraction, seed, int(new.sum()), int((~new).sum()), *areas)))


def area(new: np.ndarray, score: np.ndarray) -> float:
    """Return the area under the ROC curve: the probability that a new star has a higher score than a known one."""
    return float(roc_auc_score(new, score)) if 0 < new.sum() < len(new) else float("nan")
