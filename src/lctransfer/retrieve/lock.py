"""The lock file: what each file was when it first came, so that a later change upstream does not pass unseen."""

import json
import os
import threading
from pathlib import Path
from typing import TypedDict

from lctransfer.errors import LctransferError


class ChangedError(LctransferError):
    """A file is not what it was when it first came: somebody has to decide, so it is never left out by itself."""


class Record(TypedDict):
    """Provenance of one file."""

    path: str
    url: str
    bytes: int
    sha256: str
    date: str
    etag: str
    last_modified: str


class Lock:
    """Records, one JSON object a line; the last of a path holds. Appending survives a kill at any moment.

    Parameters
    ----------
    path : Path
        The lock file.
    trusted : bool
        Whether the first download of a file binds the later ones; a simulated archive may change at will.
    """

    def __init__(self, path: Path, *, trusted: bool = True):
        self.path, self.trusted = path, trusted
        self._guard = threading.Lock()
        self.records: dict[str, Record] = {}
        if path.is_file():
            self._read()

    def _read(self) -> None:
        content = self.path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):  # a line cut short by a kill: the file it spoke of is checked again
            os.truncate(self.path, whole)
        for number, line in enumerate(content[:whole].splitlines(), 1):
            try:
                record = json.loads(line)
                self.records[record["path"]] = record
            except (ValueError, TypeError, KeyError):
                raise LctransferError(
                    f"{self.path}, line {number} is no record. Restore it, or delete it to trust the archive anew."
                ) from None

    def get(self, path: str) -> Record | None:
        """Return what a file was, if it has come before."""
        return self.records.get(path)

    def check(self, record: Record, accepted: list[str]) -> None:
        """Refuse a file that differs from what it was, unless its change is accepted by path or by name.

        Raises
        ------
        ChangedError
            Saying how to accept the change.
        """
        before = self.records.get(record["path"])
        if not self.trusted or before is None or before["sha256"] == record["sha256"]:
            return
        name = record["path"].rsplit("/", 1)[-1]
        if record["path"] not in accepted and name not in accepted:
            raise ChangedError(
                f"{record['path']} has changed upstream since {before['date']} ({before['bytes']} bytes then, "
                f"{record['bytes']} now). To take the new one, set archive.accept_changes=[{record['path']}]."
            )

    def add(self, record: Record) -> None:
        """Append a record, on disk before this returns."""
        line = json.dumps(record, sort_keys=True) + "\n"
        with self._guard:
            self.records[record["path"]] = record
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with open(self.path, "a", encoding="utf-8") as stream:
                stream.write(line)
                stream.flush()
                os.fsync(stream.fileno())
