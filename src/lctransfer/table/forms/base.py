"""What describes a form of light-curve table: its columns, units, time system and quality cuts, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lctransfer.table.columns import plain


class Cut(NamedTuple):
    """A cut on quality: which epochs of a column are kept.

    ``test`` is ``==`` (one of `value`), ``!=`` (none of `value`), ``<``, ``>``, or ``false`` (a flag that is not set,
    be it a boolean, a number or the text "true").
    """

    column: str
    test: str
    value: tuple = ()

    def __str__(self) -> str:
        """Return the cut as a person writes it."""
        if self.test == "false":
            return f"{self.column} not set"
        return f"{self.column} {self.test} {' or '.join(map(str, self.value))}"


class Group(NamedTuple):
    """Columns of one band where a table holds several bands side by side: meaning to names, the first that exists."""

    band: str
    columns: Mapping[str, tuple[str, ...]]
    cuts: tuple[Cut, ...] = ()


@dataclass(frozen=True)
class Form:
    """A form of light-curve table.

    Parameters
    ----------
    name, title : str
        What ``--form`` calls it, and what it is.
    groups : tuple of Group
        One, unless bands stand side by side.
    signature : tuple of tuple of str
        Columns (or fields of a struct) that only this form has together: it is recognised by any of these sets.
    flux_unit : str
        Of its fluxes; see `lctransfer.table.units.flux_zero_point`.
    time_system : str
        See `lctransfer.table.times`; empty where the column's name tells.
    bands : dict
        Its codes of bands to their names.
    cuts : tuple of Cut
        Applied by default, where the columns exist.
    struct : tuple of str
        Struct columns that hold epochs, in order of preference, where there may be several.
    note : str
        What is known of it only from documents.
    """

    name: str
    title: str
    groups: tuple[Group, ...]
    signature: tuple[tuple[str, ...], ...] = ()
    flux_unit: str = ""
    time_system: str = ""
    bands: Mapping[str, str] = field(default_factory=dict)
    cuts: tuple[Cut, ...] = ()
    struct: tuple[str, ...] = ()
    note: str = ""

    def fits(self, columns: list[str]) -> int:
        """Return how many columns of the longest matching signature there are; 0 where none matches."""
        known = {plain(name) for column in columns for name in (column, column.rsplit(".", 1)[-1])}
        return max((len(names) for names in self.signature if {plain(n) for n in names} <= known), default=0)
