"""A model of a survey to keep: fitted on its labels, measured out of fold or on held-out stars, with its card."""

import os
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from lctransfer.classifier import card, cross_validation
from lctransfer.classifier.calibration import Calibration, estimated_proportions
from lctransfer.classifier.estimator import TransferClassifier
from lctransfer.classifier.model import FittedModel, feature_set, open_sources
from lctransfer.classifier.star_table import StarTable
from lctransfer.classifier.training import Labels, TrainingStars, gather
from lctransfer.config import Features, Fit, Transfer
from lctransfer.errors import LctransferError
from lctransfer.evaluation.metrics import score
from lctransfer.evaluation.splits import Split
from lctransfer.files import write_json, write_text
from lctransfer.models.source import SourceModel
from lctransfer.transfer.registry import check_strategy
from lctransfer.transfer.sweep import divide, inputs, sound, usable

SEED = 0
"""The sweep's first: the same labelled stars, and the same test stars."""


@dataclass(frozen=True)
class FitOptions:
    """How a model is fitted.

    Attributes
    ----------
    settings : config.Fit
        Strategy; all labels or a fraction of the stars; folds.
    transfer : config.Transfer
        Training, and with a fraction the share of test stars and how labels are drawn.
    features : config.Features
        How light curves become features.
    threads : int
        Cores; no number depends on it.
    name : str
        What the card calls the table; empty for its file's name.
    """

    settings: Fit = field(default_factory=Fit)
    transfer: Transfer = field(default_factory=Transfer)
    features: Features = field(default_factory=lambda: Features(set="both"))
    threads: int = 1
    name: str = ""


def fit(
    table: Path,
    directory: Path,
    source: str = "released",
    labels: Labels | None = None,
    options: FitOptions | None = None,
) -> FittedModel:
    """Fit a strategy to a survey's labels, and write the model, its card and its metrics.

    Parameters
    ----------
    table : Path
        Light curves, or features that `lctransfer features` wrote, a row per star; labelled or not.
    directory : Path
        Gets ``classifier.json`` and ``.safetensors``, ``calibration.safetensors``, ``card.json``, ``card.md`` and
        ``metrics.json``.
    source : str
        What `lctransfer.models.opening.open_source` takes: released, simulated, a folder, several joined by ``+``; or
        none.
    labels : Labels, optional
        Where the labels are; by default in the table's column ``class_name`` or ``label``.
    options : FitOptions, optional
        Strategy, training, features.

    Returns
    -------
    FittedModel
        What was written. Without any label it is the source as it is.

    Raises
    ------
    LctransferError
        If the table or the labels cannot be used, or a setting is out of range.
    """
    labels, options = labels or Labels(), options or FitOptions()
    check_strategy(options.settings.strategy)
    _check_fraction(options.settings.fraction, options.transfer)
    stars_table = StarTable(Path(table))
    model = open_sources(source)
    if _inside(Path(table), Path(directory)):
        raise LctransferError(f"{directory} is the table itself: name another folder for the model.")
    torch.set_num_threads(1)  # the same sums in the same order, wherever this runs
    found = gather(stars_table, labels, options.features, threads=options.threads)
    described = _described(Path(options.name or table), source, options, found)
    described |= {
        "origin": getattr(model, "origin", ""),
        "class_map": dict(labels.class_map),
        "reading": stars_table.reading,
    }
    if stars_table.kind == "light_curves" or _ours(found.stars):
        described["features"] = vars(options.features) | {"shards": 1, "set": _set_of(found.stars)}
    if not found.stars["class_name"].notna().any():
        return _without_labels(model, described, directory)
    return _with_labels(found, model, described, directory, options)


def _described(table: Path, source: str, options: FitOptions, found: TrainingStars) -> dict[str, Any]:
    """Return the part of the card that is known before anything is fitted."""
    described: dict[str, Any] = {"title": f"Classifier of {table.stem}", "table": table.name, "source": source}
    described |= {"licence": options.settings.licence or "not stated", "cite": [*card.CITE], **card.provenance()}
    return described | {"n_rows": found.n_rows}


def _with_labels(
    found: TrainingStars,
    source: SourceModel | None,
    described: dict[str, Any],
    directory: Path,
    options: FitOptions,
) -> FittedModel:
    """Fit, calibrate and measure on labelled stars; write everything."""
    settings = options.settings
    stars = usable(found.stars, settings.min_class_size, described["table"])
    stars = stars[sound(stars)].reset_index(drop=True)
    rest = found.stars[found.stars["class_name"].isna()]
    few = found.stars[found.stars["class_name"].notna() & ~found.stars["source_id"].isin(stars["source_id"])]
    part = _parts(stars, options)
    X, names = inputs(stars), stars["class_name"].to_numpy(dtype=str)
    train, unlabelled = part.labelled, X[part.unlabelled] if settings.fraction else inputs(rest)
    learn = partial(_classifier, source, settings.strategy, options.transfer)
    fold = cross_validation.folds_of(stars["source_id"].to_numpy()[train], names[train], settings.folds)
    held_out = cross_validation.out_of_fold(
        X[train], names[train], fold, partial(_predictor, learn), jobs=options.threads
    )
    classifier, classes = learn(X[train], names[train], unlabelled), np.unique(names[train])
    calibration = Calibration.fit(held_out, np.searchsorted(classes, names[train]))
    if settings.class_proportions == "estimated":
        calibration = _with_proportions(calibration, classifier, names[train], unlabelled, held_out)
    measured, ids = (names[train], calibration.apply(held_out)), stars["source_id"]
    described |= {"measured_on": f"{_counted(ids[train], 'labelled')}, {settings.folds}-fold cross-validation"}
    if settings.fraction:
        measured = names[part.test], calibration.apply(classifier.predict_proba(X[part.test]))
        described |= {"measured_on": _counted(ids[part.test], "held-out")}
    described |= _worth(stars[train], *measured, classes, ids[part.test if settings.fraction else train])
    described |= {"n_unlabelled": len(rest), "notes": [*found.notes, *_too_few(few)]}
    described |= {"strategy": settings.strategy, "class_proportions": settings.class_proportions}
    fitted = FittedModel(classifier, calibration, described)
    _write(fitted, directory, settings, measured)
    return fitted


def _parts(stars: pd.DataFrame, options: FitOptions) -> Split:
    """Return the sweep's split of stars, or without a fraction every star as labelled."""
    if options.settings.fraction:
        return divide(stars, options.transfer, options.settings.fraction, SEED)
    return Split(np.zeros(len(stars), bool), np.ones(len(stars), bool))


def _classifier(  # noqa: PLR0917
    source: SourceModel | None,
    strategy: str,
    transfer: Transfer,
    X: pd.DataFrame,
    y: np.ndarray,
    others: pd.DataFrame | None = None,
) -> TransferClassifier:
    torch.set_num_threads(1)
    return TransferClassifier(source, strategy, settings=transfer, random_state=SEED).fit(X, y.tolist(), others)


def _predictor(learn: Any, X: pd.DataFrame, y: np.ndarray) -> Any:
    """Return the predictions of a classifier without unlabelled stars, which tell novelty and no class."""
    fitted = learn(X, y)
    return lambda held_out: (fitted.predict_proba(held_out), fitted.classes_)


def _with_proportions(
    calibration: Calibration,
    classifier: TransferClassifier,
    labels: np.ndarray,
    unlabelled: pd.DataFrame,
    held_out: np.ndarray,
) -> Calibration:
    """Return the calibration for the unlabelled stars' own class proportions."""
    classes, counts = np.unique(labels, return_counts=True)
    if not len(unlabelled):
        raise LctransferError("Class proportions are estimated from unlabelled stars, and the table has none.")
    shares = counts / counts.sum()
    survey = estimated_proportions(calibration.apply(classifier.predict_proba(unlabelled)), shares)
    return Calibration.fit(held_out, np.searchsorted(classes, labels), survey / shares)


def _counted(ids: pd.Series, kind: str) -> str:
    """Return in words how many stars there are, and how many light curves where stars have several."""
    stars = f"{ids.nunique()} {kind} stars"
    return stars if ids.is_unique else f"{stars} with {len(ids)} light curves"


def _worth(
    train: pd.DataFrame, labels: np.ndarray, probabilities: np.ndarray, classes: np.ndarray, measured: pd.Series
) -> dict[str, Any]:
    """Return the part of the card that says what the model is worth, and for which stars; `measured` are their ids."""
    counts = train.drop_duplicates("source_id")["class_name"].value_counts().sort_index()
    return {
        "labels": {name: int(count) for name, count in counts.items()},
        "expected": cross_validation.quality(labels, probabilities, classes, measured.to_numpy()),
        "per_class": cross_validation.per_class(labels, probabilities, classes),
        "ranges": card.ranges(train),
    }


def _write(fitted: FittedModel, directory: Path, settings: Fit, measured: tuple) -> None:
    labels, probabilities = measured
    n_labels, seed = sum(fitted.card["labels"].values()), SEED if settings.fraction else None
    row = {"strategy": settings.strategy, "fraction": settings.fraction or None, "seed": seed, "n_labels": n_labels}
    row |= {"n_test": len(labels), "measured_on": fitted.card["measured_on"]}
    classes = np.array(fitted.classes)
    write_json(Path(directory) / "metrics.json", row | score(labels, probabilities, classes))
    fitted.save(directory)
    write_text(Path(directory) / "card.md", card.render(fitted.card))


def _without_labels(source: SourceModel | None, described: dict[str, Any], directory: Path) -> FittedModel:
    if source is None:
        raise LctransferError(
            "No star of the table has a label, and there is no source: name labels (--labels FILE, --label-column "
            "NAME), or a source model that knows classes, such as --source simulated."
        )
    notes = [card.NO_LABELS]
    described |= {"strategy": "zero_label", "labels": {}, "notes": notes, "n_unlabelled": 0}
    fitted = FittedModel(TransferClassifier.from_source(source), None, described)
    fitted.save(directory)
    write_text(Path(directory) / "card.md", card.render(described))
    return fitted


def _too_few(stars: pd.DataFrame) -> list[str]:
    counts = ", ".join(f"{name} ({count})" for name, count in stars["class_name"].value_counts().items())
    return [f"Classes with too few labels are left out: {counts}."] if counts else []


def _check_fraction(fraction: float, transfer: Transfer) -> None:
    if not 0 <= fraction <= 1 - transfer.test_fraction:
        most = f"{1 - transfer.test_fraction:g}"
        raise LctransferError(
            f"A fraction of {fraction:g} cannot be labelled: {transfer.test_fraction:g} of the stars are held out to "
            f"measure on, which leaves {most}. Leave --fraction out to use every label."
        )


def _inside(table: Path, directory: Path) -> bool:
    return directory.exists() and os.path.samefile(table, directory) if table.exists() else False


def _ours(stars: pd.DataFrame) -> bool:
    return not inputs(stars).empty


def _set_of(stars: pd.DataFrame) -> str:
    return feature_set(list(inputs(stars).columns))
