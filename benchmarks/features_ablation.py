"""What each feature set, and each group of features, is worth on real stars with few labels: to extra trees, a network.

The set `lctransfer` was chosen on half of the ASAS stars and on all Hipparcos stars (docs/what_was_seen.md). Here ASAS
stars of the other half that are for reporting (`lctransfer.evaluation.partition`) are labelled and tested: half of each
class is test and never touched, of the rest so many are labelled. Hipparcos chose along, so its gain proves nothing.

Run: python benchmarks/features_ablation.py [--seeds 10] [-o benchmarks/results/features_ablation.md]
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from publishing import publish
from real_stars import ASAS_CLASSES, stars, to_report_on
from sklearn.base import ClassifierMixin
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import f1_score, matthews_corrcoef
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lctransfer import features
from lctransfer.config import Features
from lctransfer.table.light_curves import EPOCH_COLUMNS

LABELS = (110, 545)
FEWEST_STARS = 20
SPARSE = 40
"""Epochs of a sparse survey."""
GROUPS = {
    "period": ("log_period",),
    "explained variance": ("explained",),
    "second period": ("log_second", "second_power"),
    "Fourier ratios and phase": ("refined_r", "r41", "cos_phi21"),
    "shape at P": ("faint_fraction", "rise_fraction", "asymmetry"),
    "shape at 2P": ("faint_fraction_2p", "bright_fraction_2p"),
    "residuals": ("log_residual",),
    "folded eta": ("log_folded_eta",),
    "sizes": ("log_amplitude", "log_fit_range", "log_std", "log_range90", "log_signal"),
    "eta": ("log_eta",),
    "quartile ratio": ("quartile_ratio",),
}


def split(labels: np.ndarray, wanted: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return indices of labelled and of test stars."""
    rng = np.random.default_rng(seed)
    train, test = [], []
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))
        half = len(rows) // 2
        test.extend(rows[:half])
        train.extend(rows[half : half + max(1, round(wanted * len(rows) / len(labels)))])
    return np.array(train), np.array(test)


def trees(seed: int) -> ClassifierMixin:
    return ExtraTreesClassifier(200, random_state=seed)


def network(seed: int) -> ClassifierMixin:
    """Return a network of one hidden layer, held back as much as suits a hundred labels."""
    return make_pipeline(StandardScaler(), MLPClassifier(64, alpha=1.0, max_iter=2000, random_state=seed))


def scores(
    X: np.ndarray, labels: np.ndarray, wanted: int, seeds: int, learner: Callable[[int], ClassifierMixin]
) -> np.ndarray:
    """Return MCC and macro-F1, shape (seeds, 2)."""
    rows = []
    for seed in range(seeds):
        train, test = split(labels, wanted, seed)
        predicted = learner(seed).fit(X[train], labels[train]).predict(X[test])
        truth = labels[test]
        rows.append((matthews_corrcoef(truth, predicted), f1_score(truth, predicted, average="macro")))
    return np.array(rows)


def group(name: str) -> str:
    """Return the group of a feature: the one that names it, else the one with its longest beginning."""
    starts = {start: name_of for name_of, all_starts in GROUPS.items() for start in all_starts}
    return starts[max((start for start in starts if name.startswith(start)), key=len)]


def variants(left_out: str) -> dict[str, list[str]]:
    """Return the two sets, and what is left of ours without each of its ``groups``, ``features``, or ``nothing``."""
    ours = list(features.NAMES["lctransfer"])
    parts = {"nothing": {}, "groups": {name: group(name) for name in ours}, "features": {name: name for name in ours}}
    sets = {"upsilon": [f"u_{name}" for name in features.NAMES["upsilon"]], "lctransfer": ours}
    part = parts[left_out]
    without = {f"lctransfer without {one}": [n for n in ours if part[n] != one] for one in dict.fromkeys(part.values())}
    return {**sets, **without}


def subsampled(table: pa.Table, epochs: int, seed: int = 0) -> pa.Table:
    """Return the table with so many epochs of each star, drawn at random."""
    rng = np.random.default_rng(seed)
    rows = table.to_pylist()
    for row in rows:
        kept = np.sort(rng.permutation(len(row["time"]))[:epochs])
        row.update({name: np.asarray(row[name])[kept] for name in EPOCH_COLUMNS})
    return pa.Table.from_pylist(rows, table.schema)


def measured(name: str, epochs: int | None = None) -> pd.DataFrame:
    table = stars(name, ASAS_CLASSES) if name.startswith("asas") else stars(name)
    if name.startswith("asas"):
        table = table.filter(to_report_on(table))
    table = subsampled(table, epochs) if epochs else table
    ours = features.extract(table, Features(set="lctransfer")).to_pandas()
    theirs = features.extract(table, Features()).to_pandas()
    both = ours.join(theirs[list(features.NAMES["upsilon"])].add_prefix("u_"))
    both = both[(ours.flag == "ok") & (theirs.flag == "ok")]
    return both[both.label.map(both.label.value_counts()) >= FEWEST_STARS]


def compared(
    table: pd.DataFrame,
    counts: tuple[int, ...],
    seeds: int,
    left_out: str = "nothing",
    learner: Callable[[int], ClassifierMixin] = trees,
) -> list[str]:
    labels = table.label.to_numpy(str)
    lines = ["", "| features | labels | MCC | difference, mean +- sd | macro-F1 |", "|---|---|---|---|---|"]
    for wanted in counts:
        base = None
        for name, columns in variants(left_out).items():
            result = scores(table[columns].to_numpy(), labels, wanted, seeds, learner)
            # The sets are measured against `upsilon`, what is left of `lctransfer` against the whole of it.
            gain = result[:, 0] - (result if base is None else base)[:, 0]
            base = result if name in ("upsilon", "lctransfer") else base
            mcc, f1 = result.mean(axis=0)
            change = f"{gain.mean():+.3f} +- {gain.std(ddof=1):.3f}" if name != "upsilon" else ""
            count = len(split(labels, wanted, 0)[0])
            lines.append(f"| {name} ({len(columns)}) | {count} | {mcc:.3f} | {change} | {f1:.3f} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10, help="repetitions (default %(default)s)")
    parser.add_argument("--sets-only", action="store_true", help="leave no group and no feature out")
    parser.add_argument("-o", "--output", type=Path, help="write the table here, too")
    arguments = parser.parse_args()
    asas, hipparcos = measured("asas_acvs_half"), measured("hipparcos_debosscher")
    sparse = measured("asas_acvs_half", SPARSE)
    groups, single = ("nothing", "nothing") if arguments.sets_only else ("groups", "features")
    lines = [
        f"{len(asas)} real ASAS stars of {asas.label.nunique()} classes on which no feature was chosen,",
        f"{arguments.seeds} seeds, extra trees; paired differences: of `lctransfer` from",
        "`upsilon`, of what is left without a group from all.",
        *compared(asas, LABELS, arguments.seeds, groups),
        "",
        "The same to a network of 64 hidden units (scikit-learn's) instead of trees:",
        *compared(asas, LABELS, arguments.seeds, groups, network),
        "",
        "Extra trees without one feature at a time:",
        *compared(asas, LABELS, arguments.seeds, single),
        "",
        f"The same ASAS stars, {SPARSE} epochs of each drawn at random:",
        *compared(sparse, LABELS, arguments.seeds),
        "",
        f"{len(hipparcos)} Hipparcos stars of {hipparcos.label.nunique()} classes (which chose along):",
        *compared(hipparcos, (150,), arguments.seeds),
    ]
    publish("\n".join(lines), arguments.output)


if __name__ == "__main__":
    main()
