"""From light curves to features: a table in, a table out, one row per source."""

from lctransfer.features.engine import SETS, extract, extract_file

NAMES = {name: kind.NAMES for name, kind in SETS.items()}
"""The features of each set, in the order of its model's inputs."""

__all__ = ["NAMES", "SETS", "extract", "extract_file"]
