"""Subsampled light curves keep what they should, and lost stars count as wrong."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from lctransfer.config import Features, Sensitivity, Transfer
from lctransfer.errors import LctransferError
from lctransfer.models.network import Network
from lctransfer.models.scaler import Scaler
from lctransfer.models.source import SourceModel
from lctransfer.parquet import write_parquet
from lctransfer.stages.sensitivity import (
    Subsampling,
    choose,
    evaluate_split,
    most_epochs,
    sensitivity,
    subsample,
    subsamplings,
)
from lctransfer.table import cuts, light_curves

NAMES = ("amplitude", "hl_amp_ratio", "kurtosis", "period", "phase_cusum", "phase_eta", "phi21", "phi31")
NAMES += ("quartile31", "r21", "r31", "shapiro_w", "skewness", "slope_per10", "slope_per90", "stetson_k")
PERIODS = {"DSCT": 0.11, "LPV": 150.0}


@pytest.fixture(scope="module")
def table():
    """Return 24 sines of two classes, with 30 to 100 epochs over some 500 days."""
    rng = np.random.default_rng(0)
    rows = []
    for number in range(24):
        name = list(PERIODS)[number % 2]
        time = np.sort(rng.uniform(0, 500, 30 + 3 * number))
        mag = 12 + 0.3 * np.sin(2 * np.pi * time / PERIODS[name]) + rng.normal(0, 0.01, len(time))
        rows.append({"source_id": f"s{number:02d}", "class_name": name, "survey": "asas", "time": time, "mag": mag})
    epochs = pa.Table.from_pylist([row | {"mag_err": np.full(len(row["time"]), 0.01)} for row in rows])
    return light_curves.validate(epochs)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    directory = tmp_path_factory.mktemp("source")
    X = np.random.default_rng(0).normal(5, 1, (50, len(NAMES)))
    SourceModel(Network(len(NAMES), 2), Scaler.fit(X, NAMES), ("DSCT", "RRL_ab")).save(directory)
    return directory


def lengths(table):
    return np.diff(light_curves.ragged(table).offsets)


def test_so_many_are_drawn_of_each_and_all_where_there_are_no_more():
    keep = cuts.random_epochs_of(np.array([0, 5, 5, 7]), np.array([3, 3, 3]), np.random.default_rng(0))
    assert [keep[:5].sum(), keep[5:].sum()] == [3, 2]


def test_every_epoch_is_as_likely_to_be_drawn():
    rng, offsets = np.random.default_rng(0), np.array([0, 4, 10])
    share = np.mean([cuts.random_epochs_of(offsets, np.array([1, 3]), rng) for _ in range(4000)], axis=0)
    assert share == pytest.approx([0.25] * 4 + [0.5] * 6, abs=0.03)


def test_drawn_epochs_are_epochs_of_the_same_star_in_their_order(table):
    subsampled = subsample(table, Subsampling("epochs", epochs=20))
    assert (lengths(subsampled) == 20).all()
    for before, after in zip(table.to_pylist(), subsampled.to_pylist()):
        where = np.searchsorted(before["time"], after["time"])
        assert np.array_equal(np.array(before["mag"])[where], after["mag"])
        assert (np.diff(where) > 0).all()


def test_the_control_has_as_many_epochs_as_the_stretch_but_over_a_longer_time(table):
    short, control = (subsample(table, Subsampling(kind, duration_days=90.0)) for kind in ("duration", "control"))
    assert np.array_equal(lengths(short), lengths(control))
    spans = [np.array([row["time"][-1] - row["time"][0] for row in part.to_pylist()]) for part in (short, control)]
    assert (spans[0] <= 90).all()
    assert np.median(spans[1]) > 250


def test_subsampling_twice_gives_the_same(table):
    how = Subsampling("epochs", epochs=20)
    assert subsample(table, how).equals(subsample(table, how))


def test_the_largest_number_that_half_of_the_stars_have():
    counts = pd.Series([10, 50, 90, 120])
    assert most_epochs(counts, [20, 80, 300]) == 80
    assert most_epochs(counts, [200, 300]) == 200


def test_stars_with_too_few_epochs_and_small_classes_are_left_out_and_each_class_keeps_its_share(table):
    chosen = choose(table, Sensitivity(epochs=[20, 60], stars=6), 2, "table")
    assert (lengths(chosen) >= 60).all()
    assert chosen["class_name"].to_pylist().count("LPV") == 3
    assert [how.kind for how in subsamplings(chosen, Sensitivity(epochs=[20, 60, 90], durations_days=[30.0]))] == [
        "whole", "epochs", "epochs", "duration", "control"
    ]  # fmt: skip


def test_classes_that_are_all_too_small_are_a_sentence(table):
    with pytest.raises(LctransferError, match=r"no two classes of 50 stars"):
        choose(table, Sensitivity(), 50, "stars.parquet")


def test_stars_that_lost_their_features_are_wrong(source):
    rng = np.random.default_rng(1)
    y = np.repeat(["DSCT", "LPV"], 40)
    X = pd.DataFrame({name: rng.normal(np.where(y == "LPV", 9.0, 5.0), 0.1) for name in NAMES})
    stars = X.assign(source_id=[f"s{i}" for i in range(80)], class_name=y, flag="ok")
    model, settings = SourceModel.load(source), Transfer(trees=10)
    whole = evaluate_split(stars, model, "extra_trees", settings, fraction=0.2, seed=0)
    lost = evaluate_split(
        stars.assign(flag=["ok", "few_epochs"] * 40), model, "extra_trees", settings, fraction=0.2, seed=0
    )
    gone = evaluate_split(stars.assign(flag="few_epochs"), model, "extra_trees", settings, fraction=0.2, seed=0)
    assert (whole["m_c"], whole["classified"]) == (1.0, 1.0)
    assert lost["m_c"] < 0.9
    assert lost["n_test"] == whole["n_test"]
    assert (gone["m_c"], gone["classified"], gone["n_labels"]) == (0.5, 0.0, 0)


def test_a_row_per_subsampling_strategy_and_seed(table, source, tmp_path):
    write_parquet(tmp_path / "curves.parquet", table)
    settings = Sensitivity(epochs=[20], durations_days=[200.0], strategies=["zero_label", "extra_trees"], seeds=2)
    given = {"settings": settings, "transfer": Transfer(trees=10), "features": Features(), "min_class_size": 2}
    sensitivity(tmp_path / "curves.parquet", source, tmp_path / "out.parquet", **given)
    rows = pd.read_parquet(tmp_path / "out.parquet")
    assert len(rows) == 4 * 2 * 2
    assert set(rows["survey"]) == {"asas"}
    assert rows["n_test"].nunique() == 1
    assert rows["m_c"].to_numpy() == pytest.approx((rows["mcc"].to_numpy() + 1) / 2)
