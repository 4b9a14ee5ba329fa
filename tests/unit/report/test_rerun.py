"""One figure by one command: widths of a journal, letters that stay letters, and the numbers beside it."""

import re

import pandas as pd
import pytest
from results_folder import write_results

from lctransfer import report
from lctransfer.cli.main import main
from lctransfer.errors import LctransferError
from lctransfer.report import rerun
from lctransfer.report.results import read
from lctransfer.report.sections import answer, sensitivity, source, surveys, targets


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return write_results(tmp_path_factory.mktemp("rerun"), targets=("asas",), stars=60, seeds=2)


@pytest.fixture(autouse=True)
def few_sections(monkeypatch):
    """Leave out what takes long: a name is looked for section by section."""
    monkeypatch.setattr(report, "SECTIONS", (answer, surveys, source, targets, sensitivity))


PAPER = [("source-confusion", "double", 180), ("precision-recall-asas", "single", 88), ("source-history", "single", 88)]
PAPER += [("label-efficiency", "double", 180), ("sensitivity-asas", "single", 88)]


@pytest.mark.parametrize(("name", "width", "millimetres"), PAPER)
def test_every_view_of_the_paper_fits_a_column(folders, tmp_path, name, width, millimetres):
    directory, data = folders
    said = rerun.write(name, directory, tmp_path / "one.svg", data=data, width=width)
    drawn = (tmp_path / "one.svg").read_text()
    points = float(re.search(r'<svg [^>]*width="([\d.]+)pt"', drawn).group(1))
    assert points == pytest.approx(millimetres / 25.4 * 72, abs=0.1)
    assert "<text" in drawn
    assert "simulated stars" in drawn
    assert said.startswith("Simulated stars.")
    assert len(pd.read_csv(tmp_path / "one.csv"))


def test_the_report_and_the_command_show_the_same_numbers(folders, tmp_path):
    directory, data = folders
    shown = next(one for one in targets.section(read(directory, data)).figures if one.name == "precision-recall-asas")
    rerun.write(shown.name, directory, tmp_path / "one.pdf", data=data)
    written = pd.read_csv(tmp_path / "one.csv")
    pd.testing.assert_frame_equal(written, shown.data.reset_index(drop=True))
    assert {"precision", "recall", "precision_std", "recall_std", "label fraction"} <= set(written)


def test_a_pdf_has_fonts_of_a_kind_that_journals_take(folders, tmp_path):
    directory, data = folders
    for place in (tmp_path / "a.pdf", tmp_path / "b.pdf"):
        rerun.write("source-history", directory, place, data=data)
    drawn = (tmp_path / "a.pdf").read_bytes()
    assert b"/CIDFontType2" in drawn
    assert b"/Type3" not in drawn
    assert drawn == (tmp_path / "b.pdf").read_bytes()


def test_the_verb_writes_a_picture_and_lists_names(folders, tmp_path, capsys):
    directory, data = map(str, folders)
    out = tmp_path / "history.png"
    assert main(["figure", "source-history", directory, "--data", data, "-o", str(out)]) == 0
    assert out.read_bytes().startswith(b"\x89PNG")
    assert "Training of the source model" in capsys.readouterr().out
    assert main(["figure", "--list", directory, "--data", data]) == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name, *_ in PAPER)


def test_mistakes_are_told(folders, tmp_path):
    directory, data = folders
    with pytest.raises(LctransferError, match="did you mean source-history"):
        rerun.write("surce-history", directory, tmp_path / "one.svg", data=data)
    with pytest.raises(LctransferError, match=r"must end in one of \.svg, \.pdf, \.png"):
        rerun.write("source-history", directory, tmp_path / "one.gif", data=data)
    assert main(["figure"]) == 2
    assert not list(tmp_path.iterdir())
