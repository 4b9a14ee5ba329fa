"""How often the catalogue's period is found and reported, and the fit of the decision between P and 2P.

Run: python benchmarks/features_period.py [--fit] [-o benchmarks/results/features_period.md]
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from publishing import publish
from real_stars import ASAS_CLASSES, stars

from lctransfer import features
from lctransfer.config import Features
from lctransfer.features import lctransfer

TOLERANCE = 0.01
BINARIES = ("EC", "ED", "ESD")
SAMPLES = (("asas_acvs_half", ASAS_CLASSES), ("ogle4_lmc_cepheids", ("CEP_F",)), ("eros2_lmc_cepheids", ("CEPH_F",)))


def measured() -> pd.DataFrame:
    """Return the features of all samples, with the evidence that the decision saw."""
    evidence: list = []
    decide = lctransfer._doubling_probability

    def record(*arguments):
        evidence.append(lctransfer._doubling_evidence(*arguments))
        return decide(*arguments)

    lctransfer._doubling_probability = record
    tables = [features.extract(stars(*one), Features(set="lctransfer")).to_pandas() for one in SAMPLES]
    table = pd.concat(tables, ignore_index=True)
    table = table[table.flag != "too_few_epochs"].reset_index(drop=True)
    table["evidence"] = evidence
    return table


def near(ratio: pd.Series, value: float) -> pd.Series:
    return (ratio / value - 1).abs() < TOLERANCE


def targets(table: pd.DataFrame) -> pd.Series:
    """Return 1 where the true period is twice the one found, 0 where it is that one, NaN where unknown.

    ASAS lists no period for pulsating stars; they repeat at the period found.
    """
    ratio = table.period_days / table.period
    target = pd.Series(np.nan, table.index)
    target[near(ratio, 1) | ~table.label.isin(BINARIES) & table.period_days.isna()] = 0
    target[table.label.isin(BINARIES) & near(ratio, 2)] = 1
    return target


def fit(table: pd.DataFrame) -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    target = targets(table)
    known = target.notna() & (table.label != "MIRA")
    X, y = np.array(table.evidence[known].tolist()), target[known]
    model = LogisticRegression(class_weight="balanced", C=10.0)
    right = (cross_val_predict(model, X, y, cv=5) == y).groupby(table.label[known]).mean()
    model.fit(X, y)
    print("DOUBLING =", tuple(float(x) for x in np.round([model.intercept_[0], *model.coef_[0]], 2)))
    print("five-fold:", right.round(3).to_dict())


def report(table: pd.DataFrame) -> str:
    lines = [
        "| class | stars with a period | found (P, P/2 or 2P) | reported right, of those found |",
        "|---|---|---|---|",
    ]
    ratio, reported = table.period_days / table.period, table.period_days / table.reported_period_days
    for label, group in table[table.period_days.notna()].groupby("label"):
        found = (near(ratio, 1) | near(ratio, 2) | near(ratio, 0.5))[group.index]
        right = near(reported, 1)[group.index][found].mean()
        lines.append(f"| {label} | {len(group)} | {found.mean():.3f} | {right:.3f} |")
    lines += ["", "Pulsating ASAS stars, of which the catalogue has no period: share reported at P, not 2P:", ""]
    single = table[table.period_days.isna() & ~table.label.isin(BINARIES)]
    share = (single.reported_period_days == single.period).groupby(single.label).mean()
    return "\n".join([*lines, ", ".join(f"{label} {value:.3f}" for label, value in share.items())])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", action="store_true", help="also fit the decision's coefficients")
    parser.add_argument("-o", "--output", type=Path, help="write the table here, too")
    arguments = parser.parse_args()
    table = measured()
    if arguments.fit:
        fit(table)
    publish(report(table), arguments.output)


if __name__ == "__main__":
    main()
