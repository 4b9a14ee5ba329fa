"""Where a file may lie: the archive's own addresses, or the mirrors that stand in for them."""

import re
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from lctransfer.errors import LctransferError
from lctransfer.surveys.base import RemoteFile


def split(mirror: str) -> list[str]:
    """Return the mirrors of a setting, which blanks or commas separate."""
    return [part for part in re.split(r"[\s,]+", mirror) if part]


def addresses(file: RemoteFile, mirror: str) -> list[str]:
    """Return where to look for a file, in order.

    Parameters
    ----------
    file : RemoteFile
        What is wanted.
    mirror : str
        Folders, ``file://`` or ``http(s)://`` addresses that stand in for every host; nothing for the hosts themselves.

    Returns
    -------
    list of str
        Below a mirror: the full path, the full path in a folder named as the survey, the bare name.

    Raises
    ------
    LctransferError
        If a mirror is neither a folder nor an address.
    """
    if not mirror.strip():
        return list(file.urls)
    path = file.inside or file.path
    tails = dict.fromkeys((path, f"{file.survey}/{path}", path.rsplit("/", 1)[-1]))
    return [_join(root, tail) for root in split(mirror) for tail in tails]


def _join(root: str, tail: str) -> str:
    scheme = urlsplit(root).scheme
    if scheme in ("http", "https"):
        return f"{root.rstrip('/')}/{quote(tail, safe='/+,:')}"
    folder = local(root)
    if not folder.is_dir():
        raise LctransferError(f"The mirror {root} is no folder. Give a folder, file://... or http(s)://...")
    return (folder.resolve() / tail).as_uri()


def local(address: str) -> Path:
    """Return the path of a folder or a ``file://`` address."""
    return Path(unquote(urlsplit(address).path)) if address.startswith("file:") else Path(address)
