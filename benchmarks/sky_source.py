"""Measure what the source model of the simulated sky is worth on real stars, alone and beside the released one.

Run: python benchmarks/sky_source.py ../shared/data/real --released state_dict.pt -o benchmarks/results/sky_source.md

Only the judging parts are classified: stars that no constant of the simulator, and no choice of the source model, was
compared with (`part` says which they are).
"""

import argparse
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from lctransfer.config import Features, Transfer
from lctransfer.features import extract
from lctransfer.models.opening import open_source
from lctransfer.surveys.own import read_labelled
from lctransfer.transfer.sweep import several, usable

ASAS = {"EC": "EB_EC", "ED": "EB_ED", "ESD": "EB_ESD", "MIRA": "LPV", "RRAB": "RRL_ab", "RRC": "RRL_c", "DSCT": "DSCT"}
ASAS |= dict.fromkeys(("EB_UNSPEC", "ACV", "BCEP"))
# The words that are not named here are classes of their own, of which the simulated sky knows eleven by name.
HIPPARCOS = {
    "Classical Cepheid": "CEPH",
    "Delta Scuti": "DSCT",
    "Mira": "LPV_Mira",
    "RR Lyrae, Fundamental Mode": "RRL_ab",
    "RR Lyrae, First Overtone": "RRL_c",
    "Semiregular Pulsating Variable": "LPV_SRV",
    "Population II Cepheid": "T2CEPH",
}
SETS = {
    "asas_acvs_half": (ASAS, 25, (24, 110, 545)),
    "hipparcos_debosscher": (HIPPARCOS, 50, (18, 43)),
}
"""Per table: class map, per cent of its stars that calibrate, and label counts."""


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


def part(frame: pd.DataFrame, per_cent: int) -> np.ndarray:
    """Return which stars judge: those whose crc32(source_id) modulo 100 is not below the calibration's share."""
    return np.array([zlib.crc32(str(name).encode()) % 100 >= per_cent for name in frame["source_id"]])


def judging(name: str, options: argparse.Namespace) -> pd.DataFrame:
    """Return the features of the stars that judge, classes of at least ten stars."""
    class_map, per_cent, _ = SETS[name]
    kept = options.features / f"{name}.parquet" if options.features else None
    if kept and kept.is_file():
        frame = pd.read_parquet(kept)
    else:
        frame = extract(read_labelled(options.real / f"{name}.parquet", class_map), Features(set="both")).to_pandas()
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            frame.to_parquet(kept)
    return usable(frame[part(frame, per_cent)], 10, name)


def measure(options: argparse.Namespace) -> pd.DataFrame:
    first, last = map(int, options.seeds.split("-"))
    seeds, rows = list(range(first, last + 1)), []
    named = {"released": str(options.released), "simulated": options.simulated}
    sources = {name: open_source(where) for name, where in named.items()}
    sources["both"] = open_source(list(sources.values()))
    for name in options.sets.split(","):
        stars = judging(name, options)
        for source, model in sources.items():
            plan = [("zero_label", SETS[name][2][0]), *(("auto", labels) for labels in SETS[name][2])]
            for strategy, labels in plan:
                # `auto` takes the simulated sky along unless it is told not to.
                settings = Transfer(simulated_sky=source != "released")
                told = several(stars, model, strategy, settings, fraction=labels / len(stars), seeds=seeds)
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
        title = "# The simulated sky as a source, on real stars that judge"
        options.output.write_text(f"{title}\n\nMeans over seeds {options.seeds}.\n\n{text}\n")


if __name__ == "__main__":
    main()
