"""Uses of unlabelled stars: `auto` in parts is `auto`, shares are found, and the rule says what it says."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lctransfer.config import Transfer
from lctransfer.models.simulated import simulated
from lctransfer.transfer.auto import Auto
from lctransfer.transfer.sweep import divide, inputs

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))
from unlabelled import AS_IT_IS, METRICS, WAYS, changes, never_found, verdicts
from unlabelled_ways import parts_of, shares

SETTINGS = replace(Transfer(trees=10), labels="stratified")


@pytest.fixture(scope="module")
def stars():
    """Return 90 made-up stars of three classes that lie apart."""
    rng, sky = np.random.default_rng(1), simulated()
    names = np.repeat(["EB", "RRL", "CEPH"], 30)
    values = np.abs(rng.normal(1, 0.3, (90, len(sky.features)))) + np.repeat([0, 1, 2], 30)[:, None]
    return pd.DataFrame(values, columns=list(sky.features)).assign(
        source_id=[f"star {i}" for i in range(90)], class_name=names, median_mag=rng.normal(15, 1, 90)
    )


def test_auto_in_parts_is_auto_and_every_way_gives_probabilities(stars):
    parts, truth = parts_of(stars, simulated(), SETTINGS, 15, 0)
    assert (len(truth), len(parts.pool), len(parts.X)) == (45, 30, 15)
    split = divide(stars, SETTINGS, 15, 0)
    whole = Auto(SETTINGS, simulated(), 0)
    whole.fit(inputs(stars)[split.labelled], stars["class_name"].to_numpy(dtype=str)[split.labelled])
    said = {name: way(parts) for name, way in WAYS.items()}
    np.testing.assert_array_equal(said[AS_IT_IS], whole.predict_proba(parts.test))
    for name, probabilities in said.items():
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, err_msg=name)
        assert (probabilities > 0).all(), name
    assert len({array.tobytes() for array in said.values()}) == len(WAYS)


def test_shares_are_found_from_probabilities_learnt_at_others():
    rng, truth = np.random.default_rng(2), np.repeat([0, 1], [900, 100])
    x = rng.normal(2.0 * truth, 1)
    given = 1 / (1 + np.exp(2 - 2 * x))  # of the second class, at equal shares
    found = shares(np.column_stack([1 - given, given]), np.array([0.5, 0.5]))
    assert found[1] == pytest.approx(0.1, abs=0.03)


def test_the_rule_asks_for_gains_of_both_and_no_loss():
    rng, rows = np.random.default_rng(3), []
    gains = {AS_IT_IS: 0.0, "self-training": 0.02, "soft self-training": -0.01}
    for number in range(8):
        for way in WAYS:
            gain = gains.get(way, 0.02 if number else -0.004) + rng.normal(0, 0.001)
            rows.append({"survey": "s", "draw": "d", "labels": number, "seed": 0, "way": way}
                        | dict.fromkeys(METRICS, 0.5 + gain))  # fmt: skip
    table = verdicts(pd.DataFrame(rows)).set_index("way")["ships"]
    assert table.to_dict() == {way: "yes" if way == "self-training" else "no" for way in list(WAYS)[1:]}
    assert changes(pd.DataFrame(rows), "mcc")["self-training"].mean() == pytest.approx(0.02, abs=0.003)


def test_a_class_that_trees_find_in_one_seed_and_auto_in_none_is_named():
    rows = [
        {"draw": "random", "labels": 80, "seed": seed, "strategy": name, "class": kind, "n_test": size, "recall": found}
        for kind, size in (("rare", 5), ("tiny", 2))
        for name, founds in ((AS_IT_IS, (0.0, 0.0)), ("extra_trees", (0.0, 0.2)), ("lightgbm", (0.0, 0.0)))
        for seed, found in enumerate(founds)
    ]
    assert never_found(pd.DataFrame(rows))["class"].tolist() == ["rare"]
