"""Columns of light-curve files that no longer stand where the format has them, as a user corrects them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from lctransfer.errors import LctransferError
from lctransfer.surveys.rows import ANY, FULL_DATE, Column, Parsed, RowFormat, parse


def places(overrides: Mapping[str, Any], collection: str, form: RowFormat) -> dict[str, int]:
    """Return the columns (numbers from 1) that a user corrects, by the names that `form` gives them.

    Parameters
    ----------
    overrides : dict
        ``surveys.<name>.overrides``, as configured or parsed.
    collection : str
    form : RowFormat
        What is known of the files.

    Raises
    ------
    LctransferError
        If a place is no number from 1 on, or two columns stand at the same place.
    """
    entry = overrides.get(collection) or {}
    columns = entry.get("columns") if isinstance(entry, Mapping) else entry.columns
    given = {str(n): str(p) for n, p in (columns or {}).items() if str(n) in form.names}
    where = f"overrides.{collection}.columns"
    for name, place in given.items():
        if not (place.isascii() and place.isdigit() and 1 <= int(place) <= 1000):
            raise LctransferError(f"{where}.{name} is {place!r}, but must be the number of a column, from 1 on.")
    found = {name: int(place) for name, place in given.items()}
    whole = {**{name: at for at, name in enumerate(form.names, 1)}, **found} if found else {}
    if len(set(whole.values())) < len(whole):
        raise LctransferError(f"{where} puts two columns at one place: {whole}. Say where each of them stands.")
    return whole


def form_of(form: RowFormat, where: Mapping[str, int]) -> RowFormat:
    """Return the format of rows whose columns stand elsewhere: between blanks, of any width and decimals.

    Letters stay letters; what stands between the columns of `form` may be any word.
    """
    known = {where[column.name]: column for column in form.columns}
    columns = tuple(
        replace(known[at], width=1, lead="", decimals=0 if known[at].letter else ANY)
        if at in known
        else Column(f"column {at}", 1, ANY, text=True)
        for at in range(1, max(known) + 1)
    )
    return replace(form, columns=columns, fixed=False)


def in_order(rows: np.ndarray, form: RowFormat, where: Mapping[str, int], zero_point: int) -> np.ndarray:
    """Return rows with the columns of `form` in its order, and the zero point added to the first where it is due."""
    chosen = rows[:, [where[name] - 1 for name in form.names]]
    if zero_point:
        chosen[:, 0] += np.where(chosen[:, 0] < FULL_DATE, zero_point, 0)
    return chosen


def now(form: RowFormat, overrides: Mapping[str, Any], collection: str) -> RowFormat:
    """Return the format of a collection's files with a user's corrections, or as it is known."""
    where = places(overrides, collection, form)
    return form_of(form, where) if where else form


def read(
    members: list[bytes], form: RowFormat, where: Mapping[str, int], zero_point: int = 0
) -> tuple[Parsed, RowFormat]:
    """Return the rows of files in the columns of `form`, and the format that they have now; see `rows.parse`.

    Parameters
    ----------
    members : list of bytes
        The content of each file.
    form : RowFormat
        What is known of them.
    where : dict
        Where the columns stand now; see `places`. Empty: where they are known to stand.
    zero_point : int
        Days to add to times that are no full Julian dates.
    """
    if not where:
        return parse(members, form, zero_point), form
    now_is = form_of(form, where)
    found = parse(members, now_is)
    return found._replace(values=in_order(found.values, form, where, zero_point)), now_is
