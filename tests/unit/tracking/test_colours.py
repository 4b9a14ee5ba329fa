"""Curves can be told apart by colour alone, and keep the hue of the report."""

from itertools import combinations

import pytest

from lctransfer.report import palette
from lctransfer.tracking.colours import _channels, _distance, distinct
from lctransfer.transfer import STRATEGIES


@pytest.mark.parametrize("n_surveys", [1, 3, 5])
def test_all_curves_have_colours_of_their_own(n_surveys):
    colours = distinct([f"survey{i}" for i in range(n_surveys)], list(STRATEGIES))
    assert len(colours) == n_surveys * len(STRATEGIES)
    apart = min(_distance(_channels(a), _channels(b)) for a, b in combinations(colours.values(), 2))
    assert apart > 0.15


def test_the_first_survey_has_the_colours_of_the_report():
    strategies = ["finetune_all", "extra_trees", "zero_label", "upsilont_recipe"]
    colours = distinct(["asas", "hipparcos"], strategies)
    assert {name: colours["asas", name] for name in strategies} == {
        name: palette.look(name, strategies)["color"] for name in strategies
    }
