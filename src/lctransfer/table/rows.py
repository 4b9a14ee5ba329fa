"""Light curves of a table with a row per epoch: gathered by source, in bounded memory."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from lctransfer.errors import LctransferError
from lctransfer.reading_ahead import ahead
from lctransfer.table import identifiers
from lctransfer.table.column_units import kind_of_text
from lctransfer.table.epochs import Measured, measure
from lctransfer.table.grouping import Gathered
from lctransfer.table.labels import words
from lctransfer.table.opened import FILE_COLUMN
from lctransfer.table.opening import stem_of
from lctransfer.table.per_source import PLACES, PerSource, degrees
from lctransfer.table.plausibility import MOST_ROWS
from lctransfer.table.sources import UNREADABLE, Bands, Context, batches, finished, whole
from lctransfer.table.understanding import Placed

NUMBERS = ("time", "mag", "mag_err", "flux", "flux_err", "snr", *PLACES)
NAMELESS = "epochs without an identifier"


def from_rows(context: Context) -> Iterator[pa.Table]:
    """Yield the light curves of a table whose rows are epochs."""
    gathered, about = Gathered(), _Attributes()
    bands = Bands(dict(context.table.form.bands))
    total = 0
    for raw, source in ahead(_numbered(gathered, context)):
        total += len(raw)
        for group in context.table.groups:
            _gather(raw, source, group, bands, gathered, about, context)
    _check_named(context, total)
    broken = _unreadable(gathered, context)
    about.resize(len(gathered.names))
    context.account.conflicts += [gathered.names[i] for i in np.flatnonzero(about.conflict)]
    for made in ahead(gathered.curves(len(bands.names))):
        first, last = (int(made.source[0]), int(made.source[-1]) + 1) if len(made.source) else (0, 0)
        one = about.of(gathered.names[first:last], first, last)
        flags = [UNREADABLE if name in broken else None for name in one.names]
        yield finished(made._replace(source=made.source - first), one, flags, bands, context)


def _numbered(gathered: Gathered, context: Context) -> Iterator[tuple[pa.Table, np.ndarray]]:
    """Yield the batches of a table, and the number of each row's source."""
    column = context.table.groups[0].columns["source_id"].column
    for raw in batches(context, context.table.wanted, _numeric(context)):
        yield raw, gathered.number(identifiers.coded(whole(raw[column])), f"{context.table.where}: {column}")


def _numeric(context: Context) -> list[str]:
    """Return the columns of a text file that hold numbers: a time may be a date, which is text."""
    columns = {used.column: meaning for group in context.table.groups for meaning, used in group.columns.items()}
    sample = context.opened.sample
    dated = {name for name, meaning in columns.items() if meaning == "time" and kind_of_text(sample.get(name, ""))}
    return [name for name, meaning in columns.items() if meaning in NUMBERS and name not in dated]


def _gather(  # noqa: PLR0917
    raw: pa.Table,
    source: np.ndarray,
    group: Placed,
    bands: Bands,
    gathered: Gathered,
    about: "_Attributes",
    context: Context,
) -> None:
    """Take in a batch of epochs of one group of columns."""
    used = {meaning: one.column for meaning, one in group.columns.items()}
    columns = {name: whole(raw[name]) for name in raw.column_names}
    epochs = measure(columns, group, context.table, context.account.dropped)
    named = source >= 0
    if not named.all():
        context.account.dropped[NAMELESS] += int((~named).sum())
        epochs, source = Measured(*(column[named] for column in epochs)), source[named]
        columns = {name: column.filter(pa.array(named)) for name, column in columns.items()}
    if group.band or "band" not in used:
        band = np.full(len(source), bands.number(group.band), np.int16)
    else:
        band = bands.numbers(columns[used["band"]])
    gathered.add(source, band, epochs, context.account.dropped)
    about.resize(len(gathered.names))
    if "label" in used:
        about.label(source, columns[used["label"]], context)
    for meaning in PLACES:
        if meaning in used:
            about.place(meaning, source, degrees(columns[used[meaning]], f"{context.table.where}: {used[meaning]}"))


def _check_named(context: Context, total: int) -> None:
    lost = context.account.dropped[NAMELESS]
    if lost > MOST_ROWS * total:
        column = context.table.groups[0].columns["source_id"].column
        raise LctransferError(
            f"{context.table.where}: {lost} of {total} epochs have no identifier in {column}. "
            "Name the column that holds it: --columns source_id=COLUMN."
        )
    if not lost:
        del context.account.dropped[NAMELESS]


def _unreadable(gathered: Gathered, context: Context) -> frozenset[str]:
    """Give sources whose files could not be read a number too, so that each is a flagged row; return their names."""
    if context.table.groups[0].columns["source_id"].column != FILE_COLUMN:
        return frozenset()
    names = [stem_of(path) for path, _ in context.opened.unreadable]
    if names:
        gathered.number(pa.array(names), context.opened.where)
    return frozenset(names)


class _Attributes:
    """Labels, positions and periods of sources whose epochs come in any order: the first that is known counts."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.codes: dict[str, int] = {}
        self.labels = np.zeros(0, np.int32)
        self.conflict = np.zeros(0, bool)
        self.places: dict[str, np.ndarray] = {}

    def resize(self, size: int) -> None:
        """Make room for so many sources."""
        more = size - len(self.labels)
        if more > 0:
            more = max(more, len(self.labels) // 2)
            self.labels = np.concatenate([self.labels, np.full(more, -1, np.int32)])
            self.conflict = np.concatenate([self.conflict, np.zeros(more, bool)])
            self.places = {n: np.concatenate([v, np.full(more, np.nan)]) for n, v in self.places.items()}

    def label(self, source: np.ndarray, column: pa.Array, context: Context) -> None:
        """Take in the labels of a batch; a source with two different ones is in conflict."""
        coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        found = words(coded.dictionary, context.known)
        table = np.array([*(self._code(word) for word in found), -1], np.int32)
        code = table[coded.indices.fill_null(len(found)).to_numpy(zero_copy_only=False)]
        pairs = np.unique(source[code >= 0].astype(np.int64) << 32 | code[code >= 0].astype(np.int64))
        owner, code = (pairs >> 32).astype(np.int64), (pairs & 0xFFFFFFFF).astype(np.int32)
        self._count_missing(source, coded, found, context)
        held = self.labels[owner]
        new = held < 0
        self.labels[owner[new]] = code[new]
        self.conflict[owner[self.labels[owner] != code]] = True

    def _count_missing(self, source: np.ndarray, coded: pa.DictionaryArray, found: list, context: Context) -> None:
        for number, word in enumerate(found):
            raw = coded.dictionary[number].as_py()
            if word is None and raw not in (None, "") and not isinstance(raw, float):
                mine = np.asarray(coded.indices.fill_null(-1)) == number
                context.account.missing_words[str(raw)] += len(np.unique(source[mine]))

    def _code(self, word: str | None) -> int:
        if word is None:
            return -1
        if word not in self.codes:
            self.codes[word] = len(self.words)
            self.words.append(word)
        return self.codes[word]

    def place(self, meaning: str, source: np.ndarray, values: np.ndarray) -> None:
        """Take in positions or periods of a batch."""
        held = self.places.setdefault(meaning, np.full(len(self.labels), np.nan))
        known = np.isfinite(values)
        owner, first = np.unique(source[known], return_index=True)
        new = np.isnan(held[owner])
        held[owner[new]] = values[known][first[new]]

    def of(self, names: list[str], first: int, last: int) -> PerSource:
        """Return what is known of a range of sources."""
        labels = [
            None if code < 0 or conflict else self.words[code]
            for code, conflict in zip(self.labels[first:last].tolist(), self.conflict[first:last].tolist())
        ]
        return PerSource(names, labels, {name: values[first:last] for name, values in self.places.items()})
