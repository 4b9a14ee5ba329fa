"""Where a file may lie: the archive's own addresses, or the mirrors that stand in for them."""

import re
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from lctransfer.errors import LctransferError
from lctransfer.secret import hide
from lctransfer.surveys.base import NO_MIRROR, RemoteFile


def split(mirror: str) -> list[str]:
    """Return the mirrors of a setting, which blanks or commas separate.

    Raises
    ------
    LctransferError
        If one has the form of an address, and is none.
    """
    found = [part for part in re.split(r"[\s,]+", mirror) if part]
    for part in found:
        try:
            urlsplit(part)
        except ValueError as error:
            raise LctransferError(f"The mirror {hide(part)} is no address: {error}.") from None
    return found


def addresses(
    file: RemoteFile, mirror: str, urls: tuple[str, ...] | None = None, *, hosts_first: bool = False
) -> list[str]:
    """Return where to look for a file, in order.

    Parameters
    ----------
    file : RemoteFile
        What is wanted.
    mirror : str
        Folders, ``file://`` or ``http(s)://`` addresses that stand in for every host; nothing for the hosts themselves.
    urls : tuple of str, optional
        Instead of the file's own addresses.
    hosts_first : bool
        Whether the mirror is known to be laid out by host.

    Returns
    -------
    list of str
        Below a mirror: the full path, the full path in a folder named as the survey, the bare name; then each address
        in a folder named as its host, as ``wget --mirror`` lays them out.

    Raises
    ------
    LctransferError
        If a mirror is neither a folder nor an address.
    """
    urls = file.urls if urls is None else urls
    mirror = file.mirror or mirror
    if not mirror.strip() or mirror == NO_MIRROR:
        return list(urls)
    path = file.inside or file.path
    tails = list(dict.fromkeys((path, f"{file.survey}/{path}", path.rsplit("/", 1)[-1])))
    found = []
    for root in split(mirror):
        by_path, by_host = [_join(root, tail) for tail in tails], mirrored(root, urls)
        found += [*by_host, *by_path] if hosts_first else [*by_path, *by_host]
    return list(dict.fromkeys(found))


def mirrored(mirror: str, urls: tuple[str, ...]) -> list[str]:
    """Return addresses below mirrors that are laid out by host; the addresses themselves without a mirror."""
    if not mirror.strip() or mirror == NO_MIRROR:
        return list(urls)
    return [_below(root, url) for root in split(mirror) for url in urls]


def _below(root: str, url: str) -> str:
    tail = url.partition("://")[2]
    if urlsplit(root).scheme in ("http", "https"):
        return f"{root.rstrip('/')}/{tail}"  # quoted already
    return _join(root, unquote(tail))


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
