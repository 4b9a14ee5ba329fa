"""Pretraining is honest about its splits, and ends in the same bits however often it is interrupted."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import safetensors.numpy

from lctransfer import config
from lctransfer.errors import LctransferError
from lctransfer.features import NAMES
from lctransfer.files import read_json
from lctransfer.models import training
from lctransfer.models.source import SourceModel
from lctransfer.stages import pretrain

SETTINGS = config.Pretrain(epochs=6, batch_size=32, accelerator="cpu")
IMPATIENT = config.Pretrain(epochs=30, patience=3, batch_size=32, accelerator="cpu")


def _features(path: Path, n: int = 240, seed: int = 0) -> Path:
    rng = np.random.default_rng(seed)
    kinds = np.repeat(["RRL_ab", "EB_EC", "QSO"], [n // 2, n // 3, n - n // 2 - n // 3])
    centres = {"RRL_ab": 1.0, "EB_EC": 2.0, "QSO": 3.0}
    table = pd.DataFrame({name: [centres[k] for k in kinds] + rng.normal(0, 0.4, n) for name in NAMES["upsilon"]})
    table = table.assign(source_id=[f"s{i // 2}" for i in range(n)], survey="ogle", class_name=kinds, flag="ok")
    table["class_name"] = table.groupby("source_id")["class_name"].transform("first")
    table.assign(band=["B", "R"] * (n // 2)).to_parquet(path)
    return path


def _run(tmp_path: Path, name: str, settings: config.Pretrain = SETTINGS) -> Path:
    features = _features(tmp_path / "features.parquet")
    pretrain.pretrain([features], tmp_path / name, config.Model(hidden=[8, 8]), settings, "upsilon")
    return tmp_path / name


def _weights(directory: Path) -> dict[str, np.ndarray]:
    return safetensors.numpy.load_file(directory / "model.safetensors")


class Killed(Exception):
    pass


def test_every_epoch_can_be_watched_and_nothing_changes_by_it(tmp_path):
    unseen = _run(tmp_path, "unseen")
    rows = []
    features, model = [tmp_path / "features.parquet"], config.Model(hidden=[8, 8])
    pretrain.pretrain(features, tmp_path / "watched", model, SETTINGS, "upsilon", on_epoch=rows.append)
    assert pd.DataFrame(rows).to_csv(index=False) == (unseen / "history.csv").read_text()
    assert all(np.array_equal(value, _weights(unseen)[name]) for name, value in _weights(tmp_path / "watched").items())


@pytest.mark.parametrize("settings", [SETTINGS, IMPATIENT])
@pytest.mark.parametrize("after", [1, 3])
def test_killed_training_resumes_to_the_same_bits(tmp_path, monkeypatch, after, settings):
    whole = _run(tmp_path, "whole", settings)
    original = training.Training.on_train_epoch_start

    def die(self):
        if self.current_epoch == after:
            raise Killed
        original(self)

    monkeypatch.setattr(training.Training, "on_train_epoch_start", die)
    with pytest.raises(Killed):
        _run(tmp_path, "resumed", settings)
    monkeypatch.setattr(training.Training, "on_train_epoch_start", original)
    assert (tmp_path / "resumed" / "checkpoint" / "last.ckpt").exists()
    resumed = _run(tmp_path, "resumed", settings)
    assert (whole / "history.csv").read_text() == (resumed / "history.csv").read_text()
    assert (whole / "metrics.json").read_text() == (resumed / "metrics.json").read_text()
    before, now = _weights(whole), _weights(resumed)
    assert all(np.array_equal(before[name], now[name]) for name in before)
    assert not (resumed / "checkpoint").exists()


def test_killed_after_the_last_epoch_does_not_train_on(tmp_path, monkeypatch):
    whole = _run(tmp_path, "whole", IMPATIENT)
    assert len(pd.read_csv(whole / "history.csv")) < 30
    with monkeypatch.context() as patched:
        patched.setattr(training.shutil, "rmtree", lambda *a, **k: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            _run(tmp_path, "resumed", IMPATIENT)
    resumed = _run(tmp_path, "resumed", IMPATIENT)
    assert (whole / "history.csv").read_text() == (resumed / "history.csv").read_text()


def test_another_seed_gives_other_weights(tmp_path):
    other = dataclasses.replace(SETTINGS, seed=1)
    one, two = _weights(_run(tmp_path, "one")), _weights(_run(tmp_path, "two", other))
    assert not np.array_equal(one["fc1.weight"], two["fc1.weight"])


def test_model_on_disk_predicts_what_was_written(tmp_path):
    directory = _run(tmp_path, "source")
    model = SourceModel.load(directory)
    written = pd.read_parquet(directory / "predictions.parquet")
    table = pd.read_parquet(tmp_path / "features.parquet")
    again = model.predict_proba(table[table["source_id"].isin(written["source_id"])])
    columns = [f"p_{name}" for name in model.classes]
    assert model.classes == ("EB_EC", "QSO", "RRL_ab")
    np.testing.assert_allclose(np.sort(again, axis=0), np.sort(written[columns], axis=0), atol=1e-6)
    metrics = read_json(directory / "metrics.json")
    assert metrics["m_c"] > 0.9
    assert np.sum(metrics["confusion"]) == metrics["n_test"] == len(written)


def test_scaler_sees_training_rows_only_and_bands_stay_together(tmp_path):
    path = _features(tmp_path / "features.parquet")
    table = pretrain.read_stars([path], NAMES["upsilon"])
    stars = pretrain.divide(table, NAMES["upsilon"], SETTINGS)
    assert set(stars.part) == {"train", "validation", "test"}
    assert (pd.Series(stars.part).groupby(table["object"]).nunique() == 1).all()
    table.loc[stars.part != "train", list(NAMES["upsilon"])] += 100.0
    table.to_parquet(path)
    pretrain.pretrain([path], tmp_path / "moved", config.Model(hidden=[8, 8]), SETTINGS, "upsilon")
    assert SourceModel.load(tmp_path / "moved").scaler == SourceModel.load(_run(tmp_path, "source")).scaler


def test_a_star_that_two_sources_saw_stays_in_one_split(tmp_path):
    paths = [_features(tmp_path / f"{survey}.parquet", seed=i) for i, survey in enumerate(("ogle", "eros2"))]
    for offset, path in enumerate(paths):
        table = pd.read_parquet(path)
        place = table.groupby("source_id").ngroup().to_numpy()
        if offset:
            table = table.assign(survey="eros2", source_id="e" + table["source_id"])
        table.assign(ra_deg=80 + place / 100, dec_deg=-69 + offset / 3600).to_parquet(path)
    rows = pretrain.read_stars(paths, NAMES["upsilon"])
    parts = pretrain.divide(rows, NAMES["upsilon"], SETTINGS).part
    by_place = pd.Series(parts).groupby(rows["ra_deg"].to_numpy()).nunique()
    assert len(by_place) == 120
    assert set(by_place) == {1}
    swapped = pretrain.read_stars(paths[::-1], NAMES["upsilon"])
    pd.testing.assert_frame_equal(rows, swapped)


@pytest.mark.parametrize("balance", ["weights", "oversampling"])
def test_balance_changes_training(tmp_path, balance):
    plain = _weights(_run(tmp_path, "plain"))
    settings = dataclasses.replace(SETTINGS, balance=balance)
    balanced = _weights(_run(tmp_path, balance, settings))
    assert not np.array_equal(plain["fc1.weight"], balanced["fc1.weight"])


def test_tables_that_cannot_be_used_are_refused(tmp_path):
    path = _features(tmp_path / "features.parquet")
    table = pd.read_parquet(path)
    table.drop(columns="flag").to_parquet(path)
    with pytest.raises(LctransferError, match="flag"):
        pretrain.pretrain([path], tmp_path / "x", config.Model(), SETTINGS, "upsilon")
    table.assign(class_name=None).to_parquet(path)
    with pytest.raises(LctransferError, match="No labelled light curve"):
        pretrain.pretrain([path], tmp_path / "x", config.Model(), SETTINGS, "upsilon")
    table.assign(class_name="QSO").to_parquet(path)
    with pytest.raises(LctransferError, match="one class only"):
        pretrain.pretrain([path], tmp_path / "x", config.Model(), SETTINGS, "upsilon")


def test_a_gpu_that_is_not_there_is_a_clear_error(tmp_path, monkeypatch):
    monkeypatch.setattr(training.torch.cuda, "is_available", lambda: False)
    with pytest.raises(LctransferError, match="accelerator"):
        _run(tmp_path, "gpu", config.Pretrain(epochs=1, accelerator="gpu"))
