"""The first screen: the question, the answer in sentences built from the numbers, the label-efficiency figures."""

import math

import pandas as pd

from lctransfer.report import palette, statistics
from lctransfer.report.blocks import Section
from lctransfer.report.plots import label_efficiency
from lctransfer.report.results import Results

QUESTION = (
    "How few labelled stars of a new survey does a classifier need, if it has learnt from other surveys before, and "
    "when is it better not to transfer at all?"
)

DEFINITION = (
    "M_c is (MCC + 1) / 2 on test stars that no strategy ever saw: 0.5 is guessing, 1 is perfect. Every strategy has "
    "the same labels and the same test stars. Chance: the 95% interval of the paired difference over seeds."
)


def section(results: Results) -> Section:
    """Return question, answer and the label-efficiency figure of every target survey."""
    answer = Section("answer", "The question and the answer", [QUESTION])
    if results.metrics.empty:
        answer.missing = "No strategy has results yet, so there is no answer."
        return answer
    table = statistics.summary(results.metrics)
    gaps = statistics.paired(results.metrics, palette.RIVAL)
    surveys = [name for name in results.targets if name in set(table["survey"])]
    answer.sentences.append(overall(surveys, table, gaps))
    for survey in surveys:
        answer.sentences.append(" ".join(survey_sentences(results, survey, table, gaps)))
        answer.figures.append(label_efficiency(results, survey, table))
    answer.sentences.append(DEFINITION)
    return answer


def overall(surveys: list[str], table: pd.DataFrame, gaps: pd.DataFrame) -> str:
    """Return the answer in one sentence: on how many surveys transfer helps, and on how many it hurts."""
    helps, hurts = 0, 0
    for survey in surveys:
        leader = leading_transfer(table[table["survey"] == survey])
        own = gaps[(gaps["survey"] == survey) & (gaps["strategy"] == leader)].sort_values("fraction")
        helps += bool(len(own) and own.iloc[0]["low"] > 0)
        hurts += bool((own["high"] < 0).any())
    return (
        f"With the fewest labels, transfer beats extra trees on the same features by more than chance on {helps} "
        f"of {len(surveys)} target surveys; at some label fraction it is worse than they are by more than chance on "
        f"{hurts}."
    )


def survey_sentences(results: Results, survey: str, table: pd.DataFrame, gaps: pd.DataFrame) -> list[str]:
    """Return the sentences on one target survey; which strategy they speak of is said and why."""
    here, title = table[table["survey"] == survey], results.title(survey)
    leader = leading_transfer(here)
    if leader is None:
        return [f"{title}: no strategy that transfers has results."]
    curve = here[here["strategy"] == leader].sort_values("fraction")
    few = curve.iloc[0]
    count = len(palette.transfers(sorted(set(here["strategy"]))))
    share = f"{100 * few['fraction']:.3g}% of the stars"
    first = (
        f"{title}: with {few['n_labels']:.0f} labels ({share}), {palette.title(leader)} reaches M_c = {few['m_c']:.3f}"
    )
    if count > 1:
        first += f" (of {count} strategies that transfer, the one with the highest mean M_c here, chosen afterwards)"
    rival = here[here["strategy"] == palette.RIVAL].sort_values("fraction")
    if rival.empty:
        return [f"{first}. Extra trees were not run, so there is nothing to compare with."]
    own = gaps[(gaps["survey"] == survey) & (gaps["strategy"] == leader)].sort_values("fraction")
    return [
        f"{first}; extra trees without transfer reach {rival.iloc[0]['m_c']:.3f} with as many.",
        _labels_saved(curve, rival),
        _where_it_hurts(title, leader, own, here),
        *_without_labels(here),
    ]


def leading_transfer(here: pd.DataFrame) -> str | None:
    """Return the transfer strategy with the highest M_c averaged over fractions, of the rows of one survey."""
    names = palette.transfers(sorted(set(here["strategy"])))
    means = here[here["strategy"].isin(names)].groupby("strategy")["m_c"].mean()
    return None if means.empty else str(means.idxmax())


def _labels_saved(curve: pd.DataFrame, rival: pd.DataFrame) -> str:
    few, full = curve.iloc[0], rival.iloc[-1]
    needed = statistics.labels_needed(rival, few["m_c"])
    if math.isinf(needed):
        first = f"Extra trees do not reach that M_c even with {full['n_labels']:.0f} labels."
    elif needed <= rival.iloc[0]["n_labels"]:
        first = "Extra trees reach that M_c with no more labels, so none are saved."
    else:
        first = f"Extra trees need about {needed:.0f} labels for that: {needed / few['n_labels']:.1f} times as many."
    enough = statistics.labels_needed(curve, full["m_c"])
    goal = f"the M_c = {full['m_c']:.3f} that extra trees reach with {full['n_labels']:.0f} labels"
    if math.isinf(enough):
        return f"{first} Transfer never reaches {goal}, the most that they were given."
    return f"{first} Transfer reaches {goal}, the most that they were given, with about {enough:.0f}."


def _where_it_hurts(title: str, leader: str, own: pd.DataFrame, here: pd.DataFrame) -> str:
    labels = here[here["strategy"] == leader].set_index("fraction")["n_labels"]
    worse = own[own["high"] < 0]
    if worse.empty:
        best = own.iloc[0]
        size = f"{best['difference']:+.3f}"
        if pd.notna(best["low"]):
            size += f" (95% interval {best['low']:+.3f} to {best['high']:+.3f} over {best['n_seeds']:.0f} seeds)"
        return (
            "At no label fraction is it worse than extra trees by more than chance; at the smallest fraction the "
            f"difference is {size}."
        )
    places = ", ".join(f"{row.difference:+.3f} at {labels[row.fraction]:.0f} labels" for row in worse.itertuples())
    return f"Transfer hurts on {title}: against extra trees {palette.title(leader)} is at {places}."


def _without_labels(here: pd.DataFrame) -> list[str]:
    rows = here[here["strategy"] == "zero_label"]
    if rows.empty:
        return []
    return [f"Without any label, the source's classes merged by name reach {rows['m_c'].mean():.3f}."]
