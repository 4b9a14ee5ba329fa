"""The same real stars written in ten forms: the features, and the metrics of `evaluate`, beside those of the lists.

Usage: ``python benchmarks/ten_forms.py --target benchmarks/results/ten_forms.md``, with the real ASAS stars at hand.
"""

import argparse
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import real_stars
from publishing import publish

from lctransfer.config import Transfer
from lctransfer.features import NAMES
from lctransfer.stages.evaluate import Comparison, evaluate
from lctransfer.table.canonical import Reading
from lctransfer.table.class_map import read_class_map

POGSON = 2.5 / np.log(10)
MJD, GAIA = 2_400_000.5, 2_455_197.5
METRICS = ("mcc", "macro_f1", "accuracy", "ece")


def chosen_stars(count: int, folder: Path = real_stars.FOLDER) -> pd.DataFrame:
    """Return real ASAS stars of all classes in turn, with float64 lists: ``source_id, label, time, mag, mag_err``."""
    table = pq.read_table(folder / "asas_acvs_half.parquet")
    table = table.filter(pc.is_in(table["label"], pa.array(real_stars.ASAS_CLASSES))).to_pandas()
    turn = table.groupby("label").cumcount()
    table = table.loc[turn.sort_values(kind="stable").index[:count]].reset_index(drop=True)
    stars = table[["source_id", "label", "time"]].copy()
    stars["time"] = [values.astype(float) for values in table["time"]]
    for name, held in (("mag", "mag"), ("mag_err", "magerr")):
        stars[name] = [values.astype(float).round(3) for values in table[held]]
    return stars


def long_rows(stars: pd.DataFrame) -> pd.DataFrame:
    """Return a row per epoch."""
    sizes = stars["time"].map(len)
    columns = {name: np.repeat(stars[name].to_numpy(), sizes) for name in ("source_id", "label")}
    return pd.DataFrame(columns | {name: np.concatenate(stars[name].to_list()) for name in ("time", "mag", "mag_err")})


def _structs(**columns: list) -> list[dict[str, list]]:
    return [{name: list(values) for name, values in zip(columns, row)} for row in zip(*columns.values(), strict=True)]


def _list(stars: pd.DataFrame, path: Path) -> Path:
    stars.to_parquet(path := path.with_suffix(".parquet"))
    return path


def _csv(stars: pd.DataFrame, path: Path) -> Path:
    long_rows(stars).to_csv(path := path.with_suffix(".csv"), index=False)
    return path


def _astropy(stars: pd.DataFrame, path: Path) -> Path:
    from astropy.table import Table

    table = Table(
        {name: column.to_numpy(str if column.dtype.kind != "f" else float) for name, column in long_rows(stars).items()}
    )
    table.write(path, format={".ecsv": "ascii.ecsv", ".fits": "fits"}[path.suffix])
    return path


def _folder(stars: pd.DataFrame, path: Path) -> Path:
    """Write a text file per star, and the labels beside the folder."""
    path.mkdir()
    for star in stars.itertuples():
        epochs = pd.DataFrame({"time": star.time, "mag": star.mag, "mag_err": star.mag_err})
        epochs.to_csv(path / f"{star.source_id}.txt", sep=" ", index=False, header=False)
    stars[["source_id", "label"]].to_csv(path.with_name(LABELS), index=False)
    return path


def _parquet(columns: dict[str, object], path: Path) -> Path:
    pq.write_table(pa.table(columns), path := path.with_suffix(".parquet"))
    return path


def _nested(stars: pd.DataFrame, path: Path) -> Path:
    epochs = _structs(time=stars["time"], mag=stars["mag"], mag_err=stars["mag_err"])
    return _parquet({"source_id": stars["source_id"], "label": stars["label"], "lc": epochs}, path)


def _ztf(stars: pd.DataFrame, path: Path, kind: type = np.float64) -> Path:
    hmjd, flags = [t - MJD for t in stars["time"]], [np.zeros(len(t), int) for t in stars["time"]]
    mag, magerr = ([values.astype(kind) for values in stars[name]] for name in ("mag", "mag_err"))
    epochs = _structs(hmjd=hmjd, mag=mag, magerr=magerr, catflags=flags)
    columns = {"objectid": stars["source_id"], "filterid": [2] * len(stars), "label": stars["label"]}
    return _parquet(columns | {"lightcurve": epochs}, path)


def _gaia(stars: pd.DataFrame, path: Path) -> Path:
    long = long_rows(stars)
    columns = {"source_id": long["source_id"], "label": long["label"], "g_transit_time": long["time"] - GAIA}
    columns |= {"g_transit_mag": long["mag"], "g_transit_flux_over_error": POGSON / long["mag_err"]}
    return _parquet(columns | {"rejected_by_photometry": ["false"] * len(long)}, path)


def _sky_patrol(stars: pd.DataFrame, path: Path) -> Path:
    long = long_rows(stars)
    flux = 10 ** (-0.4 * (long["mag"] - 16.4))
    columns = {"asas_sn_id": long["source_id"], "label": long["label"], "jd": long["time"], "flux": flux}
    columns |= {"flux_err": flux * long["mag_err"] / POGSON, "mag": long["mag"], "mag_err": long["mag_err"]}
    return _parquet(columns | {"limit": long["mag"] + 2, "fwhm": 1.5 + 0 * flux, "quality": ["G"] * len(long)}, path)


def _lsst(stars: pd.DataFrame, path: Path, kind: type = np.float64) -> Path:
    flux = [10 ** (-0.4 * (mag - 31.4)) for mag in stars["mag"]]
    error = [(f * e / POGSON).astype(kind) for f, e in zip(flux, stars["mag_err"])]
    flux = [values.astype(kind) for values in flux]
    mjd, bands = [t - MJD for t in stars["time"]], [["r"] * len(t) for t in stars["time"]]
    epochs = _structs(band=bands, midpointMjdTai=mjd, psfFlux=flux, psfFluxErr=error)
    return _parquet({"objectId": stars["source_id"], "label": stars["label"], "objectForcedSource": epochs}, path)


LABELS = "labels.csv"
CLASS_MAP = read_class_map(Path(__file__).parent / "class_maps" / "asas.yaml")
FORMS: dict[str, tuple[str, str, Callable[[pd.DataFrame, Path], Path]]] = {
    "list": ("lists in Parquet", "own", _list),
    "csv": ("long CSV", "own", _csv),
    "ecsv": ("ECSV", "own", lambda stars, path: _astropy(stars, path.with_suffix(".ecsv"))),
    "fits": ("FITS", "own", lambda stars, path: _astropy(stars, path.with_suffix(".fits"))),
    "nested": ("nested Parquet", "own", _nested),
    "folder": ("folder of text files, and a table of labels", "own", _folder),
    "ztf": ("ZTF, nested", "ztf", _ztf),
    "gaia": ("Gaia DR3, wide", "gaia_dr3", _gaia),
    "sky_patrol": ("ASAS-SN Sky Patrol v2", "asassn", _sky_patrol),
    "lsst": ("LSST objects, nJy", "lsst_object", _lsst),
    "ztf32": ("ZTF, magnitudes of 32 bits as it stores them", "ztf", partial(_ztf, kind=np.float32)),
    "lsst32": ("LSST objects, fluxes of 32 bits as it stores them", "lsst_object", partial(_lsst, kind=np.float32)),
}
"""Name of each way to write stars: what it is, the form that it is to be recognised as, and what writes it."""


def write_in_form(name: str, stars: pd.DataFrame, folder: Path) -> tuple[Path, Reading]:
    """Write stars in a form of `FORMS`; return the path, and how a user would ask for it to be read."""
    path = FORMS[name][2](stars, folder / name)
    return path, Reading(labels=folder / LABELS if name == "folder" else "")


def compared(
    name: str, stars: pd.DataFrame, folder: Path, given: argparse.Namespace
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the features and the metrics of `evaluate` for stars written in a form."""
    path, reading = write_in_form(name, stars, folder)
    target = folder / f"{name}.results"
    chosen = Comparison(
        ["simulated"],
        given.strategies.split(","),
        fractions=[0.1],
        seeds=range(given.seeds),
        settings=Transfer(trees=200),
    )
    rows = evaluate(path, target, CLASS_MAP, chosen, jobs=given.jobs, reading=reading)
    return pd.read_parquet(target / "features.parquet").set_index("source_id"), rows


def differences(features: pd.DataFrame, expected: pd.DataFrame) -> tuple[float, str, int]:
    """Return the largest relative difference of a feature, whose it is, and how many stars have another flag."""
    features = features.loc[expected.index]
    worst, which = 0.0, "none"
    for name in dict.fromkeys([*NAMES["upsilon"], *NAMES["lctransfer"]]):
        mine, theirs = features[name].to_numpy(float), expected[name].to_numpy(float)
        apart = np.abs(mine - theirs) / np.maximum(np.abs(theirs), 1e-3)
        found = np.where(np.isnan(mine) & np.isnan(theirs), 0, np.nan_to_num(apart, nan=np.inf)).max()
        worst, which = max((worst, which), (float(found), name))
    return worst, which, int((features["flag"] != expected["flag"]).sum())


def main() -> None:
    """Write a line per form."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--stars", type=int, default=300)
    options.add_argument("--seeds", type=int, default=2)
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--strategies", default="zero_label,extra_trees,auto")
    options.add_argument("--target", type=Path)
    given = options.parse_args()
    stars = chosen_stars(given.stars)
    lines, expected = [], None
    with tempfile.TemporaryDirectory() as folder:
        for name, (title, _, _) in FORMS.items():
            features, rows = compared(name, stars, Path(folder), given)
            expected = expected or (features, rows)
            worst, which, flags = differences(features, expected[0])
            apart = max(float((rows[m] - expected[1][m]).abs().max()) for m in METRICS)
            mean = rows.groupby("strategy")["mcc"].mean()
            shown = " | ".join(f"{mean[s]:.4f}" for s in given.strategies.split(","))
            lines.append(f"| {title} | {worst:.1e} ({which}) | {flags} | {shown} | {apart:.1e} |")
            print(lines[-1], flush=True)
    publish(report(given, lines), given.target)


def report(given: argparse.Namespace, lines: list[str]) -> str:
    """Return the page of results."""
    names = given.strategies.split(",")
    head = ["| form | largest relative difference of a feature | other flags |", *(f" MCC {s} |" for s in names)]
    return "\n".join(
        [
            "# The same stars in ten forms",
            "",
            f"`python benchmarks/ten_forms.py`: {given.stars} real stars of ASAS (seven classes), written in ten forms",
            f"and given to `evaluate` (simulated source, 10% labelled, {given.seeds} seeds). All is compared with the",
            "lists in Parquet, whose numbers are 64-bit floats. Two further lines have the 32-bit floats of surveys.",
            "",
            "".join(head) + " largest difference of MCC, macro F1, accuracy, ECE |",
            "|---" * (4 + len(names)) + "|",
            *lines,
        ]
    )


if __name__ == "__main__":
    main()
