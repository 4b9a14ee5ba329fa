"""A catalogue in the making: parts that are whole or not there, a manifest, and the file that they become."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lctransfer import __version__
from lctransfer.alone import alone
from lctransfer.classifier import formats
from lctransfer.classifier.columns import catalogue_schema
from lctransfer.classifier.model import BLOCK, FittedModel
from lctransfer.classifier.partition import classify_stream
from lctransfer.classifier.star_table import StarTable
from lctransfer.errors import LctransferError
from lctransfer.files import read_json, replacing, write_json
from lctransfer.parquet import UNREADABLE
from lctransfer.progress import track

LEAST_ROWS, MOST_PARTS = 4 * BLOCK, 1000
"""Rows of a part at least, and parts of a table at most."""
GROUP_ROWS = 16_384
"""Rows per row group of the joined file."""
MANIFEST = "_manifest.json"
"""Readers of partitioned Parquet pass over names that begin with an underscore."""


@dataclass(frozen=True)
class Catalogue:
    """A catalogue of some rows of a table by a model.

    Attributes
    ----------
    table : StarTable
        Stars.
    rows : range
        Which rows of it.
    model : FittedModel
        Who answers.
    target : Path
        A file (see `lctransfer.classifier.formats.WRITERS`), or a folder of Parquet parts where the name has no ending.
    level : float
        Of the conformal sets.
    skip_unreadable : bool
        Whether a part that cannot be read becomes rows that say so.
    """

    table: StarTable
    rows: range
    model: FittedModel
    target: Path
    level: float = 0.9
    skip_unreadable: bool = False

    @property
    def partitioned(self) -> bool:
        """Whether the parts themselves are the result."""
        return not self.target.suffix

    @property
    def folder(self) -> Path:
        """Where the parts are."""
        return self.target if self.partitioned else self.target.with_name(f"{self.target.name}.parts")

    @property
    def part_rows(self) -> int:
        """Rows of a part: it depends on the number of rows only."""
        share = -(-len(self.rows) // MOST_PARTS)
        return max(LEAST_ROWS, -(-share // BLOCK) * BLOCK)

    @property
    def parts(self) -> list[range]:
        """The rows of each part; one empty part where there are no rows."""
        starts = range(self.rows.start, max(self.rows.stop, self.rows.start + 1), self.part_rows)
        return [range(start, min(start + self.part_rows, self.rows.stop)) for start in starts]

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What parts must have in common to belong together."""
        return {
            "lctransfer": __version__,
            "model": self.model.digest or self.model.card.get("source", ""),
            "table": self.table.fingerprint,
            "rows": [self.rows.start, self.rows.stop],
            "part_rows": self.part_rows,
            "conformal_level": self.level,
            "skip_unreadable": self.skip_unreadable,
            "reading": self.table.reading,
        }

    def make(self, threads: int, *, restart: bool = False) -> None:
        """Make the parts that are not there yet, and join them; an interrupted run goes on where it was.

        Raises
        ------
        LctransferError
            If parts of another run are in the way, another process is at work on it, or a part cannot be read.
        """
        with alone(self.target):
            self._make(threads, restart=restart)

    def _make(self, threads: int, *, restart: bool) -> None:
        self._open(restart)
        missing = [number for number in range(len(self.parts)) if not self.part(number).exists()]
        total, left = len(self.rows), sum(len(self.parts[number]) for number in missing)
        with track(total=total, initial=total - left, desc="classify", unit="star", smoothing=0.05) as bar:
            for numbers in _runs(missing):
                self._make_run(numbers, threads, bar.update)
        if not self.partitioned:
            self._join()
            shutil.rmtree(self.folder)

    def part(self, number: int) -> Path:
        """Return the file of a part."""
        return self.folder / f"part-{number:05d}.parquet"

    def _open(self, restart: bool) -> None:
        """Make the folder of parts, or go on in one of the same run."""
        there = self.folder / MANIFEST
        if restart and there.exists():
            shutil.rmtree(self.folder)
        if there.exists():
            if read_json(there) != self.manifest:
                raise LctransferError(
                    f"{self.folder} holds parts of another run (another model, table, level or version). Give "
                    "--restart to begin anew, or another name to write to."
                )
        elif self.folder.exists() and any(self.folder.iterdir()):
            raise LctransferError(
                f"{self.folder} holds something else than a catalogue: choose another name to write to."
            )
        else:
            write_json(there, self.manifest)
        for left in self.folder.glob(".*.part"):
            left.unlink()

    def _make_run(self, left: list[int], threads: int, advance: Callable[[int], object]) -> None:
        """Make parts that follow one another, from one pass over their rows."""
        while left:
            try:
                self._write_parts(left, threads, advance)
                return
            except LctransferError:
                left = [number for number in left if not self.part(number).exists()]
            # Reading runs ahead of writing: only alone does a part show that it is the one.
            try:
                self._write_parts(left[:1], threads, advance)
            except LctransferError as error:
                if not self.skip_unreadable:
                    raise self._failed(left[0], error) from None
                self._write_unreadable(left[0], advance)
            left = left[1:]

    def _failed(self, number: int, error: LctransferError) -> LctransferError:
        rows = self.parts[number]
        return LctransferError(
            f"Rows {rows.start} to {rows.stop - 1} of {self.table.path} cannot be classified: {error} What is done is "
            "kept; give --skip-unreadable to flag these rows and go on."
        )

    def _write_parts(self, numbers: list[int], threads: int, advance: Callable[[int], object]) -> None:
        rows = range(self.parts[numbers[0]].start, self.parts[numbers[-1]].stop)
        names = self.table.columns
        stream = classify_stream(
            _first_empty(self.table, rows), names, self.model, level=self.level, threads=threads, advance=advance
        )
        waiting: list[pa.Table] = []
        queue = iter(numbers)
        for block in stream:
            waiting.append(block)
            if sum(map(len, waiting)) == self.part_rows:
                self._write(next(queue), waiting)
                waiting = []
        if waiting:
            self._write(next(queue), waiting)

    def _write(self, number: int, blocks: list[pa.Table]) -> None:
        table = pa.concat_tables(blocks)
        with replacing(self.part(number)) as aside:
            pq.write_table(table.replace_schema_metadata(self._schema().metadata), aside, compression="zstd")

    def _write_unreadable(self, number: int, advance: Callable[[int], object]) -> None:
        """Write rows that say that they could not be read; the ids are kept where they can be."""
        schema, size = self._schema(), len(self.parts[number])
        told = {"flag": pa.array(["unreadable"] * size, pa.string()), "source_id": self._ids(self.parts[number])}
        columns = [told.get(field.name, pa.nulls(size, field.type)) for field in schema]
        self._write(number, [pa.Table.from_arrays(columns, schema=schema)])
        advance(size)

    def _ids(self, rows: range) -> pa.Array:
        try:
            return (
                self.table.read(["source_id"])["source_id"].cast(pa.string())[rows.start : rows.stop].combine_chunks()
            )
        except (LctransferError, *UNREADABLE):
            return pa.nulls(len(rows), pa.string())

    def _schema(self) -> pa.Schema:
        return catalogue_schema(self.model, self.table.columns, self.level, self.table.reading)

    def _join(self) -> None:
        files = [self.part(number) for number in range(len(self.parts))]
        with replacing(self.target) as aside:
            formats.writer(self.target)(aside, files, self._schema())


def _runs(numbers: list[int]) -> Iterator[list[int]]:
    """Yield stretches of consecutive numbers."""
    run: list[int] = []
    for number in numbers:
        if run and number != run[-1] + 1:
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def _first_empty(table: StarTable, rows: range) -> Iterator[pa.Table]:
    """Yield an empty table, so that a table without rows has its columns, then the rows."""
    yield table.empty()
    yield from table.batches(rows)
