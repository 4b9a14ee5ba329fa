"""All strategies at all label fractions, and their differences to the rivals on the same test stars."""

import pandas as pd

from lctransfer.report import palette, statistics
from lctransfer.report.blocks import Figure, Section, Table
from lctransfer.report.figures.differences import differences
from lctransfer.report.results import Results
from lctransfer.transfer.registry import STRATEGIES

DIGITS = {"M_c": ".3f", "± (seeds)": ".3f", "macro-F1": ".3f", "accuracy": ".3f", "log loss": ".3f", "ECE": ".3f"}
NAMES = {
    "m_c": "M_c",
    "m_c_std": "± (seeds)",
    "macro_f1": "macro-F1",
    "accuracy": "accuracy",
    "log_loss": "log loss",
    "ece": "ECE",
}


def section(results: Results) -> Section:
    """Return the table of means and the tables of paired differences."""
    part = Section("strategies", "Strategies compared")
    if results.metrics.empty:
        part.missing = "No strategy has results yet."
        return part
    part.sentences = [
        "Differences are paired: within a seed, both strategies have the same labels and the same test stars. "
        "Intervals are Student's t over seeds, corrected for test sets that overlap (Nadeau & Bengio). "
        "They cover other draws of labels from these stars, not other stars."
    ]
    part.tables = [_descriptions(results), _means(results)]
    for rival in (palette.RIVAL, palette.RELEASED):
        gaps = statistics.paired(results.metrics, rival)
        if gaps.empty:
            part.sentences.append(f"Not compared with {palette.title(rival)}, which was not run.")
            continue
        part.tables.append(_differences(results, gaps, rival))
        if rival == palette.RIVAL:
            part.figures = _drawings(results, gaps)
    return part


def _drawings(results: Results, gaps: pd.DataFrame) -> list[Figure]:
    """Return the paired differences of what transfers, and of the source model alone, survey by survey."""
    gaps = gaps[gaps["strategy"].isin([*palette.transfers(results.strategies), palette.RELEASED, "zero_label"])]
    labels = results.metrics[results.metrics["n_labels"] > 0].groupby(["survey", "fraction"])["n_labels"].mean()
    return [differences(results, name, gaps, labels[name]) for name in results.targets if name in set(gaps["survey"])]


def _descriptions(results: Results) -> Table:
    found = [name for name in results.strategies if name in set(results.metrics["strategy"])]
    rows = [(palette.title(name), name, STRATEGIES.get(name, "")) for name in found]
    caption = "What the strategies do."
    return Table("strategy-names", caption, pd.DataFrame(rows, columns=["strategy", "key", "what it does"]))


def _means(results: Results) -> Table:
    data = _ordered(results, statistics.summary(results.metrics))
    columns = ["survey", "strategy", "label fraction", "labels", "seeds", *NAMES.values(), "fit [s]"]
    formats = DIGITS | {"label fraction": ".1%", "labels": ".0f", "fit [s]": ".2f"}
    caption = "Every strategy at every label fraction: means over seeds, on the test stars."
    return Table("strategies", caption, data[columns], formats, folded=len(data) > 12)


def _differences(results: Results, gaps: pd.DataFrame, rival: str) -> Table:
    data = _ordered(results, gaps)
    data["seeds ahead"] = data["better"].astype(str) + " of " + data["seeds"].astype(str)
    data = data.rename(columns={"difference": "difference in M_c", "low": "95% low", "high": "95% high"})
    columns = ["survey", "strategy", "label fraction", "difference in M_c", "95% low", "95% high", "seeds ahead"]
    formats = {"label fraction": ".1%", "difference in M_c": "+.4f", "95% low": "+.4f", "95% high": "+.4f"}
    caption = f"M_c minus that of {palette.title(rival)}, paired by seed."
    return Table(f"against-{rival.replace('_', '-')}", caption, data[columns], formats, folded=len(data) > 12)


def _ordered(results: Results, table: pd.DataFrame) -> pd.DataFrame:
    """Return rows in the configuration's order, with the names that readers see."""
    table = table.copy()
    for column, order in (("survey", results.targets), ("strategy", results.strategies)):
        table[column] = pd.Categorical(table[column], [*order, *sorted(set(table[column]) - set(order))])
    table = table.sort_values(["survey", "fraction", "strategy"])
    table["survey"] = [results.title(name) for name in table["survey"]]
    table["strategy"] = [palette.title(name) for name in table["strategy"]]
    names = {"fraction": "label fraction", "n_labels": "labels", "n_seeds": "seeds", "fit_seconds": "fit [s]"}
    return table.rename(columns=NAMES | names)
