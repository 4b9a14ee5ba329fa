"""Anybody's own table through the whole workflow: the numbers of `evaluate`, and a report."""

import pandas as pd
import pyarrow.parquet as pq
import pytest
import torch

from lctransfer.config import Features, Transfer
from lctransfer.features import NAMES, extract
from lctransfer.models.network import Network
from lctransfer.models.scaler import Scaler
from lctransfer.models.source import SourceModel
from lctransfer.simulate import simulate
from lctransfer.stages.evaluate import Comparison, evaluate
from lctransfer.table.class_map import read_class_map
from lctransfer.table.labelled import read_labelled

STRATEGIES = ["extra_trees", "finetune_last"]
QUICK = Transfer(trees=10, epochs=3, repeats=1)


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """Return a folder with a simulated table, a class map and a source model, as a user would have them."""
    folder = tmp_path_factory.mktemp("own")
    stars = simulate("hipparcos", 150, 3)
    pq.write_table(stars.select(["source_id", "label", "time", "mag", "mag_err"]), folder / "stars.parquet")
    words = sorted(set(stars["label"].to_pylist()))
    (folder / "classes.yaml").write_text("".join(f"{word!r}: {node}\n" for word, node in _map(words).items()))
    names = NAMES["upsilon"]
    table = read_labelled(folder / "stars.parquet").table
    X = extract(table, Features(set="both")).to_pandas()[list(names)].dropna()
    torch.manual_seed(0)
    SourceModel(Network(16, 2, (8,)), Scaler.fit(X.to_numpy(), names), ("EB_ED", "RRL_ab")).save(folder / "model")
    return folder


def _map(words):
    """Return some words as superclasses, one left out, and the others as they are."""
    return {words[0]: "null"} | {word: "EB" for word in words if word in {"EA", "EB", "EW"}}


def test_the_experiment_gives_the_numbers_of_evaluate_and_a_report(own, snakemake, tmp_path):
    given = [f"surveys.custom.table={own}/stars.parquet", f"surveys.custom.class_map={own}/classes.yaml"]
    given += [f"pretrain.source={own}/model", "surveys.custom.min_class_size=8", "surveys.custom.title=My survey"]
    given += ["transfer.seeds=2", "transfer.fractions=[0.2]", f"transfer.strategies=[{','.join(STRATEGIES)}]"]
    given += ["transfer.trees=10", "transfer.epochs=3", "transfer.repeats=1", "tracking.enabled=false"]
    given += ["fit.strategy=extra_trees", "fit.folds=2", "novelty.strategies=[extra_trees]", "novelty.seeds=1"]
    done = snakemake(tmp_path, "experiment=custom", "sensitivity.enabled=false", *given)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = pd.read_parquet(tmp_path / "results/custom/metrics.parquet")
    class_map = read_class_map(own / "classes.yaml")
    chosen = {"settings": QUICK, "fractions": [0.2], "seeds": [0, 1], "min_class_size": 8}
    comparison = Comparison([own / "model"], STRATEGIES, **chosen)
    expected = evaluate(own / "stars.parquet", tmp_path / "own", class_map, comparison)
    compared = ["strategy", "seed", "n_labels", "n_test", "mcc", "log_loss"]
    assert rows[compared].equals(expected[compared])
    page = (tmp_path / "results/custom/report.html").read_text()
    assert "My survey" in page
    assert f"taken from {own}/model" in page
    assert f"as they stand in {own}/stars.parquet" in page
