"""Pretraining: the source model, from labelled features of the source surveys, or from the released weights.

Differs from the released training where that was unsound (see `lctransfer.models.source`): the scaler is fitted on the
training rows only, a validation split chooses learning rate and epoch, the test split is looked at once at the end, and
everything random is seeded, so that a run that was killed and resumed ends in the same bits.
"""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from lctransfer.config import Model, Pretrain
from lctransfer.errors import LctransferError
from lctransfer.evaluation.metrics import probability_columns, score
from lctransfer.evaluation.splits import split
from lctransfer.feature_names import NAMES
from lctransfer.files import write_json, write_text
from lctransfer.models.network import Network
from lctransfer.models.scaler import Scaler
from lctransfer.models.source import SourceModel
from lctransfer.parquet import read_parquet, write_parquet
from lctransfer.table import cross_match
from lctransfer.taxonomy import CLASSES

SAME_STAR_ARCSEC = 2.0
"""EROS-2 stars take their classes from lists within 1.5 arcsec."""


class Stars(NamedTuple):
    """Labelled stars of the sources, and which part each belongs to."""

    table: pd.DataFrame
    X: np.ndarray
    codes: np.ndarray
    classes: tuple[str, ...]
    part: np.ndarray

    def of(self, part: str) -> tuple[np.ndarray, np.ndarray]:
        """Return features and integer labels of ``train``, ``validation`` or ``test``."""
        rows = self.part == part
        return self.X[rows], self.codes[rows]


def pretrain(
    features: list[Path],
    directory: Path,
    model: Model,
    settings: Pretrain,
    feature_set: str,
    *,
    on_epoch: Callable[[dict[str, float]], None] | None = None,
) -> None:
    """Train the source model and write it, with its metrics, below `directory`.

    Parameters
    ----------
    features : list of Path
        Features tables of the source surveys, with ``source_id``, ``class_name``, ``flag``.
    directory : Path
        Gets ``model.safetensors``, ``model.json``, ``metrics.json`` (test split), ``history.csv`` (an epoch per row)
        and ``predictions.parquet`` (test split). A checkpoint of unfinished training lies in ``checkpoint/``.
    model : config.Model
        The network.
    settings : config.Pretrain
        The training.
    feature_set : str
        Inputs of the network: a key of `lctransfer.features.NAMES`.
    on_epoch : callable, optional
        Called with each new row of the history, to watch the training; changes nothing.

    Raises
    ------
    LctransferError
        If a table cannot be used.
    """
    from lctransfer.models.training import train  # imports Lightning, which takes seconds

    directory, feature_names = Path(directory), tuple(NAMES[feature_set])
    stars = divide(read_stars(features, feature_names), feature_names, settings)
    X, codes = stars.of("train")
    scaler = Scaler.fit(X, feature_names)
    network = _network(model, settings, len(feature_names), len(stars.classes))
    scaled = {part: (scaler.transform(stars.of(part)[0]), stars.of(part)[1]) for part in ("train", "validation")}
    history = train(network, scaled, settings, directory / "checkpoint", on_epoch)
    origin = f"Trained on {', '.join(sorted(stars.table['survey'].unique()))}: {len(codes)} light curves."
    _write(SourceModel(network.cpu(), scaler, stars.classes, origin), stars, history, settings, directory)


def take(named: Path, directory: Path) -> None:
    """Write a model that exists already as the source model below `directory`.

    There are no stars of its own to test on, so ``metrics.json`` says so, and the other files have no rows.

    Parameters
    ----------
    named : Path
        The released UPSILoN-T weights (``state_dict.pt``), or a folder that `pretrain` wrote.
    directory : Path
        Gets the files that `pretrain` writes.
    """
    from lctransfer.models.opening import open_source  # what training has no use for

    directory = Path(directory)
    model = open_source(named)
    if not isinstance(model, SourceModel):
        raise LctransferError(f"{named} stands for several source models; name one.")
    write_json(directory / "metrics.json", {"classes": model.classes, "n_test": 0, "origin": model.origin})
    _write_history(directory, [])
    write_parquet(
        directory / "predictions.parquet",
        _predictions(pd.DataFrame(), np.zeros((0, len(model.classes))), model.classes),
    )
    model.save(directory)


def read_stars(paths: list[Path], feature_names: tuple[str, ...]) -> pd.DataFrame:
    """Return the labelled, sound rows of features tables, one after the other.

    Raises
    ------
    LctransferError
        If a table lacks a column, or no row remains.
    """
    tables = []
    for path in paths:
        table = read_parquet(path).to_pandas()
        missing = [name for name in ("source_id", "survey", "class_name", "flag", *feature_names) if name not in table]
        if missing:
            raise LctransferError(f"{path} has no column {', '.join(missing)}; run ingest and features on that survey.")
        tables.append(table[table["class_name"].notna() & (table["flag"] == "ok")])
    stars = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    if stars.empty:
        raise LctransferError("No labelled light curve with sound features is left to train the source model on.")
    # Both bands of a star fall into the same split, and the order of files does not matter.
    stars["object"] = stars["survey"] + "/" + stars["source_id"].astype(str)
    keys = ["object", *(["band"] if "band" in stars else [])]
    stars = stars.sort_values(keys, kind="stable").reset_index(drop=True)
    if {"ra_deg", "dec_deg"} <= set(stars):
        # So do the rows of a star that two sources saw: OGLE and EROS-2 looked at the same Large Cloud.
        ra, dec = (stars[name].to_numpy(float) for name in ("ra_deg", "dec_deg"))
        stars["object"] = stars["object"].to_numpy()[cross_match.first_of_each(ra, dec, SAME_STAR_ARCSEC)]
    return stars


def divide(table: pd.DataFrame, feature_names: tuple[str, ...], settings: Pretrain) -> Stars:
    """Divide stars into train, validation and test, stratified, by star; classes of a single star only train."""
    present = set(table["class_name"])
    classes = tuple(name for name in CLASSES if name in present) + tuple(sorted(present - set(CLASSES)))
    if len(classes) < 2:
        raise LctransferError(f"The sources have one class only ({classes[0]}): there is nothing to tell apart.")
    labels = table["class_name"].to_numpy(dtype=str)
    parts = split(
        table["object"].to_numpy(), labels, settings.seed, settings.validation_fraction, settings.test_fraction
    )
    single = table.groupby("class_name")["object"].transform("nunique").to_numpy() < 3
    part = np.where(parts.test, "test", np.where(parts.labelled & ~single, "validation", "train"))
    codes = table["class_name"].map({name: i for i, name in enumerate(classes)}).to_numpy()
    return Stars(table, table[list(feature_names)].to_numpy(dtype=np.float64), codes, classes, part)


def _network(model: Model, settings: Pretrain, n_features: int, n_classes: int) -> Network:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        return Network(n_features, n_classes, tuple(model.hidden), model.input_batch_norm_eps)


def _write(
    model: SourceModel, stars: Stars, history: list[dict[str, float]], settings: Pretrain, directory: Path
) -> None:
    X, codes = stars.of("test")
    probabilities = model.predict_proba(X)
    table = stars.table[stars.part == "test"]
    write_parquet(directory / "predictions.parquet", _predictions(table, probabilities, model.classes))
    counts = {part: int((stars.part == part).sum()) for part in ("train", "validation", "test")}
    metrics = _metrics(codes, probabilities, model.classes)
    described = {"origin": model.origin, "settings": asdict(settings), "classes": model.classes}
    write_json(directory / "metrics.json", described | {f"n_{part}": n for part, n in counts.items()} | metrics)
    _write_history(directory, history)
    model.save(directory)


def _metrics(codes: np.ndarray, probabilities: np.ndarray, classes: tuple[str, ...]) -> dict[str, Any]:
    names = np.array(classes)
    predicted = probabilities.argmax(axis=1)
    columns = precision_recall_fscore_support(codes, predicted, labels=range(len(classes)), zero_division=0)
    keys = ("precision", "recall", "f1", "support")
    per_class = {name: {key: float(column[i]) for key, column in zip(keys, columns)} for i, name in enumerate(classes)}
    confusion = confusion_matrix(codes, predicted, labels=range(len(classes)))
    return {**score(names[codes], probabilities, names), "per_class": per_class, "confusion": confusion.tolist()}


def _write_history(directory: Path, history: list[dict[str, float]]) -> None:
    columns = ["epoch", "learning_rate", "train_loss", "validation_loss", "validation_m_c"]
    write_text(directory / "history.csv", pd.DataFrame(history, columns=columns).to_csv(index=False))


def _predictions(table: pd.DataFrame, probabilities: np.ndarray, classes: tuple[str, ...]) -> pd.DataFrame:
    carried = {name: table.get(name, pd.Series(dtype=str)) for name in ("survey", "source_id", "class_name")}
    predicted = np.array(classes, dtype=object)[probabilities.argmax(axis=1)] if len(table) else []
    columns = probability_columns(probabilities.astype(np.float32), classes)
    return pd.DataFrame({**carried, "predicted": predicted} | columns)
