"""The classifier as scikit-learn users hold it: searched over, given no row, given columns in another order."""

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from two_classes import light_curves

import lctransfer
from lctransfer import TransferClassifier
from lctransfer.classifier.inputs import distinct_names
from lctransfer.errors import LctransferError
from lctransfer.taxonomy import members
from lctransfer.transfer.mapping import merge_matrix

RNG = np.random.default_rng(0)
X = pd.DataFrame({"period": RNG.uniform(1, 2, 40), "amplitude": RNG.uniform(0.1, 1, 40)})
Y = np.where(X["period"] > 1.5, "EB", "RRAB")
TREES = {"trees": 5}


@pytest.fixture(scope="module")
def two_shapes():
    """Return what `lctransfer.features` says of 12 simulated stars, with a column of the user's, and their labels."""
    curves = light_curves(12).to_pandas()
    return lctransfer.features(curves, feature_set="upsilon").assign(colour=0.5), curves["label"]


def test_a_grid_search_over_the_settings():
    search = GridSearchCV(
        TransferClassifier(strategy="extra_trees", settings=TREES), {"settings__trees": [3, 7]}, cv=2
    ).fit(X, Y)
    assert search.best_params_["settings__trees"] in (3, 7)
    assert search.best_estimator_.strategy_.trees.n_estimators == search.best_params_["settings__trees"]
    with pytest.raises(LctransferError, match="forests"):
        TransferClassifier().set_params(settings__forests=3)


def test_no_row_gives_no_row_and_the_order_of_columns_does_not_matter():
    fitted = TransferClassifier(strategy="extra_trees", settings=TREES).fit(X, Y)
    assert fitted.predict_proba(X[:0]).shape == (0, 2)
    assert fitted.predict(X[:0]).shape == (0,)
    assert fitted.novelty_score(X[:0]).shape == (0,)
    assert (fitted.predict_proba(X[["amplitude", "period"]]) == fitted.predict_proba(X)).all()
    with pytest.raises(LctransferError, match="lacks amplitude, which the classifier was fitted with"):
        fitted.predict(X[["period"]])


def test_a_whole_table_of_features_is_taken_and_other_texts_are_refused(two_shapes):
    table, labels = two_shapes
    with pytest.raises(LctransferError, match=r"1 of 12 stars have no features \(too_few_epochs\)"):
        TransferClassifier(strategy="extra_trees", settings=TREES).fit(table, labels)
    labels, table = labels[table["flag"] == "ok"], table[table["flag"] == "ok"]
    assert {"source_id", "flag", "n_epochs", "colour"} <= set(table.columns)
    whole = TransferClassifier(strategy="extra_trees", settings=TREES).fit(table, labels)
    names = list(lctransfer.features.NAMES["upsilon"])
    alone = TransferClassifier(strategy="extra_trees", settings=TREES).fit(table[names], labels)
    assert whole.feature_names_in_.tolist() == names
    assert (whole.predict_proba(table) == alone.predict_proba(table[names])).all()
    with pytest.raises(LctransferError, match=r"source_id, word: columns of X that hold no numbers"):
        TransferClassifier(strategy="extra_trees").fit(X.assign(source_id="a", word="b"), Y)


def test_a_scaler_before_it_is_refused():
    scaled = make_pipeline(StandardScaler(), TransferClassifier(strategy="extra_trees", settings=TREES))
    with pytest.raises(LctransferError, match=r"period is not positive for \d+% of the stars.*Take the scaler out"):
        scaled.set_output(transform="pandas").fit(X, Y)


def test_labels_stay_the_classes_and_the_map_or_the_vocabulary_tells_what_they_mean(tmp_path):
    made = TransferClassifier(
        strategy="extra_trees", settings=TREES, class_map={"EB": ["EB_EC", "EB_ESD"]}, vocabulary="vsx"
    ).fit(X, Y)
    assert made.classes_.tolist() == ["EB", "RRAB"]
    assert made.strategy_.classes_.tolist() == ["EB_EC|EB_ESD", "RRL_ab"]
    made.save(tmp_path)
    assert (TransferClassifier.load(tmp_path).predict(X) == made.predict(X)).all()
    y = np.where(np.arange(40) < 5, "junk", Y)
    left = TransferClassifier(strategy="extra_trees", settings=TREES, class_map={"junk": None}).fit(X, y)
    assert left.classes_.tolist() == ["EB", "RRAB"]


def test_two_labels_of_one_node_share_what_the_source_knows():
    names = distinct_names(["SRA", "SRB", "M"], {"SRA": "LPV_SRV", "SRB": "LPV_SRV", "M": "LPV_Mira"})
    assert names == ["SRA -> LPV_SRV", "SRB -> LPV_SRV", "LPV_Mira"]
    assert members(names[0]) == ("LPV_SRV_AGB_C", "LPV_SRV_AGB_O")
    matrix = merge_matrix(("LPV_SRV_AGB_C", "LPV_Mira_AGB_O"), np.array(names))
    assert matrix.tolist() == [[0.5, 0.5, 0], [0, 0, 1]]


def test_without_a_source_auto_learns_from_the_labels_alone():
    fitted = TransferClassifier(settings=TREES).fit(X, Y)
    assert all(member.source is None for member in fitted.strategy_.members)
