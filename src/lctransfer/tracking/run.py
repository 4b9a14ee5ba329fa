"""What a run in MLflow is to hold, before MLflow is asked for anything."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lctransfer.files import sha256

FORMAT = 2
"""Raise it where the same results shall look otherwise in MLflow: the next import then replaces what is there."""


@dataclass(frozen=True)
class Table:
    """A table that a run learnt from; MLflow shows it as a data set, by name and digest."""

    path: Path
    name: str
    context: str


@dataclass(frozen=True)
class Model:
    """Files that `lctransfer.classifier.served` loads from one folder, and the features table of its example."""

    files: tuple[Path, ...]
    name: str
    examples: Path


@dataclass(frozen=True)
class Run:
    """One run with all that it holds; runs of one fit hang below the run of their curve.

    Attributes
    ----------
    name, kind, note : str
        The kind is a tag (``curve``, ``fit``, ``classifier``, ``source``, ``results``); the note is Markdown.
    metrics : list of (str, float, int)
        Name, value and step.
    files : dict of str to Path
        Place among the run's artifacts, and the file to copy there.
    """

    name: str
    kind: str
    tags: dict[str, str] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    metrics: list[tuple[str, float, int]] = field(default_factory=list)
    note: str = ""
    tables: tuple[Table, ...] = ()
    children: tuple["Run", ...] = ()
    files: dict[str, Path] = field(default_factory=dict)
    model: Model | None = None

    def digest(self) -> str:
        """Return a digest of all content: equal digests need no second import."""
        used = [*(table.path for table in self.tables), *self.files.values(), *(self.model.files if self.model else ())]
        content = [FORMAT, _plain(self), *(_plain(child) for child in self.children), [sha256(path) for path in used]]
        return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def _plain(run: Run) -> dict[str, Any]:
    # Where the results lie does not matter, and what is in the files is digested by itself.
    return {**vars(replace(run, tables=(), children=(), model=None)), "files": dict.fromkeys(run.files)}
