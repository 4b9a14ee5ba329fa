"""Texts that stand for numbers, or for none, and columns of texts that stand for something else."""

import reprlib

import pyarrow as pa
import pyarrow.compute as pc

from lctransfer.errors import LctransferError

NULLS = [
    "",
    "nan",
    "NaN",
    "NAN",
    "null",
    "NULL",
    "Null",
    "None",
    "none",
    "N/A",
    "n/a",
    "NA",
    "<NA>",
    "--",
    "-",
    "*",
    "?",
]
"""What stands for no number."""
FEWEST_TO_JUDGE, MOST_WORDS = 10, 0.5
"""In a batch of so many fields, such a share that is no number shows that the column holds something else."""
LISTS = (
    "These are lists written as text, as pandas writes them to CSV: write Parquet, which keeps lists, or a row per "
    "epoch (DataFrame.explode)."
)
WORDS = "Name another column (--columns), or write numbers; dates are read as 2017-01-31T12:00:00."


def refuse_words(column: pa.Array, values: pa.Array, bad: int, name: str) -> None:
    """Refuse a column that is to hold numbers where it holds lists, or where most of a longer batch is something else.

    Raises
    ------
    LctransferError
        With an example.
    """
    if not bad:
        return
    example = first_word(column, values)
    is_list = example.startswith("[") and len(example.split()) > 1
    if is_list or (len(column) >= FEWEST_TO_JUDGE and bad > MOST_WORDS * len(column)):
        raise LctransferError(
            f"Column {name} is to hold numbers, but {bad} of {len(column)} fields are none, such as "
            f"{reprlib.repr(example)}. {LISTS if is_list else WORDS}"
        )


def first_word(column: pa.Array, values: pa.Array) -> str:
    """Return the first text of a column that stands neither for a number nor for none; see `numbers_of`."""
    texts = (column[row.as_py()].as_py() for row in pc.indices_nonzero(values.is_null()))
    return next((text for text in texts if text is not None and text.strip() not in NULLS), "")


def numbers_of(column: pa.Array, decimal_point: str = ".") -> tuple[pa.Array, int]:
    """Return the numbers that texts stand for, null where there is none, and how many texts are no number."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    text = pc.utf8_trim_whitespace(column.cast(pa.string()))
    if decimal_point != ".":
        text = pc.replace_substring(text, decimal_point, ".")
    missing = pc.fill_null(pc.is_in(text, value_set=pa.array(NULLS)), True)
    fine = pc.match_substring_regex(text, r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$")
    bad = pc.sum(pc.and_(pc.invert(fine), pc.invert(missing))).as_py() or 0
    return pc.if_else(fine, text, pa.scalar(None, pa.string())).cast(pa.float64()), bad
