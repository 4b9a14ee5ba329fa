"""The classifier that is kept saw the labels of the sweep's first split, and is measured on its test stars."""

import numpy as np
import pandas as pd
import pytest
import torch

from lctransfer.classifier.estimator import TransferClassifier
from lctransfer.config import Transfer
from lctransfer.errors import LctransferError
from lctransfer.features import NAMES
from lctransfer.files import read_json
from lctransfer.models.network import Network
from lctransfer.models.scaler import Scaler
from lctransfer.models.source import SourceModel
from lctransfer.stages.fit import fit
from lctransfer.transfer.sweep import several, usable

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


def test_its_measures_are_those_of_the_sweep(survey, tmp_path):
    fit(*survey, tmp_path, strategy="extra_trees", fraction=0.2, settings=SETTINGS, min_class_size=10)
    stars = usable(pd.read_parquet(survey[0]), 10, "")
    (row, predictions), *_ = several(
        stars, SourceModel.load(survey[1]), "extra_trees", SETTINGS, fraction=0.2, seeds=[0]
    )
    measured = read_json(tmp_path / "metrics.json")
    assert {name: measured[name] for name in row if name in measured} == {
        name: value for name, value in row.items() if name in measured
    }
    classifier = TransferClassifier.load(tmp_path)
    test = stars.set_index("source_id").loc[predictions["source_id"], list(classifier.feature_names_in_)]
    assert list(classifier.predict(test)) == list(predictions["predicted"])


def test_an_unknown_strategy_is_a_sentence_and_leaves_nothing(survey, tmp_path):
    with pytest.raises(LctransferError, match="no strategy 'magic'"):
        fit(*survey, tmp_path / "out", strategy="magic", fraction=0.2, settings=SETTINGS, min_class_size=10)
    assert not (tmp_path / "out").exists()
