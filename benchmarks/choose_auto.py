"""Choose the starting weights and the attachment of `auto`, leaving one survey out at a time.

Run: python benchmarks/choose_auto.py --released state_dict.pt -o benchmarks/results/choose_auto.md

Only stars whose purpose is to calibrate or to choose take part (`lctransfer.evaluation.partition`). The members of
`auto` are fitted once per survey, number of labels, draw and seed; every candidate then weighs the same members. A
candidate's loss on a survey is what it falls short of the best of extra trees, LightGBM, zero label and the released
recipe, beyond `TOLERANCE`, plus a hundredth of one minus the mean of MCC and macro-F1. For each survey the candidate
is shown that the other surveys choose; the last line is the choice of all, which `lctransfer.transfer.auto` holds.
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

from lctransfer.config import Transfer
from lctransfer.evaluation.metrics import agreement, predictions
from lctransfer.evaluation.partition import REPORT, purpose
from lctransfer.models.combined import Combined
from lctransfer.models.opening import open_source
from lctransfer.transfer import registry
from lctransfer.transfer.auto import Auto, Start, views
from lctransfer.transfer.base import Strategy
from lctransfer.transfer.ensemble import Answers
from lctransfer.transfer.simple import ZeroLabel
from lctransfer.transfer.sweep import divide, inputs, sound, usable

TOLERANCE = 0.003
MOST_TEST_STARS = 500
RIVALS = ("extra_trees", "lightgbm", "zero_label", "upsilont_recipe")
MEMBERS = ("heads", "zero_label", "sky_head", "source_trees", "trees", "boosting")
"""The order in which `auto` holds its members, with one source beside the sky."""
CANDIDATES = {
    f"zero {zero:g}, trees {trees:g} + {more:g}, attachment {attachment:g}, source labels {doubt:g}": Start(
        zero, 0.3, 0.1, trees, more, 0.2, attachment, doubt
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
    out_of_fold, rows = auto._out_of_fold(chosen, X[part.labelled], codes)
    members = auto._fit_members(chosen, 0.5, X[part.labelled], codes)
    rivals = {}
    for name in RIVALS:
        source = sources.models[0] if name == "upsilont_recipe" else sources.models[-1]
        fitted = registry.make(name, settings, source, seed)
        fitted.fit(X[part.labelled], labels[part.labelled], classes=auto.classes_)
        rivals[name] = agreement(labels[test], predictions(fitted.predict_proba(X.iloc[test]), fitted.classes_))
    said = auto._answers(members, X.iloc[test], np.bincount(codes, minlength=len(auto.classes_)))
    return Case(survey, settings.labels, n_labels, out_of_fold, codes[rows], said, auto.classes_, labels[test], rivals)


def measured(one: Case, start: Start) -> dict[str, float]:
    """Return MCC and macro-F1 of a candidate."""
    kinds = [(ZeroLabel if name == "zero_label" else Strategy, getattr(start, name)) for name in MEMBERS]
    before = views(kinds[: len(one.test.members)], start.source_labels, True)
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
        "choosing only, MCC.\n\n## Each survey by what the other surveys choose\n\n"
        f"{means.round(3).to_markdown(index=False)}\n\n## Losses of the best candidates\n\n"
        f"{first.round(5).to_markdown(index=False)}\n\nChosen by all: {ranked.index[0]}."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--released", type=Path, required=True, help="the released state_dict.pt")
    parser.add_argument("--data", type=Path, default=FOLDER, help="folder of the tables (default %(default)s)")
    parser.add_argument("--features", type=Path, help="folder that keeps the features from one run to the next")
    parser.add_argument("--surveys", nargs="+", default=list(SURVEYS), choices=SURVEYS)
    parser.add_argument("--draws", nargs="+", default=["stratified", "brightest"])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path)
    chosen = parser.parse_args()
    sources = open_source([str(chosen.released), "simulated"])
    work = []
    for survey in chosen.surveys:
        table = features_of(survey, chosen.data, chosen.features)
        stars = usable(table[purpose(table["source_id"]) != REPORT], 10, survey)
        for draw in chosen.draws:
            counts = SURVEYS[survey].counts if draw == "stratified" else (25, 100)
            settings = replace(Transfer(trees=200), labels=draw)
            work += [
                delayed(case)(stars, survey, sources, settings, count, seed)
                for count in counts
                if count <= len(stars) // 2
                for seed in range(chosen.seeds)
            ]
    cases = Parallel(chosen.jobs)(work)
    every = Parallel(chosen.jobs)(delayed(rows_of)(cases, name, start) for name, start in CANDIDATES.items())
    publish(report(pd.concat(every, ignore_index=True)), chosen.output)


if __name__ == "__main__":
    main()
