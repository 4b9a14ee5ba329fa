"""The columns of a catalogue: names, types, units, UCDs and what they mean, said once."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from lctransfer import __version__
from lctransfer.classifier.model import FittedModel
from lctransfer.evaluation.metrics import probability_columns
from lctransfer.taxonomy import superclass

TEXT, REAL, SMALL, COUNT = pa.string(), pa.float64(), pa.float32(), pa.int64()


class Column(NamedTuple):
    """A column: its name, type, unit, UCD1+ (IVOA) and description."""

    name: str
    type: pa.DataType
    unit: str
    ucd: str
    description: str


CARRIED = (
    Column("source_id", TEXT, "", "meta.id;meta.main", "Name of the source, as in the input"),
    Column("band", TEXT, "", "meta.id;instr.filter", "Pass band of the light curve, as in the input"),
    Column("ra_deg", REAL, "deg", "pos.eq.ra;meta.main", "Right ascension, as in the input"),
    Column("dec_deg", REAL, "deg", "pos.eq.dec;meta.main", "Declination, as in the input"),
    Column("label", TEXT, "", "meta.note", "Label of the input"),
)
"""Taken over where the input has them."""
ANSWER = (
    Column("class", TEXT, "", "src.class", "Most probable class; null where there is no answer"),
    Column("confidence", SMALL, "", "stat.confidenceLevel", "Calibrated probability of that class"),
    Column("broad_class", TEXT, "", "src.class", "Superclass of the most probable class"),
    Column("broad_confidence", SMALL, "", "stat.confidenceLevel", "Sum of the probabilities of its classes"),
    Column("conformal_set", pa.list_(TEXT), "", "src.class", ""),
    Column("novelty_score", SMALL, "", "stat.value", "How unlike any labelled class, from 0 to 1; an order"),
    Column(
        "period_days", REAL, "d", "time.period", "Period of the highest peak, doubled where the light curve says so"
    ),
    Column("amplitude_mag", SMALL, "mag", "src.var.amplitude", "Half the peak-to-peak range of the first harmonic"),
    Column("median_mag", SMALL, "mag", "phot.mag;stat.median", "Median of the usable magnitudes"),
    Column("n_epochs", COUNT, "", "meta.number;obs", "Usable epochs"),
    Column("flag", TEXT, "", "meta.code.qual", "ok, or why there is no answer"),
)
"""Written for every source, whatever the input has."""
PERIODS = ("reported_period_days", "period")
"""Features columns that the period is taken from: the first that there is."""


def catalogue_columns(model: FittedModel, names: list[str], level: float) -> list[Column]:
    """Return the columns of a catalogue by a model, from an input with the columns `names`."""
    told = f"Classes that hold the true one for {100 * level:g}% of stars drawn like the labels; may be empty"
    answer = [column._replace(description=told) if column.name == "conformal_set" else column for column in ANSWER]
    shares = [Column(f"p_{name}", SMALL, "", "stat.probability", f"Probability of {name}") for name in model.classes]
    return [*(column for column in CARRIED if column.name in names), *answer, *shares]


def catalogue_schema(
    model: FittedModel, names: list[str], level: float, reading: Mapping[str, Any] | None = None
) -> pa.Schema:
    """Return the Arrow schema of a catalogue; units, UCDs and descriptions are metadata of its fields.

    The schema's own metadata say which model answered, and how the table of stars was read (`reading`).
    """
    fields = [
        pa.field(
            column.name,
            column.type,
            metadata={"unit": column.unit, "ucd": column.ucd, "description": column.description},
        )
        for column in catalogue_columns(model, names, level)
    ]
    told = about(model, level) | ({"reading": dict(reading)} if reading else {})
    return pa.schema(fields, {"lctransfer": json.dumps(told, sort_keys=True)})


def about(model: FittedModel, level: float) -> dict[str, Any]:
    """Return what a catalogue says of itself: the model, the versions, the level of its sets."""
    told = ("title", "strategy", "source", "expected", "measured_on", "licence", "cite", "packages", "date_utc")
    described = {name: model.card[name] for name in told if name in model.card}
    n_labels = sum(model.card.get("labels", {}).values())
    fitted = {"digest": model.digest, "fitted_by": model.card.get("lctransfer", ""), "n_labels": n_labels, **described}
    return {"lctransfer": __version__, "conformal_level": level, "classes": list(model.classes), "model": fitted}


def answers(model: FittedModel, probabilities: np.ndarray, novelty: np.ndarray, level: float) -> dict[str, Any]:
    """Return the columns that follow from probabilities of shape (n, n_classes) and novelty scores of shape (n,)."""
    classes = np.array(model.classes, dtype=object)
    broad = np.array([superclass(name) for name in classes], dtype=object)
    best = probabilities.argmax(axis=1)
    within = np.array([[name == other for other in broad] for name in broad], dtype=float)
    rows = np.arange(len(best))
    return {
        "class": classes[best],
        "confidence": probabilities[rows, best],
        "broad_class": broad[best],
        "broad_confidence": np.minimum((probabilities @ within)[rows, best], 1.0),
        "conformal_set": _sets(model, probabilities, classes, level),
        "novelty_score": novelty,
        **probability_columns(probabilities, classes),
    }


def _sets(model: FittedModel, probabilities: np.ndarray, classes: np.ndarray, level: float) -> np.ndarray:
    """Return the classes inside each star's set, the most probable first; None without a calibration."""
    sets = np.full(len(probabilities), None, dtype=object)
    if model.calibration is None:
        return sets
    inside = model.calibration.sets(probabilities, level)
    order = np.argsort(-probabilities, axis=1, kind="stable")
    for row in range(len(sets)):
        sets[row] = classes[[place for place in order[row] if inside[row, place]]].tolist()
    return sets
