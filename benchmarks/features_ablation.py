"""What each feature set and each group of features is worth to extra trees on real ASAS stars with few labels.

Half of each class is test and never touched; the first round(fraction x class size) stars of the rest are labelled.

Run: python benchmarks/features_ablation.py [--seeds 10] [-o benchmarks/results/features_ablation.md]
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from publishing import publish
from real_stars import ASAS_CLASSES, stars
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import f1_score, matthews_corrcoef

from lctransfer import features
from lctransfer.config import Features

FRACTIONS = (0.02, 0.10)
GROUPS = {
    "period and power": ("refined_period", "power"),
    "second peak": ("second_frequency_ratio",),
    "Fourier ratios and phase": ("refined_r", "r41", "cos_phi21"),
    "shape at P": ("faint_fraction", "rise_fraction", "asymmetry"),
    "shape at 2P": ("faint_fraction_2p", "bright_fraction_2p", "profile"),
    "residuals": ("residual",),
    "sizes": ("refined_amplitude", "fit_range", "std", "range90", "signal_to_noise"),
    "eta": ("eta",),
    "quartile ratio": ("quartile_ratio",),
}


def split(labels: np.ndarray, fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return indices of labelled and of test stars."""
    rng = np.random.default_rng(seed)
    train, test = [], []
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))
        half = len(rows) // 2
        test.extend(rows[:half])
        train.extend(rows[half : half + max(1, round(fraction * len(rows)))])
    return np.array(train), np.array(test)


def scores(X: np.ndarray, labels: np.ndarray, fraction: float, seeds: int) -> np.ndarray:
    """Return MCC and macro-F1, shape (seeds, 2)."""
    rows = []
    for seed in range(seeds):
        train, test = split(labels, fraction, seed)
        trees = ExtraTreesClassifier(200, random_state=seed).fit(X[train], labels[train])
        predicted = trees.predict(X[test])
        truth = labels[test]
        rows.append((matthews_corrcoef(truth, predicted), f1_score(truth, predicted, average="macro")))
    return np.array(rows)


def variants() -> dict[str, list[str]]:
    ours = list(features.NAMES["lctransfer"])
    without = {
        f"lctransfer without {group}": [name for name in ours if not name.startswith(starts)]
        for group, starts in GROUPS.items()
    }
    return {"upsilon": [f"u_{name}" for name in features.NAMES["upsilon"]], "lctransfer": ours, **without}


def measured() -> tuple[pd.DataFrame, np.ndarray]:
    table = stars("asas_acvs_half", ASAS_CLASSES)
    ours = features.extract(table, Features(set="lctransfer")).to_pandas()
    theirs = features.extract(table, Features()).to_pandas()
    both = ours.join(theirs[list(features.NAMES["upsilon"])].add_prefix("u_"))
    both = both[(ours.flag == "ok") & (theirs.flag == "ok")]
    return both, both.label.to_numpy(str)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10, help="repetitions (default %(default)s)")
    parser.add_argument("-o", "--output", type=Path, help="write the table here, too")
    arguments = parser.parse_args()
    table, labels = measured()
    lines = [
        f"{len(labels)} real ASAS stars, 7 classes, {arguments.seeds} seeds, paired differences from `upsilon`.",
        "",
    ]
    lines += ["| features | labels | MCC | difference, mean +- sd | macro-F1 |", "|---|---|---|---|---|"]
    for fraction in FRACTIONS:
        base = None
        for name, columns in variants().items():
            result = scores(table[columns].to_numpy(), labels, fraction, arguments.seeds)
            base = result if base is None else base
            gain, (mcc, f1) = (result - base)[:, 0], result.mean(axis=0)
            n_labels = len(split(labels, fraction, 0)[0])
            spread = gain.std(ddof=1)
            lines.append(
                f"| {name} ({len(columns)}) | {n_labels} | {mcc:.3f} | {gain.mean():+.3f} +- {spread:.3f} | {f1:.3f} |"
            )
    publish("\n".join(lines), arguments.output)


if __name__ == "__main__":
    main()
