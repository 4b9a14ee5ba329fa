"""The REFORMS checklist: complete, answered from the run alone, the same in the report and as Markdown."""

import json

import pandas as pd
import pytest
from results_folder import write_results

from lctransfer.report.results import read
from lctransfer.report.sections import reforms
from lctransfer.report.sections.reforms import ASK, MODULES


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_results(tmp_path_factory.mktemp("reforms"), stars=60, targets=("asas",), strategies=("extra_trees",))


def _answers(folder, **changes) -> pd.Series:
    results = read(*folder)
    results.config.update(changes)
    table = reforms.section(results).tables[0].data
    return table.set_index("item")["answer"]


def test_it_has_the_32_items_in_8_modules():
    counts = [len(items) for items in MODULES.values()]
    assert counts == [3, 5, 7, 3, 6, 3, 3, 2]
    numbers = [item.number for items in MODULES.values() for item in items]
    assert numbers == [f"{i + 1}{letter}" for i, count in enumerate(counts) for letter in "abcdefg"[:count]]


def test_the_report_and_the_markdown_say_the_same(folder):
    results = read(*folder)
    lines = reforms.checklist(results).replace("`", "").splitlines()
    for row in reforms.section(results).tables[0].data.itertuples():
        assert f"| {row.item} | {row[3]} | {row.answer} |" in lines


def test_items_are_in_the_words_of_their_meaning():
    """The published table 1, item by item: a word that each of ours must have."""
    words = {
        "3d": "outcome",
        "3e": "samples",
        "3f": "missing",
        "3g": "represents",
        "4a": "left out",
        "4b": "Impossible",
    }
    words |= {"4c": "transformations", "5a": "models", "5b": "kinds", "5c": "splits", "5d": "selected"}
    words |= {"5e": "hyperparameters", "5f": "baselines", "6a": "training data only", "6b": "dependencies"}
    words |= {"6c": "legitimate", "7a": "metrics", "7b": "Uncertainty", "7c": "tests", "8a": "external validity"}
    words |= {"8b": "not expected to hold"}
    asks = {item.number: item.asks for items in MODULES.values() for item in items}
    for number, word in words.items():
        assert word in asks[number], number


def test_missing_data_are_shared_out_by_class(folder):
    table = pd.read_parquet(folder[0] / "features" / "asas.parquet")
    lost = (table["flag"] != "ok").groupby(table["class_name"]).mean()
    lost = lost[lost > 0].sort_values(ascending=False)
    each = ", ".join(f"{name} {share:.1%}" for name, share in lost.items())
    share = (table["flag"] != "ok").mean()
    assert len(lost) < table["class_name"].nunique()
    expected = f"ASAS: {share:.1%} of 60 stars lack features ({each}, other classes none)."
    assert _answers(folder)["3f"].startswith(expected)


def test_a_leader_that_test_stars_chose_is_said_to_be(folder):
    assert "highest mean M_c on the test stars" in _answers(folder)["5d"]
    assert _answers(folder, transfer={"seeds": 3, "strategies": ["auto"]})["5d"].startswith("None: auto was named")


def test_only_what_was_run_is_named(folder):
    answers = _answers(folder)
    assert answers["5f"].startswith("extra_trees: without transfer")
    assert answers["8a"] == ASK  # one target is no evidence beyond it
    assert "3 seeds" in answers["7b"]
    assert _answers(folder, transfer={"seeds": 1})["7c"] == ASK


def test_of_real_stars_it_asks_for_the_labels_and_for_shared_stars(folder):
    answers = _answers(folder, archive={"kind": "live"}, pretrain={"source": "released"})
    assert "real ones of OGLE" in answers["2a"]
    assert "released weights of UPSILoN-T" in answers["3a"]
    assert answers["3a"].endswith(f"Labels: {ASK}")
    assert answers["6b"].endswith(f"share stars: {ASK}")


def test_bars_of_the_users_words_do_not_break_the_markdown(folder):
    config = json.loads((folder[0] / "config.json").read_text())
    config["surveys"]["asas"]["title"] = "ASAS | V"
    results = read(*folder)
    results.config.update(surveys=config["surveys"])
    (line,) = [line for line in reforms.checklist(results).splitlines() if line.startswith("| 1a")]
    assert "ASAS \\| V" in line
