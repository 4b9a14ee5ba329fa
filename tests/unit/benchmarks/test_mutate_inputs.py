"""Damaged inputs of every kind, a few of each: refused, told or read right."""

import argparse
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))

import mutate_inputs


@pytest.mark.parametrize("kind", ["tables", "labels", "class_maps", "settings", "features", "models", "stores"])
def test_no_damage_is_a_traceback_or_passes_in_silence(kind, tmp_path):
    given = argparse.Namespace(kind=kind, first=0, cases=25, seed=2026, seconds=30.0)
    found, failures = mutate_inputs.run(given, tmp_path)
    assert not failures
    assert found.total() >= 5
