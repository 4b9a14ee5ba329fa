"""The default strategy: who takes part, and what it does with what labels say of them."""

import numpy as np
import pandas as pd
import pytest
import torch

from lctransfer.config import Transfer
from lctransfer.models.network import Network
from lctransfer.models.scaler import Scaler
from lctransfer.models.simulated import simulated
from lctransfer.models.source import SourceModel
from lctransfer.transfer.auto import Auto
from lctransfer.transfer.head import MappedHead

NAMES = ("amplitude", "period", "phi21")
QUICK = Transfer(trees=20, simulated_sky=False)


@pytest.fixture
def source():
    torch.manual_seed(0)
    return SourceModel(Network(3, 2, (8,)), Scaler.fit(_stars(60)[0].to_numpy(), NAMES), ("EB_EC", "RRL_ab"))


def _stars(n, seed=0):
    rng = np.random.default_rng(seed)
    y = np.array(["EB_EC", "RRL_ab"])[np.arange(n) % 2]
    X = pd.DataFrame(rng.lognormal(size=(n, 3)), columns=NAMES)
    X["phi21"] += 5 * (y == "RRL_ab")
    return X, y


def test_a_second_fit_is_like_the_first(source):
    X, y = _stars(80)
    head = MappedHead(QUICK, source, prior_weight=0.7)
    first = head.fit(X, y).predict_proba(X)
    assert np.array_equal(head.fit(X, y).predict_proba(X), first)
    assert head.prior_weight == 0.7
    assert head.fitted_prior_weight == pytest.approx(0.7 / (1 + 40 / 16))


def test_who_takes_part_depends_on_sources_and_labels(source):
    X, y = _stars(80)
    names = [type(member).__name__ for member in Auto(QUICK, source).fit(X, y).members]
    assert names == ["MappedHead", "SourceTrees", "ExtraTrees", "Boosting"]
    assert [type(member).__name__ for member in Auto(QUICK, None).fit(X[:20], y[:20]).members] == ["ExtraTrees"]


def test_the_in_context_network_takes_part_where_the_sky_that_it_has_learnt_to_read_does(source):
    rng = np.random.default_rng(0)
    y = np.array(["EB_EC", "RRL_ab"] * 10)
    X = pd.DataFrame(rng.lognormal(size=(20, len(simulated().features))), columns=simulated().features)
    sky = [type(member).__name__ for member in Auto(Transfer(trees=20), None).fit(X, y).members]
    assert sky[:3] == ["ZeroLabel", "MappedHead", "InContext"]
    other = SourceModel(source.network, source.scaler, source.classes, simulated().origin)  # a sky of three features
    assert "InContext" not in [type(member).__name__ for member in Auto(Transfer(trees=20), other).fit(X, y).members]


def test_the_novelty_score_does_not_listen_to_a_source_without_weight(source):
    X, y = _stars(40)
    fitted = Auto(QUICK, source).fit(X, y)
    fitted.views.weights[:] = np.array([0.5, 0.0, 1.0, 0.0][: len(fitted.members)])
    assert fitted._sources_heard() == [source]
    heard = fitted.novelty_score(X)
    fitted.views.weights[:, :2] = 0.0
    assert fitted._sources_heard() == []
    assert not np.array_equal(fitted.novelty_score(X), heard)


def test_a_class_without_a_label_is_answered_by_the_source_that_knows_it(source):
    X, y = _stars(40)
    one = y == "EB_EC"
    fitted = Auto(QUICK, source).fit(X[one], y[one], classes=np.array(["EB_EC", "RRL_ab"]))
    assert list(fitted.classes_) == ["EB_EC", "RRL_ab"]
    assert np.allclose(fitted.predict_proba(X).sum(axis=1), 1)
    share = source.predict_proba(X)[:, 1]
    assert np.corrcoef(fitted.predict_proba(X)[:, 1], share)[0, 1] > 0.8
    alone = Auto(QUICK, None).fit(X, y, classes=np.array(["EB_EC", "QSO", "RRL_ab"]))
    assert list(alone.classes_) == ["EB_EC", "RRL_ab"]  # nobody has ever seen a QSO


def test_a_class_with_three_labels_beside_hundreds_is_found_where_trees_find_it(source):
    rng = np.random.default_rng(1)
    y = np.repeat(["EB_EC", "RRL_ab", "MIRA"], [300, 60, 23])  # MIRA: nothing that the source knows
    X = pd.DataFrame(rng.lognormal(size=(len(y), 3)), columns=NAMES)
    X["phi21"] += 5 * (y == "RRL_ab")
    X["period"] += 100 * (y == "MIRA")
    labelled = np.r_[0:150, 300:330, 360:363]
    fitted, tested = Auto(QUICK, source).fit(X.iloc[labelled], y[labelled]), np.r_[363:383]
    assert (fitted.classes_[fitted.predict_proba(X.iloc[tested]).argmax(axis=1)] == "MIRA").mean() > 0.8


def test_a_source_that_finds_a_missing_class_among_the_labelled_stars_is_believed_less(source):
    X, y = _stars(40)
    swapped = np.where(y == "EB_EC", "RRL_ab", "EB_EC")
    assert Auto(QUICK, source).fit(X, y).belief.tolist() == [1, 1]
    few = Auto(QUICK, source).fit(X[y == "EB_EC"], swapped[y == "EB_EC"], classes=np.array(["EB_EC", "RRL_ab"]))
    claimed = source.predict_proba(X[y == "EB_EC"])[:, 0].sum()
    assert few.belief[0] == pytest.approx(4 / (4 + claimed), rel=0.02)
    assert few.belief[1] == 1
