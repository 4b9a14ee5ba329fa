"""Rows of numbers in text files: a format described once, as data, then read in bulk and written byte for byte.

Reading is strict: a row is taken only if every number stands where the format says, with the decimals that it says.
A number cut short, a missing column or a stray character is found and named by file, line and column.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from lctransfer.code_cache import compiled
from lctransfer.errors import LctransferError

NOT_A_NUMBER, WRONG_DECIMALS, WRONG_PLACE, MISSING = 1, 2, 3, 4
REASONS = {
    NOT_A_NUMBER: "is not a number",
    WRONG_DECIMALS: "has other decimals than the format",
    WRONG_PLACE: "does not stand where the format puts it",
    MISSING: "is missing",
}
ANY = -1
LETTER, WORD = 1, 2
POWERS = 10.0 ** np.arange(20)
WHOLE_POWERS = 10 ** np.arange(19)
FULL_DATE = 2_400_000
"""A time at or above it is a full Julian date."""
MOST_DECIMALS = 12
"""So many decimals of a full Julian date are still an int64."""
MOST_DIGITS = 18
"""An int64 holds them."""
MARK = b"\xef\xbb\xbf"  # the byte order mark that some editors and servers put before text
LINE_FEED, RETURN, BLANK, MINUS, PLUS, POINT, ZERO = (ord(character) for character in "\n\r -+.0")


@dataclass(frozen=True)
class Column:
    """One column of a row.

    Parameters
    ----------
    name : str
        What it holds.
    width, decimals : int
        As in Fortran's F10.5; `ANY` decimals are taken as they come, and one letter has 0 decimals and ``letter``.
    lead : str
        What stands between the column before and this one.
    free : bool
        Whether its end depends on its length, so that its place is not checked.
    letter, text : bool
        Whether it is a single letter, read as its character code, or any word, passed over (as nan).
    """

    name: str
    width: int
    decimals: int
    lead: str = ""
    letter: bool = False
    free: bool = False
    text: bool = False

    @property
    def template(self) -> str:
        """The printf format, with its lead."""
        kind = "c" if self.letter else "s" if self.decimals == ANY else f".{self.decimals}f"
        return f"{self.lead}%{self.width}{kind}"


@dataclass(frozen=True)
class RowFormat:
    """The rows of a kind of file.

    Parameters
    ----------
    columns : tuple of Column
        In order. Further columns in a file are passed over.
    tail : str
        What stands after the last column (trailing blanks are never required).
    comment : str
        First character of lines to pass over, or nothing.
    skip : int
        Lines before the first row.
    separator : str
        A character that counts as a blank.
    fixed : bool
        Whether columns must end where their widths say. The first may be wider, since zero points of time differ.
    """

    columns: tuple[Column, ...]
    tail: str = ""
    comment: str = ""
    skip: int = 0
    separator: str = " "
    fixed: bool = True

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return [column.name for column in self.columns]


class Parsed(NamedTuple):
    """Rows of many members, end to end.

    ``values`` has shape (rows, columns); the rows of member i are ``[offsets[i]:offsets[i + 1]]``. ``errors`` has
    shape (members, 3): the reason (0: none), the line (from 1) and the column (from 0) of the first bad value of each
    member, whose rows are left out.
    """

    values: np.ndarray
    offsets: np.ndarray
    errors: np.ndarray


def parse(members: list[bytes], form: RowFormat, zero_point: int = 0) -> Parsed:
    """Read the rows of many small files at once.

    Parameters
    ----------
    members : list of bytes
        The content of each.
    form : RowFormat
        What they hold.
    zero_point : int
        Days to add to the first column where it is no full Julian date yet (less than `FULL_DATE`). Added before the
        decimal point is set, so that the sum is exact.

    Returns
    -------
    Parsed
        The numbers, exact to the last bit up to 15 digits; each column is contiguous.
    """
    members = [member.removeprefix(MARK) for member in members]
    buffer = np.frombuffer(b"\n".join([*members, b""]), dtype=np.uint8)
    lengths = np.fromiter(map(len, members), dtype=np.int64, count=len(members))
    starts = np.concatenate([[0], np.cumsum(lengths + 1)])
    rules = np.array([_rule(column, form) for column in form.columns], dtype=np.int64)
    # No row is shorter than a digit and a separator per column. What is never written takes no memory.
    most_rows = len(buffer) // (2 * len(rules)) + 1
    layout = _Layout(ord(form.comment) if form.comment else 0, form.skip, ord(form.separator), zero_point)
    values, offsets, errors = _parse(buffer, starts, most_rows, rules, layout)
    return Parsed(values.T, offsets, errors)


def _rule(column: Column, form: RowFormat) -> tuple[int, int, int]:
    """Return decimals, length from the end of the column before (0: any), and the kind: number, LETTER or WORD."""
    free = column.free or not form.fixed or column is form.columns[0]
    place = 0 if free else len(column.lead) + column.width
    return column.decimals, place, WORD if column.text else LETTER if column.letter else 0


class _Layout(NamedTuple):
    """A form's lines as the compiled code takes them: bytes, and what is added to the first column."""

    comment: int
    skip: int
    separator: int
    zero_point: float


# One pass over the bytes; every member ends in a line feed, so that no index needs a check against the end.
@compiled
def _parse(
    buffer: np.ndarray, starts: np.ndarray, most_rows: int, rules: np.ndarray, layout: _Layout
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return values (columns, rows), offsets (members + 1,) and errors (members, 3): reason, line, column."""
    members = len(starts) - 1
    values = np.empty((len(rules), most_rows))
    offsets = np.zeros(members + 1, np.int64)
    errors = np.zeros((members, 3), np.int64)
    row = 0
    for member in range(members):
        at, stop, line, first = starts[member], starts[member + 1], 0, row
        while at < stop:
            line += 1
            if line > layout.skip and not (layout.comment and buffer[at] == layout.comment) and not _blank(buffer, at):
                reason, column, at = _parse_line(buffer, at, rules, layout, values, row)
                if reason:
                    errors[member, 0], errors[member, 1], errors[member, 2] = reason, line, column
                    row = first
                    break
                row += 1
            while buffer[at] != LINE_FEED:
                at += 1
            at += 1
        offsets[member + 1] = row
    return values[:, :row], offsets, errors


# Inlined: a call per line or per byte would take a third of the time.
@njit(nogil=True, inline="always")
def _blank(buffer, at):
    """Tell whether nothing stands between here and the end of the line."""
    while buffer[at] == BLANK or buffer[at] == RETURN:
        at += 1
    return buffer[at] == LINE_FEED


@njit(nogil=True, inline="always")
def _ends(byte, separator):
    """Tell whether a column ends at this byte."""
    return byte == BLANK or byte == separator or byte == LINE_FEED or byte == RETURN  # noqa: PLR1714 (compiled)


@njit(nogil=True, inline="always")
def _parse_line(buffer, at, rules, layout, values, row):  # noqa: PLR0917
    """Fill one row; return (reason, column, position), the reason 0 if all is well."""
    before = at
    for column in range(len(rules)):
        decimals, place = rules[column, 0], rules[column, 1]
        while buffer[at] == BLANK or buffer[at] == layout.separator:
            at += 1
        if buffer[at] == LINE_FEED or buffer[at] == RETURN:
            return MISSING, column, at
        if rules[column, 2] == LETTER:
            values[column, row], found = buffer[at], 0
            at += 1
        elif rules[column, 2] == WORD:
            values[column, row], found = np.nan, 0
            while not _ends(buffer[at], layout.separator):
                at += 1
        else:
            negative, mantissa, found, at = _number(buffer, at)
            if found >= 0:
                values[column, row] = _value(negative, mantissa, found, layout.zero_point if column == 0 else 0)
        if found < 0 or not _ends(buffer[at], layout.separator):
            return NOT_A_NUMBER, column, at
        if decimals != ANY and decimals != found:  # noqa: PLR1714 (compiled)
            return WRONG_DECIMALS, column, at
        if place and at - before != place:
            return WRONG_PLACE, column, at
        before = at
    return 0, 0, at


@njit(nogil=True, inline="always")
def _number(buffer, at):
    """Return sign and digits of a decimal number, how many are decimals (negative: no number), and where it ends."""
    negative = buffer[at] == MINUS
    if negative or buffer[at] == PLUS:
        at += 1
    mantissa, start, point = np.int64(0), at, -1
    while True:
        digit = np.uint8(buffer[at] - ZERO)  # below zero it wraps around to a large one
        if digit <= 9:
            mantissa = mantissa * 10 + digit
        elif buffer[at] == POINT and point < 0:
            point = at
        else:
            break
        at += 1
    digits = at - start - (point >= 0)
    if digits < 1 or digits > MOST_DIGITS:
        return negative, np.int64(0), ANY, at
    return negative, mantissa, (0 if point < 0 else at - 1 - point), at


@njit(nogil=True, inline="always")
def _value(negative, mantissa, decimals, zero_point):
    """Return a number, with the zero point added if it is no full Julian date."""
    if zero_point and (negative or mantissa < FULL_DATE * WHOLE_POWERS[min(decimals, MOST_DECIMALS)]):
        if decimals > MOST_DECIMALS:  # the sum of the digits would not fit
            return zero_point + (-1 if negative else 1) * (mantissa / POWERS[decimals])
        return (zero_point * WHOLE_POWERS[decimals] + (-mantissa if negative else mantissa)) / POWERS[decimals]
    # Up to 15 digits both operands are exact, so that the quotient is rounded once, as the C library would.
    return (-1 if negative else 1) * (mantissa / POWERS[decimals])


def describe(error: np.ndarray, form: RowFormat, name: str) -> str:
    """Say in one sentence what is wrong with a member, and where."""
    reason, line, column = (int(value) for value in error)
    return f"{name}, line {line}: column {column + 1} ({form.names[column]}) {REASONS[reason]}."


def read(content: bytes, form: RowFormat, name: str) -> np.ndarray:
    """Return the rows of one file, shape (rows, columns).

    Raises
    ------
    LctransferError
        Naming the file, the line and the column that is not as the format says.
    """
    parsed = parse([content], form)
    if parsed.errors[0, 0]:
        raise LctransferError(describe(parsed.errors[0], form, name))
    return parsed.values


def write(values: list[np.ndarray], form: RowFormat) -> bytes:
    """Return rows as the archive would write them; `values` holds one array per column."""
    template = "".join(column.template for column in form.columns) + form.tail + "\n"
    rows = zip(*(_printable(column, numbers) for column, numbers in zip(form.columns, values)))
    return "".join(template % row for row in rows).encode("ascii")


def _printable(column: Column, numbers: np.ndarray) -> list:
    # %c takes an integer code, and refuses a float.
    return np.asarray(numbers).astype(np.int64 if column.letter else np.float64).tolist()
