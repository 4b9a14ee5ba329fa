import json
import re

import pandas as pd
import pytest
from results_folder import write_results

from lctransfer.cli.compose import compose
from lctransfer.config import CONFIG_DIRECTORY, REFERENCE_FOLDER
from lctransfer.errors import LctransferError
from lctransfer.report.results import read
from lctransfer.report.sections import reference

ENTRY = {"survey": "asas", "strategy": "finetune_all", "fraction": 0.05, "metric": "m_c", "value": 0.9}
ENTRY = {**ENTRY, "cited_from": "a table"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    targets = ("asas", "hipparcos", "asassn")
    return write_results(folder, stars=60, targets=targets, strategies=("extra_trees", "finetune_all"))


def results_with(made, reference_path):
    directory, data = made
    config = json.loads((directory / "config.json").read_text())
    (directory / "config.json").write_text(json.dumps({**config, "report": {"reference": str(reference_path)}}))
    return read(directory, data)


def test_published_values_stand_beside_ours(made, tmp_path):
    (tmp_path / "published.yaml").write_text(json.dumps([ENTRY]))
    rows = pd.read_parquet(made[0] / "metrics.parquet")
    rows = rows[(rows.survey == "asas") & (rows.strategy == "finetune_all") & (rows.fraction == 0.05)]
    expected = [["ASAS", "finetune_all", "5.0%", "m_c", "0.900", f"{rows.m_c.mean():.3f}", "a table"]]
    for named in (tmp_path, tmp_path / "published.yaml"):
        assert reference.section(results_with(made, named)).tables[0].cells() == expected


def test_the_papers_values_can_be_filled_in_one_file(made, tmp_path):
    """The file that comes with the package: nothing in it is shown as it is; every line is, once it has a value."""
    path = CONFIG_DIRECTORY / "reference" / "kim2021.yaml"
    assert reference.section(results_with(made, path)) is None
    filled, count = re.subn(r"value: , cited_from: ", "value: 0.75, cited_from: 'Table 4'", path.read_text())
    (tmp_path / "kim2021.yaml").write_text(filled)
    cells = reference.section(results_with(made, tmp_path / "kim2021.yaml")).tables[0].cells()
    paper = compose(["experiment=paper"])
    assert len(cells) == count == len(paper.targets) * len(paper.transfer.fractions)
    assert {row[0] for row in cells} == {"ASAS", "HIPPARCOS", "ASASSN"}
    assert {float(row[2].rstrip("%")) / 100 for row in cells} == set(paper.transfer.fractions)
    assert all(row[4] == "0.750" for row in cells)


def test_a_run_takes_the_files_of_the_folder_that_it_starts_in(made, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert reference.section(results_with(made, REFERENCE_FOLDER)) is None
    (tmp_path / REFERENCE_FOLDER).mkdir(parents=True)
    (tmp_path / REFERENCE_FOLDER / "mine.yaml").write_text(json.dumps([ENTRY]))
    assert len(reference.section(results_with(made, REFERENCE_FOLDER)).tables[0].cells()) == 1


def test_values_that_are_gone_are_said_to_be_gone(made, tmp_path):
    part = reference.section(results_with(made, tmp_path / "gone.yaml"))
    assert "there is no" in part.sentences[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"survey": "asass"}, r"entry 1: there is no survey asass"),
        ({"strategy": "finetune"}, r"entry 1: strategy .*finetune_all"),
        ({"metric": "f1"}, r"entry 1: metric .*macro_f1"),
        ({"value": "0.9"}, r"entry 1: value .*number"),
        ({"value": 120}, r"entry 1: value .*100"),
        ({"fraction": 5}, r"entry 1: fraction .*1"),
        ({"cited_from": None}, "entry 1: cited_from must say where"),
        ({"page": 3}, "entry 1: it must be a mapping with the keys"),
    ],
)
def test_an_entry_that_cannot_be_is_refused_by_name(made, tmp_path, change, said):
    (tmp_path / "published.yaml").write_text(json.dumps([{**ENTRY, **change}]))
    with pytest.raises(LctransferError, match=said):
        reference.section(results_with(made, tmp_path))


@pytest.mark.parametrize(
    "text", ["- &a {survey: asas}\n- *a", "- {", "[" * 5000, "\x00", "- !!python/object/apply:os.system [ls]", "x"]
)
def test_what_is_no_list_of_entries_is_refused_with_a_sentence(made, tmp_path, text):
    (tmp_path / "published.yaml").write_text(text)
    with pytest.raises(LctransferError, match=r"published\.yaml"):
        reference.section(results_with(made, tmp_path))
