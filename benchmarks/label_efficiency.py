"""Measures against the number of labels on real stars, every strategy on the same splits.

Run: python benchmarks/label_efficiency.py --released state_dict.pt --data FOLDER -o benchmarks/results/label_efficiency

The folder holds asas_acvs_half.parquet and hipparcos_debosscher.parquet: light-curve tables with a column label. The
constants of `auto` were chosen on seeds 0 to 4; these are seeds 100 to 109.
"""

import argparse
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from joblib import Parallel, delayed
from matplotlib import pyplot as plt
from publishing import publish
from real_stars import FOLDER

from lctransfer.config import Transfer
from lctransfer.models.opening import open_source
from lctransfer.report.statistics import labels_needed, paired, summary
from lctransfer.stages import novelty
from lctransfer.stages.evaluate import evaluate
from lctransfer.table.class_map import read_class_map

SETS = {
    "asas": ("asas_acvs_half", (0.004, 0.02, 0.1, 0.4)),
    "hipparcos": ("hipparcos_debosscher", (0.01, 0.02, 0.05, 0.1, 0.2)),
}
"""Name, file and label fractions."""
RIVALS = ("extra_trees", "lightgbm", "upsilont_recipe", "zero_label")
ALONE = ("auto", "mapped_head", "finetune_all", "finetune_last", "scratch", *RIVALS)
"""Strategies that run with the released weights as the only source."""
TOGETHER = ("auto", "zero_label")
"""Those that also run with the simulated sky, alone and beside the released weights."""
DEFAULT = "auto, both sources"
UNLIKE_SEEDS = 3
"""Seeds of the classes left out, of which each takes a fit per class."""
SHOWN = ("mcc", "m_c", "macro_f1", "log_loss", "ece")
DRAWN = (DEFAULT, "auto", "extra_trees", "lightgbm", "upsilont_recipe", "zero_label", "zero_label, simulated sky")


def measured(name: str, chosen: argparse.Namespace) -> pd.DataFrame:
    """Return the rows of all strategies on one set; a strategy's source stands in its name, unless it is released."""
    file, fractions = SETS[name]
    class_map = read_class_map(Path(__file__).parent / "class_maps" / f"{name}.yaml")
    seeds = list(range(100, 100 + chosen.seeds))
    # The sky is named as a source where it takes part, so that a row without it has none of it.
    common = {"fractions": fractions, "seeds": seeds, "jobs": chosen.jobs, "settings": Transfer(simulated_sky=False)}
    table, folder = chosen.data / f"{file}.parquet", chosen.output / name
    released, both = str(chosen.released), f"{chosen.released}+simulated"
    alone = evaluate(table, folder / "alone", class_map, [released], ALONE, **common)
    more = evaluate(table, folder / "together", class_map, ["simulated", both], TOGETHER, **common)
    more["strategy"] += np.where(more["source"] == both, ", both sources", ", simulated sky")
    return pd.concat([alone, more], ignore_index=True).assign(survey=name)


def left_out(chosen: argparse.Namespace) -> pd.DataFrame:
    """Return how well each Hipparcos class without labels stands out, for trees and for `auto`."""
    stars = pd.read_parquet(chosen.output / "hipparcos" / "alone" / "features.parquet")
    source, settings = open_source(f"{chosen.released}+simulated"), Transfer()
    seeds = range(100, 100 + min(chosen.seeds, UNLIKE_SEEDS))
    work = product(sorted(stars["class_name"].unique()), ("auto", "extra_trees"), seeds)
    jobs = (
        delayed(_novelty)(stars, source, strategy, settings, left_out=name, fraction=0.2, seed=seed)
        for name, strategy, seed in work
    )
    rows = pd.DataFrame(Parallel(chosen.jobs)(jobs))
    return rows.groupby(["strategy", "left_out"])[["n_novel", "auroc", "auroc_probability"]].mean().reset_index()


def _novelty(*arguments: object, **more: object) -> dict[str, object]:
    torch.set_num_threads(1)
    return novelty.one(*arguments, **more)


def gaps(rows: pd.DataFrame) -> pd.DataFrame:
    """Return MCC of `auto` with both sources minus each rival's, with the interval of the mean over seeds."""
    parts = []
    for rival in (*RIVALS, "auto", "zero_label, simulated sky"):
        part = paired(rows, rival, "mcc")
        parts.append(part[part["strategy"] == DEFAULT].assign(rival=rival))
    columns = ["survey", "fraction", "rival", "difference", "low", "high", "better"]
    return pd.concat(parts)[columns].sort_values(["survey", "fraction"], kind="stable")


def saved(table: pd.DataFrame) -> pd.DataFrame:
    """Return how many labels rivals need for the MCC that `auto` with both sources reaches with each number of them."""
    rows = []
    for survey, part in table.groupby("survey"):
        for _, own in part[part["strategy"] == DEFAULT].iterrows():
            curves = {rival: part[part["strategy"] == rival] for rival in RIVALS[:3]}
            needed = {rival: labels_needed(curve, own["mcc"], "mcc") for rival, curve in curves.items()}
            rows.append({"survey": survey, "labels of auto": own["n_labels"], "mcc": own["mcc"], **needed})
    return pd.DataFrame(rows)


def draw(table: pd.DataFrame, target: Path) -> None:
    """Draw MCC against the number of labels, a panel per set."""
    figure, panels = plt.subplots(1, len(SETS), figsize=(10, 4.2), layout="constrained")
    for axes, (survey, part) in zip(panels, table.groupby("survey")):
        for strategy in DRAWN:
            curve = part[part["strategy"] == strategy].sort_values("n_labels")
            style = {"linestyle": ":" if "zero" in strategy else "-", "marker": "" if "zero" in strategy else "o"}
            axes.errorbar(curve["n_labels"], curve["mcc"], curve["mcc_std"], label=strategy, capsize=2, **style)
        axes.set(xscale="log", xlabel="labelled stars", ylabel="MCC on test stars", title=f"{survey} (real stars)")
        counts = sorted(part["n_labels"].round().astype(int).unique())
        axes.set_xticks(counts, [f"{count:,}" for count in counts])
        axes.minorticks_off()
    panels[0].legend(fontsize=8)
    figure.savefig(target / "label_efficiency.svg")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--released", type=Path, required=True, help="the released state_dict.pt")
    parser.add_argument("--data", type=Path, default=FOLDER, help="folder of the tables (default %(default)s)")
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=SETS)
    parser.add_argument("--seeds", type=int, default=10, help="how many (default %(default)s)")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, default=Path("results/label_efficiency"))
    chosen = parser.parse_args()
    rows = pd.concat([measured(name, chosen) for name in chosen.sets], ignore_index=True)
    table = summary(rows)
    means = [f"{name}{end}" for name in SHOWN for end in ("", "_std")]
    parts = {
        "Means over seeds, and standard deviations": table[["survey", "strategy", "fraction", "n_labels", *means]],
        "MCC of auto with both sources minus a rival's, paired over seeds": gaps(rows),
        "Labels that a rival needs for the same MCC (inf: more than were tried)": saved(table),
    }
    if "hipparcos" in chosen.sets:
        parts["A Hipparcos class without labels: AUROC of novelty_score, and of 1 - highest probability"] = left_out(
            chosen
        )
    draw(table, chosen.output)
    sections = [f"## {title}\n\n{part.round(3).to_markdown(index=False)}" for title, part in parts.items()]
    publish("\n\n".join(sections), chosen.output / "label_efficiency.md")


if __name__ == "__main__":
    main()
