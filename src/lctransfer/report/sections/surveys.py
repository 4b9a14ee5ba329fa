"""Each survey by itself: all strategies against the number of labels, who is ahead where, and what few labels do."""

from itertools import groupby

import pandas as pd

from lctransfer.report import draws, palette, statistics
from lctransfer.report.blocks import Section, Table
from lctransfer.report.figures.label_efficiency import label_efficiency
from lctransfer.report.leader import LEVEL, WINS, Gap, gaps_to_rival, labels_for, leading_transfer, strategy_rows
from lctransfer.report.results import Results

DEFINITION = (
    "A difference is significant where its 95% interval over seeds does not contain zero. "
    "Labels between two measured numbers are read off the line between them."
)
FORMATS = {"labels": ".0f", "share of stars": ".1%"} | dict.fromkeys(
    ("M_c", "M_c of trees", "M_c without labels"), ".3f"
)
SIGNED = dict.fromkeys(("difference", "95% low", "95% high"), "+.3f")


def section(results: Results) -> Section:
    """Return the label-efficiency figure of every target survey, with who is ahead where above it."""
    part = Section("surveys", "Survey by survey")
    if results.metrics.empty:
        part.missing = "No strategy has results yet."
        return part
    table = statistics.summary(results.metrics)
    gaps = statistics.paired(results.metrics, palette.RIVAL)
    surveys = [name for name in results.targets if name in set(table["survey"])]
    for survey in surveys:
        lead = " ".join(survey_sentences(survey, table, gaps))
        part.figures.append(label_efficiency(results, survey, table, shown(results, survey), lead=lead))
    part.notes = [DEFINITION]
    part.tables = [*_fewest_labels(results, surveys, table, gaps), *draws.tables(results)]
    return part


def shown(results: Results, survey: str) -> list[str]:
    """Return the strategies of a survey's figure: all, but treatments of imbalance, which have their own."""
    found = set(results.metrics.loc[results.metrics["survey"] == survey, "strategy"])
    return [name for name in results.strategies if name in found and name not in palette.TREATMENTS[1:]]


def survey_sentences(survey: str, table: pd.DataFrame, gaps: pd.DataFrame) -> list[str]:
    """Return the answer for one survey: who is ahead with how many labels, and whether that is significant."""
    here = table[table["survey"] == survey]
    leader = leading_transfer(here)
    if leader is None:
        return ["No strategy that transfers has results."]
    if strategy_rows(here, palette.RIVAL).empty:
        return ["Extra trees were not run, so there is nothing to compare with."]
    runs = [list(run) for _, run in groupby(gaps_to_rival(survey, table, gaps), key=lambda gap: gap.outcome)]
    return [_stretch(leader, run, last=run is runs[-1]) for run in runs]


def _stretch(leader: str, run: list[Gap], *, last: bool) -> str:
    """Return who is ahead over neighbouring label counts with the same outcome, and by how much."""
    first, final = f"{run[0].n_labels:.0f}", f"{run[-1].n_labels:.0f}"
    where = f"From {first} labels on" if last and first != final else f"With {first} to {final} labels"
    where = f"With {first} labels" if first == final else where
    outcome, name, trees = run[0].outcome, palette.title(leader), palette.short(palette.RIVAL)
    if outcome == LEVEL:
        size = f"the difference in M_c is {_sizes(run, '+.3f')}"
        return f"{where}, {name} and {trees} do not differ significantly: {size}."
    winner, loser = (name, trees) if outcome == WINS else (trees, name)
    verb = "is" if outcome == WINS else "are"
    return f"{where}, {winner} {verb} ahead of {loser} by {_sizes(run, '.3f')} in M_c."


def _sizes(run: list[Gap], spec: str) -> str:
    sizes = [format(gap.difference if spec[0] == "+" else abs(gap.difference), spec) for gap in (run[0], run[-1])]
    return " to ".join(dict.fromkeys(sizes))


def _fewest_labels(results: Results, surveys: list[str], table: pd.DataFrame, gaps: pd.DataFrame) -> list[Table]:
    """Return what the leading strategy and extra trees reach with the fewest labels, a row per survey."""
    rows = [
        {"survey": results.title(survey)} | found
        for survey in surveys
        if (found := _fewest(table[table["survey"] == survey], gaps[gaps["survey"] == survey]))
    ]
    caption = "With the fewest labels: transfer beside extra trees, and how many labels extra trees need for the same."
    return [Table("fewest-labels", caption, pd.DataFrame(rows), FORMATS | SIGNED)] if rows else []


def _fewest(here: pd.DataFrame, gaps: pd.DataFrame) -> dict[str, object]:
    leader, rival = leading_transfer(here), strategy_rows(here, palette.RIVAL)
    if leader is None or rival.empty:
        return {}
    few, gap = strategy_rows(here, leader).iloc[0], strategy_rows(gaps, leader).iloc[0]
    return {
        "strategy": palette.title(leader),
        "labels": few["n_labels"],
        "share of stars": few["fraction"],
        "M_c": few["m_c"],
        "M_c of trees": rival.iloc[0]["m_c"],
        "difference": gap["difference"],
        "95% low": gap["low"],
        "95% high": gap["high"],
        "labels that trees need": labels_for(rival, few["m_c"]),
        "M_c without labels": strategy_rows(here, "zero_label")["m_c"].mean(),
    }
