"""Identifiers of sources as text: whatever their type, and never a rounded number."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lctransfer.errors import LctransferError, one_line

LARGEST_EXACT = {pa.float64(): 2**53, pa.float32(): 2**24, pa.float16(): 2**11}
"""Whole numbers up to here are exact in a float of that kind."""
FLOAT_DIGITS = 15
"""Digits that a 64-bit float holds for certain."""
ROUNDED = re.compile(r"[+-]?\d+(\.\d+)?[eE]\+?\d+")
"""Text that a float wrote, and that lost digits."""

BYTES = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary)
"""Tests of the types that FITS files and HDF5 give for text."""
NULLS = ["", "nan", "none", "null", "<na>", "nat"]
"""What programs write, in letters of either case, where there is no identifier."""


def coded(names: pa.Array) -> pa.Array:
    """Return texts as 64-bit integers, each held once, if each is written as its integer is; else as they are.

    12 is, but not 0012, +12 or 0xc. Integers are looked up in a third of the time of text, and `to_text` gives the
    text back.
    """
    if not pa.types.is_string(names.type):
        return names
    try:
        names.slice(0, 1).cast(pa.int64())  # first, since pyarrow makes a message for every text that is no number
        numbers = names.cast(pa.int64())
    except pa.ArrowInvalid:
        return names
    return numbers.dictionary_encode() if numbers.cast(pa.string()).equals(names) else names


def to_text(column: pa.Array, where: str) -> pa.Array:
    """Return identifiers as text without blanks around it, null where there is none or one of `NULLS`.

    Raises
    ------
    LctransferError
        If they are floats that cannot hold them exactly, or are of a type that identifies nothing.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    if pa.types.is_floating(kind):
        return _from_floats(column, where)
    if pa.types.is_integer(kind):
        return column.cast(pa.string())
    if any(one(kind) for one in BYTES):
        column = decoded(column)
    try:
        text = pc.utf8_trim_whitespace(column.cast(pa.string()))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise LctransferError(f"{where}: identifiers must be text or whole numbers, but: {one_line(error)}") from None
    text = pc.if_else(pc.is_in(pc.utf8_lower(text), pa.array(NULLS)), pa.scalar(None, pa.string()), text)
    _refuse_rounded(text, where)
    return _without_point(text, where)


def _without_point(text: pa.Array, where: str) -> pa.Array:
    """Return whole numbers that were written as floats (12.0) as whole numbers, where all identifiers are so.

    Raises
    ------
    LctransferError
        If they are too large for a float to hold exactly.
    """
    known = text.drop_null()
    if not len(known) or not known[0].as_py().endswith(".0"):
        return text
    if not pc.all(pc.match_substring_regex(known, r"^[+-]?[0-9]+\.0+$")).as_py():
        return text
    whole = pc.replace_substring_regex(text, r"\.0+$", "")
    digits = pc.max(pc.utf8_length(pc.utf8_ltrim(whole.drop_null(), "+-"))).as_py()
    if digits > FLOAT_DIGITS:
        raise LctransferError(
            f"{where}: the identifiers were written as floats, such as {known[0]}, and have more digits than a float "
            "holds: different sources become one. Write them as whole numbers or text, and give that."
        )
    return whole


def _from_floats(column: pa.Array, where: str) -> pa.Array:
    """Return whole floats as whole numbers in text, null for NaN, and refuse any that may have been rounded."""
    limit = LARGEST_EXACT[column.type]
    values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    known = np.isfinite(values)
    rounded = np.abs(values[known]) > limit
    if rounded.any():
        raise LctransferError(
            f"{where}: the identifiers are floats, such as {values[known][rounded][0]:.17g}: above {limit} a float "
            "holds no whole number exactly, so that different sources become one. Read the column as a 64-bit integer "
            "or as text where the table is made (pandas: dtype='Int64' or str), and give that."
        )
    if (values[known] != np.round(values[known])).any():
        example = values[known][values[known] != np.round(values[known])][0]
        raise LctransferError(f"{where}: the identifiers are floats with decimals, such as {example:g}. Give text.")
    whole = np.where(known, values, 0).astype(np.int64)
    return pc.if_else(pa.array(known), pa.array(whole).cast(pa.string()), pa.scalar(None, pa.string()))


def _refuse_rounded(text: pa.Array, where: str) -> None:
    for name in text.slice(0, 1000).to_pylist():
        if name and ROUNDED.fullmatch(name):
            raise LctransferError(
                f"{where}: the identifiers were written as floats, such as {name}: digits are lost, and different "
                "sources become one. Write them as whole numbers or text, and give that."
            )


def decoded(column: pa.Array) -> pa.Array:
    """Return bytes as text (UTF-8, else Latin-1), as FITS files and HDF5 give them; zero bytes at the end go."""
    values = [None if v is None else v.rstrip(b"\0") for v in column.to_pylist()]
    return pa.array([None if v is None else _text(v) for v in values], pa.string())


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
