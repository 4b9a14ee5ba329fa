"""Files of a local mirror, copied as they are or in part; and what a server packed on the way, unpacked."""

import shutil
from pathlib import Path

from tqdm import tqdm

from lctransfer.errors import LctransferError, one_line, pass_on_limits
from lctransfer.retrieve import encoding
from lctransfer.retrieve.answers import ElsewhereError, TryAgainError
from lctransfer.retrieve.part import Part
from lctransfer.surveys.base import RemoteFile


def copy(source: Path, file: RemoteFile, part: Part, bar: tqdm | None) -> None:
    """Copy a file of a local mirror, or a part of it."""
    if not source.is_file():
        raise ElsewhereError("there is no such file", absent=True)
    if file.span is not None:
        with open(source, "rb") as stream:
            stream.seek(file.span[0])
            part.path.write_bytes(stream.read(file.span[1] - file.span[0] if file.span[1] >= 0 else -1))
    else:
        _copy_whole(source, part, bar)
    try:
        unpack(part, file)
    except TryAgainError as error:
        raise ElsewhereError(str(error)) from None
    if file.is_whole and not file.is_whole(part.content()):
        part.discard()
        raise ElsewhereError("the file is cut short, or has other rows than it announces")


def _copy_whole(source: Path, part: Part, bar: tqdm | None) -> None:
    size = source.stat().st_size
    if bar is not None:
        bar.total = (bar.total or 0) + size
    shutil.copyfile(source, part.path)
    if bar is not None:
        bar.update(size)


def unpack(part: Part, file: RemoteFile) -> None:
    """Undo a compression on the way, which was not asked for."""
    try:
        encoding.unpack_extra_layers(part.path, file.path)
    except (LctransferError, OSError) as error:
        pass_on_limits(error)
        part.discard()
        raise TryAgainError(f"it came gzipped on the way, and damaged ({one_line(error)})") from None
