"""Which draw of labels the report's numbers have, and the others beside them."""

import json

import pandas as pd

from lctransfer.report import draws
from lctransfer.report.results import read


def _results(tmp_path, draws_measured, main="random"):
    (tmp_path / "config.json").write_text(json.dumps({"targets": ["a"], "transfer": {"labels": main}}))
    rows = [
        {"survey": "a", "strategy": "auto", "fraction": 0.02, "requested": 20.0, "labels": draw, "seed": seed}
        | {"n_labels": 20, "n_test": 500, "m_c": value + 0.01 * seed}
        for draw, value in draws_measured.items()
        for seed in (0, 1, 2)
    ]
    pd.DataFrame(rows).to_parquet(tmp_path / "metrics.parquet")
    return read(tmp_path)


def test_the_numbers_are_those_of_the_main_draw_and_the_others_stand_beside(tmp_path):
    results = _results(tmp_path, {"random": 0.8, "brightest": 0.7, "stratified": 0.9})
    assert results.metrics["m_c"].mean() == 0.81
    assert draws.sentence(results).startswith("Labels are drawn at random")
    assert "other draws stand beside it: brightest, stratified" in draws.sentence(results)
    table, whole = draws.tables(results)
    assert (table.folded, whole.folded) == (False, True)
    assert table.data[["labels", "brightest", "random", "stratified"]].round(3).to_numpy().tolist() == [
        ["20", 0.71, 0.81, 0.91]
    ]


def test_one_draw_has_no_table_and_says_so(tmp_path):
    results = _results(tmp_path, {"stratified": 0.9}, main="stratified")
    assert draws.tables(results) == []
    assert "An observer cannot do that" in draws.sentence(results)
    assert "Other draws were not measured" in draws.sentence(results)


def test_the_page_shows_the_main_strategies_with_the_fewest_labels_and_folds_the_rest(tmp_path):
    results = _results(tmp_path, {"stratified": 0.9, "random": 0.8}, main="stratified")
    more = [results.all_metrics.assign(strategy=name) for name in ("extra_trees", "finetune_last")]
    rows = pd.concat([results.all_metrics, *more])
    rows["n_labels"] -= 2 * (rows["labels"] == "random")
    pd.concat([rows, rows.assign(requested=40.0, n_labels=40, fraction=0.04)]).to_parquet(tmp_path / "metrics.parquet")
    table, whole = draws.tables(read(tmp_path))
    assert table.data[["strategy", "labels"]].to_numpy().tolist() == [
        ["auto", "18 to 20"],
        ["extra trees, no transfer", "18 to 20"],
    ]
    assert len(whole.data) == 6
