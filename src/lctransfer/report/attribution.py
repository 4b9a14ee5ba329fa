"""The importance of features to the source network: permutation importance, and integrated gradients."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from captum.attr import IntegratedGradients
from sklearn.inspection import permutation_importance
from sklearn.metrics import matthews_corrcoef
from sklearn.preprocessing import FunctionTransformer

from lctransfer.models.source import SourceModel
from lctransfer.report.results import Results
from lctransfer.transfer.mapping import merge

MOST = 1500
"""Stars looked at; more move the means by less than a line's width."""
STEPS = 32
"""Of the path from the median star to each star."""


class Stars(NamedTuple):
    """Stars with a class, and what the network predicts."""

    features: np.ndarray
    truth: np.ndarray
    predict: Callable[[np.ndarray], np.ndarray]
    description: str


def stars(results: Results, model: SourceModel) -> Stars | None:
    """Return the source model's own test stars; where there are none, the labelled stars of the first target survey."""
    tested = results.source_predictions()
    if len(tested):
        table = pd.concat([results.features(survey) for survey in results.sources])
        table = table.merge(tested[["survey", "source_id"]].drop_duplicates(), on=["survey", "source_id"])
        description, names = "its own test stars", np.array(model.classes)
        return _stars(table, model, lambda X: names[model.predict_proba(X).argmax(axis=1)], description)
    tables = {survey: results.features(survey) for survey in results.targets}
    known = [survey for survey, table in tables.items() if len(table) and table["class_name"].notna().any()]
    if not known:
        return None
    survey, table = known[0], tables[known[0]]
    names = np.array(sorted(set(table["class_name"].dropna())))
    description = f"the stars of {results.title(survey)}, its own classes summed into theirs"
    return _stars(table, model, lambda X: _merged(model, X, names), description)


def _merged(model: SourceModel, X: np.ndarray, names: np.ndarray) -> np.ndarray:
    return names[merge(model.predict_proba(X), model.classes, names).argmax(axis=1)]


def _stars(table: pd.DataFrame, model: SourceModel, predict: Callable, description: str) -> Stars:
    sound = table[table["class_name"].notna() & (table["flag"] == "ok")]
    some = sound.sort_values("source_id", kind="stable").sample(min(MOST, len(sound)), random_state=0)
    return Stars(
        some[list(model.features)].to_numpy(dtype=float), some["class_name"].to_numpy(dtype=str), predict, description
    )


def _m_c(named: FunctionTransformer, X: np.ndarray, truth: np.ndarray) -> float:
    return (matthews_corrcoef(truth, named.transform(X)) + 1) / 2


def permutation(model: SourceModel, given: Stars, repeats: int = 3) -> pd.DataFrame:
    """Return how much M_c the network loses when one feature is shuffled among the stars.

    Parameters
    ----------
    model : SourceModel
        Whose features are shuffled.
    given : Stars
        Features of shape (n, n_features), classes, predictor.
    repeats : int
        Shuffles per feature.

    Returns
    -------
    pandas.DataFrame
        feature, loss (mean over shuffles) and spread (standard deviation).

    Notes
    -----
    Breiman (2001), Machine Learning 45, 5, section 10; correlated features share their importance.
    """
    # scikit-learn asks for an estimator; the network is fitted already.
    named = FunctionTransformer(given.predict)
    found = permutation_importance(named, given.features, given.truth, scoring=_m_c, n_repeats=repeats, random_state=0)
    spread = found.importances.std(axis=1, ddof=1)
    return pd.DataFrame({"feature": model.features, "loss": found.importances_mean, "spread": spread})


def gradients(model: SourceModel, given: Stars) -> pd.DataFrame:
    """Return what each feature adds to the log-probability of the predicted class.

    Parameters
    ----------
    model : SourceModel
        The network.
    given : Stars
        Features of shape (n, n_features).

    Returns
    -------
    pandas.DataFrame
        A row per star, a column per feature [nat], and ``named``: the source class. A row sums to the log-probability
        of that class minus that of the median star of the source's training set.

    Notes
    -----
    Integrated gradients (Sundararajan, Taly & Yan 2017, ICML 70, 3319), along the straight line from the median star,
    in the network's own scaled inputs.
    """
    inputs = model.inputs(given.features)
    named = model.predict_proba(given.features).argmax(axis=1)
    explainer = IntegratedGradients(lambda x: torch.log_softmax(model.network(x), dim=1))
    found = explainer.attribute(
        inputs, torch.zeros_like(inputs), torch.from_numpy(named), n_steps=STEPS, internal_batch_size=8192
    )
    table = pd.DataFrame(found.detach().numpy(), columns=model.features)
    return table.assign(named=np.array(model.classes)[named])
