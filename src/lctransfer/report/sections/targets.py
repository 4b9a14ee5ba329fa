"""Each target survey: which classes are confused, at the smallest and the largest label fraction."""

import pandas as pd

from lctransfer.report import folded, palette, statistics
from lctransfer.report.blocks import Figure, Section, Table
from lctransfer.report.figures.confusion import confusion
from lctransfer.report.figures.per_class import per_class
from lctransfer.report.leader import leading_transfer
from lctransfer.report.results import Results

NAMES = {"stars": "test stars per seed", "f1": "F1", "spread": "± (seeds)", "fraction": "label fraction"}
ORDER = ["label fraction", "class", "test stars per seed", "precision", "recall", "F1", "± (seeds)"]
FORMATS = {"label fraction": ".1%", "test stars per seed": ".0f"} | dict.fromkeys(ORDER[3:], ".3f")


def section(results: Results) -> Section:
    """Return confusion matrices of the leading transfer strategy and its per-class tables, survey by survey."""
    part = Section("targets", "Target surveys, class by class")
    if results.metrics.empty:
        part.missing = "No strategy has results yet."
        return part
    for survey, here in statistics.summaries(results.metrics, results.targets):
        strategy = leading_transfer(here) or (palette.RIVAL if palette.RIVAL in set(here["strategy"]) else None)
        if strategy is None:
            part.sentences.append(f"{results.title(survey)}: no results to break down by class.")
            continue
        fractions = sorted(here[here["strategy"] == strategy]["fraction"])
        for fraction in dict.fromkeys((fractions[0], fractions[-1])):
            _add(part, results, survey, strategy, fraction)
        each = [_per_class(results, survey, strategy, fraction) for fraction in fractions]
        if each := [table for table in each if len(table)]:
            caption = f"{results.title(survey)}, {palette.title(strategy)}: each class, means over seeds."
            part.tables.append(Table(f"per-class-{survey}", caption, pd.concat(each)[ORDER], FORMATS, folded=True))
            part.figures.append(_scores(results.title(survey), survey, strategy, pd.concat(each)))
    return part


def _add(part: Section, results: Results, survey: str, strategy: str, fraction: float) -> None:
    predictions = results.predictions(survey, strategy, fraction)
    title, run = results.title(survey), f"{palette.title(strategy)}, {100 * fraction:.3g}% labelled"
    if predictions.empty:
        part.sentences.append(f"{title}: there are no predictions of {run}.")
        return
    figure = _matrix(predictions, f"confusion-{survey}-{fraction:.4f}", title, run)
    folded.fill(figure, results, {survey: predictions})
    part.figures.append(figure)


def _matrix(predictions: pd.DataFrame, name: str, title: str, run: str) -> Figure:
    classes = sorted(set(predictions["class_name"]) | set(predictions["predicted"]))
    counts = statistics.confusion(predictions["class_name"], predictions["predicted"], classes)
    seeds = predictions["seed"].nunique()
    caption = f"{title}, {run}: per cent of each true class, over the test stars of {seeds} seeds (counts in brackets)."
    return confusion(name, f"{title}, {run.rsplit(', ', maxsplit=1)[-1]}", counts, classes, caption)


def _scores(title: str, survey: str, strategy: str, table: pd.DataFrame) -> Figure:
    caption = (
        f"{title}, {palette.title(strategy)}: precision and recall of each class. Means over seeds; bars are one "
        "standard deviation over seeds. Hollow with the fewest labels, filled with the most."
    )
    table = table.rename(columns={NAMES["stars"]: "stars"})
    return per_class(f"precision-recall-{survey}", title, table, caption)


def _per_class(results: Results, survey: str, strategy: str, fraction: float) -> pd.DataFrame:
    """Return support, precision, recall and F1 per class, means over seeds with their spread."""
    predictions = results.predictions(survey, strategy, fraction)
    if predictions.empty:
        return pd.DataFrame()
    classes = sorted(set(predictions["class_name"]))
    each = [
        statistics.per_class(statistics.confusion(part["class_name"], part["predicted"], classes), classes)
        for _, part in predictions.groupby("seed")
    ]
    groups = pd.concat(each).groupby("class", sort=True)
    spread = groups[["precision", "recall"]].std().add_suffix("_std")
    data = groups.mean().join(spread).assign(spread=groups["f1"].std(), fraction=fraction).reset_index()
    return data.rename(columns=NAMES)
