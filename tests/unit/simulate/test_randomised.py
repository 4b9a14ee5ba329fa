"""Randomised surveys: as pure as the others, wider than any of them, with the classes that targets add."""

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from lctransfer import config, taxonomy
from lctransfer.cli.main import main
from lctransfer.features import NAMES
from lctransfer.files import read_json, sha256
from lctransfer.models.source import SourceModel
from lctransfer.simulate import simulate
from lctransfer.simulate.epochs import Epochs
from lctransfer.simulate.observing import BAND_RATIO
from lctransfer.simulate.randomised import KINDS, draw_survey
from lctransfer.simulate.stars import MODELS
from lctransfer.simulate.survey_kinds import BAND_DEPTH, SURVEY_KINDS
from lctransfer.stages.pretrain_simulated import simulated_source
from lctransfer.table import light_curves


@pytest.fixture(scope="module")
def table():
    return simulate("randomised", 1500, seed=1)


def test_varied_is_a_light_curve_table_with_all_classes(table):
    assert light_curves.validate(table).num_rows == 1500
    assert len(set(table["source_id"].to_pylist())) == 1500
    assert set(table["class_name"].to_pylist()) == {*taxonomy.CLASSES, *taxonomy.FURTHER}


def test_surveys_are_sparse_and_dense(table):
    epochs = pc.list_value_length(table["time"]).to_numpy()
    assert np.percentile(epochs, 20) < 40
    assert np.percentile(epochs, 90) > 200


def test_every_hundred_stars_are_a_function_of_their_number_and_the_seed(table):
    few = simulate("randomised", 250, seed=1)
    assert few.slice(0, 200).equals(table.slice(0, 200))
    assert not few.slice(0, 100).equals(simulate("randomised", 100, seed=2))


def test_surveys_are_between_and_beyond_those_that_exist():
    rng = np.random.default_rng(0)
    drawn = [draw_survey(rng) for _ in range(400)]
    assert {name for name, _ in drawn} == set(SURVEY_KINDS)
    assert {one.band for _, one in drawn} == {band for kind in SURVEY_KINDS.values() for band in kind.bands}
    days = np.array([one.end_jd - one.begin_jd for _, one in drawn])
    assert days.min() > 20
    assert np.percentile(days, 20) < 500 < 1800 < np.percentile(days, 75)
    assert all(0 < one.kept[0] / sum(one.kept) < 1 for _, one in drawn)
    assert all(one.threshold[0] <= one.threshold[1] for _, one in drawn)
    assert all(one.band in BAND_RATIO for _, one in drawn)


def test_a_survey_is_less_deep_where_its_band_is():
    rng = np.random.default_rng(1)
    drawn = [one for name, one in (draw_survey(rng) for _ in range(2000)) if name == "stripe"]
    faintest = {band: np.mean([one.catalogue_limit for one in drawn if one.band == band]) for band in "ug"}
    assert faintest["u"] == pytest.approx(faintest["g"] + BAND_DEPTH["u"], abs=1e-6)


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
    described = read_json(tmp_path / "one" / "croissant.json")
    assert "Seed 0, commit " in described["description"]
    for entry in described["distribution"]:
        assert entry["sha256"] == sha256(tmp_path / "one" / entry["contentUrl"])
    assert " light curves. No real star." in (tmp_path / "one" / "card.md").read_text()
