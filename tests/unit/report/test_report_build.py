"""The whole page from a whole folder, and from what a broken-off run leaves."""

import re
import shutil

import pandas as pd
import pytest
from results_folder import write_results

from lctransfer import report
from lctransfer.errors import LctransferError
from lctransfer.report.results import read


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    directory, data = write_results(tmp_path_factory.mktemp("whole"), targets=("asas", "hipparcos"), stars=180)
    report.build(directory, data)
    return directory


def test_page_is_self_contained_and_small(built):
    html = (built / "report.html").read_text()
    assert len(html) < 8e6
    assert not re.search(r'(src|href)="(https?:)?//', html)
    assert not re.search(r"<script[^>]+src=|fetch\(|import\(|XMLHttpRequest", html)
    # Without its script the page has everything but what the script adds.
    assert html.index("<script") > html.index("</footer>")


def test_every_figure_lies_beside_the_page_in_three_formats(built):
    html = (built / "report.html").read_text()
    names = re.findall(r'<figure id="([^"]+)"', html)
    assert len(names) > 5
    for name in names:
        assert {path.suffix for path in (built / "figures").glob(f"{name}.*")} == {".svg", ".pdf", ".csv"}


def test_ids_are_unique(built):
    ids = re.findall(r'\bid="([^"]+)"', (built / "report.html").read_text())
    assert len(ids) == len(set(ids))


def test_simulated_stars_are_called_simulated_at_every_figure_and_table(built):
    html = (built / "report.html").read_text()
    captions = re.findall(r"<figcaption>.*?</figcaption>|<caption>.*?</caption>", html, re.DOTALL)
    assert captions
    assert all("Simulated" in caption for caption in captions)
    assert "made by this software's own simulator" in html


def test_drawings_take_the_colours_of_the_page(built):
    html = (built / "report.html").read_text()
    assert "var(--ink)" in html
    assert "#1c2733" not in html.split("</style>")[1]


@pytest.mark.no_cover  # the same lines as the first time
def test_building_twice_gives_the_same_bytes(built, tmp_path):
    files = [path for path in built.rglob("*") if path.suffix in {".html", ".svg", ".pdf"}]
    before = {path: path.read_bytes() for path in files}
    report.build(built, built.parents[1] / "data" / "simulated")
    assert {path: path.read_bytes() for path in files} == before


@pytest.mark.parametrize(
    "lost",
    [
        {"transfer/asas/finetune_all": "ASAS, finetune_all: 0 of 9 fits", "source": "No source model was tested"},
        {"features/asas.parquet": "No features were extracted for ASAS", "metrics.parquet": ""},
    ],
)
def test_partial_results_are_said_to_be_partial(tmp_path, lost):
    directory, data = write_results(tmp_path, stars=60, targets=("asas",), strategies=("extra_trees", "finetune_all"))
    for name in lost:
        gone = directory / name
        shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    if "metrics.parquet" not in lost:
        rows = pd.read_parquet(directory / "metrics.parquet")
        rows[~((rows.survey == "asas") & (rows.strategy == "finetune_all"))].to_parquet(directory / "metrics.parquet")
    report.build(directory, data)
    page = (directory / "report.html").read_text()
    assert all(said in page for said in lost.values())


def test_nothing_but_a_configuration_gives_a_page(tmp_path):
    directory, data = write_results(tmp_path, stars=60, targets=("asas",), strategies=("extra_trees", "finetune_all"))
    config = (directory / "config.json").read_text()
    shutil.rmtree(directory)
    shutil.rmtree(data)
    directory.mkdir()
    (directory / "config.json").write_text(config)
    report.build(directory, data)
    assert "No strategy has results yet" in (directory / "report.html").read_text()


def test_a_folder_without_configuration_is_refused(tmp_path):
    with pytest.raises(LctransferError, match=r"no results folder.*config\.json"):
        report.build(tmp_path, tmp_path)


def test_a_damaged_table_is_named(tmp_path):
    directory, data = write_results(tmp_path, stars=60, targets=("asas",), strategies=("extra_trees", "finetune_all"))
    (directory / "metrics.parquet").write_bytes(b"not parquet")
    with pytest.raises(LctransferError, match=r"metrics\.parquet cannot be read"):
        report.build(directory, data)


def test_experiments_that_share_a_survey_are_drawn_together(tmp_path):
    folders = [
        write_results(tmp_path / name, experiment=name, stars=60, targets=targets, strategies=("extra_trees",))[0]
        for name, targets in (("first", ("asas", "hipparcos")), ("second", ("asas",)))
    ]
    report.compare(folders, tmp_path / "page.html")
    table = pd.read_csv(tmp_path / "figures" / "compared-asas.csv")
    assert set(table["experiment"]) == {"first", "second"}
    assert not (tmp_path / "figures" / "compared-hipparcos.csv").exists()
    assert "experiment" in (tmp_path / "page.html").read_text()


def test_the_data_lie_where_the_configuration_says(tmp_path, monkeypatch):
    directory, data = write_results(tmp_path, stars=60, targets=("asas",), strategies=("extra_trees",))
    monkeypatch.chdir(tmp_path)
    assert read(directory).data.resolve() == data.resolve()


def test_each_figure_says_its_command(built):
    html = (built / "report.html").read_text()
    named = re.findall(r"<code>lctransfer figure (\S+) results/demo</code>", html)
    assert named == re.findall(r'<figure id="([^"]+)"', html)
