"""Real labelled light curves for benchmarks, read from a folder that is not part of this repository."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lctransfer.evaluation.partition import REPORT, purpose
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
