"""Experiments side by side: paired differences of the seeds that both have, on the same labels and test stars."""

import re

import pandas as pd
import pytest
from results_folder import write_results

from lctransfer.report.results import read
from lctransfer.report.sections import comparison


@pytest.fixture
def two(tmp_path):
    """Return two experiments: in the second, M_c is .05 higher, one seed is missing, one fraction has other labels."""
    folders = [
        write_results(tmp_path / name, experiment=name, stars=60, targets=("asas",), strategies=("extra_trees",))[0]
        for name in ("first", "second")
    ]
    rows = pd.read_parquet(folders[1] / "metrics.parquet")
    rows["m_c"] += 0.05
    rows.loc[rows["fraction"] == 0.05, "n_labels"] += 1
    rows[rows["seed"] != 2].to_parquet(folders[1] / "metrics.parquet")
    return [read(folder) for folder in folders]


def test_differences_are_paired_by_seed_where_labels_and_stars_are_the_same(two):
    part = comparison.sections(two)[1]
    table = part.tables[0].data
    assert table["label fraction"].tolist() == [0.01, 0.2]
    assert table["difference"].tolist() == pytest.approx([0.05, 0.05])
    assert table["seeds ahead"].tolist() == ["2 of 2", "2 of 2"]
    assert table["experiment"].tolist() == ["second", "second"]


def test_the_first_sentence_counts_what_is_significant(two):
    """Two seeds that differ by .05 each have an interval without width; no other seed is in both."""
    short, table = comparison.sections(two)[0].sentences, comparison.sections(two)[1].tables[0].data
    assert table[["95% low", "95% high"]].to_numpy() == pytest.approx(0.05)
    assert short == [
        "Of 2 comparisons, M_c of second is significantly higher than that of first in 2, and lower in 0. "
        "Its mean difference is +0.0500."
    ]


def test_each_survey_has_a_figure_of_its_differences(two):
    (figure,) = comparison.sections(two)[1].figures
    assert figure.name == "differences-second-asas"
    assert figure.data["difference"].tolist() == pytest.approx([0.05, 0.05])
    assert figure.caption.startswith("ASAS: M_c in experiment second minus that in first, mean over seeds")


def test_no_sentence_of_the_page_needs_a_second_reading(two):
    for part in comparison.sections(two):
        texts = [*part.sentences, part.missing, *(figure.caption for figure in part.figures)]
        for text in [*texts, *(table.caption for table in part.tables)]:
            for sentence in re.split(r"(?<=[.!?])\s+", text):
                assert len(sentence.split()) < 25, sentence


def test_experiments_on_other_stars_are_not_compared(two):
    rows = two[1].metrics.assign(n_test=7)
    rows.to_parquet(two[1].directory / "metrics.parquet")
    part = comparison.sections([two[0], read(two[1].directory)])[1]
    assert part.missing == "No fit of another experiment has the labels and test stars of first."
    assert part.tables == []
