"""Several bands of one source: one band, the best, all apart, and all combined, on RR Lyrae of SDSS Stripe 82.

Every way sees the same splits: the rows of a source stay together, and a source is tested once (but for "all apart",
where each light curve counts). Usage: ``python benchmarks/bands.py TABLE``.
"""

import argparse
from pathlib import Path

import pandas as pd

from lctransfer.config import Features, Transfer
from lctransfer.features import extract
from lctransfer.models.opening import open_source
from lctransfer.table.canonical import Reading
from lctransfer.table.labelled import read_labelled
from lctransfer.transfer.sweep import run_seeds, usable

WAYS = {"g": "g", "r": "r", "best": "best", "all apart": "", "all combined": "all"}


def main() -> None:
    """Print a line per way and strategy."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("table", type=Path)
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--fractions", default="0.02,0.1")
    options.add_argument("--strategies", default="zero_label,extra_trees,mapped_head")
    given = options.parse_args()
    sky, rows = open_source("simulated"), []
    whole = read_labelled(given.table, None, Reading(vocabulary="vsx"))
    features = extract(whole.table, Features(set="both")).to_pandas()
    best = read_labelled(given.table, None, Reading(vocabulary="vsx", band="best")).table
    chosen = set(zip(best["source_id"].to_pylist(), best["band"].to_pylist()))
    is_best = [pair in chosen for pair in zip(features["source_id"], features["band"])]
    for way, band in WAYS.items():
        part = features if band in ("", "all") else features[is_best if band == "best" else features["band"] == band]
        stars = usable(part, 10, str(given.table))
        for strategy in given.strategies.split(","):
            for fraction in map(float, given.fractions.split(",")):
                settings, seeds = Transfer(trees=200), range(given.seeds)
                found = run_seeds(
                    stars, sky, strategy, settings, fraction=fraction, seeds=seeds, combine_bands=band == "all"
                )
                rows += [{"way": way, "strategy": strategy, "fraction": fraction, **row} for row, _ in found]
    table = pd.DataFrame(rows).groupby(["strategy", "fraction", "way"], sort=False)[["mcc", "accuracy", "ece"]]
    print(table.agg(["mean", "std"]).round(3).to_string())


if __name__ == "__main__":
    main()
