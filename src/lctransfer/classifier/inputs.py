"""What a classifier is given: whether its inputs can be features, and what its labels mean."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from lctransfer.errors import LctransferError
from lctransfer.feature_names import NAMES
from lctransfer.table.class_map import checked, classes_of
from lctransfer.table.vocabularies import NONE
from lctransfer.taxonomy import MEANS, Label

POSITIVE = ("period", "reported_period_days")
"""Features that are above zero by what they are."""
NOT_NEGATIVE = ("amplitude", "quartile31", "weighted_std")
"""Features that are never below zero."""


def only_features(table: Any) -> Any:
    """Return the features of a table that `lctransfer.features` made; anything else as it is.

    Such a table has a column ``flag``, and beside the features identifiers, counts, and columns of the user's own.

    Raises
    ------
    LctransferError
        If stars are flagged, or another table has columns that are no numbers.
    """
    if not isinstance(table, pd.DataFrame):
        return table
    held = sorted((list(names) for names in NAMES.values() if set(names) <= set(table.columns)), key=len)
    if "flag" in table and held:
        flags = [str(flag) for flag in table["flag"] if flag != "ok"]
        if flags:
            raise LctransferError(
                f"{len(flags)} of {len(table)} stars have no features ({flags[0]}): leave them out, "
                "X[X['flag'] == 'ok'], and their labels too."
            )
        return table[held[-1]]
    texts = [str(name) for name in table.columns if not pd.api.types.is_numeric_dtype(table[name])]
    if texts:
        raise LctransferError(
            f"{', '.join(texts[:5])}: columns of X that hold no numbers. Give the features alone, such as "
            "X[list(lctransfer.features.NAMES['both'])], or the whole table that lctransfer.features returns."
        )
    return table


def refuse_scaled(values: np.ndarray, columns: Sequence[str]) -> None:
    """Refuse inputs that are called features and cannot be any: a scaler stands before the classifier.

    Parameters
    ----------
    values : ndarray of shape (n, n_features)
    columns : sequence of str
        Names of the columns.

    Raises
    ------
    LctransferError
        If a feature that is positive by what it is has values of zero or below.
    """
    for place, name in enumerate(columns):
        wrong = values[:, place] <= 0 if name in POSITIVE else values[:, place] < 0
        if name in (*POSITIVE, *NOT_NEGATIVE) and wrong.any():
            raise LctransferError(
                f"{name} is not positive for {np.mean(wrong):.0%} of the stars, which no {name} is: these are no "
                "features, but scaled or transformed ones. Take the scaler out of the pipeline; the classifier "
                "scales by itself."
            )


def class_names(labels: np.ndarray, class_map: Mapping[str, Any] | None, vocabulary: str | None) -> dict[str, Label]:
    """Return what each label means: a node, several joined by ``|``, the label itself, or None to leave it out."""
    counts = Counter(str(label) for label in labels.tolist())
    asked = {"detect": "", None: NONE, "": NONE}.get(vocabulary, vocabulary)
    return classes_of(counts, checked(class_map or {}, "The class map"), asked or "").names


def distinct_names(labels: Sequence[str], meant: Mapping[str, Label]) -> list[str]:
    """Return a name for each class that tells its nodes, and the label too where two labels have the same nodes."""
    names = [meant[label] or label for label in labels]
    counts = Counter(names)
    return [name if counts[name] == 1 else f"{label}{MEANS}{name}" for label, name in zip(labels, names)]
