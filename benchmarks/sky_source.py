"""Measure what the source model of the simulated sky is worth on real stars, alone and beside the released one.

Run: python benchmarks/sky_source.py ../shared/data/real --released state_dict.pt -o benchmarks/results/sky_source.md

Only the stars to report on are classified (`lctransfer.evaluation.partition`); what the simulator and the choice of
the source model have seen of them all the same stands in docs/what_was_seen.md.
"""

import argparse
from pathlib import Path

import pandas as pd

from lctransfer.config import Features, Transfer
from lctransfer.evaluation.partition import REPORT, purpose
from lctransfer.features import extract
from lctransfer.models.opening import open_source
from lctransfer.table.class_map import read_class_map
from lctransfer.table.labelled import read_labelled
from lctransfer.transfer.sweep import run_seeds, usable

MAPS = Path(__file__).parent / "class_maps"

SETS = {"asas_acvs_half": ("asas", (24, 110, 545)), "hipparcos_debosscher": ("hipparcos", (18, 43))}
"""Per table: class map and label counts."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("real", type=Path, help="folder of the tables of real stars")
    parser.add_argument("--released", type=Path, required=True, help="the released state_dict.pt")
    parser.add_argument("--simulated", default="simulated", help="folder of a model (default: the one that is shipped)")
    parser.add_argument("--seeds", default="100-109", help="first-last (default %(default)s)")
    parser.add_argument("--sets", default=",".join(SETS), help="which tables (default %(default)s)")
    parser.add_argument("--features", type=Path, help="folder that keeps the features from one run to the next")
    parser.add_argument("-o", "--output", type=Path, help="where the markdown table goes")
    return parser.parse_args()


def reported(name: str, options: argparse.Namespace) -> pd.DataFrame:
    """Return the features of the stars to report on, classes of at least ten stars."""
    class_map = read_class_map(MAPS / f"{SETS[name][0]}.yaml")
    kept = options.features / f"{name}.parquet" if options.features else None
    if kept and kept.is_file():
        frame = pd.read_parquet(kept)
    else:
        frame = extract(
            read_labelled(options.real / f"{name}.parquet", class_map).table, Features(set="both")
        ).to_pandas()
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            frame.to_parquet(kept)
    return usable(frame[purpose(frame["source_id"]) == REPORT], 10, name)


def measure(options: argparse.Namespace) -> pd.DataFrame:
    first, last = map(int, options.seeds.split("-"))
    seeds, rows = list(range(first, last + 1)), []
    named = {"released": str(options.released), "simulated": options.simulated}
    sources = {name: open_source(where) for name, where in named.items()}
    sources["both"] = open_source(list(sources.values()))
    for name in options.sets.split(","):
        stars = reported(name, options)
        for source, model in sources.items():
            plan = [("zero_label", SETS[name][1][0]), *(("auto", labels) for labels in SETS[name][1])]
            for strategy, labels in plan:
                # `auto` takes the simulated sky along unless it is told not to.
                settings = Transfer(simulated_sky=source != "released")
                told = run_seeds(stars, model, strategy, settings, fraction=labels / len(stars), seeds=seeds)
                found = pd.DataFrame([row for row, _ in told])
                used = 0 if strategy == "zero_label" else round(found["n_labels"].mean())
                rows.append(
                    {"set": name, "stars": len(stars), "source": source, "strategy": strategy, "labels": used}
                    | {column: found[column].mean() for column in ("mcc", "macro_f1", "ece")}
                    | {"mcc spread": found["mcc"].std()}
                )
                print(rows[-1], flush=True)
    return pd.DataFrame(rows)


def main() -> None:
    options = arguments()
    table = measure(options).round(3)
    text = table.to_markdown(index=False)
    print(text)
    if options.output:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        title = "# The simulated sky as a source, on real stars"
        options.output.write_text(f"{title}\n\nMeans over seeds {options.seeds}.\n\n{text}\n")


if __name__ == "__main__":
    main()
