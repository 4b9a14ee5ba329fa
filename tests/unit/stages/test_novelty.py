"""A class that is left out of the labels is not learnt from, and is what the area is about."""

import numpy as np
import pandas as pd
import pytest

from lctransfer.config import Novelty, Transfer
from lctransfer.features import NAMES
from lctransfer.stages.novelty import area, evaluate_split, novelty
from lctransfer.transfer.simple import ExtraTrees
from lctransfer.transfer.sweep import Target

QUICK = Transfer(trees=30)


@pytest.fixture
def stars():
    """Return stars of three classes, one of them half-way between the others."""
    rng = np.random.default_rng(0)
    names = NAMES["upsilon"]
    y = np.repeat(["CEPH", "DSCT", "LPV"], 20)
    centre = np.repeat([0.0, 20.0, 10.0], 20)
    table = pd.DataFrame({name: rng.normal(centre, 1) for name in names})
    return table.assign(source_id=[f"s{i}" for i in range(60)], class_name=y, flag="ok")


def test_a_star_that_comes_first_counts_one_and_ties_count_half():
    new = np.array([True, False, False])
    assert area(new, np.array([3.0, 1.0, 2.0])) == 1
    assert area(new, np.zeros(3)) == 0.5
    assert area(new, np.array([1.5, 1.0, 2.0])) == 0.5


def test_no_new_star_has_no_area():
    assert np.isnan(area(np.zeros(3, dtype=bool), np.arange(3.0)))


def test_the_class_is_not_among_the_labels_and_its_stars_are_among_the_unlabelled(stars, monkeypatch):
    seen, fit = [], ExtraTrees.fit
    monkeypatch.setattr(ExtraTrees, "fit", lambda *given: seen.append(given) or fit(*given))
    row = evaluate_split(stars, None, "extra_trees", QUICK, left_out="LPV", fraction=0.2, seed=0)
    ((_, X, y, rest, classes),) = seen
    assert classes is None  # else the class left out would be told
    assert (set(y), len(X)) == ({"CEPH", "DSCT"}, 8)
    assert rest.mean(axis=1).between(5, 15).sum() == 10
    assert (row["n_novel"], row["n_known"]) == (10, 20)


def test_a_class_between_the_labelled_ones_stands_out_and_one_beyond_a_labelled_one_does_not(stars):
    between, beyond = (
        evaluate_split(stars, None, "extra_trees", QUICK, left_out=name, fraction=0.3, seed=0)
        for name in ("LPV", "CEPH")
    )
    assert (between["auroc"], between["auroc_probability"]) == (1.0, 1.0)
    assert beyond["auroc"] < 0.6


@pytest.mark.parametrize(("classes", "rows"), [(3, 6), (2, 0)])
def test_a_row_per_class_and_seed_and_none_where_no_class_can_be_spared(stars, tmp_path, classes, rows):
    target = Target("asas", stars[stars["class_name"].isin(["CEPH", "DSCT", "LPV"][:classes])], None)
    novelty(target, tmp_path / "out.parquet", Novelty(strategies=["extra_trees"], seeds=2), QUICK)
    table = pd.read_parquet(tmp_path / "out.parquet")
    assert len(table) == rows
    assert {"survey", "left_out", "auroc"} <= set(table)
    assert set(table["survey"]) == ({"asas"} if rows else set())
