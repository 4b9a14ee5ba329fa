"""MCC against the number of labels on real stars: three draws of labels, every rival, the same test stars.

Run: python benchmarks/label_efficiency.py --released state_dict.pt --data FOLDER -o benchmarks/results/label_efficiency

ASAS stands with the stars to report on (`lctransfer.evaluation.partition`), the smaller surveys with all of theirs,
which have helped to choose (docs/what_was_seen.md). Seed after seed is written to rows.parquet as it
ends, and the tables are made anew, so that a run that was ended early has fewer seeds, and goes on when started again.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import torch
from joblib import Parallel, delayed
from matplotlib import pyplot as plt
from publishing import publish
from real_stars import FOLDER, SURVEYS, features_of

from lctransfer.config import Transfer
from lctransfer.evaluation.partition import REPORT, purpose
from lctransfer.evaluation.splits import PROTOCOLS
from lctransfer.models.opening import open_source
from lctransfer.report.statistics import labels_needed, paired, summary
from lctransfer.stages import novelty
from lctransfer.transfer.sweep import run_seeds, usable

REPORTED = ("asas", "hipparcos", "gaia", "stripe82")
PART = ("asas",)
"""Surveys large enough to report on a part of their stars."""
FIRST_SEED = 100
DRAWN_COUNTS = (25, 100)
"""Numbers of labels that are drawn at random or from the bright end."""
DEFAULT = "auto"


class Entry(NamedTuple):
    """A row of the table: a strategy, its source, and whether `auto` may take the simulated sky along."""

    strategy: str
    source: str
    simulated_sky: bool = True


ENTRIES = {
    DEFAULT: Entry("auto", "both"),
    "auto, simulated sky only": Entry("auto", "simulated"),
    "auto, released weights only": Entry("auto", "released", simulated_sky=False),
    "zero_label, simulated sky": Entry("zero_label", "simulated"),
    "zero_label, released weights": Entry("zero_label", "released"),
    "zero_label, both sources": Entry("zero_label", "both"),
    "extra_trees": Entry("extra_trees", "released"),
    "lightgbm": Entry("lightgbm", "released"),
    "upsilont_recipe": Entry("upsilont_recipe", "released"),
}
NETWORKS = {name: Entry(name, "released") for name in ("mapped_head", "finetune_all", "finetune_last", "scratch")}
"""Further strategies, with --networks."""
RIVALS = (
    "extra_trees",
    "lightgbm",
    "upsilont_recipe",
    "zero_label, simulated sky",
    "zero_label, released weights",
    "zero_label, both sources",
)


def tasks(chosen: argparse.Namespace) -> Iterator[tuple[str, str, int]]:
    """Yield (survey, draw, number of labels)."""
    for survey, draw in product(chosen.sets, chosen.draws):
        counts = SURVEYS[survey].counts if draw == "stratified" else DRAWN_COUNTS
        yield from ((survey, draw, count) for count in counts)


def measured(  # noqa: PLR0917
    stars: pd.DataFrame, survey: str, draw: str, count: int, seed: int, entries: dict[str, Entry], sources: dict
) -> list[dict[str, object]]:
    """Return a row per entry."""
    torch.set_num_threads(1)
    rows = []
    for name, entry in entries.items():
        settings = replace(Transfer(), labels=draw, simulated_sky=entry.simulated_sky)
        (row, _), *_ = run_seeds(stars, sources[entry.source], entry.strategy, settings, fraction=count, seeds=[seed])
        rows.append({**row, "survey": survey, "strategy": name, "n_stars": len(stars)})
    return rows


def run(chosen: argparse.Namespace) -> pd.DataFrame:
    """Return the rows of all seeds, those of an earlier run among them; write them after each seed."""
    sources = {
        name: open_source(named) for name, named in (("released", str(chosen.released)), ("simulated", "simulated"))
    }
    sources["both"] = open_source(list(sources.values()))
    entries = {**ENTRIES, **(NETWORKS if chosen.networks else {})}
    stars = {}
    for survey in chosen.sets:
        table = features_of(survey, chosen.data, chosen.features)
        part = table[purpose(table["source_id"]) == REPORT] if survey in PART else table
        stars[survey] = usable(part, 10, survey)
    path = chosen.output / "rows.parquet"
    rows = pd.read_parquet(path) if path.exists() else pd.DataFrame(columns=["seed"])
    path.parent.mkdir(parents=True, exist_ok=True)
    for seed in range(FIRST_SEED, FIRST_SEED + chosen.seeds):
        if seed in set(rows["seed"]):
            continue
        work = (
            delayed(measured)(stars[survey], survey, draw, count, seed, entries, sources)
            for survey, draw, count in tasks(chosen)
        )
        fresh = [row for part in Parallel(chosen.jobs)(work) for row in part]
        rows = pd.concat([rows, pd.DataFrame(fresh)], ignore_index=True) if len(rows) else pd.DataFrame(fresh)
        rows.to_parquet(path)
        publish(report(rows), chosen.output.with_suffix(".md"))
    return rows


def by_draw(rows: pd.DataFrame, draw: str) -> pd.DataFrame:
    return rows[rows["labels"] == draw]


def means(rows: pd.DataFrame) -> pd.DataFrame:
    """Return mean MCC, a line per draw and strategy, a column per survey and number of labels."""
    table = rows.assign(place=rows["survey"] + " " + rows["requested"].astype(int).astype(str))
    wide = table.pivot_table(index=["labels", "strategy"], columns="place", values="mcc", sort=False)
    strategies = {name: place for place, name in enumerate((*ENTRIES, *NETWORKS))}
    places = {"labels": {name: place for place, name in enumerate(PROTOCOLS)}, "strategy": strategies}
    return wide.reset_index().sort_values(["labels", "strategy"], key=lambda column: column.map(places[column.name]))


def gaps(rows: pd.DataFrame) -> pd.DataFrame:
    """Return MCC of `auto` minus each rival's, with the corrected interval of the mean over seeds."""
    parts = []
    for draw, rival in product(PROTOCOLS, RIVALS):
        part = paired(by_draw(rows, draw), rival, "mcc")
        parts.append(part[part["strategy"] == DEFAULT].assign(draw=draw, rival=rival))
    table = pd.concat(parts)
    counts = rows.groupby(["survey", "fraction"])["requested"].first().rename("labels")
    table = table.merge(counts, on=["survey", "fraction"])
    columns = ["draw", "survey", "labels", "rival", "difference", "low", "high", "better", "n_seeds"]
    return table[columns].sort_values(columns[:3], kind="stable")


def guard(rows: pd.DataFrame) -> pd.DataFrame:
    """Return, for each survey, draw and number of labels, the best rival and by how much `auto` is short of it."""
    keys = ["survey", "labels", "requested"]
    table = rows.pivot_table(index=keys, columns="strategy", values=["mcc", "macro_f1"], sort=False)
    found = pd.DataFrame({"mcc of auto": table["mcc"][DEFAULT]})
    for metric in ("mcc", "macro_f1"):
        rivals = table[metric][list(RIVALS)]
        found[f"best rival in {metric}"] = rivals.idxmax(axis=1)
        found[f"short in {metric}"] = rivals.max(axis=1) - table[metric][DEFAULT]
    return found.reset_index().rename(columns={"labels": "draw", "requested": "labels"})


def saved(rows: pd.DataFrame) -> pd.DataFrame:
    """Return how many labels, drawn by class, rivals need for the MCC of `auto` with each number of them."""
    table, found = summary(by_draw(rows, "stratified")), []
    for survey, part in table.groupby("survey"):
        for _, own in part[part["strategy"] == DEFAULT].iterrows():
            curves = {rival: part[part["strategy"] == rival] for rival in RIVALS[:3]}
            needed = {rival: labels_needed(curve, own["mcc"], "mcc") for rival, curve in curves.items()}
            found.append({"survey": survey, "labels of auto": own["n_labels"], "mcc": own["mcc"], **needed})
    return pd.DataFrame(found)


def report(rows: pd.DataFrame) -> str:
    """Return all tables."""
    seeds = sorted(rows["seed"].unique())
    sizes = ", ".join(f"{survey} {n}" for survey, n in rows.groupby("survey", sort=False)["n_stars"].first().items())
    metrics = rows.groupby(["survey", "labels", "requested", "strategy"], sort=False)[
        ["mcc", "macro_f1", "log_loss", "ece", "fit_seconds"]
    ]
    parts = {
        "MCC by draw, survey and number of labels": means(rows)
        .astype(object)
        .fillna("")
        .to_markdown(index=False, floatfmt=".3f"),
        "How much auto is short of the best rival (below 0: ahead)": guard(rows).round(4).to_markdown(index=False),
        "MCC of auto minus a rival's: 95% intervals, corrected for test sets that overlap": gaps(rows)
        .round(3)
        .to_markdown(index=False),
        "Labels that a rival needs for the same MCC (inf: more than were tried)": saved(rows)
        .round(3)
        .to_markdown(index=False),
        "Further metrics, means over seeds": metrics.mean().reset_index().round(3).to_markdown(index=False),
    }
    lead = (
        "# Label efficiency on real stars\n\nMade by `python benchmarks/label_efficiency.py`, "
        f"{len(seeds)} seeds ({seeds[0]} to {seeds[-1]}). Stars: {sizes}; ASAS with those to report on, which chose no "
        "constant of a strategy, the others with all, on which the members of `auto` were chosen, and on five eighths "
        "its weights (docs/what_was_seen.md): they prove little. `auto` "
        "transfers from the released weights and from the simulated sky, unless it says otherwise. Draws of labels: "
        "by class (at least one of each, which needs to know the truth), at random, from the brightest fifth; the test "
        "half is the same. `auto` and `zero_label` are told which classes the survey has, as a class map tells, "
        "and can answer for a class without labels; trees and the recipe cannot."
    )
    return "\n\n".join([lead, *(f"## {title}\n\n{text}" for title, text in parts.items())])


def left_out(chosen: argparse.Namespace) -> pd.DataFrame:
    """Return how well each Hipparcos class without labels stands out, for trees and for `auto`."""
    stars = usable(features_of("hipparcos", chosen.data, chosen.features), 10, "hipparcos")
    source = open_source([str(chosen.released), "simulated"])
    work = product(sorted(stars["class_name"].unique()), ("auto", "extra_trees"), range(FIRST_SEED, FIRST_SEED + 3))
    jobs = (
        delayed(novelty.evaluate_split)(stars, source, strategy, Transfer(), left_out=name, fraction=0.2, seed=seed)
        for name, strategy, seed in work
    )
    rows = pd.DataFrame(Parallel(chosen.jobs)(jobs))
    return rows.groupby(["strategy", "left_out"])[["n_novel", "auroc", "auroc_probability"]].mean().reset_index()


def draw_figure(rows: pd.DataFrame, target: Path) -> None:
    """Draw MCC against the number of labels, a panel per survey, labels drawn by class."""
    table = summary(by_draw(rows, "stratified"))
    surveys = list(dict.fromkeys(table["survey"]))
    figure, panels = plt.subplots(
        1, len(surveys), figsize=(4.2 * len(surveys), 4.2), layout="constrained", squeeze=False
    )
    for axes, survey in zip(panels[0], surveys):
        part = table[table["survey"] == survey]
        for strategy in (DEFAULT, *RIVALS):
            curve = part[part["strategy"] == strategy].sort_values("n_labels")
            style = {"linestyle": ":", "marker": ""} if "zero" in strategy else {"linestyle": "-", "marker": "o"}
            axes.errorbar(curve["n_labels"], curve["mcc"], curve["mcc_std"], label=strategy, capsize=2, **style)
        axes.set(xscale="log", xlabel="labelled stars", ylabel="MCC on test stars", title=f"{survey} (real stars)")
        counts = sorted(part["n_labels"].round().astype(int).unique())
        axes.set_xticks(counts, [f"{count:,}" for count in counts])
        axes.minorticks_off()
    panels[0][0].legend(fontsize=7)
    figure.savefig(target / "label_efficiency.svg")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--released", type=Path, required=True, help="the released state_dict.pt")
    parser.add_argument("--data", type=Path, default=FOLDER, help="folder of the tables (default %(default)s)")
    parser.add_argument("--features", type=Path, help="folder that keeps the features from one run to the next")
    parser.add_argument("--sets", nargs="+", default=list(REPORTED), choices=SURVEYS)
    parser.add_argument("--draws", nargs="+", default=list(PROTOCOLS), choices=PROTOCOLS)
    parser.add_argument("--seeds", type=int, default=10, help="how many (default %(default)s)")
    parser.add_argument("--networks", action="store_true", help="also the strategies that train networks")
    parser.add_argument("--left-out", action="store_true", help="also leave each Hipparcos class out of the labels")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, default=Path("results/label_efficiency"))
    chosen = parser.parse_args()
    rows = run(chosen)
    text = report(rows)
    if chosen.left_out:
        title = "## A Hipparcos class without labels: AUROC of novelty_score, and of 1 - highest probability"
        text += f"\n\n{title}\n\n{left_out(chosen).round(3).to_markdown(index=False)}"
    if "stratified" in chosen.draws:
        draw_figure(rows, chosen.output)
    publish(text, chosen.output.with_suffix(".md"))


if __name__ == "__main__":
    main()
