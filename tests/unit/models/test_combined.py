"""Several sources taken together."""

import numpy as np
import pandas as pd
import pytest

from lctransfer.errors import LctransferError
from lctransfer.features import NAMES
from lctransfer.models.combined import Combined
from lctransfer.models.network import Network
from lctransfer.models.opening import open_source
from lctransfer.models.scaler import Scaler
from lctransfer.models.simulated import simulated
from lctransfer.models.source import SourceModel


def model(features: tuple[str, ...], classes: tuple[str, ...]) -> SourceModel:
    scaler = Scaler(features, (0.0,) * len(features), (1.0,) * len(features))
    return SourceModel(Network(len(features), len(classes), (4,)), scaler, classes, "A test.")


@pytest.fixture
def pair() -> Combined:
    return open_source([model(("std", "eta"), ("EB", "QSO")), model(("eta", "r41"), ("QSO", "GDOR"))])


def test_probabilities_are_means_over_the_sources_that_know_a_class(pair):
    X = pd.DataFrame(np.ones((3, 3)), columns=["std", "eta", "r41"])
    assert pair.features == ("std", "eta", "r41")
    assert pair.classes == ("EB", "QSO", "GDOR")
    first, second = (one.predict_proba(X) for one in pair.models)
    expected = np.column_stack([first[:, 0], (first[:, 1] + second[:, 0]) / 2, second[:, 1]])
    assert pair.predict_proba(X) == pytest.approx(expected / expected.sum(axis=1, keepdims=True))
    assert pair.embed(X).shape == (3, 8)


def test_one_source_of_a_list_stays_itself_and_none_stays_none():
    alone = model(("std",), ("EB", "QSO"))
    assert open_source([alone]) is alone
    assert open_source([None]) is None


def test_sources_with_a_plus_between_them_are_taken_together():
    together = open_source("simulated+simulated")
    assert together.models == (simulated(), simulated())
    with pytest.raises(LctransferError, match="nowhere"):
        open_source("simulated+nowhere")


def test_the_simulated_sky_sees_features_that_one_pass_extracts():
    assert set(simulated().features) <= set(NAMES["both"])
