"""The transfer strategy that sentences speak of, and where it is ahead of the rival that has no source."""

import math
from typing import NamedTuple

import pandas as pd

from lctransfer.report import palette, statistics

WINS, LEVEL, LOSES = "wins", "level", "loses"
"""What is said of a paired difference whose interval is above, around or below zero."""


class Gap(NamedTuple):
    """The paired difference in M_c between the leading transfer strategy and the rival, at one label fraction."""

    n_labels: float
    difference: float
    outcome: str


def leading_transfer(here: pd.DataFrame) -> str | None:
    """Return the transfer strategy that sentences speak of, of the rows of one survey.

    It is `auto`, the default, where that was run; else the one with the highest M_c averaged over fractions.
    """
    names = palette.transfers(sorted(set(here["strategy"])))
    if "auto" in names:
        return "auto"
    means = here[here["strategy"].isin(names)].groupby("strategy")["m_c"].mean()
    return None if means.empty else str(means.idxmax())


def shown_first(here: pd.DataFrame) -> list[str]:
    """Return what the first figure shows: transfer, trees, the recipe of the paper, and no labels."""
    present = set(here["strategy"])
    wanted = (leading_transfer(here), palette.RIVAL, palette.RELEASED, "zero_label")
    return [name for name in wanted if name and name in present] or sorted(present)


def strategy_rows(table: pd.DataFrame, strategy: str) -> pd.DataFrame:
    """Return the rows of one strategy, fewest labels first."""
    return table[table["strategy"] == strategy].sort_values("fraction")


def gaps_to_rival(survey: str, table: pd.DataFrame, gaps: pd.DataFrame) -> list[Gap]:
    """Return how the leading transfer strategy of a survey compares with the rival, fewest labels first.

    Parameters
    ----------
    survey : str
        Which survey.
    table : pandas.DataFrame
        Rows of `statistics.summary`.
    gaps : pandas.DataFrame
        Rows of `statistics.paired` against the rival.
    """
    here = table[table["survey"] == survey]
    leader = leading_transfer(here)
    if leader is None:
        return []
    labels = strategy_rows(here, leader).set_index("fraction")["n_labels"]
    own = strategy_rows(gaps[gaps["survey"] == survey], leader)
    return [Gap(labels[row.fraction], row.difference, outcome(row.low, row.high)) for row in own.itertuples()]


def outcome(low: float, high: float) -> str:
    """Return who wins, by the interval of the difference; one seed has none, and so no winner."""
    return WINS if low > 0 else LOSES if high < 0 else LEVEL


def labels_for(curve: pd.DataFrame, value: float) -> str:
    """Return how many labels a strategy needs to reach a value, as text: a number, or the end that it lies beyond."""
    needed = statistics.labels_needed(curve, value)
    if math.isinf(needed):
        return f"more than {curve['n_labels'].max():.0f}"
    return f"{needed:.0f}" if needed > curve["n_labels"].min() else f"at most {needed:.0f}"
