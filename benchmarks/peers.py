"""The package beside its peers, on the same real stars and splits: features, random convolutions, a network.

Run: python benchmarks/peers.py --released state_dict.pt --data FOLDER -o benchmarks/results/peers

Needs the extra `benchmark` (for `light-curve`) and, for MiniRocket, `aeon`:
pip install --no-deps -r benchmarks/peers.txt. Labels are drawn by class, in the numbers of `real_stars.SURVEYS`; ASAS
stands with the stars to report on, the smaller surveys with all of theirs, as in `label_efficiency.py`. All see the
same labelled stars, and are asked about the same test stars; the settings of the peers (`peer_models.py`) were fixed
beforehand. Survey after survey is written to rows.parquet as it ends; a run that was ended early goes on when started
again.
"""

import argparse
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from label_efficiency import DEFAULT, ENTRIES, FIRST_SEED, PART, REPORTED, measured
from peer_models import PEERS, Material, epochs, extracted, material
from publishing import publish
from real_stars import FOLDER, SURVEYS, features_of, light_curves_of

from lctransfer.config import Transfer
from lctransfer.evaluation.metrics import UNCLASSIFIED, agreement
from lctransfer.evaluation.partition import REPORT, purpose
from lctransfer.models.opening import open_source
from lctransfer.report.statistics import paired, summary
from lctransfer.transfer.sweep import divide, sound, usable

STRATEGIES = {name: ENTRIES[name] for name in (DEFAULT, "extra_trees", "lightgbm", "upsilont_recipe")}
METRICS = {"mcc": "MCC", "macro_f1": "macro-F1"}


class Survey(NamedTuple):
    """The usable stars of a survey, and what peers see of each."""

    stars: pd.DataFrame
    material: Material


def survey_of(name: str, chosen: argparse.Namespace) -> Survey:
    """Return a survey; `chosen.features` keeps the features from one run to the next."""
    table = features_of(name, chosen.data, chosen.features)
    stars = usable(table[purpose(table["source_id"]) == REPORT] if name in PART else table, 10, name)
    curves = light_curves_of(name, chosen.data)
    places = pd.Index(curves["source_id"].to_pylist()).get_indexer(stars["source_id"])
    own = epochs(curves.select(["time", "mag", "mag_err"]).take(places))
    path = chosen.features / f"{name}_light_curve.parquet" if chosen.features else None
    if path and path.is_file():
        held = pd.read_parquet(path)
    else:
        held = extracted(own)
        if path:
            held.to_parquet(path)
    periods = stars["reported_period_days"].fillna(1.0).to_numpy()  # of stars without features, which nobody is asked
    return Survey(stars, material(own, periods, held))


def peer_rows(survey: Survey, row: dict, seed: int) -> list[dict[str, object]]:
    """Return a row per peer: that of a strategy of this package on the same split, with the peer's metrics."""
    stars = survey.stars
    part = divide(stars, Transfer(), row["requested"], seed)
    labels, asked = stars["class_name"].to_numpy(dtype=str), part.test & sound(stars)
    rows = []
    for name, peer in PEERS.items():
        start = time.process_time()
        predicted = np.full(len(stars), UNCLASSIFIED, dtype=object)
        predicted[asked] = peer(
            survey.material.of(part.labelled), labels[part.labelled], survey.material.of(asked), seed
        )
        found = agreement(labels[part.test], predicted[part.test].astype(str))
        rows.append({**row, **found, "strategy": name, "fit_seconds": time.process_time() - start})
    return rows


def run(chosen: argparse.Namespace) -> pd.DataFrame:
    """Return the rows of all seeds, those of an earlier run among them; write them after each seed."""
    torch.set_num_threads(1)
    released = open_source(str(chosen.released))
    sources = {"released": released, "both": open_source([released, "simulated"])}
    surveys = {name: survey_of(name, chosen) for name in chosen.sets}
    path = chosen.output / "rows.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    done = pd.read_parquet(path).to_dict("records") if path.exists() else []
    held = {(row["survey"], row["seed"]) for row in done}
    for seed in range(FIRST_SEED, FIRST_SEED + chosen.seeds):
        for name, survey in surveys.items():
            if (name, seed) in held:
                continue
            for count in SURVEYS[name].counts:
                rows = measured(survey.stars, name, "stratified", count, seed, STRATEGIES, sources)
                done += [*rows, *peer_rows(survey, rows[0], seed)]
            pd.DataFrame(done).to_parquet(path)
        rows = pd.DataFrame(done)
        publish(report(rows[rows["seed"] <= seed]), chosen.output.with_suffix(".md"))
    return pd.DataFrame(done)


def by_task(table: pd.DataFrame, lines: str, said: list[str], order: list[str]) -> pd.DataFrame:
    """Return what is said of each row of a table: a line per strategy, a column per survey and number of labels."""
    table = table.assign(said=said, place=table["survey"] + " " + table["labels"].astype(str))
    places = table.sort_values(["survey", "labels"])["place"].unique()
    return table.pivot(index=lines, columns="place", values="said").loc[order, places]


def means(rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return the mean of a metric and its standard deviation over seeds."""
    table = summary(rows)
    table["labels"] = table["n_labels"].round().astype(int)
    said = [f"{mean:.3f} ± {spread:.3f}" for mean, spread in zip(table[metric], table[f"{metric}_std"])]
    return by_task(table, "strategy", said, [*STRATEGIES, *PEERS])


def gaps(rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return a metric of `auto` minus each other's, with the corrected interval of the mean over seeds."""
    parts = []
    for rival in (*STRATEGIES, *PEERS):
        if rival != DEFAULT:
            found = paired(rows, rival, metric)
            parts.append(found[found["strategy"] == DEFAULT].assign(rival=rival))
    counts = rows.groupby(["survey", "fraction"])["requested"].first().astype(int).rename("labels")
    table = pd.concat(parts).merge(counts, on=["survey", "fraction"])
    numbers = zip(table["difference"], table["low"], table["high"])
    said = [f"{gap:+.3f} [{low:+.3f}, {high:+.3f}]" for gap, low, high in numbers]
    return by_task(table, "rival", said, list(table["rival"].unique()))


def report(rows: pd.DataFrame) -> str:
    """Return all tables."""
    seeds = sorted(rows["seed"].unique())
    sizes = ", ".join(f"{survey} {n}" for survey, n in rows.groupby("survey", sort=False)["n_stars"].first().items())
    lead = (
        f"# Peers in one run\n\nMade by `python benchmarks/peers.py`, seeds {seeds[0]} to {seeds[-1]} "
        f"({len(seeds)} of them). Real stars: {sizes}; half of each class is tested in each seed. ASAS stands with the "
        "stars to report on, which chose no constant of a strategy; the others with all, of which five eighths chose "
        "the weights of `auto`, and all of them its members (docs/what_was_seen.md): their rows prove little. The "
        "features of this package, too, were chosen on stars of ASAS and Hipparcos (the same page says which); those "
        "of `light-curve` were not. No peer was tuned: settings were fixed before the first run, tried on 500 OGLE-IV "
        "Cepheids to see that they work, and not changed. `auto` transfers from the released weights and from the "
        "simulated sky, and is told the survey's classes; no peer transfers anything. Folded curves stand at this "
        "package's period (`reported_period_days`), which lends peers what it knows of periods. LightGBM asks for five "
        "stars in a leaf, so that it cannot divide ten: an MCC of 0. Intervals beyond 1 come from five seeds "
        "that differ much."
    )
    parts = [lead]
    for metric, title in METRICS.items():
        parts.append(f"## {title}: mean and standard deviation over seeds\n\n{means(rows, metric).to_markdown()}")
    for metric, title in METRICS.items():
        what = f"## {title} of auto minus a peer's [95% interval, corrected for test sets that overlap]"
        parts.append(f"{what}\n\n{gaps(rows, metric).to_markdown()}")
    seconds = rows.groupby(["strategy"], sort=False)["fit_seconds"].mean().round(2).reset_index()
    what = "## CPU seconds of a fit, mean of all tasks (peers: with their predictions)"
    return "\n\n".join([*parts, f"{what}\n\n{seconds.to_markdown(index=False)}"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--released", type=Path, required=True, help="the released state_dict.pt")
    parser.add_argument("--data", type=Path, default=FOLDER, help="folder of the tables (default %(default)s)")
    parser.add_argument("--features", type=Path, help="folder that keeps the features from one run to the next")
    parser.add_argument("--sets", nargs="+", default=list(REPORTED), choices=SURVEYS)
    parser.add_argument("--seeds", type=int, default=5, help="how many (default %(default)s)")
    parser.add_argument("-o", "--output", type=Path, default=Path("results/peers"))
    run(parser.parse_args())


if __name__ == "__main__":
    main()
