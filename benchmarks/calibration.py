"""What `fit` promises and what held-out stars show: python benchmarks/calibration.py FEATURES CLASS_MAP.

For each seed, labels are drawn from half of the labelled stars (`draws`). Of the other half, which no fit sees with its
label, the stars of the part to report on, which no choice has seen, show the MCC, the calibration error (ECE), and how
many conformal sets hold the true class. The MCC is also given as the transfer sweep of `evaluate` reaches it with the
same labels, and after class proportions were estimated by expectation-maximisation from the held-out stars without
their labels.

Draws: `random`; `brightest`, from the brightest fifth; `imbalanced`, as many labels of each class, and held-out stars
subsampled so that one class makes up three quarters, as contact binaries do in surveys such as CRTS.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from publishing import publish

from lctransfer.classifier.calibration import estimated_proportions, tempered
from lctransfer.cli.arguments import seeds
from lctransfer.config import Fit
from lctransfer.evaluation.metrics import agreement, expected_calibration_error
from lctransfer.evaluation.partition import REPORT, purpose
from lctransfer.evaluation.splits import ranks
from lctransfer.stages.fit import FitOptions, fit
from lctransfer.table.class_map import read_class_map
from lctransfer.transfer.registry import make
from lctransfer.transfer.sweep import inputs

COMMON_SHARE, COMMON_CLASS = 0.75, "EB_EC"
DRAWS = ("random", "brightest", "imbalanced")


def draw(stars, seed, n_labels, how):
    """Return the rows that get labels, and the rows that judge."""
    order = ranks(stars["source_id"].to_numpy(), seed)
    ordered = np.argsort(order)
    pool, held_out = ordered[: len(stars) // 2], ordered[len(stars) // 2 :]
    held_out = held_out[purpose(stars["source_id"].to_numpy()[held_out]) == REPORT]
    if how == "random":
        return pool[:n_labels], held_out
    if how == "brightest":
        bright = pool[np.argsort(stars["median_mag"].to_numpy()[pool], kind="stable")[: max(n_labels, len(pool) // 5)]]
        return bright[np.argsort(order[bright])[:n_labels]], held_out
    names = stars["class_name"].to_numpy()
    each = n_labels // len(np.unique(names))
    labelled = np.concatenate([pool[names[pool] == name][:each] for name in np.unique(names)])
    common = held_out[names[held_out] == COMMON_CLASS]
    others = held_out[names[held_out] != COMMON_CLASS]
    return labelled, np.concatenate([common, others[: round(len(common) * (1 / COMMON_SHARE - 1))]])


def judged(stars, labelled, held_out, strategy, folder):
    """Fit as the command does, and return what it promised and what held-out stars show."""
    start = time.process_time()
    known = np.isin(np.arange(len(stars)), labelled)
    table = stars.assign(label=stars["class_name"].where(known, None)).drop(columns="class_name")
    table.to_parquet(folder / "stars.parquet")
    model = fit(folder / "stars.parquet", folder / "model", "simulated", options=FitOptions(Fit(strategy=strategy)))
    truth, classes = stars["class_name"].to_numpy(dtype=str)[held_out], np.array(model.classes)
    found, _ = model.predict(stars.iloc[held_out])
    inside = model.calibration.sets(found, 0.9)
    right = classes[found.argmax(axis=1)]
    labels = model.card["labels"]
    shares = np.array([labels[name] for name in classes]) / sum(labels.values())
    estimated = tempered(found, 1.0, estimated_proportions(found, shares) / shares)
    expected = model.card["expected"]["mcc"]
    mcc = agreement(truth, right)["mcc"]
    return {
        "promised": expected["value"],
        "low": expected["low"],
        "high": expected["high"],
        "mcc": mcc,
        "within": float(expected["low"] <= mcc <= expected["high"]),
        "mcc_sweep": mcc_of_sweep(stars, labelled, held_out, strategy),
        "mcc_em": agreement(truth, classes[estimated.argmax(axis=1)])["mcc"],
        "ece": expected_calibration_error(right == truth, found.max(axis=1)),
        "ece_em": expected_calibration_error(classes[estimated.argmax(axis=1)] == truth, estimated.max(axis=1)),
        "held": float((inside & (classes == truth[:, None])).any(axis=1).mean()),
        "size": inside.sum(axis=1).mean(),
        "cpu_s": time.process_time() - start,
    }


def mcc_of_sweep(stars, labelled, held_out, strategy):
    """Return the MCC of the strategy as `evaluate` fits it, from the same labels."""
    from lctransfer.config import Transfer
    from lctransfer.models.opening import open_source

    X, y = inputs(stars), stars["class_name"].to_numpy(dtype=str)
    rest = np.setdiff1d(np.arange(len(stars)), labelled)
    fitted = make(strategy, Transfer(), open_source("simulated"), 0).fit(X.iloc[labelled], y[labelled], X.iloc[rest])
    predicted = fitted.classes_[fitted.predict_proba(X.iloc[held_out]).argmax(axis=1)]
    return agreement(y[held_out], predicted)["mcc"]


def report(rows):
    """Return every draw, and means with standard errors, as Markdown."""
    table = pd.DataFrame(rows)
    shown = table.drop(columns=["cpu_s"]).round(3).to_markdown(index=False)
    numbers = ["promised", "mcc", "within", "mcc_sweep", "mcc_em", "ece", "ece_em", "held", "size"]
    grouped = table.groupby(["draw", "strategy", "labels"])[numbers]
    means, errors = grouped.mean().round(4), grouped.sem().round(4)
    counts = grouped.size().rename("seeds")
    return "\n\n".join(
        [
            "# What `fit` promises and what held-out stars show",
            " ".join(__doc__.split("\n\n", 1)[1].split()),
            "## Means over seeds",
            means.join(counts).reset_index().to_markdown(index=False),
            "## Standard errors of these means",
            errors.reset_index().to_markdown(index=False),
            "## Every draw",
            shown,
        ]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("features", type=Path)
    parser.add_argument("class_map", type=Path)
    parser.add_argument("--seeds", type=seeds, default=list(range(5)))
    parser.add_argument("--labels", type=int, nargs="+", default=[500])
    parser.add_argument("--strategy", nargs="+", default=["auto"])
    parser.add_argument("--draw", nargs="+", choices=DRAWS, default=["random"])
    parser.add_argument("--target", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    words = read_class_map(given.class_map)
    stars = pd.read_parquet(given.features)
    stars["class_name"] = [None if pd.isna(word) else words.get(word, word) for word in stars["label"]]
    stars = stars[(stars["flag"] == "ok") & stars["class_name"].notna()].sort_values("source_id").reset_index(drop=True)
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for seed in given.seeds:
            for n_labels in given.labels:
                for how in given.draw:
                    for strategy in given.strategy:
                        drawn = draw(stars, seed, n_labels, how)
                        row = {"draw": how, "strategy": strategy, "labels": len(drawn[0]), "seed": seed}
                        rows.append({**row, **judged(stars, *drawn, strategy, Path(scratch))})
                        print(pd.Series(rows[-1]).to_dict(), flush=True)
        publish(report(rows), given.target)


if __name__ == "__main__":
    main()
