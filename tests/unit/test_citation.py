"""What says how to cite this software agrees with what is installed."""

import json
import tomllib
from pathlib import Path

import yaml

import lctransfer

HERE = Path(__file__).parents[2]
CITATION = yaml.safe_load((HERE / "CITATION.cff").read_text())
CODEMETA = json.loads((HERE / "codemeta.json").read_text())
PROJECT = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]


def test_versions_licences_and_names_agree():
    assert CITATION["version"] == CODEMETA["version"] == PROJECT["version"] == lctransfer.__version__
    assert CODEMETA["license"] == f"https://spdx.org/licenses/{PROJECT['license']}"
    assert CITATION["license"] == PROJECT["license"]
    assert CITATION["title"].split(":")[0] == CODEMETA["name"] == PROJECT["name"]
    makers = [one["name"] for one in CITATION["authors"]]
    assert makers == [one["name"] for one in CODEMETA["author"]] == [one["name"] for one in PROJECT["authors"]]


def test_both_name_the_paper_that_it_follows():
    (paper,) = CITATION["references"]
    assert CODEMETA["referencePublication"]["identifier"] == f"https://doi.org/{paper['doi']}"
    assert CODEMETA["referencePublication"]["name"] == paper["title"]


def test_the_versions_of_python_agree():
    least = PROJECT["requires-python"].split(",")[0].removeprefix(">=")
    assert CODEMETA["softwareRequirements"] == [f"Python >= {least}"]
    newest = max(one.rsplit(" ", 1)[1] for one in PROJECT["classifiers"] if "Python :: 3." in one)
    assert CODEMETA["runtimePlatform"] == f"Python {least} to {newest}"
