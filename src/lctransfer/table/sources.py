"""Batches of a table as light curves: from lists, a row per source, and from rows, one per epoch."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lctransfer.errors import LctransferError
from lctransfer.table import identifiers, times
from lctransfer.table.account import EXAMPLES, Account
from lctransfer.table.curves import Curves, clean, drop_no_times, repeated_epochs
from lctransfer.table.epochs import Measured, count_reasons, measure
from lctransfer.table.grouping import Assembled, assemble, with_empty
from lctransfer.table.labels import Labels, words
from lctransfer.table.opened import FILE_COLUMN, Opened, repeated
from lctransfer.table.opening import stem_of
from lctransfer.table.per_source import PLACES, PerSource, degrees
from lctransfer.table.plausibility import LONG_SPAN, MOST_ROWS, PlausibilityCheck
from lctransfer.table.understanding import Placed, Understood

UNEVEN, UNREADABLE = "uneven_lists", "unreadable"
"""Flags of rows whose lists differ in length, and of files that could not be read."""


class Context(NamedTuple):
    """What every batch of one table needs."""

    opened: Opened
    table: Understood
    plausibility: PlausibilityCheck
    labels: Labels | None
    account: Account
    known: frozenset[str]


def batches(context: Context, columns: Sequence[str], numeric: Sequence[str] = ()) -> Iterator[pa.Table]:
    """Yield the wanted columns batch by batch; a table of one source without a name gets the file's."""
    opened = context.opened
    nameless = FILE_COLUMN in columns and FILE_COLUMN not in opened.schema.names
    inner = [name for name in columns if not (nameless and name == FILE_COLUMN)]
    none = True
    for raw in opened.read(inner, numeric, context.account.dropped):
        none = False
        yield raw.append_column(FILE_COLUMN, repeated(stem_of(opened.where), len(raw))) if nameless else raw
    if none:
        yield pa.schema([(name, _type(opened, name)) for name in columns]).empty_table()


def whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return a column in one piece."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        return pa.concat_arrays(array.chunks) if array.num_chunks else pa.nulls(0, array.type)
    return array


class Bands:
    """Numbers of bands over all batches: 0 is none."""

    def __init__(self, codes: dict[str, str]):
        self.codes, self.names, self._numbers = codes, [""], {"": 0}

    def number(self, name: str | None) -> int:
        """Return the number of a band, a new one if need be; codes of the form become names."""
        name = "" if name is None else str(name).strip()
        name = self.codes.get(name, name)
        if name not in self._numbers:
            self._numbers[name] = len(self.names)
            self.names.append(name)
        return self._numbers[name]

    def numbers(self, column: pa.Array) -> np.ndarray:
        """Return the number of each value's band, shape (n,)."""
        coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        names = _band_names(coded.dictionary)
        table = np.array([*(self.number(name) for name in names), 0], np.int16)
        return table[coded.indices.fill_null(len(names)).to_numpy(zero_copy_only=False)]


def _band_names(values: pa.Array) -> list[str | None]:
    if pa.types.is_binary(values.type) or pa.types.is_large_binary(values.type):
        values = identifiers.decoded(values)
    if pa.types.is_floating(values.type):
        return [None if v is None or v != v else f"{v:g}" for v in values.to_pylist()]  # noqa: PLR0124 - NaN
    return [None if v is None else str(v) for v in values.to_pylist()]


def from_lists(context: Context) -> Iterator[pa.Table]:
    """Yield the light curves of a table whose rows hold lists."""
    table, start = context.table, 0
    bands = Bands(dict(table.form.bands))
    conflicting = frozenset(context.account.conflicts)
    for raw in batches(context, table.wanted):
        names = _names(raw, start, context)
        uneven = np.zeros(len(raw), bool)
        parts = [_flat(raw, group, bands, uneven, context) for group in table.groups]
        made = _assembled(parts, len(raw), len(bands.names))
        count_reasons(np.concatenate([part[2].reason for part in parts]), context.account.dropped)
        about = _per_row(raw, names, conflicting, context)
        carried = {name: whole(raw[name]) for name in table.carried}
        flags = [UNEVEN if odd else None for odd in uneven]
        yield finished(made, about, flags, bands, context, carried)
        start += len(raw)


def _names(raw: pa.Table, start: int, context: Context) -> list[str]:
    """Return the identifier of each row; one without any is named after its row."""
    column = context.table.groups[0].columns["source_id"].column
    found = identifiers.to_text(whole(raw[column]), f"{context.table.where}: {column}").to_pylist()
    context.account.unnamed += found.count(None)
    return [f"row-{start + i + 1}" if name is None else name for i, name in enumerate(found)]


def _flat(
    raw: pa.Table, group: Placed, bands: Bands, uneven: np.ndarray, context: Context
) -> tuple[np.ndarray, np.ndarray, Measured]:
    """Return row, band and measurement of each epoch of one group of columns; tell which rows are uneven."""
    table, columns = context.table, {}
    used = {name: used.column for name, used in group.columns.items() if name in _PER_EPOCH}
    needed = dict.fromkeys([*used.values(), *(cut.column for cut in group.cuts)])
    lists = {name: _lists(whole(raw[name])) for name in needed if _is_list(raw.schema.field(name).type)}
    lengths = {name: _lengths(one) for name, one in lists.items()}
    expected = lengths[group.columns["time"].column]
    odd = np.zeros(len(raw), bool)
    for one in lengths.values():
        odd |= one != expected
    uneven |= odd
    _check_uneven(raw, odd, lengths, context)
    row = np.repeat(np.flatnonzero(~odd), expected[~odd])
    fine = pa.array(~odd)
    for name in needed:
        if name in lists:
            columns[name] = lists[name].filter(fine).flatten() if odd.any() else lists[name].flatten()
        else:
            columns[name] = whole(raw[name]).take(pa.array(row))
    if group.band or "band" not in used:
        number = np.full(len(row), bands.number(group.band), np.int16)
    else:
        number = bands.numbers(columns[used["band"]])
    return row, number, measure(columns, group, table, context.account.dropped)


_PER_EPOCH = ("time", "mag", "mag_err", "flux", "flux_err", "snr", "band")


def _check_uneven(raw: pa.Table, odd: np.ndarray, lengths: dict[str, np.ndarray], context: Context) -> None:
    """Refuse a table most of whose rows have lists of unequal length: then the columns do not belong together."""
    if not odd.any() or odd.sum() <= MOST_ROWS * len(raw):
        return
    first = int(np.flatnonzero(odd)[0])
    column = context.table.groups[0].columns["source_id"].column
    counted = ", ".join(f"{one[first]} of {name}" for name, one in lengths.items())
    raise LctransferError(
        f"{context.table.where}: source {whole(raw[column])[first]} has lists of unequal length: {counted}; "
        f"{int(odd.sum())} of {len(raw)} rows are so. Give every row lists of equal length."
    )


def _is_list(kind: pa.DataType) -> bool:
    return any(test(kind) for test in (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list))


def _lists(array: pa.Array) -> pa.Array:
    if pa.types.is_fixed_size_list(array.type):
        array = array.cast(pa.list_(array.type.value_type))
    return array.fill_null(pa.scalar([], array.type)) if array.null_count else array


def _lengths(lists: pa.Array) -> np.ndarray:
    return pc.list_value_length(lists).to_numpy(zero_copy_only=False).astype(np.int64)


def _assembled(parts: list[tuple[np.ndarray, np.ndarray, Measured]], rows: int, n_bands: int) -> Assembled:
    source, band = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    epochs = Measured(*(np.concatenate(columns) for columns in zip(*(part[2] for part in parts))))
    made = assemble(source, band, epochs, n_bands)
    empty = np.setdiff1d(np.arange(rows), made.source)
    return with_empty(made, empty, np.zeros(len(empty), np.int64)) if len(empty) else made


def _per_row(raw: pa.Table, names: list[str], conflicting: frozenset[str], context: Context) -> PerSource:
    """Return identifier, label and position of each row."""
    columns = context.table.groups[0].columns
    about = PerSource(names)
    if "label" in columns:
        column = whole(raw[columns["label"].column])
        found = words(column, context.known, context.account.missing_words)
        about.labels = [None if name in conflicting else word for name, word in zip(names, found)]
    for meaning in PLACES:
        if meaning in columns:
            name = columns[meaning].column
            about.places[meaning] = degrees(whole(raw[name]), f"{context.table.where}: {name}")
    return about


def finished(  # noqa: PLR0917
    made: Assembled,
    about: PerSource,
    flags: list[str | None],
    bands: Bands,
    context: Context,
    carried: dict[str, pa.Array] | None = None,
) -> pa.Table:
    """Return light curves as a table: sorted, without sentinels, checked, labelled, and what is dropped or flagged."""
    account, table = context.account, context.table
    curves = Curves(made.time, made.mag, made.mag_err, made.offsets)
    dropped = made.dropped + drop_no_times(curves, times.zero(table.time_system), account.dropped)
    too_long = context.plausibility.look(curves)
    dropped += clean(curves, account.dropped, table.zero_point)
    account.repeated += int(repeated_epochs(curves).sum())
    said = [LONG_SPAN if long else flags[source] for source, long in zip(made.source.tolist(), too_long)]
    account.flagged.update(flag for flag in said if flag)
    take = pa.array(made.source)
    columns: dict[str, pa.Array] = {"source_id": pa.array(about.names, pa.string()).take(take)}
    if any(group.band or "band" in group.columns for group in table.groups):
        names = [bands.names[number] or None for number in made.band.tolist()]
        account.bands.update(name for name in names if name)
        columns["band"] = pa.array(names, pa.string())
    offsets = pa.array(curves.offsets.astype(np.int32))
    for name in ("time", "mag", "mag_err"):
        columns[name] = pa.ListArray.from_arrays(offsets, pa.array(getattr(curves, name)))
    if context.labels is not None:
        about.relabel(context.labels)
    columns |= about.columns(take, labelled="label" in table.groups[0].columns or context.labels is not None)
    columns |= {name: array.take(take) for name, array in (carried or {}).items() if name not in columns}
    columns["read_dropped"] = pa.array(dropped.astype(np.int64))
    columns["read_flag"] = pa.array(said, pa.string())
    return pa.table(columns)


def warn_of_duplicates(context: Context) -> None:
    """Note identifiers that several rows have, and those that have several labels, before anything is read."""
    columns = context.table.groups[0].columns
    names = [columns["source_id"].column, *(columns[m].column for m in ("label", "band") if m in columns)]
    names = [name for name in dict.fromkeys(names) if not _is_list(_type(context.opened, name))]
    if names[0] == FILE_COLUMN:
        return
    seen: dict[tuple[str, object], int] = {}
    labels: dict[str, set[str]] = {}
    band = columns["band"].column if "band" in columns and columns["band"].column in names else None
    for raw in context.opened.read(names, (), context.account.dropped):
        ids = identifiers.to_text(whole(raw[names[0]]), f"{context.table.where}: {names[0]}").to_pylist()
        for key in zip(ids, raw[band].to_pylist() if band else [None] * len(ids)):
            seen[key] = seen.get(key, 0) + 1
        if "label" in columns and context.labels is None:
            for name, word in zip(ids, words(whole(raw[columns["label"].column]), context.known)):
                if word is not None:
                    labels.setdefault(name, set()).add(word)
    _note_duplicates(seen, labels, context.account)


def _note_duplicates(seen: dict[tuple[str, object], int], labels: dict[str, set[str]], account: Account) -> None:
    again = [key[0] for key, count in seen.items() if count > 1 and key[0] is not None]
    if again:
        shown = ", ".join(dict.fromkeys(again[:EXAMPLES]))
        account.notes.append(
            f"{len(again)} identifiers stand in several rows, which count as one source: {shown}. "
            "If they are different sources, give each its own identifier."
        )
    account.conflicts += [name for name, found in labels.items() if name is not None and len(found) > 1]


def _type(opened: Opened, name: str) -> pa.DataType:
    return opened.schema.field(name).type if name in opened.schema.names else pa.string()
