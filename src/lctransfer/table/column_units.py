"""How the values of a column are read: lists or single values, dates, the time system, the unit of a flux."""

import re

from lctransfer.errors import LctransferError
from lctransfer.table import times, units
from lctransfer.table.columns import Used, plain
from lctransfer.table.forms import Form
from lctransfer.table.opened import Opened, is_list_type
from lctransfer.table.text import NUMBER

TIMESTAMPS = "timestamps"
"""Dates and times of day, which become Julian dates (UTC)."""
FLUX_IN_NAME = re.compile(r"(?<![a-z])(njy|ujy|mjy|jy)(?![a-z])", re.I)


def is_list(opened: Opened, name: str) -> bool:
    """Tell whether a column holds lists: one per row, of the epochs of a source."""
    if opened.is_text or name not in opened.schema.names:
        return False
    return is_list_type(opened.schema.field(name).type)


def is_dated(opened: Opened, name: str) -> bool:
    """Tell whether times are timestamps, or texts that look like dates."""
    if opened.is_text:
        return is_date(opened.sample.get(name, ""))
    if name not in opened.schema.names:
        return False
    kind = opened.schema.field(name).type
    return times.is_timestamp(kind.value_type if is_list(opened, name) else kind)


def is_date(text: str) -> bool:
    """Tell whether a text looks like a date: it has a hyphen within, and is no number.

    Examples
    --------
    >>> is_date("2001-03-12T09:41:11"), is_date("-1.5e-3")
    (True, False)
    """
    return "-" in text[1:] and not NUMBER.fullmatch(text)


def time_system(used: Used, opened: Opened, form: Form) -> str:
    """Return the time system of a column: as the user, the file, the column's name or the form says it.

    Raises
    ------
    LctransferError
        If the user's unit is no time system.
    """
    where = f"{opened.where}: {used.column}"
    if used.unit:
        return times.system_of(used.unit, where)
    if used.column in opened.systems:
        return opened.systems[used.column]
    named = times.BY_COLUMN.get(plain(used.column.rsplit(".", 1)[-1]), "")
    stated = opened.units.get(used.column, "").strip().lower()
    if stated in times.UNITS and times.UNITS[stated] != 1:
        return stated
    if stated in times.YEARS:
        return stated
    header = re.search(r"bjd\s*-\s*(2457000|2454833)", stated)
    if header:
        return {"2457000": "btjd", "2454833": "bkjd"}[header.group(1)]
    return form.time_system or named


def zero_point(used: Used, opened: Opened, form: Form) -> float:
    """Return the magnitude of one unit of a column of fluxes.

    Raises
    ------
    LctransferError
        If nothing says the unit, or it is not known.
    """
    where = f"{opened.where}: {used.column}"
    in_name = FLUX_IN_NAME.search(used.column)
    stated = used.unit or opened.units.get(used.column, "") or form.flux_unit or (in_name.group(1) if in_name else "")
    if not stated:
        raise LctransferError(
            f"{where} is a flux without a unit: say it, --columns 'flux={used.column}[mJy]' with nJy, uJy, mJy, Jy, "
            "relative, or a zero point such as zp=27.5."
        )
    if form.flux_unit and not used.unit and used.column in opened.units:
        try:
            return units.flux_zero_point(stated, where)
        except LctransferError:
            stated = form.flux_unit
    return units.flux_zero_point(stated, where)


def mag_factor(used: Used | None, opened: Opened) -> float:
    """Return the magnitudes per unit of a column of magnitudes or of their errors; 1 without a column.

    Raises
    ------
    LctransferError
        If the unit is not known.
    """
    if used is None or not used.column:
        return 1.0
    stated = used.unit or opened.units.get(used.column, "")
    return units.mag_factor(stated, f"{opened.where}: {used.column}")
