"""Fetch the real tables behind the benchmarks from their public addresses, and build them byte for byte.

Run: python benchmarks/fetch_real_tables.py --list; python benchmarks/fetch_real_tables.py stripe82 [-o FOLDER]

Without names, every table that can be built is. A table is only kept if its SHA-256 is the one written here. For a
table that cannot be built, the reason is given with its repository, commit, size and digest, so that a copy from
elsewhere can be checked; the exit status is then 1. Tests on real stars look for the folder `data/real` of the folder
that their fixture names, and skip without it. What was never run against the live hosts is said by --list.
"""

import argparse
import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import real_tables_built as built
from real_stars import FOLDER
from real_tables_built import LARGEST_ERROR, Fetch

from lctransfer.config import Archive
from lctransfer.errors import LctransferError
from lctransfer.files import replacing, sha256
from lctransfer.progress import track
from lctransfer.retrieve.download import Downloader
from lctransfer.retrieve.lock import Lock
from lctransfer.surveys import released, richards2012
from lctransfer.surveys.base import RemoteFile, Sure

STRIPE82 = "https://raw.githubusercontent.com/light-curve/test-data/733a258c1613dc080e153a6ae1ea434f02299cdb/RRLyrae/"
SESAR = "Sesar et al. 2010, ApJ 708, 717"


def as_pandas_writes(rows: pd.DataFrame, path: Path) -> None:
    """Write a table with pandas' own settings and Zstandard."""
    rows.to_parquet(path, compression="zstd", index=False)


class RealTable(NamedTuple):
    """A file of real stars: where it comes from, and what it must be."""

    file: str
    repository: str
    commit: str
    size: int
    sha256: str
    licence: str
    reference: str
    build: Callable[[Fetch], pd.DataFrame] | None = None
    """Makes the table of fetched files; None where it cannot be made."""
    write: Callable[[pd.DataFrame, Path], None] = as_pandas_writes
    said: str = ""
    """Why the table cannot be built, or what of it was never tried."""
    sha256_built: str = ""
    """Digest of what is built, where that is not the whole table."""


def stripe82_file(name: str) -> RemoteFile:
    """Return a file of the repository's folder of RR Lyrae stars."""
    return RemoteFile(
        survey="stripe82",
        dataset="RR Lyrae stars of SDSS Stripe 82",
        path=name,
        urls=(f"{STRIPE82}{name}",),
        licence="data of the SDSS; the repository says no licence",
        reference=SESAR,
        sure=Sure.CONFIRMED,
    )


def stripe82(fetch: Fetch) -> pd.DataFrame:
    """Return the table of Stripe 82: a row per star and band, both in the order of their text."""
    listed = fetch(stripe82_file("apj326724t2.txt")).read_text(encoding="utf-8")
    types = dict(re.findall(r"^ *(\d+) +(ab|c) ", listed, flags=re.MULTILINE))
    if not types:
        raise LctransferError("apj326724t2.txt lists no RR Lyrae star. Delete it and fetch it again.")
    rows = []
    for name in track(sorted(types), desc="stripe82", unit="star"):
        epochs = pd.read_csv(fetch(stripe82_file(f"light-curves/{name}.csv")), dtype={"mag": "f4", "magerr": "f4"})
        sound = np.isfinite(epochs[["time", "mag", "magerr"]]).all(axis=1)
        sound &= (epochs["magerr"] > 0) & (epochs["magerr"] < LARGEST_ERROR)
        for band, part in epochs[sound].sort_values("time", kind="stable").groupby("band"):
            lists = {column: part[column].to_numpy() for column in ("time", "mag", "magerr")}
            rows.append({"source_id": name, "label": f"RR{types[name]}", **lists, "band": band})
    return pd.DataFrame(rows)


LONG = ("longjp/lightcurves", "c27ebbe3c2fbde9f0f0b191cc0ce01d2a603600c")
CEPHEIDS = ("conyml/Proyecto-Estrellas-Variables", "6a3d126deae9f342cea343f45975072d3d10d725")
SURVEY_TERMS = "data of the survey; the repository says no licence"
NEVER_LIVE = "The archive of the repository was never fetched from here: the first run on a network is the test."


def of_archive(
    repository: tuple[str, str], reference: str, table: Callable[[built.Members], pd.DataFrame], fetch: Fetch
) -> pd.DataFrame:
    """Return the table that is made of the archive of a repository at a commit."""
    archive = fetch(built.repository_archive(*repository, SURVEY_TERMS, reference))
    try:
        return table(built.members(archive))
    except (ValueError, IndexError) as error:
        raise LctransferError(f"A file of {archive} is not written as expected ({error}).") from None


def _of_archive(
    repository: tuple[str, str],
    file: tuple[str, int, str],
    reference: str,
    table: Callable[[built.Members], pd.DataFrame],
    in_memory: tuple[str, ...] = (),
) -> RealTable:
    """Describe a table that is made of the archive of a repository.

    `file` is its name, size and SHA-256; `in_memory` are columns and their types as of `built.write_parquet`.
    """
    types = dict(column.split("=") for column in in_memory)
    return RealTable(
        file[0],
        *repository,
        *file[1:],
        SURVEY_TERMS,
        reference,
        build=partial(of_archive, repository, reference, table),
        write=partial(built.write_parquet, in_memory=types),
        said=NEVER_LIVE,
    )


TABLES = {
    "stripe82": RealTable(
        "sdss_s82_rrl_ugriz.parquet",
        "light-curve/test-data",
        "733a258c1613dc080e153a6ae1ea434f02299cdb",
        1_649_389,
        "11e7ff5b238c8ea4ca3a8092bd9117f4a9d5363ed2900941c482535a517d9e6c",
        "data of the SDSS; the repository says no licence",
        SESAR,
        build=stripe82,
    ),
    "asas": _of_archive(
        LONG,
        ("asas_acvs_half.parquet", 11_716_788, "5283eddde09e2ce9670e858193d15d2f4461fc9da7ff18a2026b26b9580d534c"),
        "Pojmanski 2002, AcA 52, 397, and the later parts of the ACVS",
        built.asas,
        ("period=object",),
    )._replace(
        sha256_built="ae35f3f53303bd903562ca96455e737372163b2e0d5e93fae541ffea161d613f",
        said="Built without the column of periods (4,425 of 7,036 stars have one), which no benchmark reads: they came "
        f"from a copy of the ACVS whose address was not kept. {NEVER_LIVE}",
    ),
    "hipparcos": _of_archive(
        LONG,
        ("hipparcos_debosscher.parquet", 1_067_418, "668a571c7fac3fe453e97f6c96f812fff040cef1e3a347729b049176fd61990a"),
        "ESA 1997, SP-1200; Debosscher et al. 2007, A&A 475, 1159",
        built.hipparcos,
        ("period=object",),
    ),
    "gaia": RealTable(
        "gaia_dr3_half.parquet",
        "ChenglongYIN-eu/cbm-variable-stars",
        "45b31e45cff51bc4fda57fc32c6dea74df4f4c94",
        1_299_089,
        "152052db3825ddb6ce94bfc42a08f7c3ecf1a764ef28a19f1cdd762eda257eb3",
        "Gaia archive: free to use with its acknowledgement; the repository says no licence",
        "Eyer et al. 2023, A&A 674, A13; Rimoldini et al. 2023, A&A 674, A14",
        said="Its raw files (data/raw/gaia: metadata and epoch_photometry, one Parquet file per star) are binary, and "
        "how times and errors were made of their columns was not written down. To get them: git clone "
        "https://github.com/ChenglongYIN-eu/cbm-variable-stars && git -C cbm-variable-stars checkout 45b31e45. "
        "experiment=gaia asks the Gaia archive itself for stars of the same classes.",
    ),
    "ogle4_cepheids": _of_archive(
        CEPHEIDS,
        ("ogle4_lmc_cepheids.parquet", 5_610_573, "abb8e35ae9fdb5c4f585b72573e9f6f2dc376cd6b529be109fabc81f55e8ccd2"),
        "Udalski et al. 2015, AcA 65, 1; Soszynski et al. 2015, AcA 65, 297",
        built.ogle4_cepheids,
    ),
    "eros2_cepheids": _of_archive(
        CEPHEIDS,
        ("eros2_lmc_cepheids.parquet", 1_317_846, "8f1bf6d501edd88bb286051864d32efc20a5677357b05a99a9f36ecf6f59863a"),
        "Kim et al. 2014, A&A 566, A43",
        built.eros2_cepheids,
        ("ra=str", "dec=str"),
    ),
}
AS_THEY_ARE = {"richards2012": richards2012.files([], "live"), "released_weights": released.files([], "live")}
"""Files that the package itself knows to the byte."""


def fetch(name: str, folder: Path, archive: Archive) -> list[Path]:
    """Fetch a table, and build it; return its files.

    Raises
    ------
    LctransferError
        If it cannot be had or built, or is not what it must be; nothing is left under its name then.
    """
    place = TABLES[name].repository.rpartition("/")[2] if name in TABLES and name != "stripe82" else name
    raw = folder / "raw" / place
    raw.mkdir(parents=True, exist_ok=True)
    with Downloader(archive, Lock(folder / "raw" / f"{place}.lock.jsonl")) as downloader:

        def fetched(file: RemoteFile) -> Path:
            downloader.fetch(file, raw)
            return raw / file.path

        if name in AS_THEY_ARE:
            return [fetched(file) for file in AS_THEY_ARE[name]]
        table = TABLES[name]
        if table.build is None:
            raise LctransferError(
                f"{table.file} cannot be built of github.com/{table.repository} (commit {table.commit}). {table.said} "
                f"A copy from elsewhere must have {table.size:,} bytes and the SHA-256 {table.sha256}. Reference: "
                f"{table.reference}."
            )
        return [write(table, table.build(fetched), folder)]


def write(table: RealTable, rows: pd.DataFrame, folder: Path) -> Path:
    """Write a table, if its bytes are those that it must have.

    Raises
    ------
    LctransferError
        If they are others: the source has changed, or the Parquet writer has.
    """
    target = folder / table.file
    with replacing(target) as aside:
        table.write(rows, aside)
        wanted = table.sha256_built or table.sha256
        if (found := sha256(aside)) != wanted:
            raise LctransferError(
                f"{table.file} was built with {len(rows):,} rows and the SHA-256 {found}, but must have {wanted}. The "
                "source has changed, or another version of pyarrow writes other bytes (25.0.1 wrote these)."
                + (f" {table.said}" if table.said else "")
            )
    return target


def listed() -> str:
    """Return what there is, whence, and on what terms."""
    lines = []
    for name, table in TABLES.items():
        how = "built from its source" if table.build else "NOT built here: only its digest is known"
        lines.append(
            f"{name}: {table.file}, {table.size:,} bytes, {how}\n  github.com/{table.repository}, commit "
            f"{table.commit}\n  SHA-256 {table.sha256}\n  {table.licence}\n  {table.reference}"
            + (f"\n  {table.said}" if table.said else "")
        )
    for name, files in AS_THEY_ARE.items():
        for file in files:
            lines.append(
                f"{name}: {file.path}, {file.size:,} bytes\n  {file.urls[0]}\n  SHA-256 {file.sha256}\n  "
                f"{file.licence}\n  {file.reference}"
            )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    names = [*TABLES, *AS_THEY_ARE]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", help=f"which (default: all that can be built): {', '.join(names)}")
    parser.add_argument("--list", action="store_true", help="say what there is, and fetch nothing")
    parser.add_argument("--mirror", default="", help="folder or address that stands in for the hosts")
    parser.add_argument("-o", "--output", type=Path, default=FOLDER, help="where the tables go (default %(default)s)")
    chosen = parser.parse_args(arguments)
    if chosen.list:
        print(listed())
        return 0
    if unknown := sorted(set(chosen.tables) - set(names)):
        parser.error(f"there is no table {', '.join(unknown)}: choose from {', '.join(names)}")
    archive = Archive(name="live", kind="live", mirror=chosen.mirror)
    wanted = chosen.tables or [name for name in names if name not in TABLES or TABLES[name].build]
    failed = False
    for name in wanted:
        try:
            for path in fetch(name, chosen.output, archive):
                print(f"{name}: {path}")
        except LctransferError as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
