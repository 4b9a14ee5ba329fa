"""From what a person names to a source model: the released weights, a folder of pretrain's, or a model at hand."""

from pathlib import Path

from lctransfer.errors import LctransferError
from lctransfer.models import released
from lctransfer.models.source import SourceModel

RELEASED = "released"
"""The word for the released UPSILoN-T weights, fetched where they are not yet."""


def open_source(named: str | Path | SourceModel | None) -> SourceModel | None:
    """Return the source model that is meant.

    Parameters
    ----------
    named : str, Path, SourceModel or None
        ``released``, a folder that pretrain wrote, a file of released weights, a model, or none.

    Raises
    ------
    LctransferError
        If it cannot be read, or the released weights cannot be fetched.
    """
    if named is None or isinstance(named, SourceModel):
        return named
    if str(named) == RELEASED:
        from lctransfer.retrieve import released_weights

        named = released_weights()
    path = Path(named)
    if not path.exists():
        raise LctransferError(f"There is no source model {named}: name a folder that pretrain wrote, or {RELEASED!r}.")
    return released.read(path) if path.is_file() else SourceModel.load(path)
