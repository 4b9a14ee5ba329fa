"""Which columns of a table are used as what: by the form, by their names, or as the user says."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lctransfer.errors import LctransferError
from lctransfer.table import times
from lctransfer.table.column_units import (
    is_list,
    kind_of_times,
    mag_factor,
    refuse_flux_as_magnitude,
    time_system,
    zero_point,
)
from lctransfer.table.columns import EPOCH_MEANINGS, SOURCE_MEANINGS, Used, find, plain
from lctransfer.table.forms import Form, form_named, recognised
from lctransfer.table.forms.base import Cut, Group
from lctransfer.table.guessing import by_name, guessed, needless
from lctransfer.table.opened import FILE_COLUMN, Opened


@dataclass
class Placed:
    """The columns of one band (or of all): meaning to column, and the quality cuts on columns that exist."""

    band: str
    columns: dict[str, Used]
    cuts: list[Cut] = field(default_factory=list)

    def name(self, meaning: str) -> str | None:
        """Return the column of a meaning, if there is one."""
        used = self.columns.get(meaning)
        return used.column if used else None


@dataclass
class Understood:
    """What a table is taken for.

    Attributes
    ----------
    form : Form
    lists : bool
        Whether a row holds lists of epochs; else a row is an epoch.
    groups : list of Placed
    time_system : str
        See `lctransfer.table.times.to_days`.
    zero_point : float or None
        Of the fluxes, where fluxes are used.
    mag_factor, err_factor : float
        Magnitudes per unit of the magnitudes and of their errors.
    carried : list of str
        Further columns with one value per row, kept as they are (tables of lists only).
    """

    where: str
    form: Form
    lists: bool
    groups: list[Placed]
    time_system: str
    zero_point: float | None
    mag_factor: float
    err_factor: float
    carried: list[str]

    @property
    def wanted(self) -> list[str]:
        """Columns to read."""
        used = [u.column for group in self.groups for u in group.columns.values()]
        cuts = [cut.column for group in self.groups for cut in group.cuts]
        return list(dict.fromkeys([*used, *cuts, *self.carried]))

    def sentences(self) -> list[str]:
        """Return what was recognised, and how each column was understood."""
        said = [f"{self.where}: read as {self.form.name} ({self.form.title}), {_layout(self.lists)}."]
        for group in self.groups:
            columns = ", ".join(f"{meaning} = {_shown(used)}" for meaning, used in group.columns.items())
            said.append(f"{f'Band {group.band}: ' if group.band else ''}{columns}.")
        said.append(f"Time: {times.described(self.time_system)}.")
        if self.zero_point is not None:
            said.append(f"Fluxes become magnitudes with the zero point {self.zero_point:g}.")
        cuts = list(dict.fromkeys(str(cut) for group in self.groups for cut in group.cuts))
        return [*said, f"Epochs kept: {', '.join(cuts)}."] if cuts else said

    def described(self) -> dict[str, object]:
        """Return the same as plain data, for metadata."""
        return {
            "form": self.form.name,
            "layout": "lists" if self.lists else "rows",
            "columns": [
                {"band": g.band, **{meaning: used.column for meaning, used in g.columns.items()}} for g in self.groups
            ],
            "time": times.described(self.time_system),
            "flux_zero_point": self.zero_point,
            "quality_cuts": list(dict.fromkeys(str(cut) for group in self.groups for cut in group.cuts)),
        }


def _layout(lists: bool) -> str:
    return "a row per source with lists of epochs" if lists else "a row per epoch"


def _shown(used: Used) -> str:
    column = "the file's name" if used.column == FILE_COLUMN else used.column
    return f"{column} [{used.unit}]" if used.unit else column


def understand(opened: Opened, form: str, given: Mapping[str, Used], *, quality: bool = True) -> Understood:
    """Return what each column of a table is used as.

    Parameters
    ----------
    opened : Opened
    form : str
        Name of a form; empty to recognise it.
    given : dict
        What the user says of columns; see `lctransfer.table.columns.parse`.
    quality : bool
        Whether the form's cuts are applied.

    Raises
    ------
    LctransferError
        If a column that is needed is missing or there are several, or a unit is not known.
    """
    columns = opened.schema.names
    chosen = form_named(form) if form else recognised(columns, opened.where)
    own = [name for name in columns if name != FILE_COLUMN]
    given = {meaning: _existing(meaning, used, own, opened.where) for meaning, used in given.items()}
    own = _of_one_struct(own, chosen.struct)
    placed = [group for group in (_placed(one, own, given, opened) for one in chosen.groups) if group]
    if not placed:
        wanted = ", ".join(dict.fromkeys(n for g in chosen.groups for names in g.columns.values() for n in names))
        raise LctransferError(
            f"{opened.where} has no column of the form {chosen.name} ({wanted}); it has {_listed(own)}."
        )
    for group in placed:
        _require(group, opened, chosen)
        source = next((one for one in chosen.groups if one.band == group.band), Group("", {}))
        group.cuts = _cuts((*source.cuts, *chosen.cuts), own) if quality else []
    lists = is_list(opened, placed[0].name("time") or "")
    return _completed(opened, chosen, placed, lists)


def _completed(opened: Opened, form: Form, placed: list[Placed], lists: bool) -> Understood:
    first = placed[0]
    _check_scalars(opened, placed)
    for meaning in ("mag", "flux", "mag_err", "flux_err", "snr"):
        name = first.name(meaning)
        if name and is_list(opened, name) != lists:
            raise LctransferError(
                f"{opened.where}: {first.name('time')} holds {'lists' if lists else 'single values'}, {name} does not. "
                "Give lists of equal length in both, or a row per epoch."
            )
    used = {u.column for group in placed for u in group.columns.values()}
    scalars = [name for name in opened.schema.names if name not in used and name != FILE_COLUMN]
    carried = [name for name in scalars if lists and "." not in name and not is_list(opened, name)]
    for group in placed:
        refuse_flux_as_magnitude(group.columns, opened)
    system = kind_of_times(opened, first.columns["time"].column) or time_system(first.columns["time"], opened, form)
    zero = zero_point(first.columns["flux"], opened, form) if "flux" in first.columns else None
    scale, err_scale = (mag_factor(first.columns.get(meaning), opened) for meaning in ("mag", "mag_err"))
    return Understood(opened.where, form, lists, placed, system, zero, scale, err_scale, carried)


def _check_scalars(opened: Opened, placed: list[Placed]) -> None:
    """Refuse lists where a source has one value; a position per epoch, which nobody asked for, is passed over."""
    for group in placed:
        for meaning in SOURCE_MEANINGS:
            name = group.name(meaning)
            if name is None or not is_list(opened, name):
                continue
            if meaning in ("source_id", "label"):
                raise LctransferError(f"{opened.where}: {name} ({meaning}) holds lists; give one value per source.")
            del group.columns[meaning]


def _existing(meaning: str, used: Used, columns: Sequence[str], where: str) -> Used:
    if meaning in ("mag_err", "band") and used.column.lower() == "none":
        return Used("")
    name = find(used.column, columns) or find(used.column, [c.rsplit(".", 1)[-1] for c in columns])
    full = [column for column in columns if name in (column, column.rsplit(".", 1)[-1])]
    if name is None or len(full) != 1:
        near = difflib.get_close_matches(used.column, columns, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise LctransferError(f"{where} has no column {used.column}{hint} for {meaning}; it has {_listed(columns)}.")
    return Used(full[0], used.unit)


def _listed(columns: Sequence[str]) -> str:
    shown = ", ".join(columns[:30])
    return f"{shown} and {len(columns) - 30} more" if len(columns) > 30 else shown


def _of_one_struct(columns: list[str], structs: tuple[str, ...]) -> list[str]:
    """Return the columns without those of structs that hold epochs too, but come later in order of preference."""
    held = [name for name in structs if any(plain(c).startswith(plain(name)) and "." in c for c in columns)]
    others = tuple(f"{plain(name)}" for name in held[1:])
    return [c for c in columns if "." not in c or plain(c.split(".", 1)[0]) not in others]


def _placed(group: Group, columns: list[str], given: Mapping[str, Used], opened: Opened) -> Placed | None:
    """Return the columns of one group; None if a named form lacks its times, as a table without a band does."""
    found: dict[str, Used] = {}
    for meaning, names in group.columns.items():
        name = next((f for f in (by_name(one, columns) for one in names) if f), None)
        if name:
            found[meaning] = Used(name)
    if group.columns and "time" not in {**found, **given}:
        return None
    named = (*SOURCE_MEANINGS, *(() if group.band else ("band",)))  # bands must not be mixed, whatever form is named
    meanings = named if group.columns else (*SOURCE_MEANINGS, *EPOCH_MEANINGS)
    for meaning in meanings:
        if meaning not in found and meaning not in given and not needless(meaning, {**found, **given}):
            name = guessed(meaning, {**found, **given}, columns, opened)
            if name and name not in {used.column for used in (*found.values(), *given.values())}:
                found[meaning] = Used(name)
    found |= given
    if "flux" in given and "mag" not in given:
        found.pop("mag", None)
    return Placed(group.band, _measured(found))


def _measured(found: dict[str, Used]) -> dict[str, Used]:
    """Return the columns in use: magnitudes where there are any, else fluxes, each with its own errors."""
    drop = ("flux", "flux_err") if "mag" in found else ("mag_err",)
    kept = {meaning: used for meaning, used in found.items() if meaning not in drop}
    if "mag_err" in kept or "flux_err" in kept:
        kept.pop("snr", None)
    order = [*SOURCE_MEANINGS, *EPOCH_MEANINGS]
    return {meaning: kept[meaning] for meaning in order if meaning in kept}


def _require(group: Placed, opened: Opened, form: Form) -> None:
    """Refuse a table without times, magnitudes or errors; name a source after its file where nothing else does."""
    columns = group.columns
    if "source_id" not in columns:
        if FILE_COLUMN in opened.schema.names or not is_list(opened, columns.get("time", Used("")).column):
            group.columns = columns = {"source_id": Used(FILE_COLUMN), **columns}
        else:
            _refuse("source_id", "the name of each source", opened, form)
    if "time" not in columns:
        _refuse("time", "the times of observation", opened, form)
    if "mag" not in columns and "flux" not in columns:
        _refuse("mag", "the magnitudes (or flux=COLUMN[UNIT], with nJy, uJy, mJy, Jy or relative)", opened, form)
    if not {"mag_err", "flux_err", "snr"} & set(columns):
        meaning = "mag_err" if "mag" in columns else "flux_err"
        _refuse(meaning, "the errors (mag_err=none says that there are none)", opened, form)
    for meaning in ("mag_err", "band"):
        if columns.get(meaning) == Used(""):
            columns.pop(meaning)


def _refuse(meaning: str, what: str, opened: Opened, form: Form) -> None:
    names = [name for name in opened.schema.names if name != FILE_COLUMN]
    raise LctransferError(
        f"{opened.where} has no column {meaning}, {what}; it has {_listed(names)}. Say which it is: --columns "
        f"{meaning}=COLUMN" + (f" (read as {form.name}; --form names another)." if form.name != "own" else ".")
    )


def _cuts(cuts: Sequence[Cut], columns: list[str]) -> list[Cut]:
    found = [(cut, by_name(cut.column, columns)) for cut in cuts]
    return [cut._replace(column=name) for cut, name in found if name]
