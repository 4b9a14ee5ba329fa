"""The first screen: one figure, one table of three rows, and what a reader must know to believe them."""

import math

import pandas as pd

from lctransfer.report import draws, losses, palette, statistics
from lctransfer.report.blocks import Section, Table
from lctransfer.report.figures.overview import overview
from lctransfer.report.leader import LEVEL, Gap, gaps_to_rival, labels_for, leading_transfer, shown_first, strategy_rows
from lctransfer.report.results import Results
from lctransfer.report.sections.data import compared_stars

METRIC = "M_c is (MCC + 1) / 2 on test stars that no strategy ever sees. Guessing has 0.5, and perfect classes have 1."
CHOSEN = "Of the transfer strategies, sentences name the one with the highest M_c on these test stars, which helps it."
TREES = palette.short(palette.RIVAL)


def section(results: Results) -> Section:
    """Return the answer: sentences, the figure, the table of three rows, and the protocol."""
    part = Section("answer", "The answer")
    if results.metrics.empty:
        part.missing = "No strategy has results yet, so there is no answer."
        part.sentences = losses.warnings(results)
        return part
    table = statistics.summary(results.metrics)
    gaps = statistics.paired(results.metrics, palette.RIVAL)
    surveys = [name for name in results.targets if name in set(table["survey"])]
    compared = {survey: gaps_to_rival(survey, table, gaps) for survey in surveys}
    compared = {survey: found for survey, found in compared.items() if found}
    part.sentences = [*answer(transfer_name(table), compared, int(table["n_seeds"].max())), *losses.warnings(results)]
    shown = {survey: shown_first(table[table["survey"] == survey]) for survey in surveys}
    part.figures = [overview(results, table, shown)]
    part.tables = _in_labels(results, table, compared)
    part.facts = _facts(results, table, surveys)
    return part


def transfer_name(table: pd.DataFrame) -> str:
    """Return what sentences call the strategy that transfers: its name, or how it was chosen on each survey."""
    leaders = {leading_transfer(here) for _, here in table.groupby("survey")} - {None}
    return palette.title(str(leaders.pop())) if len(leaders) == 1 else "the best transfer strategy"


def answer(name: str, compared: dict[str, list[Gap]], seeds: int) -> list[str]:
    """Return who is ahead with the fewest labels and with the most, and how sure that is.

    Parameters
    ----------
    name : str
        What the strategy that transfers is called.
    compared : dict of str to list of Gap
        Survey to its differences to extra trees, fewest labels first.
    seeds : int
        Of each difference.
    """
    if not compared:
        return ["Transfer and extra trees were not both run, so there is nothing to compare."]
    ends = [[found[place] for found in compared.values()] for place in (0, -1)]
    if ends[0] == ends[1]:
        return [_ahead(name, ends[0], ""), _significant(ends[0], seeds)]
    sentences = [_ahead(name, gaps, which) for gaps, which in zip(ends, ("the fewest", "the most"), strict=True)]
    return [*sentences, _significant([*ends[0], *ends[1]], seeds)]


def _ahead(name: str, gaps: list[Gap], which: str) -> str:
    """Return who is ahead on average at one end of the curves, by how much, and on how many surveys."""
    counts = [gap.n_labels for gap in gaps]
    labels = " to ".join(dict.fromkeys(f"{count:.0f}" for count in (min(counts), max(counts))))
    mean = sum(gap.difference for gap in gaps) / len(gaps)
    ahead = f"{name} is ahead of {TREES}" if mean >= 0 else f"{TREES} are ahead of {name}"
    where = f"With {which} labels ({labels})" if which else f"With {labels} labels"
    size = f"by {abs(mean):.3f} in M_c"
    if len(gaps) == 1:
        return f"{where}, {ahead} {size}."
    agree = sum((gap.difference >= 0) == (mean >= 0) for gap in gaps)
    return f"{where}, {ahead} on {agree} of {len(gaps)} surveys, on average {size}."


def _significant(gaps: list[Gap], seeds: int) -> str:
    """Return how many of the differences are significant, and by what rule."""
    if seeds < 2:
        return "One seed gives no interval, so chance is not excluded."
    sure, count = sum(gap.outcome != LEVEL for gap in gaps), len(gaps)
    which = {0: "None", count: "All"}.get(sure, str(sure))
    subject = f"{which} of the {count} differences {'is' if sure < 2 else 'are'}"
    if count == 1:
        subject = f"The difference is{'' if sure else ' not'}"
    rule = "is on one side of zero" if sure else "contains zero"
    return f"{subject} significant: {'the' if sure or count == 1 else 'each'} 95% interval over {seeds} seeds {rule}."


def _in_labels(results: Results, table: pd.DataFrame, compared: dict[str, list[Gap]]) -> list[Table]:
    """Return the table of three rows, with a column per survey."""
    if not compared:
        return []
    name = transfer_name(table)
    titles = [f"Labels that {name} needs to match the best of {TREES}", "Labels saved", f"Worst difference to {TREES}"]
    columns = {
        results.title(survey): _column(table[table["survey"] == survey], compared[survey]) for survey in compared
    }
    data = pd.DataFrame({"result": titles} | columns)
    return [Table("answer", "What transfer saves, and where it costs most. Differences are in M_c.", data)]


def _column(here: pd.DataFrame, gaps: list[Gap]) -> list[str]:
    own, trees = strategy_rows(here, str(leading_transfer(here))), strategy_rows(here, palette.RIVAL)
    best, worst = trees.loc[trees["m_c"].idxmax()], min(gaps, key=lambda gap: round(gap.difference, 3))
    needed, most = statistics.labels_needed(own, best["m_c"]), best["n_labels"]
    bound = "" if needed > own["n_labels"].min() else "at least "
    saved = "none" if math.isinf(needed) else f"{bound}{most - needed:.0f} ({(most - needed) / most:.0%})"
    matched = f"{labels_for(own, best['m_c'])} (trees: {most:.0f})"
    return [matched, saved, f"{worst.difference:+.3f} with {worst.n_labels:.0f} labels"]


def _facts(results: Results, table: pd.DataFrame, surveys: list[str]) -> list[tuple[str, str]]:
    """Return what a reader must know: metric, protocol, labels, stars, and source."""
    share = results.config.get("transfer", {}).get("test_fraction", 0.5)
    seeds = int(table["n_seeds"].max())
    protocol = (
        f"{seeds} seed{'s' if seeds > 1 else ''}. Each draws its own test stars, {share:.0%} of each class, and its "
        "own labels. All strategies get the same ones."
    )
    if "auto" not in set(table["strategy"]):
        protocol += f" {CHOSEN}"
    stars = [line for survey in surveys if (line := _stars(results, survey))]
    facts = [("Metric", METRIC), ("Protocol", protocol), ("Labels", draws.sentence(results))]
    facts += [("Stars", " ".join(stars))] if stars else []
    return [*facts, ("Date", str(results.provenance.get("date_utc", "unknown"))[:10])]


def _stars(results: Results, survey: str) -> str:
    stars, classes = compared_stars(results, survey)
    return f"{results.title(survey)}: {stars:,} {results.made}stars in {classes} classes." if stars else ""
