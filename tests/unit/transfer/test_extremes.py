"""Every strategy on the smallest and oddest sets of labels, and properties of splits that always hold."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lctransfer.classifier.estimator import TransferClassifier
from lctransfer.config import Transfer
from lctransfer.evaluation.splits import split
from lctransfer.models.network import Network
from lctransfer.models.scaler import Scaler
from lctransfer.models.simulated import simulated
from lctransfer.models.source import SourceModel
from lctransfer.transfer import STRATEGIES, registry

NAMES = ("amplitude", "period", "phi21", "r21")
QUICK = Transfer(epochs=3, repeats=1, trees=10)


def _table(n, seed=0, strategy=""):
    """Return features of `n` stars; all that the simulated sky reads where the strategy cannot do without."""
    rng = np.random.default_rng(seed)
    names = dict.fromkeys((*NAMES, *(simulated().features if strategy == "in_context" else ())))
    return pd.DataFrame({name: rng.uniform(0.1, 5, n) for name in names})


@pytest.fixture(scope="module")
def source():
    torch.manual_seed(0)
    classes = ("EB_EC", "EB_ED", "QSO", "RRL_ab")
    return SourceModel(Network(len(NAMES), len(classes), (8,)), Scaler.fit(_table(50).to_numpy(), NAMES), classes)


LABELS = {
    "two stars": ["EB", "RRL_ab"],
    "five stars": ["EB", "EB", "RRL_ab", "RRL_ab", "QSO"],
    "a class of one": [*["EB"] * 12, *["RRL_ab"] * 12, "DSCT"],
    "every class of one": ["EB_EC", "EB_ED", "QSO", "RRL_ab", "DSCT", "BV", "RS_CVn"],
    "two classes": ["EB", "RRL_ab"] * 10,
    "a class that the source lacks": ["EB", "RS_CVn", "RRL_ab"] * 6,
    "no class in common": ["RS_CVn", "BY"] * 8,
    "one class in common": ["RS_CVn", "EB"] * 8,
    "a superclass beside its class": ["EB", "EB_EC", "RRL_ab"] * 6,
    "very unequal": ["EB"] * 60 + ["RRL_ab"] * 2,
}


@pytest.mark.no_cover  # 300 fits, which take twice the time when each line is counted
@pytest.mark.parametrize("unlabelled", [None, 0, 6])
@pytest.mark.parametrize("case", LABELS)
@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_every_strategy_takes_the_oddest_labels(name, case, unlabelled, source):
    y = np.array(LABELS[case])
    more = None if unlabelled is None else _table(unlabelled, 1, name)
    fitted = registry.make(name, QUICK, source).fit(_table(len(y), 0, name), y, more)
    assert list(fitted.classes_) == sorted(set(y))
    for n in (1, 7):
        probabilities = fitted.predict_proba(_table(n, 2, name))
        assert probabilities.shape == (n, len(set(y)))
        assert np.isfinite(probabilities).all()
        assert (probabilities >= 0).all()
        assert probabilities.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("constant", [False, True])
@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_far_away_and_constant_features_give_probabilities(name, constant, source):
    X, y = _table(20, 0, name), np.array(["EB", "RRL_ab"] * 10)
    if constant:
        X["r21"] = 1.0
    fitted = registry.make(name, QUICK, source).fit(X, y)
    probabilities = fitted.predict_proba(_table(5, 0, name) * 1e6 - 1e3)
    assert np.isfinite(probabilities).all()
    assert probabilities.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("dtype", [object, "U20", "string", "category"])
def test_labels_of_any_text_type(dtype, source):
    y = pd.Series(["EB", "RRL_ab"] * 10).astype(dtype if dtype in ("string", "category") else object)
    y = y.to_numpy(dtype) if dtype in (object, "U20") else y
    fitted = TransferClassifier(source, "extra_trees", settings={"trees": 10}).fit(_table(20), y)
    assert list(fitted.classes_) == ["EB", "RRL_ab"]
    assert set(fitted.predict(_table(20))) <= {"EB", "RRL_ab"}


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_a_nan_is_named_before_anything_is_learnt(name, source):
    classifier, y = TransferClassifier(source, name, settings={"trees": 10, "epochs": 2}), ["EB", "RRL_ab"] * 10
    with pytest.raises(ValueError, match="NaN"):
        classifier.fit(_table(20).replace({"period": {_table(20)["period"][3]: np.nan}}), y)
    with pytest.raises(ValueError, match="NaN"):
        classifier.fit(_table(20), y, _table(4).assign(r21=np.nan))


stars = st.lists(st.tuples(st.integers(0, 40), st.sampled_from("abcd")), min_size=1, max_size=60)
shares = st.floats(0.001, 0.9)


@settings(max_examples=150, deadline=None)
@given(rows=stars, seed=st.integers(0, 5), fractions=st.tuples(shares, shares), test_fraction=st.floats(0.05, 0.95))
def test_splits_are_apart_nested_and_leave_no_class_without_a_label(rows, seed, fractions, test_fraction):
    ids, labels = np.array([f"s{number}" for number, _ in rows]), np.array([label for _, label in rows])
    small, large = (split(ids, labels, seed, fraction, test_fraction) for fraction in sorted(fractions))
    assert np.array_equal(small.test, large.test)
    assert (small.labelled <= large.labelled).all()
    assert not (large.labelled & large.test).any()
    assert (small.test ^ small.labelled ^ small.unlabelled).all()
    for mask in (small.test, small.labelled, large.labelled):
        assert not set(ids[mask]) & set(ids[~mask])  # all rows of a star go together
    first = pd.DataFrame({"id": ids, "label": labels}).sort_values(["id", "label"]).drop_duplicates("id")
    assert set(first["label"]) <= set(labels[small.labelled])


@settings(max_examples=50, deadline=None)
@given(rows=stars, seed=st.integers(0, 5), order=st.randoms(use_true_random=False))
def test_other_stars_of_other_classes_move_no_star(rows, seed, order):
    rows = list(dict(rows).items())
    ids, labels = np.array([f"s{number}" for number, _ in rows]), np.array([label for _, label in rows])
    whole = split(ids, labels, seed, 0.2, 0.5)
    for name in set(labels):
        own = np.flatnonzero(labels == name)
        order.shuffle(own)
        alone = split(ids[own], labels[own], seed, 0.2, 0.5)
        assert np.array_equal(alone.test, whole.test[own])
        assert np.array_equal(alone.labelled, whole.labelled[own])
