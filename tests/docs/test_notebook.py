"""The notebook of the documentation runs from top to bottom, and its stored numbers are near those that it computes."""

import re

import nbclient
import nbformat
import pytest
from conftest import REPOSITORY

NOTEBOOK = REPOSITORY / "docs" / "notebooks" / "simulated_stars.ipynb"


def scores(notebook: nbformat.NotebookNode) -> list[float]:
    """Return the numbers of the table of scores."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    table = next(text for output in outputs if "mapped_head" in (text := output.get("data", {}).get("text/plain", "")))
    return [float(number) for number in re.findall(r"0\.\d+", table)]


def test_the_notebook_computes_what_it_shows(tmp_path):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    shown = scores(notebook)
    assert len(shown) == 8
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell["outputs"] = []
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    # Other builds of the libraries round otherwise; a notebook that has gone stale shows other scores.
    assert scores(notebook) == pytest.approx(shown, abs=0.05)
