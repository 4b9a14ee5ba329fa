"""How the labelled stars were drawn: said beside the answer, with the other draws that were measured."""

import pandas as pd

from lctransfer.evaluation.splits import PROTOCOLS
from lctransfer.report import palette
from lctransfer.report.blocks import Table
from lctransfer.report.leader import shown_first
from lctransfer.report.results import Results


def sentence(results: Results) -> str:
    """Return which draw the numbers have, and whether others stand beside them."""
    others = [name for name in _draws(results) if name != results.labels]
    beside = f"Below, other draws stand beside it: {', '.join(others)}." if others else "Other draws were not measured."
    return f"{PROTOCOLS[results.labels]} {beside}"


def tables(results: Results) -> list[Table]:
    """Return mean M_c by draw, where more than one was measured: of the main strategies with few labels, and of all."""
    if len(_draws(results)) < 2:
        return []
    shown = _means(results)
    first = shown["strategy"].isin(shown_first(results.metrics))
    few = shown["requested"] == shown.groupby("survey")["requested"].transform("min")
    caption = "Mean M_c over seeds by how the labelled stars are drawn; the test stars are the same."
    return [
        _table("draws", f"With the fewest labels. {caption}", shown[first & few], results),
        _table("draws-all", f"All strategies and numbers of labels. {caption}", shown, results, folded=True),
    ]


def _means(results: Results) -> pd.DataFrame:
    """Return mean M_c of each survey, strategy and number of labels, a column per draw."""
    keys = ["survey", "strategy", "requested"]
    rows = results.all_metrics
    wide = rows.pivot_table(index=keys, columns="labels", values="m_c").reset_index()
    counts = rows.groupby(keys)["n_labels"].agg(["min", "max"]).round().astype(int).reset_index()
    # A draw by class has a label of each at least, so that it may have some more than the others.
    counts["labels"] = [str(a) if a == b else f"{a} to {b}" for a, b in zip(counts["min"], counts["max"])]
    return counts.drop(columns=["min", "max"]).merge(wide, on=keys)


def _table(name: str, caption: str, rows: pd.DataFrame, results: Results, *, folded: bool = False) -> Table:
    named = rows.assign(survey=rows["survey"].map(results.title), strategy=rows["strategy"].map(palette.title))
    formats = dict.fromkeys(_draws(results), ".3f")
    return Table(name, caption, named.drop(columns="requested"), formats, folded=folded)


def _draws(results: Results) -> list[str]:
    rows = results.all_metrics
    return sorted(rows["labels"].unique()) if "labels" in rows and len(rows) else []
