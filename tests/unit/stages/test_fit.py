"""The model that is kept: measured out of fold on every label, or on the test stars of the sweep's first split."""

import numpy as np
import pandas as pd
import pytest
import torch

from lctransfer.classifier.card import render
from lctransfer.classifier.estimator import TransferClassifier
from lctransfer.classifier.model import FittedModel
from lctransfer.config import Fit, Transfer
from lctransfer.errors import LctransferError
from lctransfer.evaluation.metrics import METRICS
from lctransfer.features import NAMES
from lctransfer.files import read_json
from lctransfer.models.network import Network
from lctransfer.models.scaler import Scaler
from lctransfer.models.source import SourceModel
from lctransfer.stages.fit import FitOptions, fit
from lctransfer.transfer.sweep import run_seeds, usable

SETTINGS = Transfer(trees=20)


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    """Return the features table of a survey of two classes, and the folder of a source model."""
    root = tmp_path_factory.mktemp("fit")
    rng = np.random.default_rng(0)
    names = tuple(NAMES["upsilon"])
    kinds = np.repeat(["RRL_ab", "EB_EC"], 40)
    values = {name: rng.normal(1, 0.3, 80) + (kinds == "EB_EC") for name in names}
    table = pd.DataFrame(values).assign(source_id=[f"s{i}" for i in range(80)], class_name=kinds, flag="ok")
    table.to_parquet(root / "features.parquet")
    torch.manual_seed(0)
    scaler = Scaler.fit(table[list(names)].to_numpy(), names)
    SourceModel(Network(len(names), 2, (8,)), scaler, ("RRL_ab", "EB_EC"), "Made up.").save(root / "source")
    return root / "features.parquet", root / "source"


def fitted(survey, directory, **settings):
    features, source = survey
    chosen = Fit(strategy="extra_trees", folds=3, **settings)
    return fit(features, directory, str(source), options=FitOptions(chosen, SETTINGS))


def test_with_a_fraction_its_metrics_are_those_of_the_sweep(survey, tmp_path):
    fitted(survey, tmp_path, fraction=0.2)
    stars = usable(pd.read_parquet(survey[0]), 10, "")
    (row, predictions), *_ = run_seeds(
        stars, SourceModel.load(survey[1]), "extra_trees", SETTINGS, fraction=0.2, seeds=[0]
    )
    measured = read_json(tmp_path / "metrics.json")
    for name in ("mcc", "macro_f1", "accuracy", "n_labels", "n_test", "fraction", "seed"):  # a temperature moves none
        assert measured[name] == row[name]
    classifier = TransferClassifier.load(tmp_path)
    test = stars.set_index("source_id").loc[predictions["source_id"], list(classifier.feature_names_in_)]
    assert list(classifier.predict(test)) == list(predictions["predicted"])


def test_by_default_every_label_is_used_and_the_card_says_what_that_is_worth(survey, tmp_path):
    model = fitted(survey, tmp_path)
    assert model.card["labels"] == {"EB_EC": 40, "RRL_ab": 40}
    assert model.card["measured_on"] == "80 labelled stars, 3-fold cross-validation"
    expected, measured = model.card["expected"], read_json(tmp_path / "metrics.json")
    assert {name: found["value"] for name, found in expected.items()} == {name: measured[name] for name in expected}
    assert (measured["n_labels"], measured["n_test"], measured["fraction"]) == (80, 80, None)
    card = (tmp_path / "card.md").read_text()
    assert f"| mcc | {measured['mcc']:.3f} |" in card
    assert "| EB_EC | 40 |" in card
    again = FittedModel.load(tmp_path)
    assert render(again.card) == card
    names = [line.split("|")[1].strip() for line in card.splitlines() if line.count("|") == 4 and "." in line]
    assert [name for name in names if name in METRICS] == ["mcc", "macro_f1", "accuracy", "ece"]
    X = pd.read_parquet(survey[0])
    assert np.array_equal(again.predict(X)[0], model.predict(X)[0])
    assert np.array_equal(again.calibration.scores, model.calibration.scores)


def test_a_star_in_two_bands_counts_once_on_the_card(survey, tmp_path):
    stars = pd.read_parquet(survey[0])
    stars.assign(source_id=stars["source_id"].str.replace(r"[13579]$", "x", regex=True)).to_parquet(
        tmp_path / "f.parquet"
    )
    model = fitted((tmp_path / "f.parquet", survey[1]), tmp_path / "model")
    assert model.card["measured_on"] == "48 labelled stars with 80 light curves, 3-fold cross-validation"
    assert sum(model.card["labels"].values()) == 48


def test_the_order_of_rows_changes_nothing(survey, tmp_path):
    shuffled = pd.read_parquet(survey[0]).sample(frac=1, random_state=1)
    shuffled.to_parquet(tmp_path / "features.parquet")
    one, other = (
        fitted(survey, tmp_path / "one"),
        fitted((tmp_path / "features.parquet", survey[1]), tmp_path / "other"),
    )
    X = pd.read_parquet(survey[0])
    assert np.array_equal(one.predict(X)[0], other.predict(X)[0])
    assert one.card["expected"] == other.card["expected"]


def test_unlabelled_stars_can_correct_the_class_proportions(survey, tmp_path):
    table = pd.read_parquet(survey[0])
    rng = np.random.default_rng(1)
    more = table.iloc[rng.choice(np.flatnonzero(table["class_name"] == "EB_EC"), 300)].assign(class_name=None)
    more[list(NAMES["upsilon"])] += rng.normal(0, 0.01, (300, len(NAMES["upsilon"])))
    more["source_id"] = [f"u{i}" for i in range(300)]
    pd.concat([table, more]).to_parquet(tmp_path / "features.parquet")
    model = fitted((tmp_path / "features.parquet", survey[1]), tmp_path / "model", class_proportions="estimated")
    rare, common = model.calibration.weights[[model.classes.index(name) for name in ("RRL_ab", "EB_EC")]]
    assert rare < 0.2
    assert common > 1.7
    with pytest.raises(LctransferError, match="unlabelled stars, and the table has none"):
        fitted(survey, tmp_path / "none", class_proportions="estimated")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"strategy": "magic"}, "no strategy 'magic'"),
        ({"fraction": 5.0}, "fraction of 5 cannot be labelled.*leaves 0.5"),
        ({"fraction": 0.9}, "fraction of 0.9 cannot be labelled"),
        ({"fraction": -0.1}, "fraction of -0.1 cannot be labelled"),
    ],
)
def test_what_cannot_be_is_a_sentence_and_leaves_nothing(survey, tmp_path, settings, sentence):
    with pytest.raises(LctransferError, match=sentence):
        fit(survey[0], tmp_path / "out", str(survey[1]), options=FitOptions(Fit(**settings), SETTINGS))
    assert not (tmp_path / "out").exists()


def test_without_labels_and_without_a_source_there_is_no_model(survey, tmp_path):
    pd.read_parquet(survey[0]).drop(columns="class_name").to_parquet(tmp_path / "features.parquet")
    with pytest.raises(LctransferError, match="No star of the table has a label"):
        fit(tmp_path / "features.parquet", tmp_path / "model", "none")
    model = fit(tmp_path / "features.parquet", tmp_path / "model", str(survey[1]))
    assert model.classes == ("EB_EC", "RRL_ab")
    assert "NO LABEL was used" in (tmp_path / "model" / "card.md").read_text()
    assert FittedModel.load(tmp_path / "model").calibration is None
