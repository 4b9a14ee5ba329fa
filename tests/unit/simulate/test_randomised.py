"""Surveys that never were: as pure as the others, wider than any of them, with the classes that targets add."""

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from lctransfer import config, taxonomy
from lctransfer.cli.main import main
from lctransfer.features import NAMES
from lctransfer.models.source import SourceModel
from lctransfer.simulate import simulate
from lctransfer.simulate.epochs import Epochs
from lctransfer.simulate.randomised import KINDS, habits
from lctransfer.simulate.stars import MODELS
from lctransfer.stages.pretrain_simulated import simulated_source
from lctransfer.table import light_curves


@pytest.fixture(scope="module")
def table():
    return simulate("randomised", 1500, seed=1)


def test_varied_is_a_light_curve_table_with_all_classes(table):
    assert light_curves.validate(table).num_rows == 1500
    assert len(set(table["source_id"].to_pylist())) == 1500
    assert set(table["class_name"].to_pylist()) == {*taxonomy.CLASSES, *taxonomy.FURTHER}


def test_varied_is_sparse_and_dense_short_and_long(table):
    epochs = pc.list_value_length(table["time"]).to_numpy()
    assert np.percentile(epochs, 20) < 40
    assert np.percentile(epochs, 90) > 200
    days = np.array([np.ptp(times) if len(times) else 0 for times in table["time"].to_numpy()])
    assert np.percentile(days, 15) < 500
    assert np.percentile(days, 85) > 1800


def test_every_hundred_stars_are_a_function_of_their_number_and_the_seed(table):
    few = simulate("randomised", 250, seed=1)
    assert few.slice(0, 200).equals(table.slice(0, 200))
    assert not few.slice(0, 100).equals(simulate("randomised", 100, seed=2))


def test_habits_are_no_surveys_own():
    rng = np.random.default_rng(0)
    drawn = [habits(rng) for _ in range(200)]
    assert len({name for name, _ in drawn}) == 5
    assert all(one.end_jd > one.begin_jd + 100 for _, one in drawn)
    assert all(0 < one.kept[0] / sum(one.kept) < 1 for _, one in drawn)
    assert all(one.threshold[0] <= one.threshold[1] for _, one in drawn)


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_stars_that_nobody_observed_do_no_harm(kind):
    light = MODELS[kind](np.random.default_rng(0), Epochs(np.zeros(0), np.zeros(0, int), 2), 1.0)
    assert len(light.deviation) == 0


def test_kinds_are_models_of_classes():
    assert set(KINDS) <= set(MODELS)
    assert {name for name, _ in KINDS.values()} == {*taxonomy.CLASSES, *taxonomy.FURTHER}


def test_verb_writes_a_table(tmp_path):
    main(["simulate", "randomised", "--n", "20", "--seed", "3", "-o", str(tmp_path / "stars.parquet")])
    written = pq.read_table(tmp_path / "stars.parquet")
    assert light_curves.validate(written)["mag"].equals(
        light_curves.validate(simulate("randomised", 20, seed=3))["mag"]
    )


def test_source_model_of_the_simulated_sky(tmp_path):
    settings = config.Pretrain(epochs=2, accelerator="cpu")
    for name in ("one", "other"):
        simulated_source(150, tmp_path / name, config.Model(hidden=[8]), settings, "both", threads=2)
    model = SourceModel.load(tmp_path / "one")
    assert model.features == NAMES["both"]
    assert "GDOR" in model.classes
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("one", "other")]
    assert weights[0] == weights[1]
