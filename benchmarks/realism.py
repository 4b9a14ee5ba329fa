"""How real is the simulated sky? Pretrain on it alone, then classify real ASAS stars without a single target label.

Run: python benchmarks/realism.py asas_acvs_half.parquet -o benchmarks/results/realism

The real stars are divided by `lctransfer.evaluation.partition`: those with which the simulator's constants may be
compared, and those to report on. What older versions of the simulator had seen: docs/what_was_seen.md.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sklearn.metrics import confusion_matrix, f1_score, matthews_corrcoef

from lctransfer import config
from lctransfer.evaluation.partition import CALIBRATE, REPORT, purpose
from lctransfer.features import extract
from lctransfer.models.source import SourceModel
from lctransfer.parquet import write_parquet
from lctransfer.simulate import simulate
from lctransfer.simulate.realism import check
from lctransfer.stages.pretrain import pretrain
from lctransfer.surveys import LABEL_MAPS
from lctransfer.table import light_curves
from lctransfer.transfer.mapping import merge

CLASSES = ("DSCT", "EB_EC", "EB_ED", "EB_ESD", "LPV", "RRL_ab", "RRL_c")
"""What ASAS and the sources share; MIRA of ASAS is any long-period variable of large amplitude."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("real", type=Path, help="light-curve table of real ASAS stars with ACVS labels")
    parser.add_argument("--ogle", type=int, default=6000, help="simulated OGLE stars (default %(default)s)")
    parser.add_argument("--eros2", type=int, default=2500, help="simulated EROS-2 stars (default %(default)s)")
    parser.add_argument("--asas", type=int, default=2500, help="simulated ASAS stars (default %(default)s)")
    parser.add_argument("--seeds", type=int, default=3, help="skies and networks (default %(default)s)")
    parser.add_argument("-o", "--output", type=Path, help="folder for the tables (.md and .csv)")
    return parser.parse_args()


def widened(table: pa.Table) -> pa.Table:
    """Return the table with every kind of long-period variable called LPV."""
    names = [name and ("LPV" if name.startswith("LPV") else name) for name in table["class_name"].to_pylist()]
    return table.drop_columns(["class_name"]).append_column("class_name", pa.array(names, pa.string()))


def real_features(path: Path) -> dict[str, pa.Table]:
    """Return the features of the real stars, by part."""
    table = light_curves.read(path)
    words = [LABEL_MAPS["asas"].get(word) for word in table["label"].to_pylist()]
    table = widened(table.append_column("class_name", pa.array(words, pa.string())))
    table = extract(table.filter(pc.is_in(table["class_name"], pa.array(CLASSES))), config.Features())
    parts = purpose(table["source_id"].to_pylist())
    return {part: table.filter(pa.array(parts == part)) for part in (CALIBRATE, REPORT)}


def source_model(stars: dict[str, int], seed: int, directory: Path) -> SourceModel:
    """Return the network that has seen simulated OGLE and EROS-2 stars only."""
    paths = []
    for survey, number in stars.items():
        paths.append(directory / f"{survey}-{seed}.parquet")
        table = simulate(survey, number, seed).drop_columns(["period_days"])
        write_parquet(paths[-1], extract(table, config.Features()))
    settings = config.Pretrain(seed=seed, accelerator="cpu")
    pretrain(paths, directory / f"model-{seed}", config.Model(), settings, "upsilon")
    return SourceModel.load(directory / f"model-{seed}")


def zero_label(model: SourceModel, table: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """Return true and predicted classes, source classes merged by name."""
    frame = table.to_pandas()
    frame = frame[frame["flag"] == "ok"]
    merged = merge(model.predict_proba(frame), model.classes, np.array(CLASSES))
    return frame["class_name"].to_numpy(), np.array(CLASSES)[merged.argmax(axis=1)]


def measure(options: argparse.Namespace) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return zero-label scores per seed and part, realism, and the confusion matrix of stars to report on."""
    real = real_features(options.real)
    rows, matrix = [], np.zeros((len(CLASSES), len(CLASSES)), int)
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(options.seeds):
            model = source_model({"ogle": options.ogle, "eros2": options.eros2}, seed, Path(folder))
            for part, table in real.items():
                truth, predicted = zero_label(model, table)
                mcc, macro_f1 = matthews_corrcoef(truth, predicted), f1_score(truth, predicted, average="macro")
                rows.append({"part": part, "seed": seed, "stars": len(truth), "mcc": mcc, "macro_f1": macro_f1})
            matrix += confusion_matrix(truth, predicted, labels=CLASSES)
    parts = []
    for seed in range(options.seeds):
        sky = extract(widened(simulate("asas", options.asas, seed).drop_columns(["period_days"])), config.Features())
        parts += [check(table, sky, seed=seed).classes.assign(part=part, seed=seed) for part, table in real.items()]
    confusion = pd.DataFrame(matrix, CLASSES, CLASSES).rename_axis("true \\ predicted").reset_index()
    return pd.DataFrame(rows), pd.concat(parts, ignore_index=True), confusion


def main() -> None:
    options = arguments()
    scores, classes, confusion = measure(options)
    mean = scores.groupby("part")[["mcc", "macro_f1"]].agg(["mean", "std"])
    mean.columns = [" ".join(column) for column in mean.columns]
    means = classes.groupby(["part", "seed"])[["auroc", "medians_inside"]].mean()
    columns = ["n_real", "n_simulated", "auroc", "medians_inside"]
    per_class = classes.groupby(["part", "class_name"])[columns].mean().reset_index()
    tables = {"zero_label": scores, "zero_label_mean": mean.reset_index(), "classes": per_class}
    tables |= {"classes_mean": means.reset_index(), "confusion_report": confusion}
    text = "\n\n".join(f"### {name}\n\n{markdown(table)}" for name, table in tables.items())
    print(text)
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        (options.output / "realism.md").write_text(f"# Realism of the simulated sky\n\n{text}\n")
        for name, table in tables.items():
            table.to_csv(options.output / f"{name}.csv", index=False)


def markdown(table: pd.DataFrame) -> str:
    """Return a table in markdown."""
    cells = [[f"{value:.3f}" if isinstance(value, float) else str(value) for value in row] for row in table.to_numpy()]
    lines = [list(table.columns), ["---"] * len(table.columns), *cells]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


if __name__ == "__main__":
    main()
