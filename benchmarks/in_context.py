"""What the in-context network is worth, alone and as a member of `auto`: on stars that may choose, 1 to 20 per class.

Run: python benchmarks/in_context.py --released state_dict.pt -o benchmarks/results/in_context.md

The rule, written before any of it was measured on a finished network: it takes part in `auto` if the mean gain in MCC
over all cases of survey, draw and number of labels has a 95% interval above zero, and macro-F1 does not fall. Cases of
one survey are alike, so the gain of each survey stands beside it. With ``--report`` the stars to report on
(`lctransfer.evaluation.partition`) are taken instead, other seeds, for the record and not for a choice.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from choose_auto import choosing, counts_of
from joblib import Parallel, delayed
from publishing import publish
from real_stars import FOLDER, SURVEYS, features_of
from simulated_targets import SIMULATED_TARGETS
from unlabelled import interval

from lctransfer.config import Transfer
from lctransfer.evaluation.metrics import agreement, predictions
from lctransfer.evaluation.partition import REPORT, purpose
from lctransfer.models.combined import Combined
from lctransfer.models.opening import open_source
from lctransfer.models.simulated import simulated
from lctransfer.transfer.auto import Auto, Member, Start
from lctransfer.transfer.base import Strategy
from lctransfer.transfer.in_context import MOST_LABELLED, InContext
from lctransfer.transfer.simple import ExtraTrees, ZeroLabel
from lctransfer.transfer.sweep import divide, inputs, sound, usable

MOST_TEST_STARS = 500
STARTS = (0.3, 0.6)
"""Starting weights that are tried."""
LEAST_PROBABILITY = 1e-6
WITHOUT = "auto without it"
KEYS = ["survey", "draw", "labels"]


class Without(Auto):
    """`auto` as it was."""

    def _choose(self, X: pd.DataFrame, n_labels: int) -> tuple[list[Member], Start]:
        members, start = super()._choose(X, n_labels)
        return [member for member in members if member.kind is not InContext], start


class With(Without):
    """`auto` and the in-context network."""

    start = STARTS[0]

    def _choose(self, X: pd.DataFrame, n_labels: int) -> tuple[list[Member], Start]:
        members, start = super()._choose(X, n_labels)
        return [*members, Member(InContext, simulated(), self.start, {})], start


def strategies(settings: Transfer, sources: Combined, seed: int) -> dict[str, Strategy]:
    """Return what is compared, not fitted yet."""
    made: dict[str, Strategy] = {WITHOUT: Without(settings, sources, seed)}
    for start in STARTS:
        made[f"auto with it, from {start:g}"] = With(settings, sources, seed)
        made[f"auto with it, from {start:g}"].start = start  # type: ignore[attr-defined]
    alone = {"alone": InContext(settings, None, seed), "zero_label": ZeroLabel(settings, simulated(), seed)}
    return made | alone | {"extra_trees": ExtraTrees(settings, None, seed)}


def measured(truth: np.ndarray, probabilities: np.ndarray, classes: np.ndarray) -> dict[str, float]:
    """Return MCC, macro-F1 and log-loss."""
    own = (classes == truth[:, None]) * probabilities
    log_loss = -np.log(np.maximum(own.sum(axis=1), LEAST_PROBABILITY)).mean()
    found = agreement(truth, predictions(probabilities, classes))
    return {"mcc": found["mcc"], "macro_f1": found["macro_f1"], "log_loss": float(log_loss)}


def case(stars: pd.DataFrame, settings: Transfer, sources: Combined, n_labels: int, seed: int) -> list[dict]:
    """Return a row per strategy."""
    torch.set_num_threads(1)
    X, labels = inputs(stars), stars["class_name"].to_numpy(dtype=str)
    part = divide(stars, settings, n_labels, seed)
    test = np.random.default_rng(seed).permutation(np.flatnonzero(part.test & sound(stars)))[:MOST_TEST_STARS]
    rows = []
    for name, strategy in strategies(settings, sources, seed).items():
        strategy.fit(X[part.labelled], labels[part.labelled], classes=np.unique(labels))
        found = measured(labels[test], strategy.predict_proba(X.iloc[test]), strategy.classes_)
        rows.append({"draw": settings.labels, "labels": n_labels, "seed": seed, "strategy": name, **found})
    return rows


def cases(stars: pd.DataFrame, survey: str, sources: Combined, chosen: argparse.Namespace) -> Iterator:
    """Yield the fits of one survey, of at most `MOST_LABELLED` labels per class."""
    most = min(MOST_LABELLED * stars["class_name"].nunique(), len(stars) // 2)
    for draw in chosen.draws:
        settings = replace(Transfer(), labels=draw)
        for count in counts_of(survey, draw):
            for seed in range(chosen.first_seed, chosen.first_seed + chosen.seeds if count <= most else 0):
                yield delayed(case)(stars, settings, sources, count, seed)


def reported(survey: str, chosen: argparse.Namespace) -> pd.DataFrame:
    """Return the stars of a survey to report on."""
    table = features_of(survey, chosen.data, chosen.features)
    return usable(table[purpose(table["source_id"]) == REPORT], 10, survey)


def gains(rows: pd.DataFrame) -> pd.DataFrame:
    """Return, of each strategy and all cases, its mean difference from `auto` without the network, and its interval."""
    means = rows.groupby([*KEYS, "strategy"])[["mcc", "macro_f1", "log_loss"]].mean().unstack()
    found = []
    for name in means["mcc"].columns.drop(WITHOUT):
        row: dict[str, object] = {"strategy": name}
        for metric in ("mcc", "macro_f1", "log_loss"):
            away = means[metric][name] - means[metric][WITHOUT]
            row[metric] = "{:+.4f} ({:+.4f} to {:+.4f})".format(*interval(away))
        away = means["mcc"][name] - means["mcc"][WITHOUT]
        found.append({**row, "better": int((away > 0).sum()), "worse": int((away < 0).sum()), "cases": len(away)})
    return pd.DataFrame(found)


def report(rows: pd.DataFrame, chosen: argparse.Namespace) -> str:
    """Return the tables."""
    seeds = f"seeds {chosen.first_seed} to {chosen.first_seed + chosen.seeds - 1}"
    purpose_of = "to report on" if chosen.report else "that may choose"
    mcc, macro_f1, log_loss = (
        rows.pivot_table(index=KEYS, columns="strategy", values=metric, sort=False).reset_index().round(3)
        for metric in ("mcc", "macro_f1", "log_loss")
    )
    by_survey = rows.pivot_table(index="survey", columns="strategy", values=["mcc", "macro_f1"], sort=False)
    by_survey.columns = [f"{metric}, {name}" for metric, name in by_survey.columns]
    parts = {
        f"Difference from {WITHOUT}, mean over cases (95% interval)": gains(rows).to_markdown(index=False),
        "Means by survey": by_survey.reset_index().round(4).to_markdown(index=False),
        "MCC": mcc.to_markdown(index=False),
        "Macro-F1": macro_f1.to_markdown(index=False),
        "Log-loss": log_loss.to_markdown(index=False),
    }
    lead = (
        f"# The in-context network\n\nMade by `python benchmarks/in_context.py`, {seeds}, stars {purpose_of}; at most "
        f"{MOST_LABELLED} labels per class, {MOST_TEST_STARS} test stars. `auto` transfers from the released weights "
        "and from the simulated sky."
    )
    return "\n\n".join([lead, *(f"## {title}\n\n{text}" for title, text in parts.items())])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--released", type=Path, required=True, help="the released state_dict.pt")
    parser.add_argument("--data", type=Path, default=FOLDER, help="folder of the tables (default %(default)s)")
    parser.add_argument("--features", type=Path, help="folder that keeps the features from one run to the next")
    parser.add_argument("--surveys", nargs="+", default=[*SURVEYS, *SIMULATED_TARGETS])
    parser.add_argument("--draws", nargs="+", default=["stratified", "random", "brightest"])
    parser.add_argument("--report", action="store_true", help="the stars to report on, for the record")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path)
    chosen = parser.parse_args()
    sources = Combined((open_source([str(chosen.released)]).models[0], simulated()))
    rows = pd.DataFrame()
    for survey in chosen.surveys:
        stars = reported(survey, chosen) if chosen.report else choosing(survey, chosen)
        fresh = pd.DataFrame(
            [row for part in Parallel(chosen.jobs)(cases(stars, survey, sources, chosen)) for row in part]
        )
        rows = pd.concat([rows, fresh.assign(survey=survey)], ignore_index=True)
        publish(report(rows, chosen), chosen.output)  # after each survey, since it is long


if __name__ == "__main__":
    main()
