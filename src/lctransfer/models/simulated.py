"""The source model of the simulated sky, which comes with the package."""

from functools import cache
from pathlib import Path

from lctransfer.models.source import SourceModel


@cache
def simulated() -> SourceModel:
    """Return the model of the simulated sky (`make sky` trains it anew)."""
    return SourceModel.load(Path(__file__).parent / "sky")
