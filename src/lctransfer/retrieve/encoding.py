"""Files that a server gzipped on their way although it was asked not to: unpacked as they land, or refused."""

import os
import shutil
import zlib
from pathlib import Path

from lctransfer.errors import one_line
from lctransfer.surveys.members import DAMAGE, limited

GZIP = b"\x1f\x8b"
PACKED = (".gz", ".tgz")
"""Endings of files that are gzipped once in the archive itself."""
PEEK_BYTES = 2**16
READABLE = {"", "identity", "gzip", "x-gzip"}


def unknown(encoding: str) -> str:
    """Return the part of a Content-Encoding that is not understood; empty if all of it is."""
    parts = [part.strip().lower() for part in encoding.split(",")]
    return ", ".join(part for part in parts if part not in READABLE)


def unpack_extra_layers(path: Path, name: str) -> bool:
    """Unpack what is gzipped more often than its name says, in place.

    A server may label a file that is gzipped in itself (x-gzip), or gzip it once more without saying so: only the
    content can tell. What is unpacked already stays so; the readers take either.

    Parameters
    ----------
    path : Path
        What has come.
    name : str
        The name that it will have.

    Returns
    -------
    bool
        Whether anything was unpacked.

    Raises
    ------
    OSError
        If it cannot be unpacked.
    """
    surplus = layers(path) - name.endswith(PACKED)
    for _ in range(max(surplus, 0)):
        aside = path.with_name(f"{path.name}.unpacked")
        try:
            with limited(path) as stream, open(aside, "wb") as target:
                shutil.copyfileobj(stream, target, PEEK_BYTES)
            os.replace(aside, path)
        except DAMAGE as error:
            raise OSError(f"its gzip layer is damaged: {one_line(error)}") from None
        finally:
            aside.unlink(missing_ok=True)
    return surplus > 0


def layers(path: Path) -> int:
    """Return how many times the start of a file is gzipped, up to three."""
    with open(path, "rb") as stream:
        head = stream.read(PEEK_BYTES)
    count = 0
    while head.startswith(GZIP) and count < 3:
        count += 1
        try:
            head = zlib.decompressobj(31).decompress(head, PEEK_BYTES)
        except zlib.error:
            break
    return count
