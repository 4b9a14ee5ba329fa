"""How the labelled stars were drawn: said beside the answer, with the other draws that were measured."""

import pandas as pd

from lctransfer.report import palette
from lctransfer.report.blocks import Table
from lctransfer.report.results import Results

SAID = {
    "stratified": "Labels are drawn from every class by its share. An observer cannot do that, as it needs the truth.",
    "random": "Labels are drawn at random. A class without a label is missed.",
    "brightest": "Labels are drawn from the brightest fifth of the survey. The test stars are of all magnitudes.",
}


def sentence(results: Results) -> str:
    """Return which draw the numbers have, and whether others stand beside them."""
    others = [name for name in _draws(results) if name != results.labels]
    beside = f"Below, other draws stand beside it: {', '.join(others)}." if others else "Other draws were not measured."
    return f"{SAID[results.labels]} {beside}"


def tables(results: Results) -> list[Table]:
    """Return mean M_c of each strategy by draw, where more than one was measured."""
    if len(_draws(results)) < 2:
        return []
    rows = results.all_metrics
    means = rows.groupby(["survey", "labels", "strategy", "requested"], sort=False)[["n_labels", "m_c"]].mean()
    data = means.reset_index().sort_values(["survey", "strategy", "requested", "labels"], kind="stable")
    data = data.assign(survey=data["survey"].map(results.title), strategy=data["strategy"].map(palette.title))
    wide = data.pivot_table(index=["survey", "strategy", "requested"], columns="labels", values="m_c").reset_index()
    labels = data.groupby(["survey", "strategy", "requested"])["n_labels"].mean().round().reset_index()
    shown = labels.merge(wide, on=["survey", "strategy", "requested"]).drop(columns="requested")
    shown = shown.rename(columns={"n_labels": "labels"})
    formats = {"labels": ".0f"} | dict.fromkeys(_draws(results), ".3f")
    caption = "Mean M_c over seeds by how the labelled stars are drawn; the test stars are the same."
    return [Table("draws", caption, pd.DataFrame(shown), formats)]


def _draws(results: Results) -> list[str]:
    rows = results.all_metrics
    return sorted(rows["labels"].unique()) if "labels" in rows and len(rows) else []
