"""What MLflow imports to serve a model of this package: a table of features in, names and probabilities out.

Imports nothing of MLflow, and no more of this package than the models need: the code is stored beside each model.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lctransfer.evaluation.metrics import probability_columns
from lctransfer.models.source import SourceModel

EPOCHS = frozenset({"time", "mag", "mag_err"})


class Served:
    """A model behind the one method that ``mlflow.pyfunc`` asks for.

    Parameters
    ----------
    model : SourceModel or TransferClassifier
        Whatever has `predict_proba`.
    features : sequence of str
        Columns that it needs.
    classes : sequence of str
        In the order of the columns of `predict_proba`.
    """

    def __init__(self, model: Any, features: Sequence[str], classes: Sequence[str]):
        self.model, self.features, self.classes = model, tuple(features), tuple(classes)

    def predict(self, table: pd.DataFrame, params: dict | None = None) -> pd.DataFrame:
        """Return the class and the probabilities of stars.

        Parameters
        ----------
        table : DataFrame of shape (n, n_features or more)
            Features by name, as `lctransfer features` writes them, in its units; flagged stars left out.
        params : dict, optional
            Not used; MLflow hands it over.

        Returns
        -------
        DataFrame of shape (n, 1 + n_classes)
            ``predicted``, the most probable class, and a column ``p_<class>`` each; the index is that of `table`.
        """
        probabilities = self.model.predict_proba(table[list(self.features)])
        columns = probability_columns(probabilities, self.classes)
        predicted = np.array(self.classes, dtype=object)[probabilities.argmax(axis=1)]
        return pd.DataFrame({"predicted": predicted, **columns}, index=table.index)


class ServedCatalogue(Served):
    """A model that `fit` kept: features to calibrated probabilities, or light curves to rows of a catalogue.

    Parameters
    ----------
    model : FittedModel
        See `lctransfer.classifier.model`.
    classify : callable
        `lctransfer.classifier.partition.classify_partition`.
    """

    def __init__(self, model: Any, classify: Callable[[pd.DataFrame, Any], pd.DataFrame]):
        super().__init__(model, model.inputs, model.classes)
        self.classify = classify

    def predict(self, table: pd.DataFrame, params: dict | None = None) -> pd.DataFrame:
        """Return the class and the probabilities of stars.

        Parameters
        ----------
        table : DataFrame
            Light curves: ``time`` [d], ``mag``, ``mag_err`` [mag] as lists, and ``source_id`` where there is one. Or
            features, as in `Served.predict`.
        params : dict, optional
            Not used; MLflow hands it over.

        Returns
        -------
        DataFrame of length n
            ``predicted``, a column ``p_<class>`` each; of light curves also ``source_id``, ``novelty_score``,
            ``period_days`` and ``flag``: null where there is no answer, and why.
        """
        if {name for name in table if table[name].notna().any()} >= EPOCHS:
            return self._of_light_curves(table)
        probabilities, _ = self.model.predict(table[list(self.features)])
        columns = probability_columns(probabilities, self.classes)
        predicted = np.array(self.classes, dtype=object)[probabilities.argmax(axis=1)]
        return pd.DataFrame({"predicted": predicted, **columns}, index=table.index)

    def _of_light_curves(self, table: pd.DataFrame) -> pd.DataFrame:
        table = table[[name for name in ("source_id", *sorted(EPOCHS)) if name in table]]
        if "source_id" not in table or table["source_id"].isna().all():
            table = table.assign(source_id=[str(name) for name in table.index])
        found = self.classify(table, self.model).rename(columns={"class": "predicted"})
        shown = ["source_id", "predicted", *(f"p_{name}" for name in self.classes)]
        return found[[*shown, "novelty_score", "period_days", "flag"]]


def load(folder: Path | str) -> Served:
    """Return the model of a folder that ``pretrain`` or ``fit`` wrote.

    Raises
    ------
    LctransferError
        If the folder holds no readable model.
    """
    if (Path(folder) / "classifier.json").exists():
        from lctransfer.classifier.model import FittedModel
        from lctransfer.classifier.partition import classify_partition

        return ServedCatalogue(FittedModel.load(folder), classify_partition)
    model = SourceModel.load(folder)
    return Served(model, model.features, model.classes)


_load_pyfunc = load
"""The name that MLflow looks for."""
