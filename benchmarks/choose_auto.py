"""Choose the starting weights and the attachment of `auto`, leaving one survey out at a time.

Run: python benchmarks/choose_auto.py --released state_dict.pt -o benchmarks/results/choose_auto.md

Only stars whose purpose is to calibrate or to choose take part (`lctransfer.evaluation.partition`), and two simulated
surveys (`simulated_targets`). With ``--released-as-sky`` the released weights play the simulated sky: a source that
does not fit. The members of
`auto` are fitted once per survey, number of labels, draw and seed; every candidate then weighs the same members. A
candidate's loss on a survey is what it falls short of the best of extra trees, LightGBM, zero label and the released
recipe, beyond `TOLERANCE`, plus a hundredth of one minus the mean of MCC and macro-F1. For each survey the candidate
is shown that the other surveys choose; the last line is the choice of all. What ships stands beside it.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from joblib import Parallel, delayed
from publishing import publish
from real_stars import FOLDER, SURVEYS, features_of
from simulated_targets import SIMULATED_TARGETS, simulated_features

from lctransfer.config import Transfer
from lctransfer.evaluation.metrics import agreement, predictions
from lctransfer.evaluation.partition import REPORT, purpose
from lctransfer.models.combined import Combined
from lctransfer.models.opening import open_source
from lctransfer.models.simulated import simulated
from lctransfer.transfer import registry
from lctransfer.transfer.auto import WITH_SKY, Auto, Start, views
from lctransfer.transfer.ensemble import Answers
from lctransfer.transfer.head import MappedHead
from lctransfer.transfer.in_context import InContext
from lctransfer.transfer.simple import Boosting, ExtraTrees, SourceTrees, ZeroLabel
from lctransfer.transfer.sweep import divide, inputs, sound, usable

TOLERANCE = 0.003
MOST_TEST_STARS = 500
RIVALS = ("extra_trees", "lightgbm", "zero_label", "upsilont_recipe")
MEMBERS = {
    "heads": MappedHead,
    "zero_label": ZeroLabel,
    "sky_head": MappedHead,
    "in_context": InContext,
    "source_trees": SourceTrees,
    "trees": ExtraTrees,
    "boosting": Boosting,
}
"""The order in which `auto` holds its members, with one source beside the sky; without it, all but the first."""
SHIPS = "what ships"
CANDIDATES = {SHIPS: WITH_SKY} | {
    f"zero {zero:g}, trees {trees:g} + {more:g}, attachment {attachment:g}, source labels {doubt:g}": Start(
        zero, 0.3, 0.3, 0.1, trees, more, 0.2, attachment, doubt
    )
    for zero in (0.4, 0.6, 0.8)
    for trees, more in ((0.3, 0.4), (0.4, 0.2))
    for attachment in (5.0, 10.0, 30.0)
    for doubt in (0.3, 1.0, 2.0)
}


class Case(NamedTuple):
    """One fit: what the members say of stars out of fold and of test stars, and the rivals of the latter."""

    survey: str
    draw: str
    n_labels: int
    members: tuple[str, ...]
    out_of_fold: list[Answers]
    codes: np.ndarray
    test: Answers
    classes: np.ndarray
    truth: np.ndarray
    rivals: dict[str, dict[str, float]]


def case(stars: pd.DataFrame, survey: str, sources: Combined, settings: Transfer, n_labels: int, seed: int) -> Case:  # noqa: PLR0917
    """Return the members of `auto`, fitted, and its rivals."""
    torch.set_num_threads(1)
    X, labels = inputs(stars), stars["class_name"].to_numpy(dtype=str)
    part = divide(stars, settings, n_labels, seed)
    test = np.random.default_rng(seed).permutation(np.flatnonzero(part.test & sound(stars)))[:MOST_TEST_STARS]
    auto = Auto(settings, sources, seed)
    auto.classes_ = np.unique(labels)
    codes = np.searchsorted(auto.classes_, labels[part.labelled])
    chosen, _ = auto._choose(X, len(codes))
    n_labels_of = np.bincount(codes, minlength=len(auto.classes_))
    auto.belief = auto._belief(X[part.labelled], n_labels_of)
    out_of_fold, rows = auto._out_of_fold(chosen, X[part.labelled], codes)
    members = auto._fit_members(chosen, 0.5, X[part.labelled], codes)
    rivals = {}
    for name in RIVALS:
        source = sources.models[0] if name == "upsilont_recipe" else sources.models[-1]
        fitted = registry.make(name, settings, source, seed)
        fitted.fit(X[part.labelled], labels[part.labelled], classes=auto.classes_)
        rivals[name] = agreement(labels[test], predictions(fitted.predict_proba(X.iloc[test]), fitted.classes_))
    said, kinds = auto._answers(members, X.iloc[test], n_labels_of), {type(member) for member in members}
    names = tuple(name for name in tuple(MEMBERS)[2 - len(sources.models) :] if MEMBERS[name] in kinds)
    own = (names, out_of_fold, codes[rows], said, auto.classes_)
    return Case(survey, settings.labels, n_labels, *own, labels[test], rivals)


def measured(one: Case, start: Start) -> dict[str, float]:
    """Return MCC and macro-F1 of a candidate."""
    kinds = [(MEMBERS[name], getattr(start, name)) for name in one.members]
    before = views(kinds, start.source_labels, True)
    fitted = before.fit(one.out_of_fold, one.codes, one.classes, start.attachment)
    return agreement(one.truth, predictions(fitted.probabilities(one.test, one.classes), one.classes))


def rows_of(cases: list[Case], name: str, start: Start) -> pd.DataFrame:
    """Return what a candidate is worth on every case, beside the best rival."""
    rows = []
    for one in cases:
        own = measured(one, start)
        rivals = {f"rival {rival}": values["mcc"] for rival, values in one.rivals.items()}
        key = {"candidate": name, "survey": one.survey, "draw": one.draw, "labels": one.n_labels}
        rows.append({**key, "mcc": own["mcc"], "macro_f1": own["macro_f1"], **rivals})
    return pd.DataFrame(rows)


def losses(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the loss of each candidate (rows) on each survey (columns); see the module's text."""
    keys = ["candidate", "survey", "draw", "labels"]
    means = rows.groupby(keys).mean()
    best = means[[name for name in means if name.startswith("rival ")]].max(axis=1)
    short = (best - TOLERANCE - means["mcc"]).clip(lower=0)
    loss = short + 0.01 * (1 - 0.5 * (means["mcc"] + means["macro_f1"]))
    return loss.groupby(["candidate", "survey"]).mean().unstack()


def shipped(rows: pd.DataFrame) -> pd.DataFrame:
    """Return, of real and of simulated surveys, what ships beside trees: means, and shortfalls beyond `TOLERANCE`."""
    means = rows[rows["candidate"] == SHIPS].groupby(["survey", "draw", "labels"]).mean(numeric_only=True)
    best = means[[name for name in means if name.startswith("rival ")]].max(axis=1) - TOLERANCE
    for name, mcc in {"auto": means["mcc"], "trees": means["rival extra_trees"]}.items():
        means[f"{name}: mean MCC"], means[f"{name}: shortfalls"] = mcc, (best - mcc).clip(lower=0)
        means[f"{name}: cases short"] = (best > mcc).astype(int)
    kind = means.index.get_level_values("survey").isin(SIMULATED_TARGETS)
    groups = means.groupby(np.where(kind, "simulated", "real"))
    told = groups[[name for name in means if "short" in name]].sum()
    told[["auto: mean MCC", "auto: mean macro-F1", "trees: mean MCC"]] = groups[
        ["mcc", "macro_f1", "rival extra_trees"]
    ].mean()
    return told.assign(cases=groups.size()).rename_axis("surveys").reset_index()


def chosen_without(table: pd.DataFrame, rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield, for each survey, its rows by the candidate that the other surveys choose."""
    for survey in table.columns:
        name = table.drop(columns=survey).mean(axis=1).idxmin()
        yield rows[(rows["survey"] == survey) & (rows["candidate"] == name)]


def report(rows: pd.DataFrame) -> str:
    """Return the tables."""
    table = losses(rows)
    kept = pd.concat(chosen_without(table, rows))
    means = kept.groupby(["survey", "draw", "labels", "candidate"]).mean().reset_index()
    means["short of the best"] = means[[c for c in means if c.startswith("rival ")]].max(axis=1) - means["mcc"]
    ranked = table.mean(axis=1).sort_values()
    first = table.loc[ranked.index[:8]].assign(mean=ranked).reset_index()
    return (
        "# The choice of auto's constants\n\nMade by `python benchmarks/choose_auto.py`. Stars for calibrating and "
        f"choosing only, MCC.\n\n## What ships\n\n{shipped(rows).round(4).to_markdown(index=False)}\n\n"
        "## Each survey by what the other surveys choose\n\n"
        f"{means.round(3).to_markdown(index=False)}\n\n## Losses of the best candidates\n\n"
        f"{first.round(5).to_markdown(index=False)}\n\nChosen by all: {ranked.index[0]}."
    )


def sources_of(chosen: argparse.Namespace) -> Combined:
    """Return the released weights and the simulated sky, or the former in place of the latter."""
    released = open_source([str(chosen.released)]).models[0]
    if chosen.released_as_sky:
        return Combined((replace(released, origin=simulated().origin),))
    return Combined((released, simulated()))


def choosing(survey: str, chosen: argparse.Namespace) -> pd.DataFrame:
    """Return the stars of a survey that may choose: all where it is simulated."""
    if survey in SIMULATED_TARGETS:
        return usable(simulated_features(survey, chosen.features), 10, survey)
    table = features_of(survey, chosen.data, chosen.features)
    return usable(table[purpose(table["source_id"]) != REPORT], 10, survey)


def counts_of(survey: str, draw: str) -> tuple[int, ...]:
    """Return the numbers of labels that are tried."""
    target = {**SURVEYS, **SIMULATED_TARGETS}[survey]
    return target.counts if draw == "stratified" else target.drawn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--released", type=Path, required=True, help="the released state_dict.pt")
    parser.add_argument("--data", type=Path, default=FOLDER, help="folder of the tables (default %(default)s)")
    parser.add_argument("--features", type=Path, help="folder that keeps the features from one run to the next")
    parser.add_argument("--surveys", nargs="+", default=[*SURVEYS, *SIMULATED_TARGETS])
    parser.add_argument("--released-as-sky", action="store_true", help="a source that does not fit; see above")
    parser.add_argument("--draws", nargs="+", default=["stratified", "random", "brightest"])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path)
    chosen = parser.parse_args()
    sources = sources_of(chosen)
    work = []
    for survey in chosen.surveys:
        stars = choosing(survey, chosen)
        for draw in chosen.draws:
            settings = replace(Transfer(trees=200), labels=draw)
            work += [
                delayed(case)(stars, survey, sources, settings, count, seed)
                for count in counts_of(survey, draw)
                if count <= len(stars) // 2
                for seed in range(chosen.seeds)
            ]
    cases = Parallel(chosen.jobs)(work)
    every = Parallel(chosen.jobs)(delayed(rows_of)(cases, name, start) for name, start in CANDIDATES.items())
    publish(report(pd.concat(every, ignore_index=True)), chosen.output)


if __name__ == "__main__":
    main()
