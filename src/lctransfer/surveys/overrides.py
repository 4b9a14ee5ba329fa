"""What a user corrects of a collection without touching code: its address, a mirror, its columns, its words."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any
from urllib.parse import urlsplit

from lctransfer.errors import LctransferError
from lctransfer.surveys.base import NO_MIRROR, RemoteFile
from lctransfer.taxonomy import Label, check_label_map


@dataclass(frozen=True)
class Override:
    """Corrections of one collection; what is empty stays as it is.

    Parameters
    ----------
    url : str
        Where it lies now: the address of the file; of its folder, with a slash at the end, for a collection of several
        files; with ``{key}`` in place of the star for one that is asked for star by star.
    mirror : str
        What stands in for its host, as ``archive.mirror`` does for all of them.
    columns : dict
        Names of columns to where they stand now: bytes such as ``36-37`` (from 1) in tables of fixed width, names in
        tables with a header, numbers (from 1) elsewhere.
    words : dict
        Words that the collection prints, to classes or superclasses, or to nothing.
    """

    url: str = ""
    mirror: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Label] = field(default_factory=dict)


Overrides = Mapping[str, Override]
NONE: dict[str, Override] = {}


def parse(values: Mapping[str, Any] | None, parts: Mapping[str, tuple[str, ...]], where: str) -> dict[str, Override]:
    """Return the overrides of a survey, checked.

    Parameters
    ----------
    values : dict
        Collection to a dict with any of the keys of `Override`.
    parts : dict
        The survey's collections, each with the columns that can be corrected.
    where : str
        What messages call the setting, such as ``surveys.ogle.overrides``.

    Raises
    ------
    LctransferError
        If there is no such collection, key or column, or a value cannot be meant.
    """
    return {name: _one(name, entry, parts, f"{where}.{name}") for name, entry in (values or {}).items()}


def _one(name: str, entry: Any, parts: Mapping[str, tuple[str, ...]], where: str) -> Override:
    if name not in parts:
        raise LctransferError(f"{where}: there is no collection {name!r}; there are {', '.join(sorted(parts))}.")
    known = [item.name for item in fields(Override)]
    if not isinstance(entry, Mapping) or set(entry) - set(known):
        raise LctransferError(f"{where} is {entry!r}, but must hold any of the keys {', '.join(known)}.")
    override = Override(
        str(entry.get("url") or ""),
        str(entry.get("mirror") or ""),
        {str(column): str(place) for column, place in _mapping(entry, "columns", where).items()},
        {str(word): None if node is None else str(node) for word, node in _mapping(entry, "words", where).items()},
    )
    if override.url and not _is_address(override.url):
        raise LctransferError(f"{where}.url is {override.url!r}, but must start with http://, https:// or file://.")
    for column in override.columns:
        if column not in parts[name]:
            can = ", ".join(parts[name]) or "none"
            raise LctransferError(f"{where}.columns names {column!r}; columns that can be corrected there: {can}.")
    check_label_map(override.words, f"{where}.words")
    return override


def _is_address(text: str) -> bool:
    try:
        return urlsplit(text).scheme in ("http", "https", "file")
    except ValueError:  # such as http://[half
        return False


def _mapping(entry: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any]:
    value = entry.get(name) or {}
    if not isinstance(value, Mapping) or any(isinstance(item, Mapping | list) for item in value.values()):
        raise LctransferError(f"{where}.{name} is {value!r}, but must be a flat mapping.")
    return value


def apply(files: list[RemoteFile], overrides: Overrides) -> list[RemoteFile]:
    """Return the files with their corrected addresses and mirrors."""
    return [_applied(file, overrides[file.collection]) if file.collection in overrides else file for file in files]


def _applied(file: RemoteFile, override: Override) -> RemoteFile:
    changes: dict[str, Any] = {}
    if override.mirror:
        changes["mirror"] = override.mirror
    if override.url:
        name = file.path.rsplit("/", 1)[-1]
        address = override.url.replace("{key}", file.key)
        changes["urls"] = (f"{address}{name}" if address.endswith("/") else address,)
        changes["servers"] = None
        changes.setdefault("mirror", NO_MIRROR)
    if file.pieces:
        changes["pieces"] = tuple(_applied(piece, override) for piece in file.pieces)
    return replace(file, **changes)


def column(overrides: Overrides, collection: str, name: str, known: str) -> str:
    """Return where a column stands: as known, unless it was corrected."""
    found = overrides.get(collection)
    return found.columns.get(name, known) if found else known


def span(overrides: Overrides, collection: str, name: str, known: tuple[int, int]) -> tuple[int, int]:
    """Return the bytes of a column, from 1: as known, unless they were corrected.

    Raises
    ------
    LctransferError
        If the correction is no such thing as ``36-37``.
    """
    text = column(overrides, collection, name, "")
    if not text:
        return known
    first, _, last = text.partition("-")
    if not (first.isdigit() and (last or first).isdigit() and 1 <= int(first) <= int(last or first)):
        raise LctransferError(f"overrides.{collection}.columns.{name} is {text!r}, but must be bytes such as 36-37.")
    return int(first), int(last or first)


def words_of(overrides: Overrides) -> dict[str, Label]:
    """Return the corrected words as labels have them: as printed, and for OGLE with the collection's kind before."""
    found: dict[str, Label] = {}
    for name, override in overrides.items():
        kind = name.rsplit("/", 1)[-1]
        for word, node in override.words.items():
            if "/" in name and kind not in ("rrlyr", "lpv"):
                found[f"{kind.upper()}_{word.lower() if kind == 'dsct' else word}"] = node
            else:
                found[word] = node
    return found
