"""From what a person names to a source model: the released weights, the simulated sky, a folder of pretrain's."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lctransfer.errors import LctransferError
from lctransfer.models.combined import Combined
from lctransfer.models.source import SourceModel

RELEASED = "released"
"""The word for the released UPSILoN-T weights, fetched where they are not yet."""
SIMULATED = "simulated"
"""The word for the model of the simulated sky that comes with the package."""
AND = "+"
"""Between sources that are taken together."""

Named = str | Path | SourceModel | Combined | Sequence[Any] | None


def open_source(named: Named) -> SourceModel | Combined | None:
    """Return the source model that is meant.

    Parameters
    ----------
    named : str, Path, SourceModel, Combined, a list of these, or None
        ``released``, ``simulated``, a folder that pretrain wrote, a file of released weights, a model, or none.
        Several, as a list or as a text with ``+`` between them, are taken together.

    Raises
    ------
    LctransferError
        If it cannot be read, or the released weights cannot be fetched.
    """
    if named is None or isinstance(named, SourceModel | Combined):
        return named
    if isinstance(named, str) and AND in named and not Path(named).exists():
        named = named.split(AND)
    if isinstance(named, str | Path):
        return _open(named)
    models = [model for one in named if (opened := open_source(one)) for model in opened.models]
    return Combined(tuple(models)) if len(models) > 1 else next(iter(models), None)


def _open(named: str | Path) -> SourceModel:
    if str(named) == SIMULATED:
        from lctransfer.models.simulated import simulated

        return simulated()
    if str(named) == RELEASED:
        from lctransfer.retrieve import released_weights

        named = released_weights()
    path = Path(named)
    if not path.exists():
        raise LctransferError(
            f"There is no source model {named}: name a folder that pretrain wrote, {RELEASED!r} or {SIMULATED!r}."
        )
    if path.is_file():
        from lctransfer.models import released

        return released.read(path)
    return SourceModel.load(path)
