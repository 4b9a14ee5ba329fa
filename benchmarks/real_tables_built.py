"""How the tables of real stars are built from the files of public repositories: what `fetch_real_tables.py` runs.

GitHub packs a commit of a repository into one archive, which is read here file by file; nothing is unpacked on disk.
The tables were first made by a script that was not kept. What is written here makes the same rows of every raw file
that could be looked at, and the same bytes of the same rows; the digest of the whole table is checked where it is
written, since the archives were never fetched from here.
"""

import hashlib
import json
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from lctransfer.errors import LctransferError
from lctransfer.progress import track
from lctransfer.surveys.base import RemoteFile, Sure

LARGEST_ERROR = 9.0
"""Epochs with an error [mag] that is not between 0 and this are no measurements."""
FEWEST_EPOCHS = 5
"""Shorter light curves are left out; the shortest in the tables has 7."""
WRITER = {"library": "pyarrow", "version": "25.0.1"}
COLUMNS = {
    "source_id": ("unicode", "str", pa.string()),
    "label": ("unicode", "str", pa.string()),
    "ra": ("float64", "float64", pa.float64()),
    "dec": ("float64", "float64", pa.float64()),
    "period": ("float64", "float64", pa.float64()),
    "band": ("unicode", "str", pa.string()),
    "time": ("list[float64]", "object", pa.list_(pa.float64())),
    "mag": ("list[float32]", "object", pa.list_(pa.float32())),
    "magerr": ("list[float32]", "object", pa.list_(pa.float32())),
}
"""For each column: its type as pandas calls it, the type that it had in memory, and its type in the file."""

ASAS_LABELS = {
    "Close Binary Eclipsing Systems": "EB_UNSPEC",
    "Contact Systems": "EC",
    "Detached": "ED",
    "Semidetached": "ESD",
    "Mira": "MIRA",
    "RR Lyrae, Fundamental Mode": "RRAB",
    "RR Lyrae, First Overtone": "RRC",
    "Delta Scuti": "DSCT",
    "Beta Cephei": "BCEP",
    "Alpha2 Canum Venaticorum": "ACV",
}
"""Class of the VOSource files -> label. The last four were not seen in a file: they are spelt as elsewhere there."""
HIPPARCOS_IDS = (range(148010, 148866), range(161326, 161339))
"""Numbers of Hipparcos' stars in the folder of Debosscher's; the others are OGLE's."""

Fetch = Callable[[RemoteFile], Path]
Members = Callable[[str], Iterator[tuple[str, str]]]
"""Yields the path and the text of the files of an archive whose path matches."""


class Curve(NamedTuple):
    """A light curve: times [d], magnitudes and their errors."""

    time: np.ndarray
    mag: np.ndarray
    magerr: np.ndarray


def repository_archive(repository: str, commit: str, licence: str, reference: str) -> RemoteFile:
    """Return GitHub's archive of a repository as it was at a commit (40 hexadecimal digits)."""
    name = repository.rpartition("/")[2]
    return RemoteFile(
        survey="github",
        dataset=f"repository {repository}",
        path=f"{name}-{commit}.tar.gz",
        urls=(f"https://codeload.github.com/{repository}/tar.gz/{commit}",),
        licence=licence,
        reference=reference,
        sure=Sure.GUESS,
        by_hand=f"Or: curl -L -o {name}-{commit}.tar.gz https://github.com/{repository}/archive/{commit}.tar.gz",
    )


def members(path: Path) -> Members:
    """Return a function that yields the files of an archive that match a pattern, in the archive's order.

    Raises
    ------
    LctransferError
        If the archive is damaged; by the function, also if no file matches.
    """

    def matching(pattern: str) -> Iterator[tuple[str, str]]:
        found = 0
        try:
            with tarfile.open(path, "r|gz") as archive:
                for member in track(archive, desc=path.name[:24], unit="file"):
                    inside = member.name.partition("/")[2]
                    stream = archive.extractfile(member) if re.search(pattern, inside) else None
                    if stream is not None:
                        found += 1
                        yield inside, stream.read().decode("utf-8", "replace")
        except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
            raise LctransferError(f"{path} is damaged ({error}). Delete it, and run this again.") from None
        if not found:
            raise LctransferError(f"{path} holds no file like {pattern}: is it the archive of another commit?")

    return matching


def curve(rows: np.ndarray, zero: float = 0.0) -> Curve:
    """Return the sound epochs of a light curve in the order of time.

    Parameters
    ----------
    rows : ndarray of shape (epochs, 3)
        Time [d], magnitude, error.
    zero : float
        Added to the times.
    """
    rows = np.asarray(rows, dtype=float).reshape(-1, 3)
    sound = np.isfinite(rows).all(axis=1) & (rows[:, 2] > 0) & (rows[:, 2] < LARGEST_ERROR)
    rows = rows[sound]
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    return Curve(rows[:, 0] + zero, rows[:, 1].astype("f4"), rows[:, 2].astype("f4"))


def vo_source(text: str) -> dict[str, object]:
    """Return what a VOSource file of the Transients Classification Project says of its star.

    Returns
    -------
    dict
        ``id``, ``name`` (what the position is said to be for), ``label`` (the last class), ``ra``, ``dec`` [deg],
        ``rows`` of shape (epochs, 3).
    """
    number = re.search(r"<ID>[^<]*?(\d+)</ID>", text)
    place = re.search(r"<c1>([^<]+)</c1>\s*<c2>([^<]+)</c2>", text)
    classes = re.findall(r"<class name=\"([^\"]*)\"", text)
    if number is None or place is None or not classes:
        raise LctransferError("A VOSource file has no ID, position or class. Delete the archive, and run this again.")
    name = re.search(r"Best Positional Information for ([^<]+)<", text)
    cells = re.findall(r"<TD>([^<]*)</TD><TD>([^<]*)</TD><TD>([^<]*)</TD>", text)
    return {
        "id": int(number[1]),
        "name": name[1].strip() if name else "",
        "label": classes[-1],
        "ra": float(place[1]),
        "dec": float(place[2]),
        "rows": np.array(cells, dtype=float),
    }


def asas(files: Members) -> pd.DataFrame:
    """Return the half of the ASAS stars that is not kept back, without the periods, which are in no file here."""
    rows, unknown = [], set()
    for _, text in files(r"^data/ASAS/\d+\.xml$"):
        star = vo_source(text)
        name, label = f"ASAS_{star['name']}", ASAS_LABELS.get(str(star["label"]))
        if label is None:
            unknown.add(star["label"])
        elif _half(name):
            rows.append(_row(name, label, (star["ra"], star["dec"], None), "V", curve(star["rows"])))
    if unknown:
        print(f"asas: stars of these classes are left out: {', '.join(sorted(map(str, unknown)))}")
    return _table(rows)


def hipparcos(files: Members) -> pd.DataFrame:
    """Return Debosscher's stars with Hipparcos' light curves (JD of the files + 2440000)."""
    rows = {}
    # The one star whose file is only there as an editor's backup (.xml~) is taken from it.
    for _, text in sorted(files(r"^data/debosscher/\d+\.xml~?$"), reverse=True):
        star = vo_source(text)
        if any(star["id"] in ids for ids in HIPPARCOS_IDS):
            position = (star["ra"], star["dec"], None)
            row = _row(f"TUTOR_{star['id']}", str(star["label"]), position, "Hp", curve(star["rows"], 2440000.0))
            rows[star["id"]] = row
    return _table(list(rows.values()))


def ogle4_cepheids(files: Members) -> pd.DataFrame:
    """Return the Cepheids of OGLE-IV with their I-band light curves (HJD of the files + 2450000)."""
    curves, texts = {}, {}
    for path, text in files(r"OGLE/(Phot/phot_O4/I/OGLE-LMC-CEP-\d+|.*\b(ident|cepFO4))\.dat$"):
        name = path.rpartition("/")[2].removesuffix(".dat")
        if name.startswith("OGLE"):
            curves[name] = curve(np.array(text.split(), dtype=float), 2450000.0)
        else:
            texts[name] = text
    if missing := {"ident", "cepFO4"} - set(texts):
        raise LctransferError(f"The archive has no {' and no '.join(sorted(missing))}.dat below a folder OGLE.")
    periods = {line.split()[0]: float(line.split()[3]) for line in texts["cepFO4"].splitlines() if line.strip()}
    rows = []
    for line in texts["ident"].splitlines():
        name, mode, ra, dec = line.split()[:4]
        if name in curves:
            position = (_degrees(ra) * 15, _degrees(dec), periods.get(name))
            rows.append(_row(name, f"CEP_{mode}", position, "I", curves[name]))
    return _table(rows)


def eros2_cepheids(files: Members) -> pd.DataFrame:
    """Return the Cepheids of EROS-2 in both bands, a row each (HJD of the files + 2450000)."""
    curves, listed = {}, {}
    for path, text in files(r"EROS-2/(LIGHT_CURVES/\w+\.time|CEPH_fundamental[^/]*\.cat)$"):
        if path.endswith(".cat"):
            cells = [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.startswith("|")]
            listed = {c[1]: (float(c[2]), float(c[3]), float(c[6]), c[9]) for c in cells if c[1] != "EROSID"}
        else:
            lines = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
            curves[path.rpartition("/")[2].removesuffix(".time")] = np.array(lines, dtype=float)
    if not listed:
        raise LctransferError("The archive has no catalogue CEPH_fundamental*.cat below a folder EROS-2.")
    rows = []
    for name, epochs in curves.items():
        *position, label = listed.get(name, (None, None, None, "CEPH_F"))
        for band, first in (("B_EROS", 3), ("R_EROS", 1)):
            values = curve(epochs[:, [0, first, first + 1]], 2450000.0)
            rows.append(_row(name, label, tuple(position), band, values))
    return _table(rows)


def write_parquet(rows: pd.DataFrame, path: Path, in_memory: dict[str, str]) -> None:
    """Write a table as the first ones were written: Zstandard at level 12, pandas' description beside the schema.

    Parameters
    ----------
    rows : DataFrame
        The columns of `COLUMNS`.
    path : Path
        Where to.
    in_memory : dict
        Types that columns had in memory, where they are not those of `COLUMNS`.
    """
    described = [
        {
            "name": name,
            "field_name": name,
            "pandas_type": kind,
            "numpy_type": in_memory.get(name, memory),
            "metadata": None,
        }
        for name, (kind, memory, _) in COLUMNS.items()
    ]
    pandas = {
        "index_columns": [],
        "column_indexes": [],
        "columns": described,
        "attributes": {},
        "creator": WRITER,
        "pandas_version": "3.1.1",
    }
    schema = pa.schema([(name, kind) for name, (*_, kind) in COLUMNS.items()], {"pandas": json.dumps(pandas)})
    columns = [pa.array(rows[name].tolist(), kind) for name, (*_, kind) in COLUMNS.items()]
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), path, compression="zstd", compression_level=12)


def _half(name: str) -> bool:
    """Tell whether a star belongs to the half that is not kept back."""
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[0] < "8"


def _degrees(sexagesimal: str) -> float:
    """Return the number that is written as `[-]A:B:C`."""
    whole, minutes, seconds = (float(part) for part in sexagesimal.lstrip("+-").split(":"))
    value = whole + minutes / 60 + seconds / 3600
    return -value if sexagesimal.startswith("-") else value


def _row(name: str, label: str, position: tuple, band: str, values: Curve) -> tuple:
    return (name, label, *position, band, *values)


def _table(rows: list[tuple]) -> pd.DataFrame:
    """Return the rows with enough epochs, in the order of star and band."""
    long_enough = [row for row in rows if len(row[6]) >= FEWEST_EPOCHS]
    return pd.DataFrame(sorted(long_enough, key=lambda row: (row[0], row[5])), columns=list(COLUMNS), dtype=object)
