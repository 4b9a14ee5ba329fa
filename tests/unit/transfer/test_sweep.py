"""The sweep: draws of labels, and what becomes of stars without features."""

import numpy as np
import pandas as pd
import pytest

from lctransfer.config import Transfer
from lctransfer.errors import LctransferError
from lctransfer.features import NAMES
from lctransfer.transfer.sweep import divide, run_seeds, sound, usable

QUICK = Transfer(trees=10, simulated_sky=False)


@pytest.fixture
def stars():
    rng = np.random.default_rng(0)
    names = np.repeat(["EB", "RRL", "DSCT"], [60, 30, 10])
    table = pd.DataFrame(rng.normal(size=(100, 16)), columns=list(NAMES["upsilon"]))
    table["amplitude"] += 9 * (names == "RRL")
    table["period"] += 9 * (names == "DSCT")
    table = table.assign(source_id=[f"s{i}" for i in range(100)], class_name=names, flag="ok")
    return usable(table.assign(median_mag=rng.uniform(10, 15, 100)), 10, "made up")


def test_a_star_without_features_is_never_labelled_and_wrong_when_tested(stars):
    whole = run_seeds(stars, None, "extra_trees", QUICK, fraction=0.3, seeds=[0])[0][0]
    test = np.flatnonzero(divide(stars, QUICK, 0.3, 0).test)
    labelled = np.flatnonzero(divide(stars, QUICK, 0.3, 0).labelled)
    broken = stars.copy()
    broken.loc[[*test[:5], labelled[0]], "flag"] = "too_few_epochs"
    broken.loc[[*test[:5], labelled[0]], list(NAMES["upsilon"])] = np.nan
    row, predictions = run_seeds(broken, None, "extra_trees", QUICK, fraction=0.3, seeds=[0])[0]
    assert (row["n_test"], row["n_labels"]) == (whole["n_test"], whole["n_labels"] - 1)
    assert row["classified"] == 1 - 5 / len(test)
    assert len(predictions) == len(test) - 5
    right = (predictions["predicted"] == predictions["class_name"]).sum()
    assert row["accuracy"] == pytest.approx(right / len(test))
    assert np.isfinite(row["log_loss"])


def test_every_draw_has_the_same_test_stars_and_a_class_without_labels_is_missed(stars):
    rows = {}
    for draw in ("stratified", "random", "brightest"):
        settings = Transfer(trees=10, labels=draw)
        part = divide(stars, settings, 6, 3)
        rows[draw], told = run_seeds(stars, None, "extra_trees", settings, fraction=6, seeds=[3])[0]
        assert set(told["source_id"]) == set(stars["source_id"][part.test])
        assert rows[draw]["labels"] == draw
        assert (rows[draw]["n_labels"], rows[draw]["fraction"], rows[draw]["requested"]) == (6, 0.06, 6.0)
    only = stars[stars["class_name"] != "DSCT"].copy()
    only.loc[only.index[::2], "median_mag"] = np.where(only.iloc[::2]["class_name"] == "EB", 1.0, 20.0)
    with pytest.raises(LctransferError, match="brightest draw are of one class"):
        run_seeds(only, None, "extra_trees", Transfer(trees=10, labels="brightest"), fraction=4, seeds=[0])


def test_classes_are_kept_for_their_sound_stars(stars):
    stars.loc[stars["class_name"] == "DSCT", "flag"] = "too_few_epochs"
    kept = usable(stars, 10, "made up")
    assert set(kept["class_name"]) == {"EB", "RRL"}
    assert sound(kept).all()
