"""What was recognised, converted and dropped while reading a table: for the terminal, summaries and metadata."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lctransfer.errors import LctransferError
from lctransfer.table.labels import Labels
from lctransfer.table.light_curves import METADATA_KEY
from lctransfer.table.opened import FILE_COLUMN, Opened
from lctransfer.table.understanding import Understood

EXAMPLES = 3


def lost_labels(where: object, lost: Mapping[str, int]) -> list[str]:
    """Return a sentence about rows of a file of labels that could not be used; none where there are none."""
    return [f"{where}: {', '.join(f'{count} {why}' for why, count in lost.items())}, left out."] if lost else []


@dataclass
class Account:
    """The account of one reading.

    Attributes
    ----------
    said : list of str
        What was recognised.
    form : dict
        The same as data.
    dropped : Counter
        Epochs and fields that were dropped, by reason.
    flagged : Counter
        Rows that were flagged, by reason.
    missing_words : Counter
        Words that were taken for no label.
    bands : Counter
        Light curves per band.
    notes : list of str
        What is worth a look.
    rows : int
        Light curves.
    """

    said: list[str] = field(default_factory=list)
    form: dict[str, Any] = field(default_factory=dict)
    dropped: Counter = field(default_factory=Counter)
    flagged: Counter = field(default_factory=Counter)
    missing_words: Counter = field(default_factory=Counter)
    bands: Counter = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    rows: int = 0
    unnamed: int = 0
    repeated: int = 0
    conflicts: list[str] = field(default_factory=list)
    example: str = ""
    one_source: bool = False

    def understood(self, table: Understood) -> None:
        """Take in what the table was recognised as."""
        self.one_source = table.groups[0].columns["source_id"].column == FILE_COLUMN
        self.said += table.sentences()
        self.form = table.described()

    def finish(self, opened: Opened, labels: Labels | None) -> None:
        """Take in what only the end tells: files that could not be read, labels that found no source.

        Raises
        ------
        LctransferError
            If rows that were all taken for one source, since no column names it, have several labels.
        """
        if self.one_source and FILE_COLUMN not in opened.schema.names:
            self._check_one_source(opened)
        for path, reason in opened.unreadable[:EXAMPLES]:
            self.notes.append(f"{path} could not be read: {reason}")
        if len(opened.unreadable) > EXAMPLES:
            self.notes.append(f"{len(opened.unreadable)} files could not be read in all; each is a flagged row.")
        if self.unnamed:
            self.notes.append(f"{self.unnamed} rows have no identifier and are named after their row, such as row-1.")
        if self.repeated:
            self.notes.append(f"{self.repeated} epochs stand twice, as after a join; features count each once.")
        if self.conflicts:
            shown = ", ".join(self.conflicts[:EXAMPLES])
            self.notes.append(
                f"{len(self.conflicts)} sources have several labels and are taken as unlabelled: {shown}."
            )
        if labels is not None:
            total = len(labels.by_id) or len(labels.words)
            self.notes.append(f"{len(labels.used)} of {total} labels in {labels.where} belong to a source.")
            self.notes += lost_labels(labels.where, labels.lost)
            if labels.by_id and not labels.used:
                self.notes.append(
                    f"The labels' identifiers are such as {next(iter(labels.by_id))!r}, the table's such as "
                    f"{self.example!r}."
                )
        if self.missing_words:
            counted = ", ".join(f"{word!r} {count}" for word, count in self.missing_words.most_common())
            self.notes.append(f"Taken as no label: {counted}.")

    def _check_one_source(self, opened: Opened) -> None:
        """Say that all rows are taken for one star; refuse that where their labels differ."""
        used = {column for group in self.form["columns"] for column in group.values()}
        others = ", ".join(name for name in opened.schema.names if name not in used)
        which = f"If one of {others} names sources" if others else "If a column names sources"
        advice = f"{which}, write --columns source_id=COLUMN."
        if self.conflicts:
            told = "has no column source_id, and its rows have several labels, so that they are of several stars"
            raise LctransferError(f"{opened.where} {told}. {advice}")
        self.notes.append(f"No column names sources: all rows are taken as one star. {advice}")

    def sentences(self) -> list[str]:
        """Return everything worth saying, a sentence a line."""
        lines = list(self.said)
        if len(self.bands) > 1:
            lines.append("Bands: " + ", ".join(f"{band} {count}" for band, count in sorted(self.bands.items())) + ".")
        if self.dropped:
            lines.append("Dropped: " + ", ".join(f"{count} {why}" for why, count in self.dropped.most_common()) + ".")
        if self.flagged:
            lines.append("Flagged: " + ", ".join(f"{why} {count}" for why, count in self.flagged.most_common()) + ".")
        return [*lines, *self.notes]

    def described(self) -> dict[str, Any]:
        """Return the account as plain data."""
        return {
            **self.form,
            "rows": self.rows,
            "dropped": dict(self.dropped),
            "flagged": dict(self.flagged),
            "bands": dict(self.bands),
            "no_label": dict(self.missing_words),
            "notes": self.notes,
            "sentences": self.sentences(),
        }

    @property
    def metadata(self) -> dict[bytes, bytes]:
        """The metadata that a table carries from its reading on."""
        return {METADATA_KEY: json.dumps(self.described(), sort_keys=True).encode()}
