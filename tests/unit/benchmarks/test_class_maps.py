"""The benchmarks' class maps say the same as the package about every word that both know."""

from pathlib import Path

import pytest

from lctransfer.surveys import LABEL_MAPS
from lctransfer.table.class_map import read_class_map
from lctransfer.taxonomy import members

FOLDER = Path(__file__).parents[3] / "benchmarks/class_maps"
KNOWN = {"asas": "asas", "gaia": "gaia", "ogle4_cepheids": "ogle", "stripe82": "ogle", "hipparcos": "richards2012"}
"""Whose words they are; the classes of the Hipparcos stars are called as Richards et al. call theirs, with blanks."""
BROADER = {"asas": {"MIRA"}, "hipparcos": set()}
"""Words that a benchmark takes at the level of the superclass, on purpose."""


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_word_means_the_same_in_the_package(path):
    package = {word.replace("_", " ") if path.stem == "hipparcos" else word: node
               for word, node in LABEL_MAPS[KNOWN[path.stem]].items()}  # fmt: skip
    mine = read_class_map(path)
    shared = {word for word in mine if package.get(word)}
    assert shared
    for word in shared:
        broader = word in BROADER.get(path.stem, set())
        assert (mine[word] == package[word]) != broader, word
        assert set(members(package[word])) <= set(members(mine[word])), word
