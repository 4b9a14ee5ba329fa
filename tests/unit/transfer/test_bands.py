"""Bands that are classified apart are one answer per source in the end."""

import numpy as np
import pandas as pd
import pytest

from lctransfer.config import Transfer
from lctransfer.features import NAMES
from lctransfer.transfer.bands import combine
from lctransfer.transfer.sweep import run_seeds


def test_the_mean_of_log_probabilities_leaves_out_bands_without_features():
    ids = np.array(["b", "a", "b", "c", "a"])
    given = np.array([[0.9, 0.1], [0.6, 0.4], [0.4, 0.6], [np.nan, np.nan], [np.nan, np.nan]])
    found = combine(ids, given)
    assert found.rows.tolist() == [0, 1, 3]
    ratio = np.sqrt(0.9 * 0.4 / (0.1 * 0.6))
    assert found.probabilities[0] == pytest.approx([ratio / (1 + ratio), 1 / (1 + ratio)])
    assert found.probabilities[1] == pytest.approx([0.6, 0.4])
    assert np.isnan(found.probabilities[2]).all()


def test_a_source_is_tested_once_where_bands_are_combined():
    rng = np.random.default_rng(0)
    names = np.repeat([f"s{i}" for i in range(40)], 2)
    table = pd.DataFrame({"source_id": names, "class_name": np.repeat(["EB", "RRL"], 40), "flag": "ok"})
    values = rng.uniform(1, 2, (80, len(NAMES["upsilon"]))) + (table["class_name"] == "EB").to_numpy()[:, None]
    table = pd.concat([table, pd.DataFrame(values, columns=list(NAMES["upsilon"]))], axis=1)
    settings = Transfer(trees=10)
    for together, rows in ((False, 40), (True, 20)):
        (row, predicted), *_ = run_seeds(
            table, None, "extra_trees", settings, fraction=0.2, seeds=[0], combine_bands=together
        )
        assert (row["n_test"], len(predicted)) == (rows, rows)
        assert (row["n_labels"], row["n_pool"]) == (8, rows)
        assert row["mcc"] == pytest.approx(1.0)
