"""The archives: what to fetch, and how their files are read and written.

A module per survey holds its formats as data. `Sure` marks what is proven by a true file, what only a document says,
and what is a guess.
"""

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pyarrow as pa

from lctransfer.errors import LctransferError
from lctransfer.surveys import asas, asassn, eros2, hipparcos, ogle, released, richards2012
from lctransfer.surveys.base import RemoteFile, Sure
from lctransfer.table.light_curves import validate
from lctransfer.taxonomy import Label

MODULES: dict[str, ModuleType] = {
    "ogle": ogle,
    "eros2": eros2,
    "asas": asas,
    "hipparcos": hipparcos,
    "asassn": asassn,
    "richards2012": richards2012,
}

LABEL_MAPS: dict[str, Mapping[str, Label]] = {name: module.LABEL_MAP for name, module in MODULES.items()}
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
    return MODULES[survey]


def write_archive(survey: str, table: pa.Table, root: Path) -> None:
    """Write light curves below `root` in the survey's own files, laid out as its archive lays them out.

    Parameters
    ----------
    survey : str
        A key of `MODULES`.
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
    """
    return released.files() if survey == "upsilont" else module_of(survey).files(collections, kind)


def star_files(survey: str, directory: Path, collections: list[str]) -> list[RemoteFile]:
    """Return the files that are asked for star by star, once the catalogue is under `directory`; mostly none."""
    listing = getattr(MODULES.get(survey), "star_files", None)
    return listing(directory, collections) if listing else []


def queue_of(survey: str) -> str:
    """Return in words what is asked for star by star; nothing for most surveys."""
    return getattr(MODULES.get(survey), "QUEUE", "")


__all__ = ["LABEL_MAPS", "RemoteFile", "Sure", "module_of", "queue_of", "remote_files", "star_files", "write_archive"]
