"""Class imbalance: the same fine-tuning with weighted loss, with balanced batches, and plain."""

import pandas as pd

from lctransfer.report import palette, statistics
from lctransfer.report.blocks import Section, Table
from lctransfer.report.figures.label_efficiency import label_efficiency
from lctransfer.report.results import Results

BASE, *TREATED = palette.TREATMENTS


def section(results: Results) -> Section:
    """Return macro-F1 of the treatments against the number of labels, and their paired differences."""
    part = Section("imbalance", "Class imbalance")
    found = set(results.metrics["strategy"])
    treatments = [name for name in palette.TREATMENTS if name in found]
    if BASE not in found or len(treatments) < 2:
        part.missing = f"This needs {BASE} and one of {', '.join(TREATED)} in transfer.strategies, which were not run."
        return part
    part.sentences = [
        "Fine-tuning is run in three ways: the loss weighted by class size, rare classes drawn more often, or neither. "
        "Macro-F1 gives every class the same weight, M_c every star."
    ]
    table = statistics.summary(results.metrics)
    for survey in results.targets:
        here = set(table.loc[table["survey"] == survey, "strategy"])
        if BASE in here:
            names = [name for name in treatments if name in here]
            draw = {"metric": "macro_f1", "name": "imbalance"}
            part.figures.append(label_efficiency(results, survey, table, names, **draw))
    part.tables = [_differences(results, treatments)]
    return part


def _differences(results: Results, treatments: list[str]) -> Table:
    rows = results.metrics[results.metrics["strategy"].isin(treatments)]
    keys = ["survey", "strategy", "fraction"]
    both = statistics.paired(rows, BASE, "macro_f1").merge(
        statistics.paired(rows, BASE, "m_c"), on=keys, suffixes=("", "_m_c")
    )
    data = pd.DataFrame(
        {
            "survey": [results.title(name) for name in both["survey"]],
            "treatment": [palette.title(name) for name in both["strategy"]],
            "label fraction": both["fraction"],
            "difference in macro-F1": both["difference"],
            "95% low": both["low"],
            "95% high": both["high"],
            "difference in M_c": both["difference_m_c"],
            "95% low ": both["low_m_c"],
            "95% high ": both["high_m_c"],
        }
    )
    formats = {"label fraction": ".1%"} | dict.fromkeys(data.columns[3:], "+.4f")
    caption = f"Treatment minus plain {palette.title(BASE)}, paired by seed."
    return Table("imbalance", caption, data, formats, folded=len(data) > 24)
