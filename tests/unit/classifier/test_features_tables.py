"""Tables of features of another make: what is undefined is a flagged row, what cannot be is refused in a sentence."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from two_classes import light_curves

from lctransfer.classifier.model import open_model
from lctransfer.classifier.partition import classify_partition
from lctransfer.classifier.star_table import StarTable
from lctransfer.config import Features, Fit, Transfer
from lctransfer.errors import LctransferError
from lctransfer.features import extract
from lctransfer.stages.classify import classify
from lctransfer.stages.fit import FitOptions, fit

FAST = FitOptions(Fit(strategy="extra_trees", folds=2), Transfer(trees=5), Features(set="upsilon"))


@pytest.fixture(scope="module")
def frame():
    """Return features of 30 stars, one of which has too few epochs, and their labels."""
    table = light_curves(30)
    found = extract(table, Features(set="upsilon", min_period_days=0.2)).to_pandas()
    return found.assign(label=table["label"].to_pylist())


def kept(frame, tmp_path):
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), tmp_path / "features.parquet")
    return tmp_path / "features.parquet"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e308])
def test_a_star_with_an_undefined_feature_is_left_out_and_flagged(frame, tmp_path, value):
    frame = frame.assign(skewness=frame["skewness"].where(frame.index != 7, value))
    model = fit(kept(frame, tmp_path), tmp_path / "model", "none", options=FAST)
    assert sum(model.card["labels"].values()) == 28
    said = " ".join(model.card["notes"])
    assert "too_few_epochs (1)" in said
    assert "undefined_skewness (1)" in said
    classify(tmp_path / "model", kept(frame, tmp_path), tmp_path / "out.parquet")
    flags = pq.read_table(tmp_path / "out.parquet")["flag"].to_pylist()
    assert {i: flag for i, flag in enumerate(flags) if flag != "ok"} == {3: "too_few_epochs", 7: "undefined_skewness"}


def test_a_row_without_a_flag_is_sound_for_learning_and_for_classes(frame, tmp_path):
    frame = frame.assign(flag=frame["flag"].where(frame["flag"] != "ok", None))
    model = fit(kept(frame, tmp_path), tmp_path / "model", "none", options=FAST)
    assert sum(model.card["labels"].values()) == 29
    classify(tmp_path / "model", kept(frame, tmp_path), tmp_path / "out.parquet")
    flags = pq.read_table(tmp_path / "out.parquet")["flag"].to_pylist()
    assert sorted(set(flags)) == ["ok", "too_few_epochs"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"skewness": lambda f: f["skewness"].astype(str)}, "column skewness holds .*string, and must hold numbers"),
        ({"period": lambda f: [[one] for one in f["period"]]}, "column period holds list<.*, and must hold numbers"),
        ({"flag": lambda f: np.zeros(len(f))}, "column flag holds double, and must hold text"),
        ({"source_id": lambda f: [[one] for one in f["source_id"]]}, "identifiers must be text or whole numbers"),
        ({"source_id": lambda f: np.arange(len(f)) + 0.5}, "floats with decimals"),
        ({"skewness": np.nan}, "skewness is undefined for all stars"),
        ({"label": lambda f: [[one] for one in f["label"]]}, "give each source one word"),
    ],
)
def test_columns_that_cannot_be_are_a_sentence(frame, tmp_path, change, sentence):
    with pytest.raises(LctransferError, match=sentence):
        fit(kept(frame.assign(**change), tmp_path), tmp_path / "model", "none", options=FAST)


def test_missing_renamed_and_doubled_columns_are_a_sentence(frame, tmp_path):
    fit(kept(frame, tmp_path), tmp_path / "model", "none", options=FAST)
    for changed in (frame.drop(columns="skewness"), frame.rename(columns={"skewness": "skew"})):
        with pytest.raises(LctransferError, match=r"neither light curves .* nor a whole set of features"):
            classify(tmp_path / "model", kept(changed, tmp_path), tmp_path / "out.parquet")
    twice = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(twice.append_column("skewness", twice["skewness"]), tmp_path / "twice.parquet")
    with pytest.raises(LctransferError, match="two columns skewness"):
        StarTable(tmp_path / "twice.parquet")


def test_a_column_that_is_carried_and_cannot_be_is_named(frame, tmp_path):
    fit(kept(frame, tmp_path), tmp_path / "model", "none", options=FAST)
    lists = frame.assign(label=[[one] for one in frame["label"]])
    with pytest.raises(LctransferError, match="Column label of the stars holds list"):
        classify_partition(pd.DataFrame(lists), open_model(tmp_path / "model"))
