"""Many small files in one archive: read one after another without unpacking anything, and written reproducibly.

What an archive claims is never trusted: a member that would leave the folder, a link, a device, or more bytes than
text compresses to are refused.
"""

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Self

from isal import igzip, isal_zlib

from lctransfer.errors import LctransferError, one_line
from lctransfer.files import replacing
from lctransfer.surveys.rows import MARK

MAX_MEMBER_BYTES = 64 * 2**20
"""No light curve or catalogue row file of these surveys comes near it."""
MAX_RATIO = 100
"""Light curves shrink by a factor of 3 to 10; a bomb by 1000."""
SLACK_BYTES = 2**20
READ_BYTES = 2**20
BATCH_BYTES = 8 * 2**20

ISAL_ERROR: Any = isal_zlib.error
DAMAGE: tuple[type[Exception], ...] = (OSError, EOFError, zlib.error, ISAL_ERROR)
"""What reading a damaged file may raise."""

Member = tuple[str, bytes]


class _Limited(io.RawIOBase):
    """A stream that refuses to yield more than `limit` bytes."""

    def __init__(self, stream: BinaryIO, limit: int, path: Path):
        self.stream, self.left, self.path = stream, limit, path

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = self.stream.readinto(buffer)  # type: ignore[attr-defined]
        self.left -= count
        if self.left < 0:
            raise LctransferError(
                f"{self.path} unpacks to more than {MAX_RATIO} times its size, which no light curves do. "
                "It is damaged or hostile: delete it and fetch it again."
            )
        return count


def limited(path: Path) -> BinaryIO:
    """Open a file, gzipped or not, with a limit on how much it may unpack to."""
    limit = MAX_RATIO * path.stat().st_size + SLACK_BYTES
    raw = open(path, "rb")  # noqa: SIM115 (closed with what is returned)
    packed = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    stream = _Limited(igzip.IGzipFile(fileobj=raw) if packed else raw, limit, path)
    return io.BufferedReader(stream, READ_BYTES)


def read_all(path: Path) -> bytes:
    """Return the content of a file, unpacked if it is gzipped, without a byte order mark.

    Raises
    ------
    LctransferError
        If it is missing, damaged, or unpacks to more than text does.
    """
    try:
        with limited(path) as stream:
            return stream.read().removeprefix(MARK)
    except FileNotFoundError:
        raise LctransferError(f"There is no file {path}. Run `lctransfer retrieve` first.") from None
    except DAMAGE as error:
        raise LctransferError(f"{path} is damaged ({one_line(error)}). Delete it and retrieve it again.") from None


def unpack(content: bytes, where: str) -> bytes:
    """Return a gzip member unpacked, or refuse it; see `read_all`."""
    try:
        with igzip.IGzipFile(fileobj=io.BytesIO(content)) as stream:
            text = stream.read(MAX_RATIO * len(content) + SLACK_BYTES)
            if stream.read(1):
                raise LctransferError(f"{where} unpacks to more than {MAX_RATIO} times its size. Fetch it again.")
            return text.removeprefix(MARK)
    except DAMAGE as error:
        raise LctransferError(
            f"{where} is damaged ({one_line(error)}). Delete the file and retrieve it again."
        ) from None


def read(path: Path) -> Iterator[Member]:
    """Yield (name, content) of each file in a tar or zip archive, or of the one file that `path` is.

    Raises
    ------
    LctransferError
        If the archive is damaged, or holds what no survey would put there.
    """
    try:
        if zipfile.is_zipfile(path):
            yield from _read_zip(path)
        elif ".tar" in path.name or path.suffix == ".tgz":
            yield from _read_tar(path)
        else:
            yield path.name, path.read_bytes()
    except (tarfile.TarError, zipfile.BadZipFile, ValueError, *DAMAGE) as error:  # type: ignore[misc]
        raise LctransferError(f"{path} is damaged ({one_line(error)}). Delete it and retrieve it again.") from None


class _Entry(tarfile.TarInfo):
    """A header of a tar archive; plain files, of which there are 100,000, are read with less ado."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
        """Return the next header of an archive, or refuse one that is damaged.

        The library would take it for the end, and all that follows would be lost unseen. This is the one method that
        it calls for every header: since its releases of 2026 it no longer calls `frombuf`.
        """
        buf = archive.fileobj.read(tarfile.BLOCKSIZE)
        try:
            entry = cls._plain(buf, archive) or cls.frombuf(buf, str(archive.encoding), archive.errors)
        except (tarfile.InvalidHeaderError, tarfile.TruncatedHeaderError) as error:  # type: ignore[attr-defined]
            raise tarfile.ReadError(f"a header is no header: {error}") from None
        entry.offset = archive.fileobj.tell() - tarfile.BLOCKSIZE
        return entry._proc_member(archive)  # type: ignore[attr-defined]

    @classmethod
    def _plain(cls, buf: bytes, archive: tarfile.TarFile) -> Self | None:
        """Return the header of a plain file with a sound checksum; nothing where it is anything else."""
        plain = len(buf) == tarfile.BLOCKSIZE and buf[156:157] == tarfile.REGTYPE and buf[257:262] == b"ustar"
        size, checksum = buf[124:136].rstrip(b"\0 "), buf[148:156].rstrip(b"\0 ")
        if not (plain and buf[345:346] == b"\0" and size.isdigit() and checksum.strip().isdigit()):
            return None
        # The checksum counts itself as blanks.
        if int(checksum, 8) != sum(buf) - sum(buf[148:156]) + 8 * ord(" "):
            return None
        entry = cls(buf[:100].split(b"\0", 1)[0].decode(str(archive.encoding), archive.errors))
        entry.size, entry.chksum = int(size, 8), int(checksum, 8)
        return entry


def _read_tar(path: Path) -> Iterator[Member]:
    with limited(path) as stream, tarfile.open(fileobj=stream, mode="r|", tarinfo=_Entry) as archive:
        for member in archive:
            if not member.isdir():
                _refuse(member.name, member.size, not member.isreg(), path)
                yield member.name, archive.extractfile(member).read()  # type: ignore[union-attr]
            archive.members = []  # type: ignore[attr-defined] # tarfile keeps every header otherwise
        while stream.read(READ_BYTES):
            pass  # the checksum of the gzipped whole stands at its end


def _read_zip(path: Path) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if sum(entry.file_size for entry in entries) > MAX_RATIO * path.stat().st_size + SLACK_BYTES:
            raise LctransferError(f"{path} unpacks to more than {MAX_RATIO} times its size; delete it, fetch it again.")
        for entry in entries:
            kind = entry.external_attr >> 28  # file type of the Unix mode: 8 is a regular file, 0 unknown
            _refuse(entry.filename, entry.file_size, kind not in (0, 8) or entry.flag_bits & 1 == 1, path)
            with archive.open(entry) as stream:
                yield entry.filename, stream.read(entry.file_size + 1)


def _refuse(name: str, size: int, special: bool, path: Path) -> None:
    """Refuse a member that is not a plain file of sensible size below the archive's own folder."""
    parts = name.replace("\\", "/").split("/")
    if not parts[0] or ".." in parts or ":" in parts[0]:
        problem = "leads out of its folder"
    elif special:
        problem = "is a link, a device or encrypted"
    elif size > MAX_MEMBER_BYTES:
        problem = f"has {size} bytes, more than {MAX_MEMBER_BYTES}"
    else:
        return
    raise LctransferError(f"{path}: member {name!r} {problem}. Such an archive is refused; fetch it from its survey.")


def batches(members: Iterable[Member], size: int = BATCH_BYTES) -> Iterator[list[Member]]:
    """Group members into lists of about `size` bytes, so that memory stays bounded."""
    batch: list[Member] = []
    held = 0
    for name, content in members:
        batch.append((name, content))
        held += len(content)
        if held >= size:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def write_tar(path: Path, members: Iterable[Member]) -> None:
    """Write a gzipped tar archive; the same members always give the same bytes."""
    with (
        replacing(path) as aside,
        open(aside, "wb") as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=3, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for name, content in members:
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))


def write_zip(path: Path, members: Iterable[Member]) -> None:
    """Write a zip archive; the same members always give the same bytes."""
    with replacing(path) as aside, zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def write_gzip(path: Path, content: bytes) -> None:
    """Write a gzipped file; the same content always gives the same bytes."""
    with replacing(path) as aside:
        aside.write_bytes(gzip.compress(content, compresslevel=3, mtime=0))
