"""Epochs put together by source and band: those of one batch, or of a table with a row per epoch, in bounded memory."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lctransfer.table.cuts import time_order
from lctransfer.table.epochs import KEPT, Measured, count_reasons
from lctransfer.table.identifiers import to_text

MOST_EPOCHS = 1_000_000
"""Epochs held in memory; more wait in files of their own, a range of sources each."""
SOURCES_PER_FILE = 1024
RECORD = np.dtype([("source", "i4"), ("band", "i2"), ("time", "f8"), ("mag", "f8"), ("mag_err", "f8")])
MOST_RECENT = 1 << 20
"""Names that are looked up first: those of the batch before, and further ones where stars come again and again."""
NO_BAND = 0
NO_NAME = -1
"""The number of a source without an identifier."""


class Assembled(NamedTuple):
    """Light curves end to end: source and band of each, and its epochs ``[offsets[i]:offsets[i + 1]]``."""

    source: np.ndarray
    band: np.ndarray
    offsets: np.ndarray
    time: np.ndarray
    mag: np.ndarray
    mag_err: np.ndarray
    dropped: np.ndarray


def assemble(source: np.ndarray, band: np.ndarray, epochs: Measured, n_bands: int) -> Assembled:
    """Return the kept epochs by source, band and time, in that order; a curve whose epochs are all dropped stays.

    Parameters
    ----------
    source, band : ndarray of int, shape (epochs,)
        Numbers of each epoch's source and band (0: none).
    epochs : Measured
    n_bands : int
        How many numbers of bands there are, 0 included.
    """
    key = source.astype(np.int64) * n_bands + band
    base = int(key.min()) if len(key) else 0
    counts = np.bincount(key - base)
    curves = np.flatnonzero(counts)
    place = (np.cumsum(counts > 0) - 1)[key - base] if len(key) else key
    good = epochs.reason == KEPT
    dropped = np.bincount(place[~good], minlength=len(curves))
    columns = [epochs.time, epochs.mag, epochs.mag_err]
    if not good.all():
        columns, place = [c[good] for c in columns], place[good]
    offsets = np.concatenate([[0], np.cumsum(np.bincount(place, minlength=len(curves)))])
    order = _order_in_time(place, columns[0], offsets)
    if order is not None:
        columns = [c[order] for c in columns]
    curves += base
    time, mag, mag_err = columns
    return Assembled(curves // n_bands, curves % n_bands, offsets, time, mag, mag_err, dropped)


def _order_in_time(place: np.ndarray, time: np.ndarray, offsets: np.ndarray) -> np.ndarray | None:
    """Return the order that sorts epochs by place and, within one, by time; None if they are sorted already."""
    order = _order(place)
    if order is None:
        return time_order(time, offsets)
    within = time_order(time[order], offsets)
    return order if within is None else order[within]


def _order(place: np.ndarray) -> np.ndarray | None:
    """Return the order that sorts epochs by place, those of one place as they are; None if they are sorted already.

    Numpy sorts integers of 16 bits by counting, in a tenth of the time of wider ones: larger numbers take two rounds.
    """
    if not np.any(place[1:] < place[:-1]):
        return None
    order = np.argsort((place & 0xFFFF).astype(np.uint16), kind="stable")
    if place.max() > 0xFFFF:
        order = order[np.argsort((place >> 16)[order].astype(np.uint16), kind="stable")]
    return order


class Gathered:
    """Epochs of a table with a row per epoch, as they come: sources are numbered in order of appearance.

    What exceeds `MOST_EPOCHS` goes into temporary files, each with the epochs of a range of sources, so that memory is
    bounded even where the epochs of a source are scattered over the whole table.
    """

    def __init__(self) -> None:
        self.numbers: dict[str | None, int] = {None: NO_NAME}
        self.names: list[str] = []
        self._recent = pa.array([], pa.string()), pa.array([], pa.int32())
        self._lost = np.zeros(0, np.int64)
        self._held: list[np.ndarray] = []
        self._rows = 0
        self._folder: tempfile.TemporaryDirectory | None = None

    def number(self, names: pa.Array, where: str) -> np.ndarray:
        """Return the number of each epoch's source, `NO_NAME` where it has none; new sources get the next.

        Parameters
        ----------
        names : pyarrow.Array
            Identifiers of a type that `lctransfer.table.identifiers.to_text` takes, or a dictionary of them.
        where : str
            What messages call the column.
        """
        if not pa.types.is_dictionary(names.type):
            return self._numbered(names, where)
        found = self._numbered(names.dictionary, where)
        return np.append(found, NO_NAME)[names.indices.fill_null(len(found)).to_numpy(zero_copy_only=False)]

    def _numbered(self, names: pa.Array, where: str) -> np.ndarray:
        """Return the number of each name: pyarrow finds recent ones, ten times faster than a dict."""
        if names.type != self._recent[0].type:
            self._recent = pa.array([], names.type), pa.array([], pa.int32())
        found = self._recent[1].take(pc.index_in(names, self._recent[0]))
        others = names.filter(found.is_null()).dictionary_encode()
        numbers = self._looked_up(to_text(others.dictionary, where))
        of_rows = np.append(numbers, NO_NAME)[others.indices.fill_null(len(numbers)).to_numpy(zero_copy_only=False)]
        found = pc.replace_with_mask(found, found.is_null(), pa.array(of_rows, pa.int32()))
        recent = others.dictionary, pa.array(numbers, pa.int32())
        if 2 * len(others) < len(names) and len(self._recent[0]) < MOST_RECENT:
            recent = tuple(pa.concat_arrays(two) for two in zip(self._recent, recent))
        self._recent = recent
        return found.to_numpy()

    def _looked_up(self, texts: pa.Array) -> np.ndarray:
        """Return the number of each of some different names."""
        names = texts.to_numpy(zero_copy_only=False).tolist()
        new = [name for name in dict.fromkeys(names) if name not in self.numbers]
        self.numbers.update(zip(new, range(len(self.names), len(self.names) + len(new))))
        self.names += new
        return np.array([self.numbers[name] for name in names], np.int32)

    def add(self, source: np.ndarray, band: np.ndarray, epochs: Measured, lost: Counter) -> None:
        """Take the epochs of a batch; dropped ones are only counted, by source and by reason."""
        count_reasons(epochs.reason, lost)
        good = epochs.reason == KEPT
        self._count(source[~good])
        batch = np.empty(int(good.sum()), RECORD)
        for name, values in zip(RECORD.names or (), (source, band, epochs.time, epochs.mag, epochs.mag_err)):
            batch[name] = values if good.all() else values[good]
        self._held.append(batch)
        self._rows += len(batch)
        if self._rows > MOST_EPOCHS:
            self._spill()

    def _count(self, source: np.ndarray) -> None:
        more = np.bincount(source, minlength=len(self.names))
        if len(more) > len(self._lost):
            self._lost = np.concatenate([self._lost, np.zeros(len(more) - len(self._lost), np.int64)])
        self._lost[: len(more)] += more

    def _spill(self) -> None:
        """Append what is held to the files of its sources: batch by batch, since larger arrays take longer to get."""
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="lctransfer-")
        for held in self._held:
            batch, part = held, held["source"] // SOURCES_PER_FILE
            order = _order(part)
            if order is not None:
                batch, part = batch.take(order), part[order]
            numbers, starts = np.unique(part, return_index=True)
            for number, rows in zip(numbers.tolist(), np.split(batch, starts[1:])):
                with open(Path(self._folder.name) / f"{number}.bin", "ab") as stream:
                    rows.tofile(stream)
        self._held, self._rows = [], 0

    def curves(self, n_bands: int) -> Iterator[Assembled]:
        """Yield the light curves, in order of the sources' first appearance; sources that lost all epochs too."""
        self._count(np.zeros(0, np.int64))
        for first, last, rows in self._ranges():
            yield self._assembled(first, last, rows, n_bands)
        if self._folder:
            self._folder.cleanup()

    def _ranges(self) -> Iterator[tuple[int, int, np.ndarray]]:
        total = len(self.names)
        if not self._folder:
            held = np.concatenate(self._held) if self._held else np.empty(0, RECORD)
            self._held = []
            yield 0, total, held
            return
        self._spill()
        for start in range(0, total, SOURCES_PER_FILE):
            path = Path(self._folder.name) / f"{start // SOURCES_PER_FILE}.bin"
            stop = min(start + SOURCES_PER_FILE, total)
            rows = path.stat().st_size // RECORD.itemsize if path.exists() else 0
            step = max(1, (stop - start) * MOST_EPOCHS // max(rows, 1))
            for first in range(start, stop, step):
                yield first, min(first + step, stop), self._of_sources(path, first, min(first + step, stop), rows)

    @staticmethod
    def _of_sources(path: Path, first: int, last: int, rows: int) -> np.ndarray:
        if not rows:
            return np.empty(0, RECORD)
        held = np.memmap(path, RECORD, mode="r")
        if rows <= MOST_EPOCHS:
            return np.array(held)
        chunks = (held[i : i + MOST_EPOCHS // 4] for i in range(0, rows, MOST_EPOCHS // 4))
        return np.concatenate([c[(c["source"] >= first) & (c["source"] < last)] for c in chunks])

    def _assembled(self, first: int, last: int, rows: np.ndarray, n_bands: int) -> Assembled:
        if len(rows) and not (rows["source"].min() >= first and rows["source"].max() < last):
            rows = rows[(rows["source"] >= first) & (rows["source"] < last)]
        time, mag, mag_err = (np.ascontiguousarray(rows[name]) for name in ("time", "mag", "mag_err"))
        epochs = Measured(time, mag, mag_err, np.zeros(len(rows), np.uint8))
        made = assemble(rows["source"], rows["band"], epochs, n_bands)
        lost = self._lost[first:last]
        empty = np.setdiff1d(np.arange(first, last), made.source)
        # What a source lost is counted with its first band, since the others' bands are not kept with it.
        dropped = np.zeros(len(made.source), np.int64)
        head = np.concatenate([[True], np.diff(made.source) > 0]) if len(made.source) else np.zeros(0, bool)
        dropped[head] = lost[made.source[head] - first]
        made = made._replace(dropped=dropped)
        return with_empty(made, empty, lost[empty - first]) if len(empty) else made


def with_empty(made: Assembled, empty: np.ndarray, lost: np.ndarray) -> Assembled:
    """Return the light curves and, in their places, those of sources without a kept epoch."""
    source = np.concatenate([made.source, empty])
    order = np.argsort(source, kind="stable")
    lengths = np.concatenate([np.diff(made.offsets), np.zeros(len(empty), np.int64)])[order]
    return Assembled(
        source[order],
        np.concatenate([made.band, np.full(len(empty), NO_BAND)])[order],
        np.concatenate([[0], np.cumsum(lengths)]),
        made.time,
        made.mag,
        made.mag_err,
        np.concatenate([made.dropped, lost])[order],
    )
