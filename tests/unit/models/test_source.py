"""A source model on disk: whole, or refused."""

import shutil

import numpy as np
import pytest
from damaged import change_each_byte

from lctransfer.errors import LctransferError
from lctransfer.files import SEAL, read_json, write_json
from lctransfer.models.simulated import simulated
from lctransfer.models.source import SourceModel


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("source") / "model"
    simulated().save(folder)
    return folder


def test_what_was_kept_is_the_same(kept):
    stars = np.random.default_rng(0).uniform(0.1, 2, (5, len(simulated().features)))
    assert np.array_equal(SourceModel.load(kept).predict_proba(stars), simulated().predict_proba(stars))


@pytest.mark.parametrize("name", ["model.json", "model.safetensors"])
def test_a_changed_byte_is_refused(kept, tmp_path, name):
    shutil.copytree(kept, tmp_path / "model")
    path = tmp_path / "model" / name
    for _ in change_each_byte(path, -2, 20):
        with pytest.raises(LctransferError, match=str(tmp_path)):
            SourceModel.load(tmp_path / "model")


def test_a_model_of_an_older_version_has_no_digests_and_damages_of_it_are_a_sentence(kept, tmp_path):
    shutil.copytree(kept, tmp_path / "model")
    old = {k: v for k, v in read_json(kept / "model.json").items() if k not in (SEAL, "weights_sha256")}
    write_json(tmp_path / "model" / "model.json", old)
    assert SourceModel.load(tmp_path / "model").classes == simulated().classes
    scaler, network = old["scaler"], old["network"]
    for damaged in (
        [],
        {**old, "network": None},
        {**old, "classes": 3},
        {**old, "classes": [old["classes"][0]] * len(old["classes"])},
        {**old, "network": network | {"input_batch_norm_eps": "64"}},
        {**old, "network": network | {"hidden": [65_536] * 10}},  # 150 GB of weights
        {**old, "scaler": scaler | {"std": 1}},
        {**old, "scaler": scaler | {"std": [0.0, *scaler["std"][1:]]}},
        {**old, "scaler": scaler | {"median": [str(one) for one in scaler["median"]]}},
        {**old, "scaler": scaler | {"features": [{"a": 1}, *scaler["features"][1:]]}},
        {**old, "scaler": scaler | {"log10_minimum": {"none of these": 1.0}}},
        {**old, "scaler": scaler | {"x" * 50_000: 1}},
    ):
        write_json(tmp_path / "model" / "model.json", damaged)
        with pytest.raises(LctransferError, match=str(tmp_path)) as refused:
            SourceModel.load(tmp_path / "model")
        assert len(str(refused.value)) < 1000
