"""The network of the simulated sky that comes with the package."""

from lctransfer.features import NAMES
from lctransfer.features.describe import FEATURES
from lctransfer.models.simulated import simulated


def test_its_features_are_those_that_are_computed_and_described_by_the_same_names():
    assert set(simulated().features) == set(NAMES["both"])
    for kind in ("upsilon", "lctransfer"):
        assert tuple(feature.name for feature in FEATURES if feature.set == kind) == tuple(NAMES[kind])
