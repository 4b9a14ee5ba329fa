"""Simulated ASAS stars beside real ones of the ACVS, on the stars to report on; see docs/what_was_seen.md."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lctransfer.evaluation.partition import REPORT, purpose
from lctransfer.simulate import simulate
from lctransfer.simulate.realism import check
from lctransfer.surveys import LABEL_MAPS
from lctransfer.table import light_curves

PER_CLASS = 60
CLASSES = ("DSCT", "EB_EC", "EB_ED", "RRL_ab")


def chosen(table: pa.Table) -> pa.Table:
    """Return the first stars of each class; all are in an arbitrary order."""
    names = np.array(table["class_name"].to_pylist())
    rows = np.concatenate([np.flatnonzero(names == name)[:PER_CLASS] for name in CLASSES])
    return table.select(["source_id", *light_curves.EPOCH_COLUMNS, "class_name"]).take(rows)


@pytest.fixture(scope="module")
def real(shared_data):
    """Return the real stars to report on."""
    path = shared_data / "real" / "asas_acvs_half.parquet"
    if not path.is_file():
        pytest.skip(
            f"no real ASAS stars at {path}: python benchmarks/fetch_real_tables.py asas says where they come from"
        )
    labels = pq.read_table(path, columns=["label"])["label"].to_pylist()
    names = [LABEL_MAPS["asas"].get(label) or "other" for label in labels]
    table = light_curves.read(path).append_column("class_name", pa.array(names))
    return chosen(table.filter(pa.array(purpose(table["source_id"].to_pylist()) == REPORT)))


@pytest.fixture(scope="module")
def realism(real):
    return check(real, chosen(simulate("asas", 1200, seed=11)))


def test_medians_lie_within_the_real_range(realism):
    assert set(realism.classes["class_name"]) == set(CLASSES)
    assert realism.classes["medians_inside"].mean() >= 0.85


def test_simulated_asas_is_hard_to_tell_from_asas(realism):
    # 0.71 when this was written; 0.5 is a perfect simulation.
    assert realism.classes["auroc"].mean() <= 0.78


def test_another_simulated_survey_is_easy_to_tell_from_asas(realism, real):
    # Without this, a classifier that finds no difference anywhere would pass for a realistic sky. 0.97 when written.
    other = check(real, chosen(simulate("hipparcos", 1200, seed=11)))
    assert other.classes["auroc"].mean() >= 0.9
