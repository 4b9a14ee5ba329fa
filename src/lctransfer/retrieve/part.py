"""A file on its way: what has come so far, and what is needed to go on from there."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import httpx

SMALL_BYTES = 2**26


class Part:
    """``NAME.part`` and ``NAME.part.json`` beside the file that they will become.

    Parameters
    ----------
    target : Path
        The finished file.
    """

    def __init__(self, target: Path):
        self.target = target
        self.path = target.with_name(f"{target.name}.part")
        self.notes = target.with_name(f"{target.name}.part.json")
        self.etag = self.last_modified = ""
        self.expected: int | None = None
        self.announced = False
        self._stream: BinaryIO | None = None

    @property
    def size(self) -> int:
        """Bytes that have come."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def resume_headers(self, address: str) -> dict[str, str]:
        """Return the headers that ask for the rest, if the server can tell that the file is still the same.

        RFC 9110, 13.1.5: If-Range takes a strong ETag or a date; without either the file is asked for anew.
        """
        notes = self._read_notes()
        validator = notes.get("etag") or notes.get("last_modified")
        if not self.size or not validator or notes.get("url") != address:
            return {}
        return {"Range": f"bytes={self.size}-", "If-Range": validator}

    def _read_notes(self) -> dict[str, str]:
        try:
            notes = json.loads(self.notes.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return notes if isinstance(notes, dict) else {}

    def begin(self, address: str, response: httpx.Response, check: Callable[[], None]) -> None:
        """Open the part for an answer: append to it if the server goes on where it stopped, else start anew."""
        check()
        start = self.size if response.status_code == 206 else 0
        if start and not self._goes_on(response):
            self.discard()
            raise httpx.RemoteProtocolError("the server went on with another file, or elsewhere in it")
        etag = response.headers.get("ETag", "")
        self.etag = "" if etag.startswith("W/") else etag
        self.last_modified = response.headers.get("Last-Modified", "")
        length = response.headers.get("Content-Length", "")
        self.expected = start + int(length) if length.isdigit() else None
        notes = {"url": address, "etag": self.etag, "last_modified": self.last_modified}
        if not start:
            # In this order a kill in between leaves a part without notes, which is never resumed.
            self.discard()
            self.path.touch()
        self.notes.write_text(json.dumps(notes), encoding="utf-8")
        self._stream = open(self.path, "ab")  # noqa: SIM115 (closed by `close`)

    def _goes_on(self, response: httpx.Response) -> bool:
        """Tell whether an answer 206 continues what has come: same place, same ETag."""
        before, now = self._read_notes().get("etag"), response.headers.get("ETag")
        in_place = response.headers.get("Content-Range", "").startswith(f"bytes {self.size}-")
        return in_place and (not before or not now or before == now)

    def write(self, chunk: bytes) -> None:
        """Append what has come."""
        assert self._stream is not None
        self._stream.write(chunk)

    def close(self) -> None:
        """Close the part, keeping what has come."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def content(self) -> bytes:
        """Return what has come, for small files."""
        if self._stream is not None:
            self._stream.flush()
        return self.path.read_bytes() if 0 < self.size <= SMALL_BYTES else b""

    def looks_like_a_web_page(self) -> bool:
        """Tell whether the content starts as HTML does."""
        with open(self.path, "rb") as stream:
            start = stream.read(256).lstrip().lower()
        return start.startswith((b"<!doctype html", b"<html"))

    def discard(self) -> None:
        """Forget what has come."""
        self.close()
        self.notes.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def finish(self) -> None:
        """Give the file its name, once it is on disk."""
        with open(self.path, "rb+") as stream:
            os.fsync(stream.fileno())
        os.replace(self.path, self.target)
        self.notes.unlink(missing_ok=True)
