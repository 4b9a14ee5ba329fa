"""The in-context network as a strategy, on stars of a simulated survey that it has not learnt from."""

import numpy as np
import pytest

from lctransfer.config import Features, Transfer
from lctransfer.errors import LctransferError
from lctransfer.features import extract
from lctransfer.simulate import simulate
from lctransfer.transfer import registry
from lctransfer.transfer.in_context import MOST_LABELLED, _few_of_each
from lctransfer.transfer.sweep import inputs, usable


@pytest.fixture(scope="module")
def stars():
    table = extract(simulate("asas", 500, seed=5), Features(set="both")).to_pandas()
    stars = usable(table, 10, "asas")
    return inputs(stars), stars["class_name"].to_numpy(dtype=str)


def fitted(stars, labelled):
    X, y = stars
    return registry.make("in_context", Transfer()).fit(X.iloc[labelled], y[labelled], classes=np.unique(y))


def test_it_classifies_and_answers_for_classes_without_a_label(stars):
    X, y = stars
    labelled = np.flatnonzero(y != "RRL_ab")[:30]
    probabilities = fitted(stars, labelled).predict_proba(X)
    found = np.unique(y)[probabilities.argmax(axis=1)]
    assert probabilities.sum(axis=1) == pytest.approx(1)
    assert (found == y).mean() > 0.7
    assert (found[y == "RRL_ab"] == "RRL_ab").mean() > 0.5


def test_labels_of_words_that_the_sky_does_not_know_are_learnt(stars):
    X, y = stars
    words = np.array([f"word {name}" for name in y])
    strategy = registry.make("in_context", Transfer()).fit(X.iloc[::3], words[::3])
    found = strategy.classes_[strategy.predict_proba(X.iloc[1::3]).argmax(axis=1)]
    assert (found == words[1::3]).mean() > 0.6


def test_of_many_labels_it_reads_a_few_of_each_class():
    codes = np.repeat([0, 1, 2], [500, 3, MOST_LABELLED])
    read = _few_of_each(codes, seed=0)
    assert np.bincount(codes[read]).tolist() == [MOST_LABELLED, 3, MOST_LABELLED]
    assert not np.array_equal(read, _few_of_each(codes, seed=1))


def test_features_that_it_needs_are_named(stars):
    X, y = stars
    with pytest.raises(LctransferError, match="log_folded_eta"):
        registry.make("in_context", Transfer()).fit(X.drop(columns="log_folded_eta"), y)
