"""The source model without any label of the target survey."""

import pandas as pd

from lctransfer.report import palette, statistics
from lctransfer.report.blocks import Section, Table
from lctransfer.report.leader import labels_for, strategy_rows
from lctransfer.report.results import Results

ZERO = "zero_label"
RIVALS = ("auto", palette.RIVAL, palette.RELEASED)
"""Whose labels are counted."""
EXPLANATION = (
    "The source model predicts its own classes; their probabilities are summed into the target's classes by name. "
    "Labels only say which classes there are. How many labels others need to do better is read off their curves."
)


def section(results: Results) -> Section:
    """Return M_c without labels, how many labels others need to match it, and each class."""
    part = Section("zero-label", "Without labels")
    table = statistics.summary(results.metrics) if len(results.metrics) else pd.DataFrame(columns=["strategy"])
    if ZERO not in set(table["strategy"]):
        part.missing = "The strategy zero_label has no results."
        return part
    surveys = [name for name in results.targets if ZERO in set(table.loc[table["survey"] == name, "strategy"])]
    part.sentences = [EXPLANATION]
    part.tables = [_worth(results, surveys, table), _recall(results, surveys, table["fraction"].min())]
    return part


def _worth(results: Results, surveys: list[str], table: pd.DataFrame) -> Table:
    rows = []
    for survey in surveys:
        here = table[table["survey"] == survey]
        zero = here[here["strategy"] == ZERO]
        row = {"survey": results.title(survey), "M_c": zero["m_c"].mean(), "macro-F1": zero["macro_f1"].mean()}
        for name in RIVALS:
            row[f"{palette.short(name)}: labels to match"] = _needed(here, name, zero["m_c"].mean())
        rows.append(row)
    caption = "The source model without any label, and with how many labels others reach its M_c."
    return Table("zero-label", caption, pd.DataFrame(rows), {"M_c": ".3f", "macro-F1": ".3f"})


def _needed(here: pd.DataFrame, strategy: str, value: float) -> str:
    curve = strategy_rows(here, strategy)
    return "not run" if curve.empty else labels_for(curve, value)


def _recall(results: Results, surveys: list[str], fraction: float) -> Table:
    rows = []
    for survey in surveys:
        predictions = results.predictions(survey, ZERO, fraction)
        if predictions.empty:
            continue
        classes = sorted(set(predictions["class_name"]) | set(predictions["predicted"]))
        counts = statistics.confusion(predictions["class_name"], predictions["predicted"], classes)
        each = statistics.per_class(counts, classes)
        seeds = predictions["seed"].nunique()
        for number, row in each[each["stars"] > 0].iterrows():
            wrong = counts[number].copy()
            wrong[number] = 0
            other = f"{classes[wrong.argmax()]} ({100 * wrong.max() / row['stars']:.0f}%)" if wrong.any() else ""
            found = row["stars"] / seeds, row["precision"], row["recall"], row["f1"], other
            rows.append((results.title(survey), row["class"], *found))
    names = ["survey", "class", "test stars per seed", "precision", "recall", "F1", "most often predicted as"]
    formats = {"test stars per seed": ".0f"} | dict.fromkeys(("precision", "recall", "F1"), ".3f")
    caption = "Without any label: each class, over the test stars of all seeds."
    return Table("zero-label-per-class", caption, pd.DataFrame(rows, columns=names), formats, folded=True)
