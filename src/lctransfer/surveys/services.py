"""Archives that answer queries: class labels by TAP, light curves as CSV in a form that `lctransfer.table` knows.

IVOA Table Access Protocol 1.1 (Dowler et al. 2019). Answers are asked for as CSV.
"""

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, NoReturn
from urllib.parse import quote

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from lctransfer.errors import LctransferError, one_line, pass_on_limits
from lctransfer.surveys.base import RemoteFile, Star, Sure
from lctransfer.surveys.losses import by_itself, tolerate
from lctransfer.surveys.members import MAX_MEMBER_BYTES
from lctransfer.surveys.merging import Piece
from lctransfer.surveys.overrides import Overrides, column
from lctransfer.table.canonical import Reading
from lctransfer.table.forms import form_named
from lctransfer.table.reading import read as read_table

ZIP = b"PK\x03\x04"


class Classes(NamedTuple):
    """The stars of a survey by class, one query for each.

    Attributes
    ----------
    survey, title : str
        Its name in the configuration, and in sentences.
    words : tuple of str
        The classes that are asked for; each is a collection.
    kind, rows : str
        What losses call one of them ("class"), and where its rows come from ("VSX").
    collection : str
        Name of the queries in a user's overrides, and their folder.
    columns : tuple of str
        Columns of an answer.
    star : callable
        Star of a row and the name of its place; raises LctransferError if it cannot be read.
    service, query : str
        Address of the TAP service; what it is asked, with ``{word}`` for the class and ``{stars}`` for how many.
    stars_per_class : int
        How many at most.
    dataset, licence, reference : str
        For the provenance; ``{word}`` in the first.
    """

    survey: str
    title: str
    words: tuple[str, ...]
    kind: str
    rows: str
    collection: str
    columns: tuple[str, ...]
    star: Callable[[Mapping[str, str], str], Star]
    service: str
    query: str
    stars_per_class: int
    dataset: str
    licence: str
    reference: str

    def files(self, collections: Sequence[str]) -> list[RemoteFile]:
        """Return a query for each class: all, or the collections.

        Raises
        ------
        LctransferError
            If there is no such class.
        """
        return [
            RemoteFile(
                survey=self.survey,
                dataset=self.dataset.format(word=word),
                collection=self.collection,
                key=word,
                path=f"{self.collection}/{word.replace('|', '_')}.csv",
                urls=(query_address(self.service, self.query.format(stars=self.stars_per_class, word=word)),),
                licence=self.licence,
                reference=self.reference,
                sure=Sure.DOCUMENTED,
                is_whole=partial(has_columns, self.columns),
            )
            for word in self.asked(collections)
        ]

    def asked(self, collections: Sequence[str]) -> Sequence[str]:
        """Return the words to query: all, or the collections.

        Raises
        ------
        LctransferError
            If one of them is no word.
        """
        unknown = sorted(set(collections) - set(self.words))
        if unknown:
            raise LctransferError(
                f"{self.title} has no collection {', '.join(unknown)}. It has {', '.join(self.words)}."
            )
        return collections or self.words

    def catalogue(
        self, directory: Path, files: Sequence[RemoteFile], dropped: Counter, overrides: Overrides | None
    ) -> dict[str, Star]:
        """Return the stars in the answers that have come.

        Raises
        ------
        LctransferError
            If there is none.
        """
        stars: dict[str, Star] = {}
        for file in files:
            path = directory / file.path
            if path.is_file():
                with by_itself(dropped, f"{self.kind} {file.key}", file=file.path):
                    rows = rows_of(path, self.columns, overrides or {}, self.collection)
                    found, bad = self.stars_of(rows, str(path))
                    tolerate(bad, len(found) + len(bad), dropped, f"unreadable row of {self.rows}")
                    stars |= {star.source_id: star for star in found}
        if not stars:
            where = directory / self.collection
            raise LctransferError(f"There is no star in {where}. Run `lctransfer retrieve {self.survey}` first.")
        return stars

    def stars_of(self, rows: list[dict[str, str]], where: str) -> tuple[list[Star], list[str]]:
        """Return the stars of an answer's rows, and a sentence about each row that cannot be read."""
        stars, bad = [], []
        for line, row in enumerate(rows, 2):
            try:
                stars.append(self.star(row, f"{where}, line {line}"))
            except LctransferError as error:
                bad.append(str(error))
        return stars, bad

    def refuse_writing(self) -> NoReturn:
        """Refuse: no survey is simulated in the files of a service."""
        raise LctransferError(f"{self.title} is not simulated: use archive=live.")


def query_address(service: str, query: str) -> str:
    """Return the address of a synchronous TAP query that is answered as CSV."""
    return f"{service}/sync?REQUEST=doQuery&LANG=ADQL&FORMAT=csv&QUERY={quote(query, safe='')}"


def has_columns(columns: Sequence[str], content: bytes) -> bool:
    """Tell whether content is CSV with these columns, or a ZIP archive of files, and ends with a whole line."""
    if content.startswith(ZIP):
        return zipfile.is_zipfile(io.BytesIO(content))
    head = content.split(b"\n", 1)[0].decode("utf-8-sig", errors="replace")
    return set(columns) <= {name.strip().strip('"') for name in head.split(",")} and content.endswith(b"\n")


def rows_of(path: Path, columns: Sequence[str], overrides: Overrides, collection: str) -> list[dict[str, str]]:
    """Return the rows of an answer as dicts of text with the names of `columns`, whatever they are called now.

    Raises
    ------
    LctransferError
        If the file is no CSV table, or lacks a column.
    """
    return parse_rows(path.read_text(encoding="utf-8-sig", errors="replace"), str(path), columns, overrides, collection)


def parse_rows(
    text: str, where: str, columns: Sequence[str], overrides: Overrides, collection: str
) -> list[dict[str, str]]:
    """Return the rows of an answer's text; see `rows_of`."""
    reader = csv.reader(io.StringIO(text, newline=""))
    names = [name.strip() for name in next(reader, [])]
    now = {name: column(overrides, collection, name, name) for name in columns}
    missing = [name for name in now.values() if name not in names]
    if missing:
        raise LctransferError(f"{where}, line 1: no column {', '.join(missing)}; it has {', '.join(names)[:200]}.")
    rows = []
    try:
        for cells in reader:
            if len(cells) == len(names):
                row = dict(zip(names, map(str.strip, cells)))
                rows.append({name: row[place] for name, place in now.items()})
            elif cells:
                raise LctransferError(f"{where}, line {reader.line_num}: {len(cells)} cells, expected {len(names)}.")
    except csv.Error as error:
        raise LctransferError(f"{where}, line {reader.line_num}: {error}. Retrieve it again.") from None
    return rows


def corrected_columns(overrides: Mapping[str, Any], collection: str) -> dict[str, str]:
    """Return where a user says that columns of the light curves stand; the others are recognised by their names."""
    return {str(name): str(place) for name, place in overrides.get(collection, {}).get("columns", {}).items()}


def light_curves(
    content: bytes, where: str, forms: Sequence[str], columns: dict[str, str]
) -> list[tuple[str, str, Piece]]:
    """Return (identifier, band, epochs) of every light curve in an answer; times are full Julian dates.

    Parameters
    ----------
    content : bytes
        CSV, or a ZIP archive of CSV files.
    where : str
        What messages call it.
    forms : sequence of str
        Names of forms of `lctransfer.table.forms`: the one whose columns are there, else the first. Its cuts on quality
        are applied.
    columns : dict
        A user's corrections: meaning to name.

    Raises
    ------
    LctransferError
        If it cannot be read in this form.
    """
    tables = [_arrow(text, name) for name, text in _texts(content, where) if text.strip().count(b"\n")]
    found = []
    for rows in _together(tables):
        form = next((one for one in forms if form_named(one).fits(rows.column_names)), forms[0])
        table = read_table(rows, Reading(form=form, columns=columns))[0]
        epochs = (table[column].to_pylist() for column in ("source_id", "band", "time", "mag", "mag_err"))
        found += [(str(row[0]), str(row[1]), [np.array(one, float) for one in row[2:]]) for row in zip(*epochs)]
    return found


def _together(tables: list[pa.Table]) -> list[pa.Table]:
    """Return one table of all where they have the same columns: reading many small ones takes far longer."""
    if len(tables) < 2 or any(table.column_names != tables[0].column_names for table in tables):
        return tables
    return [pa.concat_tables(tables, promote_options="permissive")]


def _texts(content: bytes, where: str) -> list[tuple[str, bytes]]:
    if not content.startswith(ZIP):
        return [(where, content)]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if any(member.file_size > MAX_MEMBER_BYTES for member in archive.infolist()):
                raise LctransferError(f"{where} holds a file of more than {MAX_MEMBER_BYTES} bytes.")
            return [(f"{where}, {name}", archive.read(name)) for name in archive.namelist() if name.endswith(".csv")]
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        pass_on_limits(error)
        raise LctransferError(
            f"{where} cannot be unpacked ({one_line(error)}). Delete it and retrieve it again."
        ) from None


def _arrow(text: bytes, where: str) -> pa.Table:
    try:
        options = arrow_csv.ConvertOptions(null_values=["", "null", "NaN", "nan"])
        table = arrow_csv.read_csv(io.BytesIO(text), convert_options=options)
        return table.select(table.column_names)  # names that are no UTF-8 are noticed when they are asked for
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise LctransferError(f"{where} is no table of CSV: {one_line(error)}") from None
