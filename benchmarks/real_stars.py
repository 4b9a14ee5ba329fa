"""Real labelled light curves for benchmarks, read from a folder that is not part of this repository."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lctransfer.config import Features
from lctransfer.evaluation.partition import REPORT, purpose
from lctransfer.features import extract
from lctransfer.table.class_map import read_class_map
from lctransfer.table.labelled import read_labelled
from lctransfer.table.light_curves import validate

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "real"
ASAS_CLASSES = ("EC", "ED", "ESD", "MIRA", "RRAB", "RRC", "DSCT")
"""The words of the ASAS catalogue that name one class; EB_UNSPEC, ACV and BCEP are left out."""


def stars(name: str, labels: tuple[str, ...] = (), rows: int | None = None, folder: Path = FOLDER) -> pa.Table:
    """Return a table of real light curves, of the given labels only if there are any, and its first rows."""
    table = pq.read_table(folder / f"{name}.parquet")
    if labels:
        table = table.filter(pc.is_in(table["label"], pa.array(labels)))
    return validate(table.slice(0, rows))


def to_report_on(table: pa.Table) -> np.ndarray:
    """Return which stars no choice may look at; see `lctransfer.evaluation.partition`."""
    return purpose(table["source_id"].to_pylist()) == REPORT


class RealSurvey(NamedTuple):
    """A table of real stars, its class map, its band, and the numbers of labels that are tried.

    `counts` of labels are drawn by class, `drawn` at random or from the bright end.
    """

    file: str
    class_map: str
    band: str
    counts: tuple[int, ...]
    drawn: tuple[int, ...] = (25, 100)


SURVEYS = {
    "asas": RealSurvey("asas_acvs_half", "asas", "V", (24, 108, 534)),
    "hipparcos": RealSurvey("hipparcos_debosscher", "hipparcos", "Hp", (18, 43, 172)),
    "gaia": RealSurvey("gaia_dr3_half", "gaia", "G", (25, 125)),
    "stripe82": RealSurvey("sdss_s82_rrl_ugriz", "stripe82", "g", (10, 24, 97)),
    "ogle4_cepheids": RealSurvey("ogle4_lmc_cepheids", "ogle4_cepheids", "I", (12, 60, 300)),
}
"""Targets of the benchmarks of few labels. The released weights have learnt from OGLE's Cepheids of an older phase."""


def light_curves_of(survey: str, folder: Path = FOLDER) -> pa.Table:
    """Return the light curves of the labelled stars of a survey, in its band, with ``class_name``."""
    chosen = SURVEYS[survey]
    class_map = read_class_map(Path(__file__).parent / "class_maps" / f"{chosen.class_map}.yaml")
    table = read_labelled(folder / f"{chosen.file}.parquet", class_map).table
    return table.filter(pc.and_(pc.equal(table["band"], chosen.band), pc.is_valid(table["class_name"])))


def features_of(survey: str, folder: Path = FOLDER, kept: Path | None = None) -> pd.DataFrame:
    """Return the features of the labelled stars of a survey; `kept` holds them from one run to the next."""
    return kept_features(survey, lambda: light_curves_of(survey, folder), kept)


def kept_features(name: str, made: Callable[[], pa.Table], kept: Path | None = None) -> pd.DataFrame:
    """Return the features of the light curves that `made` returns; `kept` holds them from one run to the next."""
    path = kept / f"{name}.parquet" if kept else None
    if path and path.is_file():
        return pd.read_parquet(path)
    features = extract(made(), Features(set="both")).to_pandas()
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        features.to_parquet(path)
    return features
