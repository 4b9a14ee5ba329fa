"""The archives: what to fetch, and how their files are read and written.

A module per survey holds its formats as data. `Sure` marks what is proven by a true file, what only a document says,
and what is a guess.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa

from lctransfer.errors import LctransferError
from lctransfer.surveys import overrides
from lctransfer.surveys.base import RemoteFile, Sure
from lctransfer.surveys.overrides import Override
from lctransfer.table.light_curves import validate
from lctransfer.taxonomy import Label

MODULES = ("ogle", "eros2", "asas", "hipparcos", "asassn", "richards2012", "gaia", "ztf")
"""Surveys with a module of their own, imported when it is asked for: no job depends on the code of another survey."""

IN_PARTS = ("ogle", "hipparcos", "asassn", "gaia", "ztf")
"""Surveys with collections to choose from."""


class _LabelMaps(Mapping[str, Mapping[str, Label]]):
    """The label map of each survey, from its module."""

    def __getitem__(self, survey: str) -> Mapping[str, Label]:
        if survey not in MODULES:
            raise KeyError(survey)
        return module_of(survey).LABEL_MAP

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)


LABEL_MAPS = _LabelMaps()
"""Per survey: its own words to nodes of the taxonomy."""


def module_of(survey: str) -> ModuleType:
    """Return the module that knows a survey's files.

    Raises
    ------
    LctransferError
        If there is none.
    """
    if survey not in MODULES:
        raise LctransferError(f"There is no reader for survey {survey!r}; there are {', '.join(MODULES)}.")
    return import_module(f"{__name__}.{survey}")


def write_archive(survey: str, table: pa.Table, root: Path) -> None:
    """Write light curves below `root` in the survey's own files, laid out as its archive lays them out.

    Parameters
    ----------
    survey : str
        One of `MODULES`.
    table : pyarrow.Table
        A light-curve table; ``label`` holds the survey's own words, ``time`` full Julian dates.
    root : Path
        The folder that then stands in for the archive's address.

    Raises
    ------
    LctransferError
        If a word or an identifier cannot be expressed in the survey's files.
    """
    module_of(survey).write(validate(table), Path(root))


def remote_files(survey: str, collections: list[str], kind: str) -> list[RemoteFile]:
    """Return the files of an archive, ``live`` or ``simulated``; no collections means all of them.

    ``upsilont`` stands for the released weights.

    Raises
    ------
    LctransferError
        If there is no such survey, or no such collection.
    """
    module = import_module(f"{__name__}.released") if survey == "upsilont" else module_of(survey)
    if collections and survey not in IN_PARTS:
        raise LctransferError(
            f"{survey} has no collections to choose from, but got {', '.join(collections)}; leave them out."
        )
    return module.files(collections, kind)


def star_files(
    survey: str, directory: Path, collections: list[str], corrections: Mapping[str, Any] | None = None
) -> list[RemoteFile]:
    """Return the files that are asked for star by star, once the catalogue is under `directory`; mostly none."""
    listing = getattr(module_of(survey), "star_files", None) if survey in MODULES else None
    if listing is None:
        return []
    known = corrected(survey, corrections)
    return overrides.apply(listing(directory, collections, known), known)


def corrected(survey: str, corrections: Mapping[str, Any] | None) -> dict[str, Override]:
    """Return a user's corrections of a survey's collections, checked.

    Raises
    ------
    LctransferError
        Naming the key that cannot be meant.
    """
    if not corrections:
        return {}
    module = import_module(f"{__name__}.released") if survey == "upsilont" else module_of(survey)
    return overrides.parse(corrections, module.PARTS, f"surveys.{survey}.overrides")


def queue_of(survey: str) -> str:
    """Return in words what is asked for star by star; nothing for most surveys."""
    return getattr(module_of(survey), "QUEUE", "") if survey in MODULES else ""


__all__ = [
    "LABEL_MAPS",
    "RemoteFile",
    "Sure",
    "corrected",
    "module_of",
    "queue_of",
    "remote_files",
    "star_files",
    "write_archive",
]
