"""The source model of the simulated sky, which comes with the package."""

from functools import cache
from pathlib import Path

from lctransfer.models.combined import Combined
from lctransfer.models.source import SourceModel

FOLDER = Path(__file__).parent / "sky"


@cache
def simulated() -> SourceModel:
    """Return the model of the simulated sky (`make sky` trains it anew)."""
    return SourceModel.load(FOLDER)


def sky_among(source: SourceModel | Combined | None) -> SourceModel | None:
    """Return the simulated sky among the models of a source, or None."""
    models = source.models if source else ()
    return next((model for model in models if model.origin == simulated().origin), None)
