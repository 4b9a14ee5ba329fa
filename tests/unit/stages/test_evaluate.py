"""The protocol on a table of one's own: what is written, what is said, and what is refused."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from lctransfer.cli.main import main
from lctransfer.config import Transfer
from lctransfer.errors import LctransferError
from lctransfer.features import NAMES
from lctransfer.models.network import Network
from lctransfer.models.scaler import Scaler
from lctransfer.models.source import SourceModel
from lctransfer.stages.evaluate import Comparison, evaluate

STARS = 12
"""Of each class."""
MAP = {"RRAB": "RRL_ab", "eclipsing": "EB", "odd": None, "RRab": "RRL_ab"}
QUICK = {"settings": Transfer(trees=10, epochs=3, repeats=2), "fractions": [0.1, 0.5], "seeds": range(7)}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Return a file of sine waves (RRAB), dips (eclipsing), noise (NOISE), and labels that are left out."""
    rng = np.random.default_rng(0)
    rows = []
    words = [*["RRAB", "eclipsing", "NOISE"] * STARS, *["odd"] * 3, *[None] * 2, *["lonely"] * 2]
    for i, word in enumerate(words):
        time, period = np.sort(rng.uniform(0, 300, 60)), rng.uniform(0.4, 0.7)
        phase = (time / period) % 1
        shape = {"RRAB": np.sin(2 * np.pi * phase), "eclipsing": 1.5 * (phase < 0.15)}.get(word, 0 * phase)
        mag = 12 + 0.4 * shape + rng.normal(0, 0.05, 60)
        rows.append({"source_id": f"s{i}", "label": word, "time": time, "mag": mag, "magerr": np.full(60, 0.05)})
    path = tmp_path_factory.mktemp("own") / "stars.parquet"
    pd.DataFrame(rows).to_parquet(path)
    return path


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    torch.manual_seed(0)
    X = np.random.default_rng(0).uniform(0.1, 9, (40, 16))
    folder = tmp_path_factory.mktemp("source")
    SourceModel(Network(16, 3, (8,)), Scaler.fit(X, NAMES["upsilon"]), ("EB_EC", "EB_ED", "RRL_ab")).save(folder)
    return folder


def test_rows_predictions_and_a_summary_are_written(table, source, tmp_path):
    strategies = ["extra_trees", "upsilont_recipe", "zero_label"]
    rows = evaluate(table, tmp_path, MAP, Comparison([source], strategies, **QUICK))
    assert rows.equals(pd.read_parquet(tmp_path / "metrics.parquet"))
    assert len(rows) == 3 * 2 * 7
    assert list(rows)[:6] == ["survey", "source", "strategy", "fraction", "seed", "n_labels"]
    assert set(rows["n_labels"]) == {3, 18}
    told = pd.read_parquet(tmp_path / "predictions.parquet")
    assert len(told) == rows["n_test"].sum()
    assert set(told["class_name"]) == {"RRL_ab", "EB", "NOISE"}
    trees = told[(told["strategy"] == "extra_trees") & (told["fraction"] == 0.5)]
    right = (trees["predicted"] == trees["class_name"]).groupby(trees["seed"]).mean()
    assert right.to_numpy() == pytest.approx(rows.query("strategy == 'extra_trees' and fraction == 0.5")["accuracy"])
    said = (tmp_path / "summary.txt").read_text()
    assert f"36 of {len(pq.read_table(table))} light curves are used" in said
    assert "no class 5" in said
    assert "\nLabels are drawn from every class by its share. An observer cannot" in said
    assert "no star has: RRab." in said
    assert "class lonely (too few) 2" in said
    assert said.count("extra_trees") == 2


def test_no_number_depends_on_the_number_of_processes(table, source, tmp_path):
    strategies = ["finetune_last", "extra_trees"]
    one, two = (
        evaluate(table, tmp_path / str(n), MAP, Comparison([source], strategies, **QUICK), jobs=n) for n in (1, 2)
    )
    assert one.drop(columns="fit_seconds").equals(two.drop(columns="fit_seconds"))


def test_labels_without_a_map_are_classes_of_their_own(table, source, tmp_path):
    evaluate(table, tmp_path, None, Comparison([source], ["zero_label"], **QUICK))
    told = pd.read_parquet(tmp_path / "predictions.parquet")
    assert set(told["class_name"]) == {"RRAB", "eclipsing", "NOISE"}


def _column(table, name, values):
    return table.set_column(table.column_names.index(name), name, values)


@pytest.mark.parametrize(
    ("change", "arguments", "sentence"),
    [
        (lambda t: t.drop_columns(["label"]), {}, "no column label"),
        (lambda t: _column(t, "label", pa.nulls(len(t), pa.string())), {}, "no source has a label"),
        (lambda t: t.slice(0, 5), {}, "5 usable labelled stars, and not two classes"),
        (None, {"sources": ["no/such/model"]}, "no source model no/such/model"),
        (None, {"sources": []}, "needs a source"),
        (None, {"strategies": ["magic"]}, "no strategy 'magic'"),
        (None, {"fractions": [0.6]}, "cannot be labelled"),
        (None, {"seeds": []}, "at least one"),
        (None, {"class_map": {"RRAB": "RRLYR"}}, "no class or superclass"),
        (None, {"min_class_size": 13}, "not two classes of at least 13"),
    ],
)
def test_what_cannot_be_evaluated_is_a_sentence(change, arguments, sentence, table, source, tmp_path):
    path = table
    if change:
        path = tmp_path / "changed.parquet"
        pq.write_table(change(pq.read_table(table)), path)
    given = {"sources": [source], "strategies": ["zero_label"], **QUICK, **arguments}
    class_map = given.pop("class_map", None)
    with pytest.raises(LctransferError, match=sentence):
        evaluate(path, tmp_path / "out", class_map, Comparison(**given))


def test_features_in_place_of_light_curves_are_named(table, source, tmp_path):
    comparison = Comparison([source], ["zero_label"], **QUICK)
    evaluate(table, tmp_path / "first", MAP, comparison)
    with pytest.raises(LctransferError, match=r"features.parquet holds features, and evaluate needs the light curves"):
        evaluate(tmp_path / "first" / "features.parquet", tmp_path / "second", MAP, comparison)


def test_numbers_as_labels_and_the_command_line(table, source, tmp_path, capsys):
    labels = pa.array([1, 2, 3] * STARS + [None] * 7, pa.int64())
    path = tmp_path / "numbers.parquet"
    pq.write_table(_column(pq.read_table(table), "label", labels), path)
    class_map = tmp_path / "map.yaml"
    class_map.write_text("1: RRL_ab\n2: EB\n")
    given = [str(path), "-o", str(tmp_path / "out"), "--class-map", str(class_map), "--source", str(source)]
    given += ["--strategies", "zero_label", "--fractions", "0.1", "--seeds", "0-1"]
    assert main(["evaluate", *given]) == 0
    assert "RRL_ab 12, EB 12, 3 12" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["- a\n- b\n", "RRAB: [1, 2]\n", "a: b: c\n", "RRAB: RRLYR\n"])
def test_a_class_map_that_is_none_is_a_sentence(content, table, source, tmp_path, capsys):
    (tmp_path / "map.yaml").write_text(content)
    given = [str(table), "-o", str(tmp_path / "out"), "--class-map", str(tmp_path / "map.yaml")]
    assert main(["evaluate", *given, "--source", str(source)]) == 2
    assert "class map" in capsys.readouterr().err
