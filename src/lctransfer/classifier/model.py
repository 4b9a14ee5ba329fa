"""A fitted model as it is kept: the classifier, its calibration, and the card that says what it is worth."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import safetensors
import safetensors.numpy

from lctransfer import __version__, config
from lctransfer.alone import alone
from lctransfer.classifier.calibration import Calibration
from lctransfer.classifier.card import render
from lctransfer.classifier.checks import Checks
from lctransfer.classifier.estimator import FORMAT, TransferClassifier
from lctransfer.errors import LctransferError, one_line
from lctransfer.feature_names import NAMES
from lctransfer.files import check_seal, read_json, replacing, sealed, sha256, write_json
from lctransfer.models.opening import RELEASED, SIMULATED, open_source

BLOCK = 1024
"""Stars predicted at a time, always so many: matrix products of another shape may round differently."""
CARD = "card.json"
FILES = ("classifier.json", "classifier.safetensors", "calibration.safetensors", CARD)


@dataclass(frozen=True)
class FittedModel:
    """What `lctransfer fit` writes, and `classify` reads.

    Attributes
    ----------
    classifier : TransferClassifier
        Fitted.
    calibration : Calibration or None
        None where no label was there to calibrate with.
    card : dict
        See `lctransfer.classifier.card`.
    digest : str
        Of the files; part of what a catalogue says of itself.
    """

    classifier: TransferClassifier
    calibration: Calibration | None
    card: dict[str, Any]
    digest: str = ""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, in the order of the probabilities."""
        return tuple(str(name) for name in self.classifier.classes_)

    @cached_property
    def inputs(self) -> list[str]:
        """Names of the features that it needs."""
        return [str(name) for name in self.classifier.feature_names_in_]

    @cached_property
    def features(self) -> config.Features:
        """How light curves become its inputs."""
        if self.card.get("features"):
            return config.Features(**self.card["features"])
        return config.Features(set=feature_set(self.inputs))

    def predict(self, X: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return calibrated probabilities (n, n_classes) and novelty scores (n,) of finite features.

        Stars are taken `BLOCK` at a time, the last block filled up, so that no bit depends on how many there are.
        """
        n_stars = len(X)
        if not n_stars:
            return np.zeros((0, len(self.classes))), np.zeros(0)
        rows = np.minimum(np.arange(-(-n_stars // BLOCK) * BLOCK), n_stars - 1)
        full = X[self.inputs].iloc[rows]
        parts = [self._predict_block(full.iloc[start : start + BLOCK]) for start in range(0, len(full), BLOCK)]
        probabilities, novelty = (np.concatenate(column)[:n_stars] for column in zip(*parts))
        return probabilities, novelty

    def _predict_block(self, block: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        given = self.classifier.predict_proba(block)
        order = [self.classes.index(str(name)) for name in self.classifier.strategy_.classes_]
        novelty = self.classifier.strategy_.novelty_score(block, given[:, order])
        return (self.calibration.apply(given) if self.calibration else given), novelty

    def save(self, directory: Path | str) -> None:
        """Write the model below `directory`: safetensors and JSON, nothing that runs when it is loaded."""
        with alone(Path(directory), patient=True):
            self._save(Path(directory))

    def _save(self, directory: Path) -> None:
        self.classifier.save(directory)
        arrays = Checks.of(self).arrays()
        if self.calibration:
            arrays |= {"scores": self.calibration.scores, "weights": self.calibration.weights}
            arrays["temperature"] = np.array([self.calibration.temperature])
        with replacing(directory / "calibration.safetensors") as aside:
            # The format knows no strides: an array in another order would come back in pieces.
            arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
            aside.write_bytes(safetensors.numpy.save(arrays))
        files = {name: sha256(directory / name) for name in FILES if name != CARD}
        write_json(directory / CARD, sealed({**self.card, "format": FORMAT, "files": files}))

    @classmethod
    def load(cls, directory: Path | str) -> "FittedModel":
        """Return the model of a folder that `lctransfer fit` or `TransferClassifier.save` wrote.

        Raises
        ------
        LctransferError
            If a file is missing or damaged, or this version of the software would predict something else.
        """
        directory = Path(directory)
        _check_folder(directory)
        if not (directory / CARD).exists():  # saved from Python: no quality and no calibration are known
            return cls(TransferClassifier.load(directory), None, {}, digest(directory))
        card = read_json(directory / CARD)
        _check_card(card, directory)
        classifier = TransferClassifier.load(directory)
        try:
            arrays = safetensors.numpy.load_file(directory / "calibration.safetensors")
            calibration = _calibration(arrays)
            model = cls(classifier, calibration, card, digest(directory))
            Checks.from_arrays(arrays).compare(model, directory)
        except (LookupError, TypeError, OSError, ValueError, safetensors.SafetensorError) as error:
            raise LctransferError(
                f"{directory}/calibration.safetensors cannot be read ({one_line(error)}). Run `lctransfer fit` again."
            ) from None
        return model


def open_model(named: str | Path) -> FittedModel:
    """Return the model that is meant: a folder of ``fit``, or a source (``simulated``...) as it is, without any label.

    Raises
    ------
    LctransferError
        If it cannot be read.
    """
    path = Path(named)
    is_source = (path / "model.json").exists() and not (path / "classifier.json").exists()
    if path.is_dir() and not is_source:
        return FittedModel.load(path)
    if is_source or any(part in (RELEASED, SIMULATED) for part in str(named).split("+")):
        return FittedModel(TransferClassifier.from_source(str(named)), None, {"source": str(named), "labels": {}})
    raise LctransferError(f"There is no model {named}: name a folder that `lctransfer fit` wrote, or {SIMULATED!r}.")


def digest(directory: Path) -> str:
    """Return a digest of a model's files, 16 hexadecimal digits."""
    there = [directory / name for name in FILES if (directory / name).exists()]
    return hashlib.sha256("".join(sha256(path) for path in there).encode()).hexdigest()[:16]


def feature_set(inputs: list[str]) -> str:
    """Return the smallest feature set that holds all inputs.

    Raises
    ------
    LctransferError
        If none does.
    """
    for name in sorted(NAMES, key=lambda name: len(NAMES[name])):
        if set(inputs) <= set(NAMES[name]):
            return name
    raise LctransferError(f"The model needs {', '.join(inputs)}, which no feature set of this version holds.")


def open_sources(named: str) -> Any:
    """Return the source model or models of a text, or None for ``none``."""
    return None if named == "none" else open_source(named)


def _check_folder(directory: Path) -> None:
    if not directory.exists():
        raise LctransferError(f"There is no model folder {directory}. Make one with `lctransfer fit`.")
    if (directory / "calibration.safetensors").exists() and not (directory / CARD).exists():
        raise LctransferError(f"{directory} has lost its {CARD}: copy the whole folder, or run `lctransfer fit` again.")
    if not (directory / "classifier.json").exists():
        raise LctransferError(f"{directory} is no model: it has no classifier.json. Make one with `lctransfer fit`.")


def _check_card(card: Any, directory: Path) -> None:
    """Refuse a card that was changed or cannot be shown, or files that are not those that it was written for."""
    check_seal(card, directory / CARD)
    if card.get("format") != FORMAT:
        raise LctransferError(
            f"{directory} has format {card.get('format')!r}, and lctransfer {__version__} reads format {FORMAT}: "
            f"use lctransfer {card.get('lctransfer', 'of the other version')}, or run `lctransfer fit` again."
        )
    try:
        render(card)
    except (LookupError, AttributeError, TypeError, ValueError) as error:
        raise LctransferError(
            f"{directory / CARD} is damaged, or of another version ({type(error).__name__}: {one_line(error)}). Copy "
            "the whole folder again, or run `lctransfer fit` again."
        ) from None
    files = card.get("files", {})
    for name, written in files.items() if isinstance(files, dict) else ():
        if name in FILES and (directory / name).exists() and sha256(directory / name) != written:
            raise LctransferError(
                f"{directory / name} is not the one that {CARD} was written for: it is damaged, or of another model. "
                "Copy the whole folder again, or run `lctransfer fit` again."
            )


def _calibration(arrays: dict[str, np.ndarray]) -> Calibration | None:
    if "scores" not in arrays:
        return None
    return Calibration(float(arrays["temperature"][0]), arrays["weights"], arrays["scores"])
