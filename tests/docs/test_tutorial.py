"""The notebook on real stars is stored with its results, which belong to its code. `make tutorial` runs it again."""

import ast
import re
import runpy
import shlex

import nbformat
import pytest
from conftest import REPOSITORY

from lctransfer.cli.compose import compose
from lctransfer.cli.main import parser
from lctransfer.retrieve.listing import listing

RUN = runpy.run_path(str(REPOSITORY / "tools" / "run_notebook.py"))


@pytest.fixture(scope="module")
def notebook():
    return nbformat.read(REPOSITORY / "docs" / "notebooks" / "real_stars.ipynb", as_version=4)


@pytest.fixture(scope="module")
def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_the_results_are_those_of_the_code_and_took_less_than_ten_minutes(notebook):
    assert notebook.metadata["lctransfer"]["code"] == RUN["digest"](notebook)
    assert notebook.metadata["lctransfer"]["seconds"] < RUN["LIMIT_S"]


def test_no_cell_failed_or_warned(code):
    outputs = [output for cell in code for output in cell.outputs]
    assert all(cell.execution_count for cell in code)
    assert {output.output_type for output in outputs} <= {"stream", "execute_result", "display_data"}
    assert "Warning" not in str(outputs)


def test_every_figure_has_its_picture_and_says_what_it_shows(code):
    figures = [cell for cell in code if "subplots(" in cell.source]
    assert len(figures) >= 5
    for cell in figures:
        assert any("image/png" in output.get("data", {}) for output in cell.outputs), cell.source
        assert cell.metadata["mystnb"]["image"]["alt"]


def test_every_command_is_one_that_lctransfer_takes_and_the_rest_is_python(code):
    commands = []
    for cell in code:
        if not cell.source.startswith("%%bash\n"):
            ast.parse(cell.source)
            continue
        lines = re.sub(r"\\\n\s*", "", cell.source).splitlines()
        commands += [shlex.split(line.partition(" > ")[0]) for line in lines if line.startswith("lctransfer ")]
    assert [command[1] for command in commands] == ["retrieve", "ingest", "features", "evaluate", "fit", "classify"]
    for command in commands:
        parser().parse_args(command[1:])  # exits where it does not know an argument


def test_the_tutorial_credits_whom_the_downloads_credit(notebook):
    text = notebook.cells[0].source
    for name in ("Richards et al.", "Pojmanski 2002", "Naul et al. 2016"):
        assert name in text
        assert name in listing(compose(["experiment=quickstart"]))
