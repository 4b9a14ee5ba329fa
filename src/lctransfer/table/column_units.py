"""How the values of a column are read: lists or single values, dates, the time system, the unit of a flux."""

import re
from collections.abc import Mapping

import pyarrow as pa

from lctransfer.errors import LctransferError
from lctransfer.table import times, units
from lctransfer.table.columns import Used, plain, unit_in_name, without_unit
from lctransfer.table.forms import Form
from lctransfer.table.opened import Opened, is_list_type
from lctransfer.table.text import NUMBER

DURATION = re.compile(r"-?\d+ days?(?: [+-]?[\d:.]+)?")
FLUX_IN_NAME = re.compile(r"(?<![a-z])(njy|ujy|mjy|jy)(?![a-z])", re.I)


def is_list(opened: Opened, name: str) -> bool:
    """Tell whether a column holds lists: one per row, of the epochs of a source."""
    if opened.is_text or name not in opened.schema.names:
        return False
    return is_list_type(opened.schema.field(name).type)


def kind_of_times(opened: Opened, name: str) -> str:
    """Return how times are written if not as numbers: `times.TIMESTAMPS`, `times.DURATIONS`, or nothing."""
    if opened.is_text:
        return kind_of_text(opened.sample.get(name, ""))
    if name not in opened.schema.names:
        return ""
    kind = opened.schema.field(name).type
    kind = kind.value_type if is_list(opened, name) else kind
    if pa.types.is_duration(kind):
        return times.DURATIONS
    return times.TIMESTAMPS if times.is_timestamp(kind) else ""


def kind_of_text(text: str) -> str:
    """Return what a text is that stands for a time: a date has a hyphen within and is no number; pandas' durations.

    Examples
    --------
    >>> kind_of_text("2001-03-12T09:41:11"), kind_of_text("12 days 03:00:00"), kind_of_text("-1.5e-3")
    ('timestamps', 'durations', '')
    """
    if DURATION.fullmatch(text):
        return times.DURATIONS
    return times.TIMESTAMPS if "-" in text[1:] and not NUMBER.fullmatch(text) else ""


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
    named = times.BY_COLUMN.get(plain(without_unit(used.column).rsplit(".", 1)[-1]), "")
    named = named or times.counted_from(used.column)
    stated = stated_unit(used, opened).strip().lower()
    if times.UNITS.get(stated, 1) != 1 or stated in times.YEARS:
        return stated
    if times.counted_from(stated):
        return times.counted_from(stated)
    return form.time_system or named or (stated if stated in {*times.SYSTEMS, *times.UNITS} else "")


def stated_unit(used: Used, opened: Opened) -> str:
    """Return the unit of a column that the user, the file, or the brackets in its name state; else nothing."""
    return used.unit or opened.units.get(used.column, "") or unit_in_name(used.column)


def zero_point(used: Used, opened: Opened, form: Form) -> float:
    """Return the magnitude of one unit of a column of fluxes.

    Raises
    ------
    LctransferError
        If nothing says the unit, or it is not known.
    """
    where = f"{opened.where}: {used.column}"
    in_name = FLUX_IN_NAME.search(used.column)
    stated = stated_unit(used, opened) or form.flux_unit or (in_name.group(1) if in_name else "")
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
    return units.mag_factor(stated_unit(used, opened), f"{opened.where}: {used.column}")


def refuse_flux_as_magnitude(columns: Mapping[str, Used], opened: Opened) -> None:
    """Refuse magnitudes whose unit or name says that they are fluxes: their numbers may look like magnitudes.

    Raises
    ------
    LctransferError
        With what to write instead.
    """
    used = columns.get("mag")
    if used is None or not used.column:
        return
    stated, name = stated_unit(used, opened), plain(used.column.rsplit(".", 1)[-1])
    unit = stated if units.is_flux(stated) else ""
    inside = FLUX_IN_NAME.search(used.column)
    named = not stated and (("mag" not in name and any(word in name for word in ("flux", "count", "adu"))) or inside)
    if unit or named:
        unit = unit or (inside.group(1) if inside else "UNIT")
        errors = columns["mag_err"].column if columns.get("mag_err", Used("")).column else "COLUMN"
        raise LctransferError(
            f"{opened.where}: {used.column} would be read as magnitudes, but is a flux by its "
            f"{'name' if named else f'unit, {unit}'}. Write --columns 'flux={used.column}[{unit}],flux_err={errors}'"
            f"{', with nJy, uJy, mJy, Jy or relative for UNIT' if unit == 'UNIT' else ''}; or 'mag={used.column}[mag]' "
            "if these are magnitudes all the same."
        )
