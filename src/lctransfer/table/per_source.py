"""What belongs to a source and not to its epochs: identifier, label, position, period."""

import reprlib
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from lctransfer.errors import LctransferError, one_line
from lctransfer.table.labels import Labels
from lctransfer.table.number_texts import first_word, numbers_of

PLACES = ("ra_deg", "dec_deg", "period_days")


@dataclass
class PerSource:
    """Identifiers, labels and numbers of sources, in one order."""

    names: list[str]
    labels: list[str | None] = field(default_factory=list)
    places: dict[str, np.ndarray] = field(default_factory=dict)

    def relabel(self, labels: Labels) -> None:
        """Take the labels of a file, where it has one for a source."""
        given = labels.of(self.names, self.places.get("ra_deg"), self.places.get("dec_deg"))
        own = self.labels or [None] * len(self.names)
        self.labels = [word if word is not None else mine for word, mine in zip(given, own)]

    def columns(self, take: pa.Array, *, labelled: bool) -> dict[str, pa.Array]:
        """Return the columns of a table whose rows are the sources of these numbers."""
        made = {}
        if labelled:
            made["label"] = pa.array(self.labels or [None] * len(self.names), pa.string()).take(take)
        for name, values in self.places.items():
            made[name] = pa.array(values, pa.float64(), mask=~np.isfinite(values)).take(take)
        return made


def degrees(column: pa.Array, where: str) -> np.ndarray:
    """Return numbers of a column, NaN where there is none.

    Raises
    ------
    LctransferError
        If they are sexagesimal or other text.
    """
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        values, bad = numbers_of(column)
        if bad:
            example = reprlib.repr(first_word(column, values))
            raise LctransferError(f"{where} holds text such as {example}; give decimal numbers (degrees, days).")
        column = values
    try:
        values = column.cast(pa.float64(), safe=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise LctransferError(f"{where} must hold numbers: {one_line(error)}") from None
    return values.fill_null(np.nan).to_numpy(zero_copy_only=False)
