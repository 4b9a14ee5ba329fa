"""Novelty: how well stars of a class without labels are found."""

import pandas as pd

from lctransfer.report import palette
from lctransfer.report.blocks import Section, Table
from lctransfer.report.figures.novelty import novelty as draw
from lctransfer.report.results import Results

EXPLANATION = (
    "Each class is left out of the labels in turn. Its test stars should then have higher novelty scores than the "
    "other test stars. The area under the ROC curve is the probability that a star of the left-out class has the "
    "higher score of two. A source model that knows the class by name makes this easier."
)

SCORES = {"auroc": "AUROC of novelty_score", "auroc_probability": "AUROC of 1 - highest probability"}


def section(results: Results) -> Section:
    """Return how well the novelty score, and one minus the highest probability, find each left-out class."""
    part = Section("novelty", "Novelty: classes without labels")
    found = {survey: results.novelty(survey) for survey in results.targets}
    found = {survey: averaged(rows) for survey, rows in found.items() if len(rows)}
    if not found:
        part.missing = "No class was left out of the labels; novelty.enabled=true turns this on."
        return part
    part.sentences = [EXPLANATION]
    part.figures = [draw(results, survey, table) for survey, table in found.items()]
    everything = pd.concat(found.values())
    part.tables = [_means(results, everything), _table(results, everything)]
    return part


def averaged(rows: pd.DataFrame) -> pd.DataFrame:
    """Return means over seeds per (survey, class left out, strategy)."""
    groups = rows.groupby(["survey", "left_out", "strategy"], sort=False)
    return groups[["n_novel", "n_known", "auroc", "auroc_probability"]].mean().reset_index()


def _means(results: Results, table: pd.DataFrame) -> Table:
    """Return the mean over left-out classes, a row per survey and strategy."""
    groups = table.groupby(["survey", "strategy"], sort=False)
    data = groups[["auroc", "auroc_probability"]].mean().assign(classes=groups["left_out"].nunique()).reset_index()
    data = data[["survey", "strategy", "classes", "auroc", "auroc_probability"]]
    data["survey"], data["strategy"] = data["survey"].map(results.title), data["strategy"].map(palette.title)
    data = data.rename(columns=SCORES)
    return Table(
        "novelty-means",
        "Mean over the left-out classes. AUROC is the area under the ROC curve.",
        data,
        dict.fromkeys(SCORES.values(), ".3f"),
    )


def _table(results: Results, table: pd.DataFrame) -> Table:
    data = pd.DataFrame(
        {
            "survey": [results.title(name) for name in table["survey"]],
            "class left out": table["left_out"],
            "strategy": [palette.title(name) for name in table["strategy"]],
            "its test stars": table["n_novel"],
            "other test stars": table["n_known"],
            SCORES["auroc"]: table["auroc"],
            SCORES["auroc_probability"]: table["auroc_probability"],
        }
    )
    formats = {"its test stars": ".0f", "other test stars": ".0f"} | dict.fromkeys(data.columns[5:], ".3f")
    return Table("novelty", "Each class left out in turn: means over seeds.", data, formats, folded=len(data) > 30)
