"""The measure of realism itself: blind to what is the same, sharp on what differs."""

import numpy as np
import pyarrow as pa
import pytest

from lctransfer.errors import LctransferError
from lctransfer.features import NAMES
from lctransfer.simulate import simulate
from lctransfer.simulate.realism import check


def features(seed: int, shift: float = 0.0, class_name: str = "RRL_c", size: int = 200) -> pa.Table:
    rng = np.random.default_rng(seed)
    columns = {name: rng.normal(shift if name == "skewness" else 0.0, 1.0, size) for name in NAMES["upsilon"]}
    return pa.table({"class_name": [class_name] * size, "flag": ["ok"] * size, **columns})


def test_same_distribution_cannot_be_told_apart():
    found = check(features(0), features(1))
    assert found.classes["auroc"][0] == pytest.approx(0.5, abs=0.08)
    assert found.classes["medians_inside"][0] == 1.0


def test_shifted_feature_is_found_and_named():
    found = check(features(0), features(1, shift=3.0))
    assert found.classes["auroc"][0] > 0.95
    worst = found.features.sort_values("auroc").iloc[-1]
    assert worst["feature"] == "skewness"
    assert not worst["inside"]
    assert found.classes["medians_inside"][0] == pytest.approx(15 / 16)


def test_few_stars_are_not_judged():
    both = pa.concat_tables([features(0), features(2, class_name="DSCT", size=5)])
    assert list(check(both, both).classes["class_name"]) == ["RRL_c"]
    with pytest.raises(LctransferError, match="share no class"):
        check(features(0), features(1, class_name="EB_ED"))


def test_light_curves_are_turned_into_features():
    table = simulate("hipparcos", 220, seed=0)
    found = check(table, simulate("hipparcos", 220, seed=1))
    assert {"CEPH_F", "EB_ESD"} <= set(found.classes["class_name"])
    assert found.classes["auroc"].mean() < 0.7
