"""How often the catalogue's period is found and reported, beside nifty-ls; the fit of the decision between P and 2P.

The decision is fitted to half of the stars, by a digest of their names; the table is of the others.

Run: python benchmarks/features_period.py [--fit] [--rival] [-o benchmarks/results/features_period.md]
"""

import argparse
from pathlib import Path

import nifty_ls
import numpy as np
import pandas as pd
import pyarrow as pa
from publishing import publish
from real_stars import ASAS_CLASSES, stars, to_report_on

from lctransfer import features
from lctransfer.config import Features
from lctransfer.features import lctransfer
from lctransfer.features.cleaning import clean, part
from lctransfer.features.curves import in_order, weighted
from lctransfer.features.doubling import doubling_evidence
from lctransfer.features.fourier import evaluate
from lctransfer.features.search import grids
from lctransfer.table.light_curves import Ragged, ragged

TOLERANCE = 0.01
SETTINGS = Features(set="lctransfer")
BINARIES = ("EC", "ED", "ESD")
PULSATING = (
    "Delta Scuti",
    "RR Lyrae, Fundamental Mode",
    "RR Lyrae, First Overtone",
    "Classical Cepheid",
    "Beta Cephei",
)
PULSATING = (*PULSATING, "Gamma Doradus", "Slowly Pulsating B-stars", "SX Phoenicis", "Population II Cepheid")
"""Words of Debosscher et al. (2007): sparse light curves, of a hundred epochs."""
SAMPLES = (
    ("asas_acvs_half", ASAS_CLASSES),
    ("ogle4_lmc_cepheids", ("CEP_F", "CEP_1O")),
    ("eros2_lmc_cepheids", ("CEPH_F",)),
    ("hipparcos_debosscher", PULSATING),
)


def samples(calibrating: bool) -> list[pa.Table]:
    tables = [stars(*one) for one in SAMPLES]
    return [table.filter(to_report_on(table) != calibrating) for table in tables]


def measured(tables: list[pa.Table]) -> pd.DataFrame:
    """Return the features of all tables."""
    return pd.concat([features.extract(table, SETTINGS).to_pandas() for table in tables], ignore_index=True)


def light_curves(tables: list[pa.Table]) -> list[Ragged]:
    """Return the usable epochs of each row, as a table of one row."""
    every = (clean(ragged(table)).epochs for table in tables)
    columns = (part(epochs, row) for epochs in every for row in range(len(epochs.offsets) - 1))
    return [Ragged(*one, np.array([0, len(one[0])])) for one in columns]


def evidence(curve: Ragged, period: float) -> tuple[float, ...]:
    """Return what the decision sees of a light curve."""
    errors = (curve.mag_err, in_order(curve.mag_err, curve.offsets))
    days, deviation, weight, _ = weighted(curve.time, curve.mag, errors, curve.offsets)
    series, double = lctransfer.both_series(days / period, deviation, weight)
    left = np.sum(weight * (deviation - evaluate(double, 0.5 * days / period)) ** 2)
    return doubling_evidence(series, double, left, len(days), 1 / period)


def rival(tables: list[pa.Table]) -> np.ndarray:
    """Return the period of nifty-ls's highest float64 power on the same grid, with weights and a free mean.

    NaN for stars without a period in their catalogue, of which nothing is asked.
    """
    periods = []
    known = np.concatenate([table["period_days"].is_valid().to_numpy() for table in tables])
    for curve, asked in zip(light_curves(tables), known):
        if len(curve.time) < SETTINGS.min_epochs or not asked:
            periods.append(np.nan)
            continue
        days = curve.time - curve.time[0]
        found = grids(days, curve.offsets, (SETTINGS.min_period_days, SETTINGS.oversampling), np.array([np.inf]), False)
        step, size = found.step_per_day[0], int(found.size[0])
        options = {"fmin": 3 * step, "fmax": step * size, "Nf": size - 2, "nthreads": 1, "backend": "finufft"}
        power = nifty_ls.lombscargle(days, curve.mag, curve.mag_err, **options).power
        periods.append(1 / (step * (3 + np.argmax(power))))
    return np.array(periods)


def near(ratio: pd.Series, *values: float) -> pd.Series:
    return sum((ratio / value - 1).abs() < TOLERANCE for value in values) > 0


def targets(table: pd.DataFrame) -> pd.Series:
    """Return 1 where the true period is twice the one found, 0 where it is that one, NaN where unknown.

    Pulsating stars without a period in their catalogue repeat at the period found.
    """
    ratio = table.period_days / table.period
    target = pd.Series(np.nan, table.index)
    target[near(ratio, 1) | ~table.label.isin(BINARIES) & table.period_days.isna()] = 0
    target[table.label.isin(BINARIES) & near(ratio, 2)] = 1
    return target


def fit(tables: list[pa.Table]) -> None:
    """Fit the decision; both answers weigh the same, and in each a class as the root of its number of stars."""
    from sklearn.linear_model import LogisticRegression

    table, curves = measured(tables), light_curves(tables)
    target = targets(table)
    known = target.notna() & (table.label != "MIRA") & table.period.notna()
    y, labels = target[known], table.label[known]
    X = np.array([evidence(curves[i], table.period[i]) for i in np.flatnonzero(known)])
    weight = 1 / np.sqrt(labels.map(labels.value_counts()).clip(lower=10))
    weight /= weight.groupby(y).transform("sum") / (len(y) / 2)
    scale = X.std(axis=0)
    model = LogisticRegression(C=10.0, max_iter=1000).fit(X / scale, y, sample_weight=weight)
    print("DOUBLING =", tuple(float(x) for x in np.round([model.intercept_[0], *model.coef_[0] / scale], 2)))


def report(table: pd.DataFrame) -> list[str]:
    asked = bool(table.rival.notna().any())
    names = ("class", "stars with a period", "found (P, P/2 or 2P)", *["nifty-ls"] * asked, "right, of those found")
    lines = ["| " + " | ".join(names) + " |", "|---" * len(names) + "|"]
    ratio, reported = table.period_days / table.period, table.period_days / table.reported_period_days
    found, theirs = near(ratio, 1, 2, 0.5), near(table.period_days / table.rival, 1, 2, 0.5)
    for label, group in table[table.period_days.notna()].groupby("label"):
        here = found[group.index]
        right = near(reported, 1)[group.index][here].mean()
        other = f" {theirs[group.index].mean():.3f} |" * asked
        lines.append(f"| {label} | {len(group)} | {here.mean():.3f} |{other} {right:.3f} |")
    return lines


def kept(table: pd.DataFrame) -> str:
    """Return the share of stars reported at the period found, for each class that has no period in its catalogue."""
    single = table[table.period_days.isna() & ~table.label.isin(BINARIES)]
    share = (single.reported_period_days == single.period).groupby(single.label).agg(["mean", "size"])
    return ", ".join(f"{label} {row['mean']:.3f} ({row['size']:.0f})" for label, row in share.iterrows())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", action="store_true", help="also fit the decision's coefficients")
    parser.add_argument("--rival", action="store_true", help="also search with nifty-ls (minutes)")
    parser.add_argument("-o", "--output", type=Path, help="write the table here, too")
    arguments = parser.parse_args()
    if arguments.fit:
        fit(samples(True))
    judged = samples(False)
    table = measured(judged)
    table["rival"] = rival(judged) if arguments.rival else np.nan
    lines = ["Stars that the decision was not fitted to.", "", *report(table), ""]
    lines += ["Pulsating stars without a catalogue's period, share reported at P, not 2P:", "", kept(table)]
    publish("\n".join(lines), arguments.output)


if __name__ == "__main__":
    main()
