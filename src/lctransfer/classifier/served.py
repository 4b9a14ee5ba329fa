"""What MLflow imports to serve a model of this package: a table of features in, names and probabilities out.

Imports nothing of MLflow, and no more of this package than the models need: the code is stored beside each model.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lctransfer.models.source import SourceModel


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
        columns = {f"p_{name}": probabilities[:, place] for place, name in enumerate(self.classes)}
        predicted = np.array(self.classes, dtype=object)[probabilities.argmax(axis=1)]
        return pd.DataFrame({"predicted": predicted, **columns}, index=table.index)


def load(folder: Path | str) -> Served:
    """Return the model of a folder that ``pretrain`` or ``fit`` wrote.

    Raises
    ------
    LctransferError
        If the folder holds no readable model.
    """
    if (Path(folder) / "classifier.json").exists():
        from lctransfer.classifier.estimator import TransferClassifier

        fitted = TransferClassifier.load(folder)
        return Served(fitted, fitted.feature_names_in_, fitted.classes_)
    model = SourceModel.load(folder)
    return Served(model, model.features, model.classes)


_load_pyfunc = load
"""The name that MLflow looks for."""
