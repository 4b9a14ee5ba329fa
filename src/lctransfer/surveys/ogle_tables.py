"""OGLE: the tables of a collection: ident.dat, the tables of parameters, remarks.txt.

Byte positions are those of `lctransfer.surveys.ogle_collections`; words and positions are found wherever they stand.
"""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

from lctransfer.errors import LctransferError
from lctransfer.surveys.base import POSITION, Star, degrees, lines_of, number
from lctransfer.surveys.losses import by_itself, tolerate
from lctransfer.surveys.ogle_collections import LABEL_MAP, Collection
from lctransfer.surveys.overrides import Overrides, span

IDENTIFIER = re.compile(r"[A-Z]+-[A-Z0-9]+(-[A-Z0-9]+)*-\d+")
REMARKS = "remarks.txt"
OTHER_WORD = re.compile(r"[A-Za-z0-9]*[A-Za-z][A-Za-z0-9/_+:-]*")
MOST_OTHER_WORDS = 0.5
"""With more unknown subtypes than this share, the collection's words are not what they were thought to be."""


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig", errors="replace")


def collection_stars(directory: Path, collection: Collection, dropped: Counter) -> list[Star]:
    """Return the stars of a collection that are of one certain class; count the others."""
    folder = directory / collection.directory
    periods: dict[str, float] = {}
    for name in dict.fromkeys(filter(None, collection.tables.values())):
        if (folder / name).is_file():
            # Without periods the light curves are as good as with them.
            with by_itself(dropped, f"{collection.name}, periods of {name}"):
                periods |= read_periods(_text(folder / name), str(folder / name))
    text = _text(folder / "ident.dat")
    rows, bad = read_ident(text, collection, str(folder / "ident.dat"))
    tolerate(bad, len(rows) + len(bad), dropped, f"unreadable row of ident.dat ({collection.name})")
    stars = _single_class(rows, collection, str(folder / "ident.dat"), dropped)
    remarks = folder / REMARKS
    doubtful = read_doubtful(_text(remarks)) if remarks.is_file() else set()
    certain = [star for star in stars if star.source_id not in doubtful]
    dropped["uncertain, says remarks.txt"] += len(stars) - len(certain)
    return [
        star._replace(period_days=periods.get(star.source_id), parts=((collection.name, star.source_id),))
        for star in certain
    ]


def _single_class(rows: list[Star], collection: Collection, where: str, dropped: Counter) -> list[Star]:
    """Return the stars with a subtype that is known; count the others, which are of no single class."""
    known = {*LABEL_MAP, *(word_of(word, collection) for word in collection.tables)}
    others = Counter(star.label for star in rows if star.label not in known)
    if others.total() > max(MOST_OTHER_WORDS * len(rows), 1):
        word, count = others.most_common(1)[0]
        raise LctransferError(
            f"{where}: {others.total()} of {len(rows)} stars have a subtype that is none of "
            f"{', '.join(collection.tables)}; {count} have {word}."
        )
    for word, count in others.items():
        dropped[f"no single class: {word}"] += count
    return [star for star in rows if star.label in known]


def read_doubtful(text: str) -> set[str]:
    """Return the stars that a collection's remarks call uncertain."""
    rows = [line.split(maxsplit=1) for line in lines_of(text)]
    return {row[0] for row in rows if len(row) == 2 and IDENTIFIER.fullmatch(row[0]) and "uncertain" in row[1].lower()}


def read_ident(text: str, collection: Collection, where: str) -> tuple[list[Star], list[str]]:
    """Return the stars of an ident.dat, and a sentence about each row that cannot be read.

    A subtype that the collection is not known to print is kept as it stands: compound types are no single class.
    """
    stars, bad = [], []
    for line_number, line in enumerate(lines_of(text), 1):
        if not line.strip():
            continue
        tokens, place = _before_position(line)
        word = _word(line, tokens[1:], collection) or _other_word(line, collection)
        if not tokens or not IDENTIFIER.fullmatch(tokens[0]):
            bad.append(f"{where}, line {line_number}: {line[:20]!r} is no OGLE identifier.")
        elif place is None:
            bad.append(f"{where}, line {line_number}: no position after byte {collection.ra_at}.")
        elif word is None:
            bad.append(f"{where}, line {line_number}: no known subtype from byte {collection.type_at}: {line[:40]!r}.")
        else:
            stars.append(Star(tokens[0], word, *place))
    return stars, bad


def _before_position(line: str) -> tuple[list[str], tuple[float, float] | None]:
    """Return the words before the position of a row, and the position."""
    found = POSITION.search(line)
    return line[: found.start() if found else len(line)].split(), degrees(found)


def _word(line: str, tokens: list[str], collection: Collection) -> str | None:
    """Return the survey's own word from what stands between identifier and position."""
    if collection.type_bytes:
        tokens = line[collection.type_bytes[0] - 1 : collection.type_bytes[1]].split()
    subtype = next((token for token in tokens if token in collection.tables), None)
    if subtype is None:
        return None
    if collection.type_bytes:
        return word_of(subtype, collection)
    if collection.kind == "lpv":
        branch = [token for token in tokens if token in ("AGB", "RGB") and subtype == "OSARG"]
        return "_".join([subtype, *branch, *(token for token in tokens if token in ("C", "O"))])
    return word_of(subtype, collection)


def word_of(subtype: str, collection: Collection) -> str:
    """Return the survey's own word for a subtype, as its label map has it."""
    if collection.kind in ("rrlyr", "lpv"):
        return subtype
    return f"{collection.kind.upper()}_{subtype.lower() if collection.kind == 'dsct' else subtype}"


def corrected(collection: Collection, overrides: Overrides) -> Collection:
    """Return a collection with a user's corrections: the bytes of the subtype, and further words."""
    found = overrides.get(collection.name)
    if found is None:
        return collection
    bytes_of_type = span(overrides, collection.name, "type", (0, 0))
    tables = {**collection.tables, **{word: "" for word in found.words if word not in collection.tables}}
    return replace(collection, tables=tables, type_bytes=bytes_of_type if bytes_of_type[0] else None)


def _other_word(line: str, collection: Collection) -> str | None:
    """Return the word that stands where the subtype should, if it looks like one."""
    place = POSITION.search(line)
    words = line[collection.type_at - 1 : place.start() if place else None].split()
    alone = not line[collection.type_at - 2 : collection.type_at - 1].strip()
    word = words[0] if words and alone else ""
    return f"{collection.kind.upper()}_{word}" if OTHER_WORD.fullmatch(word) else None


def read_periods(text: str, where: str) -> dict[str, float]:
    """Return the (first) period of each star of a table of parameters: its fourth column."""
    periods = {}
    for line_number, line in enumerate(lines_of(text), 1):
        tokens = line.split()
        if not tokens:
            continue
        place = f"{where}, line {line_number}"
        if len(tokens) < 4 or not IDENTIFIER.fullmatch(tokens[0]):
            raise LctransferError(f"{place}: expected identifier, I, V and period, found {line[:60]!r}.")
        number(tokens[1], f"{place}, column I", 5, 25)
        number(tokens[2], f"{place}, column V", 5, 30)
        period = number(tokens[3], f"{place}, column period", 1e-4, 1e5)
        if period is not None:
            periods[tokens[0]] = period
    return periods
