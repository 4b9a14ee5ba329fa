"""Measure zero label (no label of the target is used) of source models on every table of real stars at hand.

Run: python benchmarks/sky_zero_label.py ../shared/data/real results/sky-0 results/sky-1 --features /tmp/features \
         -o benchmarks/results/sky_zero_label.md

All are compared with ``--before``: the model that comes with the package, or a folder. Several folders whose names
differ in what follows the last hyphen only (sky-0, sky-1) are seeds of one sky: their mean and spread are given. To
choose between skies use ``--part choose``, which leaves out the stars to report on (see docs/what_was_seen.md).
"""

import argparse
import csv
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sklearn.metrics import balanced_accuracy_score, f1_score, matthews_corrcoef

from lctransfer.config import Features
from lctransfer.evaluation.partition import REPORT, purpose
from lctransfer.features import extract
from lctransfer.models.opening import SIMULATED, open_source
from lctransfer.models.source import SourceModel
from lctransfer.transfer.mapping import merge

ASAS = {"EC": "EB_EC", "ED": "EB_ED", "ESD": "EB_ESD", "MIRA": "LPV", "RRAB": "RRL_ab", "RRC": "RRL_c", "DSCT": "DSCT"}
HIPPARCOS = {
    "Classical Cepheid": "CEPH",
    "Delta Scuti": "DSCT",
    "Mira": "LPV_Mira",
    "RR Lyrae, Fundamental Mode": "RRL_ab",
    "RR Lyrae, First Overtone": "RRL_c",
    "Semiregular Pulsating Variable": "LPV_SRV",
    "Population II Cepheid": "T2CEPH",
}
OGLE = {"CEP_F": "CEPH_F", "CEP_1O": "CEPH_1O", "CEP_2O": "CEPH_Other", "CEP_F/1O": "CEPH_Other"}
OGLE |= {"CEP_1O/2O": "CEPH_Other"}
GAIA = {"CEP": "CEPH|T2CEPH|ACEP", "DSCT|GDOR|SXPHE": "DSCT|GDOR", "ECL": "EB", "LPV": "LPV", "RR": "RRL"}
# As its words read when none stands for several classes: no source knows the compound one.
GAIA_SINGLE = {"CEP": "CEPH", "ECL": "EB", "LPV": "LPV", "RR": "RRL"}
RICHARDS = {
    "Mira": "LPV_Mira",
    "Semireg_PV": "LPV_SRV",
    "SARG_A": "LPV_OSARG",
    "SARG_B": "LPV_OSARG",
    "Classical_Cepheid": "CEPH",
    "PopII_Cepheid": "T2CEPH",
    "RV_Tauri": "T2CEPH_RVTau",
    "RR_Lyrae_FM": "RRL_ab",
    "RR_Lyrae_FO": "RRL_c",
    "Delta_Scuti": "DSCT",
    "Beta_Persei": "EB_ED",
    "Beta_Lyrae": "EB_ESD",
    "W_Ursae_Maj": "EB_EC",
    "ChemPeculiar": "ACV",
    "Weakline_T_Tauri": "YSO_TTAU",
    "Beta_Cephei": "BCEP",
    "RS_CVn": "ROT",
    "RCB": "RCB",
}
LEAST = 10
"""Stars of a class; smaller ones are left out."""
BANDS = "ugriz"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("real", type=Path, help="folder of the tables of real stars")
    parser.add_argument("models", type=Path, nargs="*", help="folders of source models")
    parser.add_argument("--before", default=SIMULATED, help="model to compare with (default: the one that is shipped)")
    parser.add_argument("--part", choices=("all", "choose", "report"), default="all", help="which stars count")
    parser.add_argument("--features", type=Path, required=True, help="folder that keeps the features between runs")
    parser.add_argument("--confusion", help="table of which the confusion of the last model is printed")
    parser.add_argument("-o", "--output", type=Path, help="where the markdown table goes")
    return parser.parse_args()


def richards(folder: Path) -> pa.Table:
    """Return the light curves of Richards et al. (2012)."""
    words = dict(csv.reader((folder / "asas_training_set_classes.dat").open()))
    rows: dict[str, list] = {name: [] for name in ("source_id", "label", "time", "mag", "mag_err")}
    with tarfile.open(folder / "asas_training_set.tar.gz") as bundle:
        for member in bundle:
            name = Path(member.name).stem
            if not member.isfile() or name not in words:
                continue
            epochs = np.loadtxt(io.BytesIO(bundle.extractfile(member).read()), delimiter=",", ndmin=2)
            for column, values in zip(rows, (name, words[name], *epochs.T)):
                rows[column].append(values)
    return pa.table(rows)


def table(folder: Path, name: str, band: str | None = None) -> pa.Table:
    """Return one table of light curves, of one band where it holds several."""
    found = pq.read_table(folder / f"{name}.parquet")
    if band:
        found = found.filter(pc.equal(found["band"], band))
    epochs = {"time": "time", "mag": "mag", "magerr": "mag_err"}
    columns = {new: found[old] for old, new in {"source_id": "source_id", "label": "label", **epochs}.items()}
    return pa.table(columns)


def sets(folder: Path) -> dict[str, tuple[Callable[[], pa.Table], dict[str, str]]]:
    """Return how each set of real stars is read, and its class map."""
    stripe = {"RRab": "RRL_ab", "RRc": "RRL_c"}
    found = {
        "asas": (lambda: table(folder, "asas_acvs_half"), ASAS),
        "hipparcos": (lambda: table(folder, "hipparcos_debosscher"), HIPPARCOS),
        "richards": (lambda: richards(folder), RICHARDS),
        "gaia": (lambda: table(folder, "gaia_dr3_half"), GAIA),
        "gaia, single words": (lambda: table(folder, "gaia_dr3_half"), GAIA_SINGLE),
    }
    for band in BANDS:
        found[f"stripe82 {band}"] = (lambda band=band: table(folder, "sdss_s82_rrl_ugriz", band), stripe)
    # OGLE is a source: the models of its Cepheids were fitted to these very stars.
    found["ogle4 (source)"] = (lambda: table(folder, "ogle4_lmc_cepheids"), OGLE)
    for band in ("R_EROS", "B_EROS"):
        found[f"eros2 {band}"] = (lambda band=band: table(folder, "eros2_lmc_cepheids", band), {"CEPH_F": "CEPH_F"})
    return found


def features(folder: Path, name: str, read: Callable[[], pa.Table]) -> pd.DataFrame:
    """Return the sound features of a set, kept between runs."""
    kept = folder / f"{name.split(',', maxsplit=1)[0].replace(' ', '_')}.parquet"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        extract(read(), Features(set="both")).to_pandas().to_parquet(kept)
    frame = pd.read_parquet(kept)
    return frame[frame["flag"] == "ok"]


def predicted(model: SourceModel, frame: pd.DataFrame, classes: list[str]) -> np.ndarray:
    """Return the class of highest probability among `classes`."""
    return np.array(classes)[merge(model.predict_proba(frame), model.classes, np.array(classes)).argmax(axis=1)]


def measure(model: SourceModel, frame: pd.DataFrame, class_map: dict[str, str]) -> tuple[dict, pd.DataFrame]:
    """Return the metrics of one model on one set, and its confusion matrix."""
    truth = frame["label"].map(lambda word: class_map.get(word, word))
    if class_map in (ASAS, RICHARDS, OGLE):
        truth = truth.where(frame["label"].isin(class_map))
    keep = truth.notna() & (truth.groupby(truth).transform("size") >= LEAST)
    truth, frame = truth[keep].to_numpy(str), frame[keep]
    one_class = len(set(truth)) == 1
    # One class alone: which of all classes of its superclass and its neighbours the model finds.
    classes = sorted(set(truth)) if not one_class else ["CEPH_F", "CEPH_1O", "CEPH_Other", "T2CEPH", "RRL", "EB", "LPV"]
    guess = predicted(model, frame, classes)
    found = {"stars": len(truth), "classes": len(set(truth)), "accuracy": float(np.mean(guess == truth))}
    if not one_class:
        found |= {"mcc": matthews_corrcoef(truth, guess), "macro_f1": f1_score(truth, guess, average="macro")}
        found["balanced"] = balanced_accuracy_score(truth, guess)
    return found, pd.crosstab(pd.Series(truth, name="true"), pd.Series(guess, name="predicted"))


def compare(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row per set: the model to compare with, and mean, spread and difference of each other sky."""
    rows = rows.assign(
        sky=[name.rsplit("-", 1)[0] for name in rows["model"]], score=rows["mcc"].fillna(rows["accuracy"])
    )
    before = rows[rows["sky"] == "before"].set_index("set")
    result = before[["stars", "classes", "score", "macro_f1"]].rename(columns={"score": "before"})
    for sky, group in rows[rows["sky"] != "before"].groupby("sky", sort=False):
        stats = group.groupby("set")[["score", "macro_f1"]].agg(["mean", "std"])
        result[sky] = stats["score", "mean"]
        result[f"{sky} macro_f1"] = stats["macro_f1", "mean"]
        result[f"{sky} spread"] = stats["score", "std"]
        result[f"{sky} gain"] = result[sky] - result["before"]
    return result.loc[before.index].reset_index()


def main() -> None:
    options = arguments()
    models = {"before": open_source(options.before), **{path.name: open_source(path) for path in options.models}}
    rows = []
    for name, (read, class_map) in sets(options.real).items():
        frame = features(options.features, name, read)
        if options.part != "all":
            frame = frame[(purpose(frame["source_id"]) == REPORT) == (options.part == "report")]
        for label, model in models.items():
            found, confusion = measure(model, frame, class_map)
            rows.append({"set": name, "model": label, "mcc": np.nan, "macro_f1": np.nan, **found})
        if options.confusion == name:
            print(confusion.to_string())
    text = compare(pd.DataFrame(rows)).round(3).to_markdown(index=False)
    print(text)
    if options.output:
        options.output.write_text(f"# Zero label of the simulated sky on real stars ({options.part})\n\n{text}\n")


if __name__ == "__main__":
    main()
