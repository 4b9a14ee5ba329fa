"""The network, its scaler and the model on disk."""

import numpy as np
import pytest
import torch

from lctransfer.errors import LctransferError
from lctransfer.models.network import Network
from lctransfer.models.scaler import Scaler
from lctransfer.models.source import SourceModel

FEATURES = ("amplitude", "phi21", "period")


@pytest.fixture
def X():
    return np.random.default_rng(0).uniform(0.1, 9, (40, 3))


@pytest.fixture
def model(X):
    torch.manual_seed(0)
    return SourceModel(Network(3, 2), Scaler.fit(X, FEATURES), ("EB_EC", "RRL_ab"), "a test")


def test_the_released_shape_has_48799_parameters():
    assert sum(parameter.numel() for parameter in Network(16, 21).parameters()) == 48_799


def test_the_first_normalisation_has_the_released_eps():
    first = next(layer for layer in Network(16, 21).modules() if isinstance(layer, torch.nn.BatchNorm1d))
    assert first.eps == 64


def test_the_scaler_is_the_released_transform(X):
    scaled = Scaler.fit(X, FEATURES, "shifted_log10").transform(X)
    shifted = X[:, 0] - X[:, 0].min()
    logged = np.log10(np.where(shifted == 0, 1e-10, shifted))
    assert scaled[:, 0] == pytest.approx((logged - np.median(logged)) / logged.std(), rel=1e-5)
    assert scaled[:, 1] == pytest.approx((X[:, 1] - np.median(X[:, 1])) / X[:, 1].std(), rel=1e-5, abs=1e-6)


def test_below_the_training_minimum_is_raised_to_it_or_nan_as_released(X):
    scaler = Scaler.fit(X, FEATURES, "shifted_log10")
    low = np.array([[X[:, 0].min() - 1, 1.0, 1.0]])
    assert np.isfinite(scaler.transform(low)).all()
    assert scaler.transform(low)[0, 0] == scaler.transform(np.array([[X[:, 0].min(), 1.0, 1.0]]))[0, 0]
    assert np.isnan(scaler.transform(low, clip=False)[0, 0])


def test_our_transform_needs_no_training_minimum_and_keeps_every_value_near():
    names = ("amplitude", "skewness", "phi21")
    X = np.random.default_rng(1).lognormal(size=(200, 3)) * [1, -1, 1]
    scaler = Scaler.fit(X, names)
    assert scaler.log10_minimum == {}
    assert scaler.median[0] == pytest.approx(np.median(np.log10(X[:, 0])))
    assert scaler.median[1] == pytest.approx(np.median(np.arcsinh(X[:, 1])))
    assert scaler.median[2] == pytest.approx(np.median(X[:, 2]))
    below = np.array([[X[:, 0].min() / 2, X[:, 1].min() * 2, X[:, 2].min() / 2]])
    assert (np.abs(scaler.transform(below)) < 5).all()
    assert np.abs(scaler.transform(np.array([[0.0, -1e9, 1e9]]))).max() <= 8


def test_a_scaler_on_disk_keeps_its_transform_and_an_old_one_is_of_the_released_kind(X):
    ours, old = Scaler.fit(X, FEATURES), Scaler.fit(X, FEATURES, "shifted_log10").to_dict()
    assert Scaler.from_dict(ours.to_dict()) == ours
    del old["transformation"]
    assert Scaler.from_dict(old).transformation == "shifted_log10"
    with pytest.raises(LctransferError, match=r"is .cube root., but must be one of log10_arcsinh, shifted_log10"):
        Scaler.from_dict(old | {"transformation": "cube root"})


def test_a_saved_model_gives_the_same_bits(model, X, tmp_path):
    model.save(tmp_path)
    assert not list(tmp_path.glob("*.p*kl*"))
    loaded = SourceModel.load(tmp_path)
    assert loaded.classes == model.classes
    assert np.array_equal(loaded.predict_proba(X), model.predict_proba(X))


def test_probabilities_sum_to_one_and_a_nan_is_refused(model, X):
    assert model.predict_proba(X).sum(axis=1) == pytest.approx(1)
    X[3, 1] = np.nan
    with pytest.raises(LctransferError, match="phi21 of row 3 is not a finite number"):
        model.predict_proba(X)
