"""What unlabelled stars add to `auto`, and whether it finds the rare classes of a very uneven survey.

Run: python benchmarks/unlabelled.py --released state_dict.pt --kept FOLDER -o benchmarks/results/unlabelled.md

First part: on stars that may choose (`choose_auto.choosing`), `auto` as it is against `auto` with one use of the stars
that are neither labelled nor test, each of `unlabelled_ways.WAYS` by itself. A case is a survey, a draw and a number of
labels; its change is the mean over seeds. The rule, which stood here before any number did: a way ships only if the 95%
intervals of its mean change of MCC and of its mean change of macro-F1 over cases both lie above 0, and no case loses
more than `LOSS` of either.

Second part: a simulated survey as uneven as the Catalina classes (`simulated_targets.UNEVEN_TARGETS`). The recall of
each class by `auto` and by trees, and which classes trees find and `auto` never does. Nothing is chosen there.

Rows are kept after every fit, so that a run that was ended early goes on when started again.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from choose_auto import choosing, counts_of, sources_of
from publishing import publish
from real_stars import FOLDER
from scipy import stats as statistics
from simulated_targets import SIMULATED_TARGETS, UNEVEN_TARGETS, simulated_features
from unlabelled_ways import AS_IT_IS, WAYS, parts_of

from lctransfer.config import Transfer
from lctransfer.evaluation.metrics import agreement, predictions, score
from lctransfer.evaluation.splits import PROTOCOLS
from lctransfer.models.combined import Combined
from lctransfer.transfer import registry
from lctransfer.transfer.sweep import divide, inputs, sound, usable

SURVEYS = ("asas", "hipparcos", "gaia", "stripe82", *SIMULATED_TARGETS)
METRICS = ("mcc", "macro_f1", "log_loss")
KEYS = ["survey", "draw", "labels"]
LOSS = 0.003
TREE_KINDS = ("extra_trees", "lightgbm")
FOUND_FROM = 3
"""Test stars from which a class counts as found or not."""


def measured(stars: pd.DataFrame, sources: Combined, settings: Transfer, count: int, seed: int) -> list[dict]:
    """Return the metrics of every way."""
    parts, truth = parts_of(stars, sources, settings, count, seed)
    rows = []
    for name, way in WAYS.items():
        told = score(np.array(truth), way(parts), parts.auto.classes_)
        sizes = {"n_test": len(truth), "n_pool": len(parts.pool)}
        rows.append({"way": name, **sizes, **{metric: told[metric] for metric in METRICS}})
    return rows


def recalls(stars: pd.DataFrame, sources: Combined, settings: Transfer, count: int, seed: int) -> list[dict]:
    """Return the recall of every class by `auto` and by trees; classes without a label are told to `auto`."""
    X, labels, part = inputs(stars), stars["class_name"].to_numpy(dtype=str), divide(stars, settings, count, seed)
    own, test = part.labelled, part.test & sound(stars)
    truth, rows = labels[test], []
    kinds = {AS_IT_IS: ("auto", sources), "auto, released weights only": ("auto", sources.models[0])}
    for name, (kind, source) in {**kinds, **{kind: (kind, None) for kind in TREE_KINDS}}.items():
        asked = replace(settings, simulated_sky=name == AS_IT_IS)
        # Without the unlabelled stars, which only the novelty score takes.
        fitted = registry.make(kind, asked, source, seed).fit(X[own], labels[own], classes=np.unique(labels))
        said = predictions(fitted.predict_proba(X[test]), fitted.classes_)
        common = {"strategy": name, **agreement(truth, said)}
        for one in np.unique(truth):
            here, n_labels = truth == one, int((labels[own] == one).sum())
            hits = float((said[here] == one).mean())
            rows.append({**common, "class": one, "n_test": int(here.sum()), "n_labels": n_labels, "recall": hits})
    return rows


def kept_rows(path: Path, work: Iterator[tuple], measure: Callable[..., list[dict]]) -> pd.DataFrame:
    """Return the rows of all work, those of an earlier run among them; write them after each piece."""
    rows = pd.read_parquet(path) if path.exists() else pd.DataFrame(columns=[*KEYS, "seed"])
    done = set(rows[[*KEYS, "seed"]].itertuples(index=False, name=None))
    for key, stars, sources in work:
        if key not in done:
            settings = replace(Transfer(trees=200), labels=key[1])
            fresh = pd.DataFrame(measure(stars, sources, settings, *key[2:]))
            fresh = fresh.assign(**dict(zip([*KEYS, "seed"], key)))
            rows = pd.concat([rows, fresh], ignore_index=True) if len(rows) else fresh
            rows.to_parquet(path)
    return rows


def changes(rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return, per case, `auto` as it is and the change of each way, means over seeds."""
    means = rows.pivot_table(index=KEYS, columns="way", values=metric, sort=False)[list(WAYS)]
    own = means.pop(AS_IT_IS)
    return means.sub(own, axis=0).assign(**{AS_IT_IS: own})[list(WAYS)]


def interval(values: pd.Series) -> tuple[float, float, float]:
    """Return the mean over cases and its 95% interval (t)."""
    half = statistics.t.ppf(0.975, len(values) - 1) * values.std() / len(values) ** 0.5
    return values.mean(), values.mean() - half, values.mean() + half


def verdicts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return, per way, what the rule of the module's text says."""
    tables, found = {metric: changes(rows, metric) for metric in METRICS}, []
    for way in list(WAYS)[1:]:
        line: dict[str, object] = {"way": way}
        for metric, table in tables.items():
            line[f"{metric}: mean [95%]"] = "{:+.4f} [{:+.4f}, {:+.4f}]".format(*interval(table[way]))
        lost = {metric: tables[metric][way].min() for metric in METRICS[:2]}
        line |= {f"{metric}: worst case": f"{worst:+.4f}" for metric, worst in lost.items()}
        gains = all(interval(tables[metric][way])[1] > 0 for metric in lost)
        found.append({**line, "ships": "yes" if gains and min(lost.values()) >= -LOSS else "no"})
    return pd.DataFrame(found)


def first_work(chosen: argparse.Namespace) -> Iterator[tuple]:
    """Yield (key, stars, sources) of each fit of the first part, seed after seed."""
    sources = sources_of(chosen)
    tables = {survey: choosing(survey, chosen) for survey in chosen.surveys}
    for seed, (survey, stars), draw in product(range(chosen.seeds), tables.items(), PROTOCOLS):
        for count in counts_of(survey, draw):
            if count <= len(stars) // 2:
                yield (survey, draw, count, seed), stars, sources


def second_work(chosen: argparse.Namespace) -> Iterator[tuple]:
    """Yield the same of the uneven survey, labels drawn by class and at random."""
    sources = sources_of(chosen)
    for name, target in UNEVEN_TARGETS.items():
        stars = usable(simulated_features(name, chosen.features), 2, name)
        for seed, draw, count in product(range(chosen.rare_seeds), ("stratified", "random"), target.counts):
            yield (name, draw, count, seed), stars, sources


def report_ways(rows: pd.DataFrame) -> str:
    """Return the tables of the first part."""
    table = verdicts(rows)
    shipped = table.loc[table["ships"] == "yes", "way"].tolist()
    text = (
        f"{len(rows.groupby(KEYS))} cases, {rows['seed'].nunique()} seeds, {rows['n_pool'].min()} to "
        f"{rows['n_pool'].max()} unlabelled and {rows['n_test'].min()} to {rows['n_test'].max()} test stars. By the "
        f"rule, {', '.join(shipped) or 'none'} ships. Cases of one survey share stars, so that the intervals are "
        "rather too narrow than too wide."
    )
    parts = [f"## Uses of unlabelled stars\n\n{text}\n\n{table.to_markdown(index=False)}"]
    for metric in METRICS:
        wide = changes(rows, metric).reset_index()
        parts.append(f"### Change of {metric}, means over seeds\n\n{wide.to_markdown(index=False, floatfmt='.3f')}")
    return "\n\n".join(parts)


def never_found(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the classes of enough test stars, per case, that trees find in some seed and an `auto` in none."""
    enough = rows[rows["n_test"] >= FOUND_FROM]
    wide = enough.pivot_table(index=[*KEYS[1:], "class"], columns="strategy", values="recall", sort=False)
    wide["trees"] = wide[list(TREE_KINDS)].max(axis=1)
    autos = [name for name in wide if name.startswith("auto")]
    return wide[(wide["trees"] > 0) & (wide[autos].min(axis=1) == 0)].reset_index()


def report_rare(rows: pd.DataFrame) -> str:
    """Return the tables of the second part."""
    keys = [*KEYS[1:], "strategy"]
    whole = rows.drop_duplicates([*keys, "seed"]).groupby(keys, sort=False)[["mcc", "macro_f1"]].agg(["mean", "std"])
    whole.columns = [f"{metric}, {kind}" for metric, kind in whole.columns]
    wide = rows.pivot_table(index=[*KEYS[1:], "class", "n_test"], columns="strategy", values="recall", sort=False)
    labels = rows.groupby([*KEYS[1:], "class", "n_test"], sort=False)["n_labels"].mean()
    wide.insert(0, "mean n_labels", labels)
    missed, pairs = never_found(rows), rows[rows["n_test"] >= FOUND_FROM].groupby([*KEYS[1:], "class"]).ngroups
    counts = {name: int((missed[name] == 0).sum()) for name in missed if name.startswith("auto")}
    told = "; ".join(f"{name}: {count}" for name, count in counts.items())
    sizes = rows["n_test"].groupby(rows["class"]).first().sort_values()
    return "\n\n".join(
        [
            f"## Rare classes of a simulated survey\n\n{sizes.sum()} test stars, {sizes.iloc[-1]} of the commonest "
            f"class and {sizes.iloc[0]} of the rarest, {rows['seed'].nunique()} seeds.",
            whole.reset_index().to_markdown(index=False, floatfmt=".3f"),
            f"### Found by trees and never by auto\n\nOf {pairs} pairs of a case and a class with {FOUND_FROM} test "
            "stars or more, those that a kind of trees finds in some seed (mean recall above 0) and auto in none: "
            f"{told}.",
            missed.to_markdown(index=False, floatfmt=".3f"),
            "### Mean recall of each class",
            wide.reset_index().to_markdown(index=False, floatfmt=".3f"),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--released", type=Path, required=True, help="the released state_dict.pt")
    parser.add_argument("--data", type=Path, default=FOLDER, help="folder of the tables (default %(default)s)")
    parser.add_argument("--kept", dest="features", type=Path, required=True, help="folder that keeps features and rows")
    parser.add_argument("--surveys", nargs="+", default=list(SURVEYS))
    parser.add_argument("--released-as-sky", action="store_true", help="a source that does not fit; see choose_auto.py")
    parser.add_argument("--seeds", type=int, default=3, help="of the first part (default %(default)s)")
    parser.add_argument("--rare-seeds", type=int, default=5, help="of the second part (default %(default)s)")
    parser.add_argument("-o", "--output", type=Path)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    name = "rows_released_as_sky" if chosen.released_as_sky else "rows"
    ways = kept_rows(chosen.features / f"{name}_ways.parquet", first_work(chosen), measured)
    parts = ["# Unlabelled stars and rare classes", report_ways(ways)]
    if chosen.rare_seeds:
        parts.append(report_rare(kept_rows(chosen.features / f"{name}_rare.parquet", second_work(chosen), recalls)))
    publish("\n\n".join(parts), chosen.output)


if __name__ == "__main__":
    main()
