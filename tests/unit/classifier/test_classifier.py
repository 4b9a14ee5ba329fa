"""The scikit-learn classifier: scikit-learn's own checks, and the same bits after saving and loading."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import lctransfer
from lctransfer.classifier.estimator import TransferClassifier
from lctransfer.errors import LctransferError
from lctransfer.files import read_json, write_json
from lctransfer.models.network import Network
from lctransfer.models.scaler import Scaler
from lctransfer.models.simulated import simulated
from lctransfer.models.source import SourceModel
from lctransfer.transfer import STRATEGIES

NAMES = ("amplitude", "period", "phi21", "r21")
SKY = simulated().features
FAST = {"epochs": 5, "repeats": 1, "trees": 20}


@pytest.mark.no_cover  # scikit-learn's own lines take most of the time, and twice that when each line is counted
@parametrize_with_checks(
    [TransferClassifier(strategy=name, settings=FAST) for name in ("auto", "extra_trees", "lightgbm")]
)
def test_scikit_learn_agrees(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def stars():
    rng = np.random.default_rng(0)
    y = np.repeat(["EB", "RRL_ab", "RS_CVn"], 40)
    centres = {"EB": 1.0, "RRL_ab": 3.0, "RS_CVn": 6.0}
    return pd.DataFrame({name: rng.normal([centres[name] for name in y], 0.5) + 5 for name in NAMES}), y


@pytest.fixture(scope="module")
def source(stars):
    torch.manual_seed(0)
    classes = ("EB_EC", "EB_ED", "QSO", "RRL_ab")
    return SourceModel(Network(len(NAMES), len(classes)), Scaler.fit(stars[0].to_numpy(), NAMES), classes)


@pytest.mark.parametrize("labels", ["words", "numbers", "two classes"])
@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_a_saved_classifier_gives_the_same_bits(strategy, labels, stars, source, tmp_path):
    X, y = stars
    if strategy == "in_context":  # which reads all that the simulated sky does
        X = pd.DataFrame({name: X.get(name, X["r21"]) for name in dict.fromkeys((*NAMES, *simulated().features))})
    if labels == "numbers":
        y = np.unique(y, return_inverse=True)[1] * 50
    elif labels == "two classes":
        X, y = X[:80], y[:80]
    fitted = TransferClassifier(source, strategy, settings=FAST).fit(X[::2], y[::2], X[1::2])
    fitted.save(tmp_path)
    loaded = TransferClassifier.load(tmp_path)
    assert np.array_equal(loaded.predict_proba(X), fitted.predict_proba(X))
    assert np.array_equal(loaded.predict(X), fitted.predict(X))
    assert np.array_equal(loaded.novelty_score(X), fitted.novelty_score(X))
    assert loaded.classes_.dtype == y.dtype
    assert list(loaded.feature_names_in_) == list(X.columns)
    assert {path.name for path in tmp_path.iterdir()} == {"classifier.json", "classifier.safetensors"}
    with pytest.raises(ValueError, match="NaN"):
        loaded.predict(X.assign(period=np.nan))
    refitted = clone(loaded).fit(X[::2], y[::2], X[1::2])
    assert np.array_equal(refitted.predict_proba(X), fitted.predict_proba(X))


@pytest.mark.parametrize("strategy", ["auto", "mapped_head", "finetune_all", "zero_label"])
def test_several_sources_and_the_simulated_sky_are_saved_too(strategy, stars, source, tmp_path):
    rng = np.random.default_rng(1)
    X, y = pd.DataFrame(rng.uniform(0.1, 5, (30, len(SKY))), columns=SKY), ["EB", "RRL_ab", "RS_CVn"] * 10
    own = SourceModel(source.network, Scaler.fit(X[list(NAMES)].to_numpy(), NAMES), source.classes)
    fitted = TransferClassifier([own, "simulated"], strategy, settings=FAST).fit(X, y, X)
    fitted.save(tmp_path)
    loaded = TransferClassifier.load(tmp_path)
    assert np.array_equal(loaded.predict_proba(X), fitted.predict_proba(X))
    assert np.array_equal(loaded.novelty_score(X), fitted.novelty_score(X))
    assert ((fitted.novelty_score(X) >= 0) & (fitted.novelty_score(X) <= 1)).all()


def test_a_source_on_disk_is_not_needed_again(stars, source, tmp_path):
    X, y = stars
    source.save(tmp_path / "source")
    fitted = TransferClassifier(tmp_path / "source", "finetune_last", settings=FAST).fit(X, y)
    fitted.save(tmp_path / "saved")
    for path in (tmp_path / "source").iterdir():
        path.unlink()
    loaded = TransferClassifier.load(tmp_path / "saved")
    assert np.array_equal(loaded.predict_proba(X), fitted.predict_proba(X))


def test_it_is_at_home_in_cross_validation_searches_and_pipelines(stars, source):
    X, y = stars
    trees = TransferClassifier(strategy="extra_trees", settings=FAST)
    assert cross_val_score(make_pipeline(StandardScaler(), trees), X, y, cv=3).min() > 0.9
    search = GridSearchCV(TransferClassifier(source, settings=FAST), {"strategy": ["scratch", "extra_trees"]}, cv=3)
    assert search.fit(X, y).best_params_ == {"strategy": "extra_trees"}
    assert search.score(X, y) > 0.9


def test_numbers_as_labels_keep_their_order(stars):
    X, y = stars
    codes = np.unique(y, return_inverse=True)[1] * 4 + 2  # 2, 6, 10: as words 10 comes first
    fitted = TransferClassifier(strategy="extra_trees", settings=FAST).fit(X, codes)
    assert list(fitted.classes_) == [2, 6, 10]
    assert (fitted.predict(X) == codes).all()


def test_features_go_by_name_with_a_table_and_by_place_with_an_array(stars, source):
    X, y = stars
    by_name = TransferClassifier(source, "zero_label").fit(X[list(reversed(NAMES))].assign(more=1.0), y)
    by_place = TransferClassifier(source, "zero_label").fit(X.to_numpy(), y)
    again = X[list(reversed(NAMES))].assign(more=2.0)
    assert np.array_equal(by_name.predict_proba(again), by_place.predict_proba(X.to_numpy()))
    with pytest.raises(LctransferError, match="takes 4 features, and the array has 3"):
        TransferClassifier(source, "zero_label").fit(X.to_numpy()[:, :3], y)
    with pytest.raises(LctransferError, match="period"):
        TransferClassifier(source, "zero_label").fit(X.drop(columns="period"), y)


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"strategy": "magic"}, LctransferError, "no strategy 'magic'"),
        ({"strategy": "finetune_all"}, LctransferError, "none was given"),
        ({"source": "no/such/folder"}, LctransferError, "no/such/folder"),
        ({"settings": {"treees": 3}}, LctransferError, "treees"),
        ({"settings": {"trees": 0}}, LctransferError, "at least 1"),
    ],
)
def test_what_it_cannot_do_is_a_sentence(changes, error, sentence, stars):
    with pytest.raises(error, match=sentence):
        TransferClassifier(**changes).fit(*stars)


def test_one_class_is_refused(stars):
    with pytest.raises(ValueError, match="one class only"):
        TransferClassifier().fit(stars[0], ["EB"] * len(stars[0]))


def _damage_json(folder):
    (folder / "classifier.json").write_text("{")


def _damage_arrays(folder):
    content = bytearray((folder / "classifier.safetensors").read_bytes())
    content[-9] ^= 1
    (folder / "classifier.safetensors").write_bytes(content)


def _remove_arrays(folder):
    (folder / "classifier.safetensors").unlink()


def _name_a_foreign_class(folder):
    described = read_json(folder / "classifier.json")
    described["content"]["content"] = "subprocess:Popen"
    write_json(folder / "classifier.json", described)


@pytest.mark.parametrize("harm", [_damage_json, _damage_arrays, _remove_arrays, _name_a_foreign_class])
def test_a_damaged_or_malicious_file_is_refused(harm, stars, tmp_path):
    TransferClassifier(strategy="extra_trees", settings=FAST).fit(*stars).save(tmp_path)
    harm(tmp_path)
    with pytest.raises(LctransferError, match=r"classifier|Popen"):
        TransferClassifier.load(tmp_path)


def test_trees_that_point_outside_of_themselves_are_refused(stars, tmp_path):
    from lctransfer.classifier.state import pack, unpack

    fitted = TransferClassifier(strategy="extra_trees", settings=FAST).fit(*stars)
    content, arrays = pack(fitted, "classifier")
    for name, wrong in (("left", 10**9), ("right", 0), ("feature", 4), ("feature", -2)):
        key = f"classifier.strategy_.trees.{name}"
        harmed = arrays[key].copy()
        harmed[arrays["classifier.strategy_.trees.left"] != -1] = wrong
        with pytest.raises(LctransferError, match="damaged"):
            unpack(content, {**arrays, key: harmed})


def test_what_cannot_be_saved_is_named(stars, tmp_path):
    fitted = TransferClassifier(strategy="extra_trees", settings=FAST).fit(*stars)
    fitted.strategy_.secret = open
    with pytest.raises(LctransferError, match=r"secret.*cannot be saved"):
        fitted.save(tmp_path)


def test_it_stands_at_the_top_of_the_package():
    assert lctransfer.TransferClassifier is TransferClassifier
