"""Stars to label next: uncertain ones, unlike one another, never one that has a label; whatever the order of rows."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from two_classes import light_curves

from lctransfer.classifier.suggest import choose, density, uncertainty
from lctransfer.classifier.training import Labels
from lctransfer.cli.main import main
from lctransfer.config import Features, Fit, Transfer
from lctransfer.errors import LctransferError
from lctransfer.stages.fit import FitOptions, fit
from lctransfer.stages.suggest import suggest


def test_uncertainty_is_one_minus_the_margin():
    assert uncertainty(np.array([[0.5, 0.5, 0.0], [0.7, 0.2, 0.1], [1.0, 0.0, 0.0]])) == pytest.approx([1, 0.5, 0])


@pytest.fixture
def stars():
    """Return three groups of stars, the first certain, and their probabilities."""
    rng = np.random.default_rng(0)
    group = np.repeat([0, 1, 2], 40)
    X = pd.DataFrame({f"f{i}": group * 10.0 * (i + 1) + rng.normal(0, 1, 120) for i in range(3)})
    top = np.where(group == 0, 0.99, 0.55) - rng.uniform(0, 0.01, 120)
    return X, np.column_stack([top, 1 - top]), group


def test_suggestions_are_uncertain_and_of_every_uncertain_kind(stars):
    X, probabilities, group = stars
    rows = choose(X, probabilities, np.zeros(120, bool), 6)
    assert len(set(rows)) == 6
    assert set(group[rows]) == {1, 2}
    labelled = group == 1
    near_none = choose(X, probabilities, labelled, 3)
    assert set(group[near_none]) == {2}
    assert len(choose(X, probabilities, labelled, 500)) == 80


def test_before_any_label_every_kind_comes_in_turn(stars):
    X, probabilities, group = stars
    nowhere = np.zeros(120, bool)
    assert set(group[choose(X, None, nowhere, 3)]) == {0, 1, 2}
    assert set(group[choose(X, probabilities, nowhere, 3)]) == {1, 2}


def test_an_outlier_is_not_the_first_choice(stars):
    X, probabilities, _ = stars
    X.iloc[-1] = 1e6
    X = pd.concat([X] * 3, ignore_index=True) + np.random.default_rng(1).normal(0, 1e-3, (360, 3))
    outliers = np.isin(np.arange(360) % 120, 119)
    rows = choose(X, np.concatenate([probabilities] * 3), np.zeros(360, bool), 4)
    assert not outliers[rows].any()


def test_density_is_the_inverse_of_the_distance_to_neighbours():
    line = np.arange(30.0)[:, None] * np.array([[1.0, 0.0]])
    near = density(line)
    assert near[15] > near[0]
    assert near[15] == pytest.approx(1 / (5.5 + 0.1 * np.median([_mean_apart(i) for i in range(30)])))
    assert density(np.zeros((5, 2))) == pytest.approx(1.0)
    assert density(np.zeros((1, 2))) == pytest.approx(1.0)


def _mean_apart(place):
    """Return the mean distance to the 20 nearest of the other integers below 30."""
    return np.sort(np.abs(np.delete(np.arange(30), place) - place))[:20].mean()


def test_the_verb_suggests_unlabelled_stars_whatever_the_order_of_rows(tmp_path):
    table = light_curves(90)
    known = [name if i % 3 == 0 else None for i, name in enumerate(table["label"].to_pylist())]
    table = table.set_column(1, "label", pa.array(known))
    pq.write_table(table, tmp_path / "stars.parquet")
    options = FitOptions(Fit(strategy="extra_trees", folds=2), Transfer(trees=10), Features(set="upsilon"))
    fit(tmp_path / "stars.parquet", tmp_path / "model", "none", options=options)
    found = suggest(tmp_path / "model", tmp_path / "stars.parquet", 5, tmp_path / "out.csv")
    assert len(found) == 5
    assert not set(found["source_id"]) & {name for name, label in zip(table["source_id"].to_pylist(), known) if label}
    assert (found["confidence"] >= found["next_probability"]).all()
    assert pd.read_csv(tmp_path / "out.csv")["label"].isna().all()
    order = np.random.default_rng(0).permutation(90)
    pq.write_table(table.take(order), tmp_path / "shuffled.parquet")
    again = suggest(tmp_path / "model", tmp_path / "shuffled.parquet", 5)
    assert list(again["source_id"]) == list(found["source_id"])
    pq.write_table(table.filter(pa.array([label is not None for label in known])), tmp_path / "known.parquet")
    with pytest.raises(LctransferError, match="no star"):
        suggest(tmp_path / "model", tmp_path / "known.parquet", 5)


def test_labels_that_belong_to_no_star_are_told(tmp_path, capsys):
    pq.write_table(light_curves(12).drop_columns(["label"]), tmp_path / "stars.parquet")
    (tmp_path / "labels.csv").write_text("source_id,label\ns00000,EA\nelsewhere,EA\n")
    suggest("simulated", tmp_path / "stars.parquet", 2, labels=Labels(tmp_path / "labels.csv"))
    assert "1 labels belong to no star of the table, such as elsewhere." in capsys.readouterr().err


def test_positions_are_printed_to_a_fraction_of_an_arc_second(tmp_path, capsys):
    table = light_curves(12).drop_columns(["label"])
    pq.write_table(table, tmp_path / "stars.parquet")
    assert main(["suggest", "simulated", str(tmp_path / "stars.parquet"), "-n", "1"]) == 0
    head, row = (line.split() for line in capsys.readouterr().out.splitlines())
    shown = dict(zip(head, row))
    star = table["source_id"].to_pylist().index(shown["source_id"])
    for name in ("ra", "dec"):
        assert abs(float(shown[f"{name}_deg"]) - table[name].to_pylist()[star]) <= 5e-6
