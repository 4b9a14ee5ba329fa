"""Every attack of the harness is withstood."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))
sys.path.insert(0, str(Path(__file__).parents[2]))

import attacks
import attacks_by_files
import attacks_by_names


@pytest.mark.parametrize("what", list(attacks.ATTACKS))
def test_an_attack_is_withstood(what, tmp_path, monkeypatch):
    monkeypatch.setattr(attacks_by_names, "CHROMIUM", None)  # the tests of the report's page have the browser
    monkeypatch.chdir(tmp_path)
    happened = attacks.ATTACKS[what](tmp_path)
    assert happened


def test_a_pickle_does_run_where_it_is_opened(tmp_path):
    """The canary works, so that its absence elsewhere says something."""
    import pickle

    pickle.loads(attacks_by_files.pickles(tmp_path)["bomb.pkl"])
    assert (tmp_path / "canary").exists()


def test_the_list_of_packages_names_their_licences():
    parts = {part["name"]: part for part in attacks.sbom()["components"]}
    assert parts["numpy"]["licenses"][0]["license"]["name"] != "unknown"
    assert parts["numpy"]["purl"].startswith("pkg:pypi/numpy@")
