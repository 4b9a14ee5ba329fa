"""Realism as a number: how well a classifier tells simulated stars from real ones, and how far their features agree."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from lctransfer.config import Features
from lctransfer.errors import LctransferError
from lctransfer.features import NAMES, extract

LEAST = 20
"""Stars of a class that both tables must have; fewer say nothing."""
FOLDS = 5


class Realism(NamedTuple):
    """What `check` found.

    Attributes
    ----------
    classes : pandas.DataFrame
        A row per class: class_name, n_real, n_simulated, auroc (0.5: cannot be told apart), medians_inside (fraction
        of features whose simulated median lies within the real 16 to 84 % range).
    features : pandas.DataFrame
        A row per class and feature: class_name, feature, the 16th, 50th and 84th percentiles (real_16, ...,
        simulated_84), inside, and auroc of that feature alone.
    """

    classes: pd.DataFrame
    features: pd.DataFrame


def check(
    real: pa.Table, simulated: pa.Table, settings: Features | None = None, *, seed: int = 0, threads: int = 1
) -> Realism:
    """Compare simulated stars with real ones of the same classes.

    Parameters
    ----------
    real, simulated : pyarrow.Table
        Light-curve tables with ``class_name``, or tables of features made from them.
    settings : config.Features, optional
        How features are extracted, where they have to be.
    seed : int
        Of the balanced draw, the folds and the classifier.
    threads : int
        For extracting features.

    Returns
    -------
    Realism
        A row per class of at least `LEAST` stars in both tables.

    Raises
    ------
    LctransferError
        If the tables share no class of at least `LEAST` stars.
    """
    settings = settings or Features()
    names = list(NAMES[settings.set])
    tables = [_features(table, names, settings, threads) for table in (real, simulated)]
    counts = [table["class_name"].value_counts() for table in tables]
    shared = sorted(name for name in counts[0].index if min(counts[0][name], counts[1].get(name, 0)) >= LEAST)
    if not shared:
        raise LctransferError(f"The tables share no class with at least {LEAST} stars in each: nothing to compare.")
    pairs = {name: [table[table["class_name"] == name][names] for table in tables] for name in shared}
    features = pd.concat([_compare(name, *pair) for name, pair in pairs.items()], ignore_index=True)
    rows = [(name, len(pair[0]), len(pair[1]), _auroc(pair[0], pair[1], seed)) for name, pair in pairs.items()]
    classes = pd.DataFrame(rows, columns=["class_name", "n_real", "n_simulated", "auroc"])
    classes["medians_inside"] = features.groupby("class_name")["inside"].mean().loc[shared].to_numpy()
    return Realism(classes, features)


def _features(table: pa.Table, names: list[str], settings: Features, threads: int) -> pd.DataFrame:
    """Return the features of the sound stars that have a class."""
    if "flag" not in table.column_names:
        table = extract(table, settings, threads=threads)
    frame = table.select(["class_name", "flag", *names]).to_pandas()
    return frame[(frame["flag"] == "ok") & frame["class_name"].notna()]


def _auroc(real: pd.DataFrame, simulated: pd.DataFrame, seed: int) -> float:
    """Return the cross-validated AUROC of gradient boosting on as many real as simulated stars."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from threadpoolctl import threadpool_limits

    size = min(len(real), len(simulated))
    X = np.vstack([part.sample(size, random_state=seed).to_numpy() for part in (real, simulated)])
    y = np.repeat([1, 0], size)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    # Small leaves, so that classes of a few dozen stars are compared as sharply as they can be.
    model = HistGradientBoostingClassifier(min_samples_leaf=min(20, max(2, size // 10)), random_state=seed)
    # More threads than one wait for each other on such small samples, for minutes where the cores are busy.
    with threadpool_limits(1):
        return float(roc_auc_score(y, cross_val_predict(model, X, y, cv=folds, method="predict_proba")[:, 1]))


def _compare(class_name: str, real: pd.DataFrame, simulated: pd.DataFrame) -> pd.DataFrame:
    """Return percentiles of each feature side by side."""
    from sklearn.metrics import roc_auc_score

    y = np.repeat([1, 0], [len(real), len(simulated)])
    levels = {"16": 0.16, "50": 0.5, "84": 0.84}
    table = pd.DataFrame({"class_name": class_name, "feature": real.columns})
    for which, part in (("real", real), ("simulated", simulated)):
        for suffix, level in levels.items():
            table[f"{which}_{suffix}"] = part.quantile(level).to_numpy()
    table["inside"] = table["simulated_50"].between(table["real_16"], table["real_84"])
    alone = [roc_auc_score(y, np.concatenate([real[name], simulated[name]])) for name in real.columns]
    table["auroc"] = np.maximum(alone, 1 - np.array(alone))
    return table
