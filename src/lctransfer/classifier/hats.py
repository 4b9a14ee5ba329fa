"""Catalogues in HATS, the sky cut into partitions: one pure function over each, by LSDB and Dask."""

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from lctransfer.classifier.hats_partition import PartitionRun, classify_frame, classify_pixel, files, named
from lctransfer.classifier.model import open_model
from lctransfer.errors import LctransferError, one_line, pass_on_limits
from lctransfer.files import read_json, write_json
from lctransfer.parquet import UNREADABLE, complete, n_rows

KEPT = ("source_id", "band")
"""Columns that say which star a row is, where there are such."""

PREFIX = "hats://"
"""What the address of a HATS catalogue begins with."""
MANIFEST = ".lctransfer.json"
"""Ending of the file beside the output that says which run it is of."""


def is_hats(address: str) -> bool:
    """Tell whether an address is that of a HATS catalogue: ``hats://...``, or a folder with hats.properties.

    Examples
    --------
    >>> is_hats("hats://some/folder"), is_hats("stars.parquet")
    (True, False)
    """
    properties = ("hats.properties", "collection.properties", "properties")
    return address.startswith(PREFIX) or any((Path(address) / name).is_file() for name in properties)


@dataclass(frozen=True)
class HatsRun:
    """How a HATS catalogue is classified; every row that can be read comes out the same.

    Attributes
    ----------
    level : float
        Of the conformal sets.
    workers : int
        Processes on this machine, where no scheduler is named.
    scheduler : str
        Address of a Dask scheduler, such as ``tcp://node:8786``.
    restart : bool
        Begin anew where there is something of another run.
    skip_unreadable : bool
        Flag the rows of partitions that fail, leave out those that cannot be read at all, and go on.
    """

    level: float = 0.9
    workers: int = 1
    scheduler: str = ""
    restart: bool = False
    skip_unreadable: bool = False


def classify_hats(model: str | Path, source: str, target: Path, how: HatsRun | None = None) -> None:
    """Write the catalogue of a HATS catalogue of light curves as a HATS catalogue; what is there already is kept.

    Parameters
    ----------
    model : str or Path
        See `lctransfer.classifier.model.open_model`; workers elsewhere must see the same folder.
    source : str
        ``hats://`` and a path or an address that LSDB opens.
    target : Path
        Folder of the new catalogue.
    how : HatsRun, optional
        Level, workers, what to do with an interrupted run and with partitions that fail.

    Raises
    ------
    LctransferError
        If LSDB is not installed, the catalogue cannot be opened, a partition fails, or the output is of another run.
    """
    how = how or HatsRun()
    lsdb, client_of = _libraries()
    fitted, path = open_model(model), source.removeprefix(PREFIX)
    run = {"model": fitted.digest or str(model), "source": path, "conformal_level": how.level}
    resume = _resumed(target, run, how.restart)
    whole = _opened(lsdb, source)
    info = whole.hc_structure.catalog_info
    positions = (info.ra_column, info.dec_column)
    meta = classify_frame(whole.meta, str(model), how.level, positions)
    # The workers read the light curves themselves, in chunks: only these columns of a partition are read whole.
    thin = _opened(lsdb, source, columns=[name for name in (*KEPT, *positions) if name in whole.columns])
    base = str(whole.hc_structure.catalog_base_dir)
    shared = PartitionRun(base, info.npix_suffix, str(model), how.level, positions, how.skip_unreadable)
    with (
        client_of(how.scheduler) if how.scheduler else client_of(n_workers=how.workers, threads_per_worker=1) as client
    ):
        partitions = len(thin.get_healpix_pixels())
        sys.stderr.write(f"lctransfer: {partitions} partitions; dashboard {client.dashboard_link}\n")
        options = {"catalog_name": target.name, "addl_hats_properties": {"lctransfer_model": run["model"]}}
        _write(thin, target, (shared, meta), {"resume": resume, "overwrite": not resume, **options})


def _opened(lsdb: Any, source: str, **options: Any) -> Any:
    """Return a catalogue without its margin, since a star near an edge is classified once."""
    try:
        catalogue = lsdb.open_catalog(source.removeprefix(PREFIX), **options)
    except (OSError, ValueError) as error:
        pass_on_limits(error)
        raise LctransferError(f"{source} cannot be opened as a HATS catalogue: {one_line(error)}") from None
    catalogue.margin = None
    return catalogue


def _write(catalogue: Any, target: Path, arguments: tuple[PartitionRun, pd.DataFrame], options: dict[str, Any]) -> None:
    """Write what is left to do; partitions whose files cannot be read are named, or left out where that is wished."""
    run, meta = arguments
    # Before anything is written: workers still write other partitions while the first that fails is told of.
    catalogue = _without_unreadable(catalogue, run) if run.skip_unreadable else catalogue
    try:
        rows = catalogue.map_partitions(classify_pixel, run, meta, meta=meta, include_pixel=True)
        rows.write_catalog(target, as_collection=False, **options)
    except UNREADABLE as error:
        pass_on_limits(error)
        broken = _unreadable(catalogue, run)
        if not broken:
            raise LctransferError(f"{target} cannot be written: {one_line(error)}") from None
        raise LctransferError(
            f"Partitions that cannot be read: {', '.join(map(named, broken))} ({one_line(error)}). "
            "What is done is kept; mend them and run again, or give --skip-unreadable to leave them out."
        ) from None
    except ValueError as error:
        if "resume" not in str(error):
            raise
        raise LctransferError(f"{target} is still being written by another run: wait for it, and run again.") from None


def _without_unreadable(catalogue: Any, run: PartitionRun) -> Any:
    """Return the catalogue without the partitions that cannot be read, which are named."""
    broken, pixels = _unreadable(catalogue, run), catalogue.get_healpix_pixels()
    if not broken:
        return catalogue
    told = f"Partitions that cannot be read: {', '.join(map(named, broken))}."
    if len(broken) == len(pixels):
        raise LctransferError(f"{told} Nothing is left to classify.")
    sys.stderr.write(f"lctransfer: {told} They are left out.\n")
    return catalogue.partitions[[pixel for pixel in pixels if pixel not in broken]]


def _unreadable(catalogue: Any, run: PartitionRun) -> list[Any]:
    pixels = catalogue.get_healpix_pixels()
    with ThreadPoolExecutor() as pool:
        return [pixel for pixel, good in zip(pixels, pool.map(lambda it: _readable(it, run), pixels)) if not good]


def _readable(pixel: Any, run: PartitionRun) -> bool:
    try:
        for path in files(pixel, run.base, run.suffix):
            with path.open("rb") as stream:
                file = pq.ParquetFile(stream)
                names = [name for name in (*KEPT, *run.positions) if name in file.schema_arrow.names]
                complete(file.read(columns=names), n_rows(file, path), path)
    except (LctransferError, *UNREADABLE):
        return False
    return True


def tidy(target: Path) -> None:
    """Forget partitions of which not all is there: LSDB does not go on where a kill came between its two notes.

    A partition is done when its file, its histogram and its mark are there.
    """
    from lsdb.io.to_hats import DONE_DIR_NAME, HISTOGRAM_DIR_NAME

    marks = {path.name.removesuffix("_done"): path for path in (target / DONE_DIR_NAME).glob("*_done")}
    counts = {path.name.removesuffix("_histogram.npz"): path for path in (target / HISTOGRAM_DIR_NAME).glob("*.npz")}
    written = {
        f"{path.parent.parent.name.removeprefix('Norder=')}_{path.stem.removeprefix('Npix=')}"
        for path in (target / "dataset").glob("Norder=*/Dir=*/Npix=*.parquet")
    }
    whole = marks.keys() & counts.keys() & written
    for name, path in (*marks.items(), *counts.items()):
        if name not in whole:
            path.unlink()


def _resumed(target: Path, run: dict[str, Any], restart: bool) -> bool:
    """Return whether the output goes on; refuse where it is of another run."""
    note = target.with_name(f"{target.name}{MANIFEST}")
    there = note.exists() and target.exists()
    if there and not restart and read_json(note) != run:
        raise LctransferError(
            f"{target} is of another run (model, source or level differ). Give --restart, or another name."
        )
    if target.exists() and not note.exists():
        raise LctransferError(f"{target} holds something else: choose another name to write to.")
    write_json(note, run)
    if there and not restart:
        tidy(target)
    return there and not restart


def _libraries() -> tuple[Any, Any]:
    try:
        import lsdb
        from dask.distributed import Client
    except ImportError:
        raise LctransferError("HATS catalogues need LSDB: pip install 'lctransfer[lsdb]'.") from None
    return lsdb, Client
