"""StarEmbed's protocol: seven classes of ZTF, few labels per class, macro-F1 on held-out stars.

Run: python benchmarks/starembed.py --data FOLDER --released state_dict.pt -o benchmarks/results/starembed.md

`--data` names a folder with the Parquet files of StarEmbed (Li et al. 2026, arXiv 2510.06200; Hugging Face
StarEmbed/ZTF_40k, 28,000 stars to learn from, 3,967 to validate, 7,956 to test): where files are named train... and
test..., that split holds, else a fixed half of each class is tested. Without it the stars are simulated: made by the
simulator that the simulated sky in the package was trained on, as many of each class, so that the numbers show that the
command works, and are not to be compared with published ones. A star's light curves in g, r and i are classified apart,
and their log-probabilities averaged (`lctransfer.transfer.bands`). More labels than there are means all of them
(`--counts 30000`).

Published on the real stars: macro-F1 .426 +- .072 with 1 and .636 +- .012 with 100 labels per class (JEPA, linear
probe, arXiv 2606.28446), .714 with all 28,000 (hand-crafted features, logistic probe, arXiv 2510.06200).
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import torch
from label_efficiency import ENTRIES
from publishing import publish
from real_stars import kept_features

from lctransfer.config import Transfer
from lctransfer.errors import LctransferError
from lctransfer.evaluation.metrics import score
from lctransfer.evaluation.splits import Split, ranks
from lctransfer.models.opening import open_source
from lctransfer.simulate.sample import generators, observe
from lctransfer.simulate.survey_kinds import ZTF
from lctransfer.table.canonical import Reading
from lctransfer.table.labelled import read_labelled
from lctransfer.transfer.bands import combine
from lctransfer.transfer.sweep import learn, probabilities_of, sound, usable

WORDS = {
    "EW": {"EB_EC": 1.0},
    "EA": {"EB_ED": 1.0},
    "RRab": {"RRL_ab": 1.0},
    "RRc": {"RRL_c": 1.0},
    "RRd": {"RRL_d": 1.0},
    "RS_CVn": {"ROT": 1.0},
    "LPV": {"LPV_SRV": 0.5, "LPV_Mira": 0.2, "L": 0.3},
}
"""StarEmbed's words, and the star models that simulated stars of each are made by, with their shares."""
CLASSES = {
    "EW": "EB_EC",
    "EA": "EB_ED",
    "RRab": "RRL_ab",
    "RRc": "RRL_c",
    "RRd": "RRL_d",
    "RS_CVn": "ROT",
    "LPV": "LPV",
}
"""What the words mean; others, in real files, are looked up among Catalina's."""
STRATEGIES = (
    "auto",
    "auto, released weights only",
    "zero_label, simulated sky",
    "zero_label, released weights",
    "extra_trees",
    "lightgbm",
)
COUNTS = (1, 5, 20, 100)
"""Labels per class."""
FIRST_SEED, HALF_SEED, SKY_SEED = 100, 7, 2606
"""Of the labels; of the fixed test half, where the files name none; of the simulated stars."""
PUBLISHED = """| published, on StarEmbed's real stars | labels | macro-F1 |
|:--|--:|--:|
| JEPA, linear probe (arXiv 2606.28446) | 1 per class | .426 ± .072 |
| JEPA, linear probe (arXiv 2606.28446) | 100 per class | .636 ± .012 |
| hand-crafted features, logistic probe (arXiv 2510.06200) | all 28,000 | .714 |"""


def simulated_stars(per_class: int, seed: int = SKY_SEED) -> pa.Table:
    """Return simulated light curves in g and r, the same stars in both, with ``class_name``."""
    kinds, words = [], []
    for word, models in WORDS.items():
        own = [(model, round(per_class * share)) for model, share in models.items()]
        kinds += own
        words += [CLASSES[word]] * sum(count for _, count in own)
    ids = [f"simulated-{star:05d}" for star in range(len(words))]
    tables = []
    for number, band in enumerate(("g", "r")):
        random = generators("starembed", seed, groups=len(kinds))
        random = random._replace(noise=np.random.default_rng([seed, number]))
        sample = observe(random, replace(ZTF, band=band), kinds, in_cloud=False)
        names = ("time", "mag", "mag_err")
        lists = {name: pa.ListArray.from_arrays(sample.offsets, getattr(sample, name)) for name in names}
        tables.append(pa.table({"source_id": ids, "band": [band] * len(ids), **lists, "class_name": words}))
    return pa.concat_tables(tables)


def real_stars(folder: Path) -> pa.Table:
    """Return the light curves of StarEmbed's files with ``class_name``, and ``part`` where the files are named so."""
    reading = Reading(form="starembed", vocabulary="catalina")
    tables = []
    for part in ("train", "validation", "test"):
        for path in sorted(folder.rglob(f"{part}*.parquet")):
            table = read_labelled(path, CLASSES, reading).table
            tables.append(table.append_column("part", pa.array([part] * len(table), pa.string())))
    if not tables:
        tables = [read_labelled(folder, CLASSES, reading).table]
    found = pa.concat_tables(tables, promote_options="default")
    return found.filter(pc.is_valid(found["class_name"]))


def held_out(stars: pd.DataFrame) -> np.ndarray:
    """Return which rows are tested, whatever the seed: StarEmbed's part for it, or half of each class."""
    if "part" in stars:
        return (stars["part"] == "test").to_numpy()
    one = stars.drop_duplicates("source_id")
    one = one.assign(rank=ranks(one["source_id"].to_numpy(), HALF_SEED)).sort_values("rank")
    place, size = one.groupby("class_name").cumcount(), one.groupby("class_name")["source_id"].transform("size")
    return stars["source_id"].isin(one["source_id"][place < size // 2]).to_numpy()


def labelled(stars: pd.DataFrame, test: np.ndarray, per_class: int, seed: int) -> np.ndarray:
    """Return the rows of so many stars of each class; those of a smaller number are among those of a larger."""
    pool = ~test & sound(stars)
    if "part" in stars:
        pool &= (stars["part"] == "train").to_numpy()
    one = stars[pool].drop_duplicates("source_id")
    one = one.assign(rank=ranks(one["source_id"].to_numpy(), seed)).sort_values("rank")
    return pool & stars["source_id"].isin(one.groupby("class_name").head(per_class)["source_id"]).to_numpy()


def measured(stars: pd.DataFrame, name: str, sources: dict, per_class: int, seed: int) -> dict[str, object]:
    """Return the metrics of one strategy with so many labels of each class."""
    entry, test = ENTRIES[name], held_out(stars)
    settings = replace(Transfer(), simulated_sky=entry.simulated_sky)
    part = Split(test, labelled(stars, test, per_class, seed))
    source, classes = sources.get(entry.source), np.unique(stars["class_name"].to_numpy(dtype=str))
    (fitted,) = learn(stars, source, entry.strategy, settings, [(seed, part)], classes=classes)
    tested = stars[test]
    rows, probabilities = combine(tested["source_id"].to_numpy(), probabilities_of(tested, fitted))
    found = score(tested["class_name"].to_numpy(dtype=str)[rows], probabilities, fitted.classes_)
    return {"strategy": name, "per_class": per_class, "seed": seed, "n_test": len(rows), **found}


def opened(released: Path | None) -> tuple[list[str], dict]:
    """Return the strategies that can be run, and their sources; without the released weights, fewer of them."""
    sky = open_source("simulated")
    if released is None:
        return [name for name in STRATEGIES if "released" not in name], {"simulated": sky, "both": sky}
    weights = open_source(str(released))
    return list(STRATEGIES), {"simulated": sky, "released": weights, "both": open_source([weights, sky])}


def report(rows: pd.DataFrame, stars: pd.DataFrame, *, simulated: bool) -> str:
    """Return the tables, with what they are not."""
    table = rows.groupby(["strategy", "per_class"], sort=False)[["macro_f1", "mcc"]].agg(["mean", "std"])
    parts = []
    for metric, title in (("macro_f1", "Macro-F1"), ("mcc", "MCC")):
        said = table[metric].apply(lambda pair: f"{pair['mean']:.3f} ± {pair['std']:.3f}", axis=1).unstack(sort=False)
        said.columns = [f"{count} per class" for count in said.columns]
        parts.append(f"## {title} on held-out {'simulated ' * simulated}stars\n\n{said.to_markdown()}")
    sizes = stars[held_out(stars)].groupby("class_name")["source_id"].nunique()
    tested = ", ".join(f"{name} {count}" for name, count in sizes.items())
    where = (
        "**Simulated stars, not StarEmbed's**: as many of each class, as ZTF sees them in g and r. They are made by "
        "the simulator that the simulated sky of `auto` and `zero_label` learnt from, which flatters both; classes are "
        "equally frequent, which the real ones are not; and no label is wrong. **These numbers are not comparable to "
        "the published ones**: they show that the command works. Who has the files runs it with `--data FOLDER`."
    )
    lead = (
        f"# StarEmbed's protocol{', on simulated stars' * simulated}\n\nMade by `python benchmarks/starembed.py`, "
        f"{rows['seed'].nunique()} seeds of labels, mean and standard deviation over them; the test stars are always "
        f"the same: {tested}. {where if simulated else 'The light curves are those of the files that `--data` named.'}"
    )
    return "\n\n".join([lead, *parts, f"## Published\n\n{PUBLISHED}"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of StarEmbed's Parquet files; without it, simulated stars")
    parser.add_argument("--released", type=Path, help="the released state_dict.pt; without it, the simulated sky alone")
    parser.add_argument("--features", type=Path, help="folder that keeps the features from one run to the next")
    parser.add_argument("--counts", type=int, nargs="+", default=list(COUNTS), help="labels per class")
    parser.add_argument("--seeds", type=int, default=10, help="how many (default %(default)s)")
    parser.add_argument("--per-class", type=int, default=600, help="simulated stars of each class (%(default)s)")
    parser.add_argument("-o", "--output", type=Path, help="write the tables here, too")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    publish(report(*run(chosen), simulated=chosen.data is None), chosen.output)


def run(chosen: argparse.Namespace) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a row per strategy, number of labels and seed, and the stars."""
    if chosen.data and not chosen.data.is_dir():
        raise LctransferError(f"There is no folder {chosen.data}: name that of StarEmbed's Parquet files.")
    name = "starembed" if chosen.data else f"starembed_simulated_{chosen.per_class}"

    def made() -> pa.Table:
        return real_stars(chosen.data) if chosen.data else simulated_stars(chosen.per_class)

    stars = usable(kept_features(name, made, chosen.features), 2, name)
    names, sources = opened(chosen.released)
    tasks = [(count, seed) for count in chosen.counts for seed in range(FIRST_SEED, FIRST_SEED + chosen.seeds)]
    return pd.DataFrame([measured(stars, one, sources, *task) for one in names for task in tasks]), stars


if __name__ == "__main__":
    main()
