"""Measures against label count on real stars: python benchmarks/label_efficiency.py STARS.parquet --source FILE -o DIR.

Same splits for every strategy; differences are paired over seeds. Tune on other seeds than those given here.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from lctransfer.transfer import STRATEGIES, evaluate

MEASURES = ["n_labels", "mcc", "m_c", "macro_f1", "log_loss", "ece", "fit_seconds"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stars", type=Path, help="light-curve table with a column label")
    parser.add_argument(
        "--source", type=Path, action="append", required=True, help="released weights, or a model folder"
    )
    parser.add_argument("--class-map", type=Path, help="YAML: words of the survey to taxonomy nodes")
    parser.add_argument("--strategies", default="auto,extra_trees,lightgbm,upsilont_recipe,zero_label")
    parser.add_argument("--fractions", default="0.004,0.02,0.1,0.4")
    parser.add_argument("--seeds", default="100-109", help="first-last")
    parser.add_argument("-o", "--output", type=Path, default=Path("benchmarks/results/label_efficiency"))
    chosen = parser.parse_args()
    first, last = map(int, chosen.seeds.split("-"))
    names = {"strategies": [s for s in chosen.strategies.split(",") if s in STRATEGIES]}
    class_map = yaml.safe_load(chosen.class_map.read_text()) if chosen.class_map else {}
    fractions = [float(text) for text in chosen.fractions.split(",")]
    seeds = list(range(first, last + 1))
    evaluate(chosen.stars, chosen.output, class_map, chosen.source, **names, fractions=fractions, seeds=seeds)
    rows = pd.read_parquet(chosen.output / "metrics.parquet")
    table = rows.groupby(["strategy", "fraction"])[MEASURES].mean().round(3).reset_index()
    text = table.to_markdown(index=False) + "\n\n" + differences(rows).to_markdown(index=False)
    (chosen.output / "label_efficiency.md").write_text(text + "\n")
    print(text)


def differences(rows: pd.DataFrame) -> pd.DataFrame:
    """Return MCC of `auto` minus each other strategy: mean over seeds, and 95% interval of that mean."""
    wide = rows.pivot_table(index=["fraction", "seed"], columns="strategy", values="mcc")
    paired = wide.drop(columns="auto").rsub(wide["auto"], axis=0).groupby("fraction")
    half = 1.96 * paired.std() / np.sqrt(paired.count())
    stacked = {"auto minus": paired.mean().stack(), "interval": half.stack()}
    return pd.DataFrame(stacked).round(4).reset_index()


if __name__ == "__main__":
    main()
