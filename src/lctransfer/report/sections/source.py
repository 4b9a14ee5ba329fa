"""The source model: how its training went, what it confuses, and which features it leans on."""

import numpy as np
import pandas as pd

from lctransfer.report import plots, statistics
from lctransfer.report.blocks import Section, Table
from lctransfer.report.results import Results


def section(results: Results) -> Section:
    """Return training history, confusion matrix, per-class table and permutation importance of the source model."""
    part = Section("source", "The source model")
    predictions = results.source_predictions()
    if predictions.empty:
        origin = results.source_metrics().get("origin", "")
        part.missing = f"No source model was tested on stars of its own in this experiment. {origin}".strip()
        return part
    classes = sorted(set(predictions["class_name"]) | set(predictions["predicted"]))
    counts = statistics.confusion(predictions["class_name"], predictions["predicted"], classes)
    table = statistics.per_class(counts, classes)
    part.sentences = [
        f"On {len(predictions):,} {results.made}test stars of {', '.join(map(results.title, results.sources))} the "
        f"source model reaches M_c = {statistics.m_c(counts):.3f} and macro-F1 = {table['f1'].mean():.3f} over "
        f"{len(classes)} classes."
    ]
    caption = "Source model: per cent of each true class, test stars (counts in brackets)."
    part.figures = [plots.confusion("source-confusion", "Source model", counts, classes, caption)]
    history = results.history()
    if not history.empty:
        part.figures.insert(0, plots.history(history))
    importance = permutation_importance(results, predictions)
    if not importance.empty:
        part.figures.insert(1, plots.importance(importance))
    formats = dict.fromkeys(("precision", "recall", "F1"), ".3f")
    part.tables = [
        Table("source-per-class", "Source model: each class.", table.rename(columns={"f1": "F1"}), formats, folded=True)
    ]
    return part


def permutation_importance(results: Results, predictions: pd.DataFrame, repeats: int = 3) -> pd.DataFrame:
    """Return how much M_c the source model loses when one feature is shuffled among its test stars.

    Parameters
    ----------
    results : Results
        With the source model and the features of its surveys.
    predictions : pandas.DataFrame
        The source's test stars: source_id and class_name.
    repeats : int
        Shuffles per feature.

    Returns
    -------
    pandas.DataFrame
        feature, loss (mean over shuffles), spread; the largest loss first. Empty where model or features are missing.

    Notes
    -----
    Breiman (2001), Machine Learning 45, 5, section 10; correlated features share their importance.
    """
    if not (results.directory / "source" / "model.safetensors").exists():
        return pd.DataFrame()
    from lctransfer.models.source import SourceModel

    model = SourceModel.load(results.directory / "source")
    stars = pd.concat([results.features(survey) for survey in results.sources])
    stars = stars.merge(predictions[["survey", "source_id"]], on=["survey", "source_id"])
    if stars.empty:
        return pd.DataFrame()
    truth, X, rng = stars["class_name"].to_numpy(), stars[list(model.features)].to_numpy(), np.random.default_rng(0)
    base = _score(model, X, truth)
    rows = []
    for column, name in enumerate(model.features):
        losses = []
        for _ in range(repeats):
            shuffled = X.copy()
            shuffled[:, column] = rng.permutation(shuffled[:, column])
            losses.append(base - _score(model, shuffled, truth))
        rows.append((name, np.mean(losses), np.std(losses, ddof=1)))
    return pd.DataFrame(rows, columns=["feature", "loss", "spread"]).sort_values("loss", ascending=False)


def _score(model: object, X: np.ndarray, truth: np.ndarray) -> float:
    predicted = np.array(model.classes)[model.predict_proba(X).argmax(axis=1)]
    classes = sorted(set(truth) | set(predicted))
    return statistics.m_c(statistics.confusion(pd.Series(truth), pd.Series(predicted), classes))
