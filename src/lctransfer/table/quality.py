"""Which epochs pass the cuts on quality that a form describes."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lctransfer.table.forms.base import Cut

TRUE_WORDS = pa.array(["true", "t", "1", "yes", "y"])


def kept(column: pa.Array, cut: Cut) -> np.ndarray:
    """Return which values pass a cut, shape (n,) of bool; a null passes no comparison, and sets no flag."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    if cut.test == "false":
        return ~_flags(column, text)
    if cut.test in ("==", "!="):
        found = _among(column, cut.value, text)
        return found if cut.test == "==" else ~found
    numbers = np.asarray(column.cast(pa.float64()).fill_null(np.nan))
    return numbers < cut.value[0] if cut.test == "<" else numbers > cut.value[0]


def _among(column: pa.Array, values: tuple, text: bool) -> np.ndarray:
    """Tell which values of a column are among some; as text, or as numbers."""
    if text or not all(isinstance(value, int | float) for value in values):
        words = pc.utf8_trim_whitespace(column.cast(pa.string()))
        return np.asarray(pc.is_in(words, value_set=pa.array([str(value) for value in values])))
    return np.isin(np.asarray(column.cast(pa.float64()).fill_null(np.nan)), values)


def _flags(column: pa.Array, text: bool) -> np.ndarray:
    if text:
        return np.asarray(pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(column)), value_set=TRUE_WORDS))
    if pa.types.is_boolean(column.type):
        return np.asarray(column.fill_null(False))
    return np.asarray(column.cast(pa.float64()).fill_null(0)) != 0
