"""What every survey module speaks of: remote files, stars of a catalogue, batches of light curves."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np

from lctransfer.errors import LctransferError
from lctransfer.reading_ahead import ahead
from lctransfer.surveys import moved
from lctransfer.surveys.members import Member, batches
from lctransfer.surveys.rows import RowFormat, describe
from lctransfer.taxonomy import Label, class_name


class Sure(StrEnum):
    """How well a fact about an archive is known."""

    PROVEN = "proven"
    """By a true file of the archive."""
    CONFIRMED = "confirmed"
    """By public evidence that somebody else looked up, apart from who wrote the reader."""
    DOCUMENTED = "documented"
    """By a README, a paper or working client code."""
    GUESS = "guess"
    """By analogy; the first contact may prove it wrong, and then it fails loudly."""


NO_MIRROR = "-"
"""As a file's mirror: its addresses are asked themselves, whatever stands in for the others."""


@dataclass(frozen=True)
class RemoteFile:
    """One file of an archive.

    Parameters
    ----------
    survey, collection, dataset : str
        Which part of which archive; ``dataset`` is its name in words.
    key : str
        What stands for the star in the address of a file that is asked for star by star.
    mirror : str
        What stands in for its hosts; nothing: what stands in for all.
    path : str
        Below the folder of raw files, and below a mirror.
    urls : tuple of str
        Where it lies, in order of preference; none if it has to be fetched by hand.
    licence, reference : str
        On what terms it may be used, and what must be cited.
    sure : Sure
        How well the address and the layout behind it are known.
    size : int or None
        Bytes, where known beforehand; with `sha256`, both are checked.
    about_bytes : int or None
        What a document says of the size, for the plan only.
    sha256 : str
        Digest, where known beforehand.
    version : str
        Of the dataset.
    optional : bool
        Whether its absence is no error.
    by_hand : str
        What to do where no stable address exists.
    is_whole : callable or None
        Tells from the content whether all of it has come.
    is_nothing : callable or None
        Tells from the content that the archive has nothing there: an answer, but no file.
    answers_in_s : float
        Seconds that the service may take before its first byte, where that is more than the settings allow.
    repeats : bool
        Whether asking again brings the same bytes: an archive that is packed on the way bears the time of packing.
    ends_well : callable or None
        The same, but asked of an answer that broke off; `is_whole` where there is none.
    rows : (int, callable) or None
        How many rows a document states, and what counts those of the content; a difference is told, and no error.
    span : (int, int) or None
        Which bytes of the remote file are wanted, from the first up to but without the last (-1: up to the end).
    inside : str
        With `span`, the path below a mirror of the file that holds them.
    instead_of : str
        Path of another file, which this one replaces where it cannot be had.
    first_post : (str, dict) or None
        Address and JSON of a query that the server wants before it has the file; its answer is kept as
        ``PATH.index``.
    servers : (str, callable) or None
        Address that names the hosts which have the file now, and what makes addresses of its answer; `urls` are the
        fallback.
    pieces : tuple of RemoteFile
        Requests for parts of it, asked one by one where the whole cannot be had: one bad star costs itself only.
    """

    survey: str
    dataset: str
    path: str
    urls: tuple[str, ...]
    licence: str
    reference: str
    sure: Sure
    collection: str = ""
    key: str = ""
    mirror: str = ""
    size: int | None = None
    about_bytes: int | None = None
    sha256: str = ""
    version: str = ""
    optional: bool = False
    by_hand: str = ""
    is_whole: Callable[[bytes], bool] | None = None
    is_nothing: Callable[[bytes], bool] | None = None
    answers_in_s: float = 0.0
    repeats: bool = True
    ends_well: Callable[[bytes], bool] | None = None
    rows: tuple[int, Callable[[bytes], int]] | None = None
    span: tuple[int, int] | None = None
    inside: str = ""
    instead_of: str = ""
    first_post: tuple[str, dict[str, Any]] | None = None
    servers: tuple[str, Callable[[bytes], tuple[str, ...]]] | None = None
    pieces: tuple["RemoteFile", ...] = ()


class Star(NamedTuple):
    """A row of a catalogue: identifier, the survey's own word, position [deg], period [d].

    ``parts`` says where its light curve comes from, where there is more than one place: a survey's own affair.
    """

    source_id: str
    label: str | None
    ra_deg: float | None = None
    dec_deg: float | None = None
    period_days: float | None = None
    parts: tuple[tuple[str, str], ...] = ()


@dataclass
class Curves:
    """A batch of light curves, end to end; those of curve i are epochs ``[offsets[i]:offsets[i + 1]]``.

    ``time`` is in days (full Julian dates), ``mag`` and ``mag_err`` in magnitudes.
    """

    source_ids: list[str]
    bands: list[str]
    time: np.ndarray
    mag: np.ndarray
    mag_err: np.ndarray
    offsets: np.ndarray
    unreadable: list[str] = field(default_factory=list)
    dropped: Counter = field(default_factory=Counter)
    """Epochs that are not among these, by reason."""


def identifier(name: str) -> str:
    """Return the name of a file without folder and ending: the star's identifier."""
    base = name.rsplit("/", 1)[-1]
    return base[: base.rindex(".")] if "." in base else base


def parsed_batches(
    members: Iterable[Member],
    form: RowFormat,
    where: str,
    zero_point: int = 0,
    places: Mapping[str, int] | None = None,
) -> Iterator[tuple[list[str], np.ndarray, np.ndarray, list[str]]]:
    """Yield (names, rows, offsets, sentences about unreadable members) for batches of members; see `rows.parse`.

    `places` says where columns stand now, if a user has corrected them; see `moved.places`.
    """
    for batch in ahead(batches(members)):
        names = [name for name, _ in batch]
        (rows, offsets, errors), now = moved.read([content for _, content in batch], form, places or {}, zero_point)
        bad = np.flatnonzero(errors[:, 0])
        yield names, rows, offsets, [describe(errors[i], now, f"{where}, {names[i]}") for i in bad]


def lines_of(text: str) -> list[str]:
    """Return the lines of a text: what ends in a line feed, and nothing else (`str.splitlines` also cuts elsewhere)."""
    return [line.removesuffix("\r") for line in text.split("\n")]


def sexagesimal(text: str) -> tuple[float, float] | None:
    """Return right ascension and declination in degrees from ``hh:mm:ss.ss sdd:mm:ss.s`` somewhere in a line.

    Blanks may stand for colons and for leading zeros. None if there is no position, or an impossible one.
    """
    return degrees(POSITION.search(text))


def degrees(found: re.Match[str] | None) -> tuple[float, float] | None:
    """Return right ascension and declination in degrees from a match of `POSITION`; see `sexagesimal`."""
    if found is None:
        return None
    hours, minutes, seconds, sign, degrees, arcmin, arcsec = found.groups()
    ra = 15 * (int(hours) + int(minutes) / 60 + float(seconds) / 3600)
    dec = int(degrees) + int(arcmin) / 60 + float(arcsec) / 3600
    if int(hours) > 23 or max(int(minutes), int(arcmin)) > 59 or max(float(seconds), float(arcsec)) > 60 or dec > 90:
        return None
    return ra, -dec if sign == "-" else dec


POSITION = re.compile(
    r"(?<![\d.])(\d{1,2})[: ] ?(\d{1,2})[: ] ?(\d{1,2}\.\d+)\s+"
    r"([+-]) ?(\d{1,2})[: ] ?(\d{1,2})[: ] ?(\d{1,2}(?:\.\d+)?)"
)


def to_sexagesimal(ra_deg: float, dec_deg: float, separator: str = ":") -> str:
    """Return ``hh:mm:ss.ss sdd:mm:ss.s``, as OGLE prints positions (rounded to 0.15 and 0.1 arcsec)."""
    centiseconds = round(ra_deg / 15 * 360_000) % 8_640_000
    tenths = round(abs(dec_deg) * 36_000)
    ra = (centiseconds // 360_000, centiseconds // 6000 % 60, centiseconds % 6000 / 100)
    dec = (tenths // 36_000, tenths // 600 % 60, tenths % 600 / 10)
    sign = "-" if dec_deg < 0 else "+"
    return (
        "{:02d}{s}{:02d}{s}{:05.2f} ".format(*ra, s=separator)
        + sign
        + "{:02d}{s}{:02d}{s}{:04.1f}".format(*dec, s=separator)
    )


def number(
    text: str, where: str, low: float = -np.inf, high: float = np.inf, null: tuple[str, ...] = ("", "-")
) -> float | None:
    """Return the number that `text` stands for, or None for a missing value.

    Raises
    ------
    LctransferError
        If it is no number, or lies out of range: the columns are not where the format says.
    """
    text = text.strip()
    if text in null:
        return None
    if NUMBER.fullmatch(text) and low <= float(text) <= high:
        return float(text)
    raise LctransferError(f"{where}: {text!r} is not a number between {low:g} and {high:g}; the format has changed.")


NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def check_identifiers(names: Iterable[str], pattern: re.Pattern[str], like: str) -> None:
    """Refuse identifiers that a survey's files cannot hold.

    Raises
    ------
    LctransferError
        Naming the first, and what they look `like`.
    """
    for name in names:
        if not pattern.fullmatch(name):
            raise LctransferError(f"{name!r} is no identifier of this survey, such as {like}.")


def usable(
    stars: dict[str, Star], label_map: Mapping[str, Label], words: Mapping[str, Label] | None = None
) -> dict[str, Star]:
    """Return the stars whose word stands for a class, a user's words first: others are not worth a request each."""
    known = {**label_map, **(words or {})}
    return {name: star for name, star in stars.items() if star.label and class_name(star.label, known)}
