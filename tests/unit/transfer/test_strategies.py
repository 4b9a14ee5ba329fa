"""Every strategy learns from the same interface; the released recipe keeps its flaws."""

import numpy as np
import pandas as pd
import pytest
import torch

from lctransfer.config import Transfer
from lctransfer.errors import LctransferError
from lctransfer.models.network import Network
from lctransfer.models.scaler import Scaler
from lctransfer.models.source import SourceModel
from lctransfer.transfer import registry
from lctransfer.transfer.mapping import merge

NAMES = ("amplitude", "period", "phi21", "r21")
SETTINGS = Transfer(epochs=5, repeats=1, trees=20)


@pytest.fixture(scope="module")
def stars():
    """Return features and classes of three blobs, which anything should tell apart better than chance."""
    rng = np.random.default_rng(0)
    y = np.repeat(["EB", "RRL_ab", "RS_CVn"], 40)
    centres = {"EB": 1.0, "RRL_ab": 3.0, "RS_CVn": 6.0}
    X = pd.DataFrame({name: rng.normal([centres[name] for name in y], 0.5) + 5 for name in NAMES})
    return X, y


@pytest.fixture(scope="module")
def source(stars):
    torch.manual_seed(0)
    classes = ("EB_EC", "EB_ED", "QSO", "RRL_ab")
    return SourceModel(Network(len(NAMES), len(classes)), Scaler.fit(stars[0].to_numpy(), NAMES), classes)


@pytest.mark.parametrize("name", sorted(set(registry.STRATEGIES) - {"in_context"}))  # needs the sky's features
def test_every_strategy_gives_probabilities_and_the_same_bits_again(name, stars, source):
    X, y = stars
    before = {key: value.clone() for key, value in source.network.state_dict().items()}
    fits = [registry.make(name, SETTINGS, source, seed=3).fit(X[::2], y[::2], X[1::2]) for _ in range(2)]
    probabilities = [fit.predict_proba(X[1::2]) for fit in fits]
    assert list(fits[0].classes_) == ["EB", "RRL_ab", "RS_CVn"]
    assert probabilities[0].sum(axis=1) == pytest.approx(1)
    assert np.array_equal(*probabilities)
    # The source model is lent, not given: no strategy may train it in place.
    assert all(torch.equal(value, before[key]) for key, value in source.network.state_dict().items())


@pytest.mark.parametrize("name", ["extra_trees", "lightgbm", "auto"])
def test_easy_classes_are_learnt(name, stars, source):
    X, y = stars
    fit = registry.make(name, Transfer(trees=50), source).fit(X[::2], y[::2], X[1::2])
    assert (fit.classes_[fit.predict_proba(X[1::2]).argmax(axis=1)] == y[1::2]).mean() > 0.9


def test_zero_label_looks_at_no_label(stars, source):
    X, y = stars
    honest = registry.make("zero_label", SETTINGS, source).fit(X, y)
    shuffled = registry.make("zero_label", SETTINGS, source).fit(X, np.random.default_rng(0).permutation(y))
    assert np.array_equal(honest.predict_proba(X), shuffled.predict_proba(X))


def test_merging_sums_the_classes_of_a_node_and_forgets_what_the_target_lacks():
    p = np.array([[0.1, 0.2, 0.4, 0.3]])
    merged = merge(p, ("EB_EC", "EB_ED", "QSO", "RRL_ab"), np.array(["EB", "RRL_ab", "RS_CVn"]))
    assert merged[0] == pytest.approx([0.5, 0.5, 0.0], abs=2e-3)
    assert (merged > 0).all()


def test_the_released_recipe_sends_what_lies_below_its_minima_to_the_first_class(stars, source):
    X, y = stars
    recipe = registry.make("upsilont_recipe", SETTINGS, source).fit(X, y)
    below = X.iloc[[0]].assign(amplitude=X["amplitude"].min() - 1)
    assert recipe.predict_proba(below).argmax() == 0
    assert recipe.scaler.log10_minimum["amplitude"] == X["amplitude"].min()  # refitted on the target


def test_the_released_recipe_trains_on_all_labels_where_it_cannot_divide_them(stars, source):
    X, y = stars
    few = [0, 40, 80]
    recipe = registry.make("upsilont_recipe", SETTINGS, source).fit(X.iloc[few], y[few])
    assert np.isfinite(recipe.predict_proba(X)).all()


def test_no_such_strategy_and_no_source_are_sentences():
    with pytest.raises(LctransferError, match="no strategy 'magic'"):
        registry.make("magic", SETTINGS)
    with pytest.raises(LctransferError, match="none was given"):
        registry.make("finetune_all", SETTINGS)
