"""A class that is left out of the labels is not learnt from, and is what the area is about."""

import numpy as np
import pandas as pd
import pytest

from lctransfer.config import Novelty, Transfer
from lctransfer.features import NAMES
from lctransfer.stages import novelty as stage
from lctransfer.stages.novelty import area, evaluate_split, novelty


class Far:
    """Says nothing of classes, and finds stars the less like the labelled ones the further they lie from their mean."""

    def fit(self, X, y, X_unlabelled):
        self.seen, self.classes_, self.rest = set(y), np.unique(y), X_unlabelled
        self.centre = X.to_numpy().mean(axis=0)
        return self

    def predict_proba(self, X):
        return np.full((len(X), len(self.classes_)), 1 / len(self.classes_))

    def novelty_score(self, X, probabilities=None):
        return np.linalg.norm(X.to_numpy() - self.centre, axis=1)


@pytest.fixture
def stars():
    rng = np.random.default_rng(0)
    names = NAMES["upsilon"]
    y = np.repeat(["CEPH", "DSCT", "LPV"], 20)
    centre = np.where(y == "LPV", 50.0, 0.0)
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
    made = []
    monkeypatch.setattr(stage, "make", lambda *_: made.append(Far()) or made[-1])
    row = evaluate_split(stars, None, "far", Transfer(), left_out="LPV", fraction=0.2, seed=0)
    assert made[0].seen == {"CEPH", "DSCT"}
    assert (made[0].rest.mean(axis=1) > 25).sum() == 10
    assert (row["n_novel"], row["n_known"]) == (10, 20)
    assert (row["auroc"], row["auroc_probability"]) == (1.0, 0.5)


@pytest.mark.parametrize(("classes", "rows"), [(3, 6), (2, 0)])
def test_a_row_per_class_and_seed_and_none_where_no_class_can_be_spared(stars, tmp_path, monkeypatch, classes, rows):
    monkeypatch.setattr(stage, "make", lambda *_: Far())
    monkeypatch.setattr(stage.SourceModel, "load", lambda _: None)
    stars[stars["class_name"].isin(["CEPH", "DSCT", "LPV"][:classes])].to_parquet(tmp_path / "features.parquet")
    settings = Novelty(strategies=["far"], seeds=2)
    given = {"survey": "asas", "settings": settings, "transfer": Transfer(), "min_class_size": 2}
    novelty(tmp_path / "features.parquet", tmp_path, tmp_path / "out.parquet", **given)
    table = pd.read_parquet(tmp_path / "out.parquet")
    assert len(table) == rows
    assert {"survey", "left_out", "auroc"} <= set(table)
