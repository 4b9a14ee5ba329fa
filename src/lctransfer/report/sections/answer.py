"""The first screen: the answer in sentences built from the numbers, and the label-efficiency figures."""

import math
from itertools import groupby

import pandas as pd

from lctransfer.report import draws, losses, palette, statistics
from lctransfer.report.blocks import Section
from lctransfer.report.figures.label_efficiency import label_efficiency
from lctransfer.report.results import Results

DEFINITION = (
    "M_c is (MCC + 1) / 2 on test stars that no strategy ever saw: 0.5 is guessing, 1 is perfect. Every strategy has "
    "the same labels and the same test stars. Not significant: the 95% interval of the paired difference over "
    "seeds contains zero. Extra trees learn from the labels alone; transfer also uses what a source model knows."
)
WINS, LEVEL, LOSES = "wins", "level", "loses"
"""What is said of a paired difference whose interval is above, around or below zero."""
ALONE = {
    WINS: "transfer beats extra trees on the same features",
    LEVEL: "transfer and extra trees on the same features do not differ significantly",
    LOSES: "extra trees on the same features beat transfer",
}


def section(results: Results) -> Section:
    """Return the answer, and the label-efficiency figure of every target survey with its own answer above it."""
    answer = Section("answer", "The answer")
    if results.metrics.empty:
        answer.missing = "No strategy has results yet, so there is no answer."
        answer.sentences = losses.warnings(results)
        return answer
    table = statistics.summary(results.metrics)
    gaps = statistics.paired(results.metrics, palette.RIVAL)
    surveys = [name for name in results.targets if name in set(table["survey"])]
    answer.sentences = [overall(surveys, table, gaps), draws.sentence(results), *losses.warnings(results)]
    answer.tables = draws.tables(results)
    for survey in surveys:
        lead = " ".join(survey_sentences(survey, table, gaps))
        answer.figures.append(label_efficiency(results, survey, table, shown(results, survey), lead=lead))
        answer.notes.append(" ".join([f"{results.title(survey)}:", *detail_sentences(survey, table, gaps)]))
    answer.notes.append(DEFINITION)
    return answer


def shown(results: Results, survey: str) -> list[str]:
    """Return the strategies of the first figure: all, but treatments of imbalance, which have their own."""
    found = set(results.metrics.loc[results.metrics["survey"] == survey, "strategy"])
    return [name for name in results.strategies if name in found and name not in palette.TREATMENTS[1:]]


def overall(surveys: list[str], table: pd.DataFrame, gaps: pd.DataFrame) -> str:
    """Return the answer in one sentence: who wins with the fewest labels and with the most, on how many surveys."""
    first: list[str] = []
    last: list[str] = []
    for survey in surveys:
        outcomes = [outcome for _, _, outcome in _compared(survey, table, gaps)]
        first, last = [*first, *outcomes[:1]], [*last, *outcomes[-1:]]
    if not first:
        return "Transfer and extra trees were not both run, so there is nothing to compare."
    if len(surveys) == 1:
        return f"With the fewest labels {ALONE[first[0]]}; with the most {ALONE[last[0]]}."
    few, many = _tally(first, len(surveys)), _tally(last, len(surveys))
    return (
        f"Compared with extra trees on the same features: with the fewest labels, transfer {few}; "
        f"with the most labels, it {many}."
    )


def _tally(outcomes: list[str], surveys: int) -> str:
    wins, level, loses = (outcomes.count(kind) for kind in (WINS, LEVEL, LOSES))
    return (
        f"is better on {wins}, not significantly different on {level} and worse on {loses} of {surveys} target surveys"
    )


def _compared(survey: str, table: pd.DataFrame, gaps: pd.DataFrame) -> list[tuple[float, float, str]]:
    """Return (number of labels, difference in M_c, outcome) at each label fraction, of the transfer that leads."""
    here = table[table["survey"] == survey]
    leader = leading_transfer(here)
    if leader is None:
        return []
    labels = _curve(here, leader).set_index("fraction")["n_labels"]
    own = _curve(gaps[gaps["survey"] == survey], leader)
    return [(labels[row.fraction], row.difference, _outcome(row.low, row.high)) for row in own.itertuples()]


def _outcome(low: float, high: float) -> str:
    """Return who wins, by the interval of the difference; one seed has none, and so no winner."""
    return WINS if low > 0 else LOSES if high < 0 else LEVEL


def leading_transfer(here: pd.DataFrame) -> str | None:
    """Return the transfer strategy that sentences speak of, of the rows of one survey.

    It is `auto`, the default, where that was run; else the one with the highest M_c averaged over fractions.
    """
    names = palette.transfers(sorted(set(here["strategy"])))
    if "auto" in names:
        return "auto"
    means = here[here["strategy"].isin(names)].groupby("strategy")["m_c"].mean()
    return None if means.empty else str(means.idxmax())


def survey_sentences(survey: str, table: pd.DataFrame, gaps: pd.DataFrame) -> list[str]:
    """Return the answer for one survey: who wins with how many labels, and how many labels transfer saves."""
    here = table[table["survey"] == survey]
    leader = leading_transfer(here)
    if leader is None:
        return ["No strategy that transfers has results."]
    curve, rival = _curve(here, leader), _curve(here, palette.RIVAL)
    if rival.empty:
        return ["Extra trees were not run, so there is nothing to compare with."]
    return [*_who_wins(leader, _compared(survey, table, gaps)), _matches(leader, curve, rival)]


def _curve(table: pd.DataFrame, strategy: str) -> pd.DataFrame:
    return table[table["strategy"] == strategy].sort_values("fraction")


def _matches(leader: str, curve: pd.DataFrame, rival: pd.DataFrame) -> str:
    full, name = rival.iloc[-1], palette.title(leader)
    goal = f"extra trees with {full['n_labels']:.0f} ({100 * full['fraction']:.3g}%), M_c = {full['m_c']:.3f}"
    enough = statistics.labels_needed(curve, full["m_c"])
    if math.isinf(enough):
        best = f"{curve['m_c'].max():.3f}"
        return f"With as many labels, {name} never reaches {goal}; its highest M_c is {best}."
    share = 100 * enough / full["n_labels"] * full["fraction"]
    saved = full["n_labels"] - enough
    text = f"About {enough:.0f} labels ({share:.2g}%) bring {name} to the level of {goal}"
    return f"{text}: {saved:.0f} labels saved." if round(saved) > 0 else f"{text}: none saved."


def _who_wins(leader: str, compared: list[tuple[float, float, str]]) -> list[str]:
    """Return a sentence per stretch of label counts with the same outcome: who wins there, and by how much."""
    runs = [(outcome, list(run)) for outcome, run in groupby(compared, key=lambda row: row[2])]
    return [_stretch(leader, outcome, run, last=number == len(runs)) for number, (outcome, run) in enumerate(runs, 1)]


def _stretch(leader: str, outcome: str, run: list[tuple[float, float, str]], *, last: bool) -> str:
    first, final = f"{run[0][0]:.0f}", f"{run[-1][0]:.0f}"
    where = f"From {first} labels on" if last and first != final else f"With {first} to {final} labels"
    where = f"With {first} labels" if first == final else where
    if outcome == LEVEL:
        return f"{where} the difference is not significant."
    sizes = [f"{abs(row[1]):.3f}" for row in run]
    by = sizes[0] if len(set(sizes)) == 1 else f"{sizes[0]} falling to {sizes[-1]}"
    by = f"{sizes[0]} growing to {sizes[-1]}" if sizes[-1] > sizes[0] else by
    winner = palette.title(leader) if outcome == WINS else "extra trees"
    return f"{where} {winner} {'wins' if outcome == WINS else 'win'}, by {by} in M_c."


def detail_sentences(survey: str, table: pd.DataFrame, gaps: pd.DataFrame) -> list[str]:
    """Return what stands below the figures: the fewest labels, what they are worth, and no labels at all."""
    here = table[table["survey"] == survey]
    leader = leading_transfer(here)
    rival = _curve(here, palette.RIVAL)
    if leader is None or rival.empty:
        return _without_labels(here)
    own = _curve(gaps[gaps["survey"] == survey], leader)
    return [_fewest(here, leader, rival, own), _worth(_curve(here, leader), rival), *_without_labels(here)]


def _fewest(here: pd.DataFrame, leader: str, rival: pd.DataFrame, own: pd.DataFrame) -> str:
    few, gap = _curve(here, leader).iloc[0], own.iloc[0]
    count = len(palette.transfers(sorted(set(here["strategy"]))))
    chosen = f" (the best of {count} strategies that transfer, chosen afterwards)" if count > 1 else ""
    chosen = " (the default strategy)" if leader == "auto" else chosen
    size = f"{gap['difference']:+.3f}"
    if pd.notna(gap["low"]):
        size += f", 95% interval {gap['low']:+.3f} to {gap['high']:+.3f} over {gap['n_seeds']:.0f} seeds"
    return (
        f"with {few['n_labels']:.0f} labels ({100 * few['fraction']:.3g}% of the stars) {palette.title(leader)}"
        f"{chosen} reaches M_c = {few['m_c']:.3f}, extra trees {rival.iloc[0]['m_c']:.3f} ({size})."
    )


def _worth(curve: pd.DataFrame, rival: pd.DataFrame) -> str:
    few, full = curve.iloc[0], rival.iloc[-1]
    needed = statistics.labels_needed(rival, few["m_c"])
    if math.isinf(needed):
        return f"Extra trees do not reach that even with {full['n_labels']:.0f} labels."
    if needed <= rival.iloc[0]["n_labels"]:
        return "Extra trees reach that with no more labels."
    return f"Extra trees need about {needed:.0f} labels for that, {needed / few['n_labels']:.1f} times as many."


def _without_labels(here: pd.DataFrame) -> list[str]:
    rows = here[here["strategy"] == "zero_label"]
    if rows.empty:
        return []
    return [f"Without any label, the source's classes merged by name reach {rows['m_c'].mean():.3f}."]
