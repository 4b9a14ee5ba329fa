"""Tables of VizieR, as its asu-tsv service sends them: which ones, where from, how many rows, and how they are read.

Ochsenbein et al. 2000, A&AS 143, 23. A table that comes with other columns, or cut by the service's own limit, is
refused; another number of rows than its ReadMe states is told.
"""

import csv
import re
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import quote

import numpy as np
from astropy.io import ascii as astropy_ascii
from astropy.table import Table

from lctransfer.errors import LctransferError, one_line
from lctransfer.surveys.base import RemoteFile, Sure, lines_of
from lctransfer.surveys.overrides import Overrides, column

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
HOSTS = ("vizier.cds.unistra.fr", "vizier.cfa.harvard.edu", "vizier.nao.ac.jp")
LICENCE = "cite the paper, and acknowledge the VizieR catalogue access tool, CDS (doi 10.26093/cds/vizier)"


@dataclass(frozen=True)
class VizierTable:
    """One table, and what is known of it.

    Parameters
    ----------
    name : str
        Of the table, or of a catalogue with one table.
    columns : tuple of str
        What is asked for.
    reference : str
        What must be cited.
    rows : int or None
        How many rows or sources there are, where a document says so.
    sure : Sure
        How well name and columns are known.
    cut : str
        A condition on rows, such as ``Class=10``, in the service's own words; with one, `rows` counts what remains.
    known : tuple of str
        With `columns` that were renamed, what they are called here.
    """

    name: str
    columns: tuple[str, ...]
    reference: str
    rows: int | None = None
    sure: Sure = Sure.DOCUMENTED
    cut: str = ""
    known: tuple[str, ...] = ()


QUASARS = VizierTable("J/ApJ/775/92", ("_RAJ2000", "_DEJ2000"), "Kozlowski et al. 2013, ApJ 775, 92", 758)
"""The Magellanic Quasars Survey: 565 behind the Large Cloud, 193 behind the Small one. A row may be a spectrum."""
BLUE_VARIABLES = VizierTable(
    "J/AJ/124/2039", ("_RAJ2000", "_DEJ2000"), "Keller et al. 2002, AJ 124, 2039", sure=Sure.GUESS
)
"""Blue variables of MACHO. That VizieR holds them, and under this name, is a guess."""
MACHO_VARIABLES = VizierTable("II/247/machovar", ("_RAJ2000", "_DEJ2000"), "Alcock et al. 2003, VizieR II/247")
"""Variables of MACHO (RR Lyrae, Cepheids, long-period and eclipsing ones; no blue ones): none is a constant star."""
EROS2_PERIODIC = VizierTable(
    "J/A+A/566/A43/table2",
    ("RAJ2000", "DEJ2000", "Per"),
    "Kim et al. 2014, A&A 566, A43",
    150_115,
    sure=Sure.CONFIRMED,
)
"""Periodic variables of EROS-2: none of them is a constant star."""
ACVS = VizierTable(
    "II/264/asas3",
    ("ASAS", "Per", "Class", "_RAJ2000", "_DEJ2000"),
    "Pojmanski et al. 2005, AcA 55, 275",
)
"""The catalogue of variable stars of ASAS, should its own site not serve it."""
ASASSN = VizierTable(
    "II/366/catv2021",
    ("ASASSN-V", "RAJ2000", "DEJ2000", "Per", "Type"),
    "Jayasinghe et al. 2018, MNRAS 477, 3145",
)
"""The catalogue of variable stars of ASAS-SN, should its own site not serve it."""


def address(table: VizierTable, host: str) -> str:
    """Return the address that answers with all rows of a table."""
    columns = ",".join(quote(name, safe="") for name in table.columns)
    cut = f"&{quote(table.cut, safe='=')}" if table.cut else ""
    return (
        f"https://{host}/viz-bin/asu-tsv?-source={quote(table.name, safe='/')}&-out.max=unlimited&-out={columns}{cut}"
    )


def remote_file(table: VizierTable, survey: str, path: str, **more: object) -> RemoteFile:
    """Return the file to retrieve; `more` goes to `RemoteFile`."""
    return RemoteFile(
        survey=survey,
        dataset=f"VizieR {table.name}",
        path=path,
        urls=tuple(address(table, host) for host in HOSTS),
        licence=LICENCE,
        reference=table.reference,
        sure=table.sure,
        is_whole=partial(is_whole, table),
        ends_well=partial(ends_well, table),
        rows=(table.rows, partial(count, table)) if table.rows else None,
        **more,  # type: ignore[arg-type]
    )


def renamed(table: VizierTable, overrides: Overrides, collection: str) -> VizierTable:
    """Return a table with the names that its columns have now; `parse` gives them their known names back."""
    now = tuple(column(overrides, collection, name, name) for name in table.columns)
    return replace(table, columns=now, known=table.known or table.columns)


def is_whole(table: VizierTable, content: bytes) -> bool:
    """Tell whether all rows have come, in the columns that were asked for."""
    try:
        parse(content, table, table.name)
    except LctransferError:
        return False
    return True


def ends_well(table: VizierTable, content: bytes) -> bool:
    """Tell whether an answer that broke off has all rows nevertheless, which only their known number can tell."""
    return table.rows is not None and is_whole(table, content) and count(table, content) == table.rows


def count(table: VizierTable, content: bytes) -> int:
    """Return how many rows a table has, or how many different sources if that is nearer to their known number."""
    rows = parse(content, table, table.name)
    sources = len(set(zip(*(rows[name].tolist() for name in table.columns[:2]))))
    wanted = table.rows or len(rows)
    return min(len(rows), sources, key=lambda number: abs(number - wanted))


def read(path: Path, table: VizierTable) -> Table:
    """Return a table that was retrieved; see `parse`."""
    try:
        return parse(path.read_bytes(), table, str(path))
    except FileNotFoundError:
        raise LctransferError(f"There is no file {path}. Run `lctransfer retrieve` first.") from None


def parse(content: bytes, table: VizierTable, where: str) -> Table:
    """Return the rows of an answer of asu-tsv: comments, names, units, a rule of dashes, rows between tabs.

    Returns
    -------
    astropy.table.Table
        The columns asked for, as text without blanks at either end.

    Raises
    ------
    LctransferError
        If the answer was cut by a limit, lacks a column, or a row is short.
    """
    text = content.decode("utf-8-sig", errors="replace")
    if re.search(r"^#INFO\s+QUERY_STATUS[\s=]+OVERFLOW", text, re.MULTILINE):
        raise LctransferError(f"{where} was cut by the service's limit of rows. Ask with -out.max=unlimited.")
    lines = [line for line in lines_of(text) if line.strip() and not line.startswith("#")]
    strange = next((line for line in lines if CONTROL.search(line)), None)
    if strange is not None:
        raise LctransferError(f"{where} is no table between tabs: {strange[:60]!r} holds a control character.")
    # The units stand between the names and the rule.
    rule = next((at for at, line in enumerate(lines) if at and re.fullmatch(r"[-\t ]*-[-\t ]*", line)), 0)
    rows = lines[rule + 1 :]
    if not lines or not rows:
        raise LctransferError(f"{where} holds no rows.")
    missing = [name for name in table.columns if name not in lines[0].split("\t")]
    if missing:
        raise LctransferError(f"{where} has no column {', '.join(missing)}; it has {', '.join(lines[0].split())}.")
    found = _columns([lines[0], *rows], where)
    found = found[list(table.columns)]
    if table.known:
        found.rename_columns(list(table.columns), list(table.known))
    return found


def _columns(lines: list[str], where: str) -> Table:
    as_text = {"*": [astropy_ascii.convert_numpy(np.str_)]}
    try:
        table = astropy_ascii.read(
            lines, format="tab", guess=False, fast_reader=False, fill_values=[], converters=as_text
        )
    except (astropy_ascii.InconsistentTableError, ValueError, csv.Error) as error:
        raise LctransferError(f"{where} is no table between tabs: {one_line(error)}") from None
    for name in table.colnames:
        table[name] = np.char.strip(np.asarray(table[name], dtype=str))
    return table


def positions(table: Table, columns: tuple[str, str], where: str) -> tuple[np.ndarray, np.ndarray]:
    """Return right ascension and declination in degrees from two columns of a table.

    Raises
    ------
    LctransferError
        If a value is no number, or out of range.
    """
    found = []
    for name, low, high in zip(columns, (0.0, -90.0), (360.0, 90.0)):
        try:
            values = np.array(table[name], dtype=str).astype(float)
        except ValueError as error:
            raise LctransferError(f"{where}, column {name}: {error}. Decimal degrees are expected.") from None
        wrong = np.flatnonzero(~((values >= low) & (values <= high)))
        if len(wrong):
            raise LctransferError(f"{where}, row {wrong[0] + 1}: {name} is {values[wrong[0]]}, no position in degrees.")
        found.append(values)
    return found[0], found[1]
