"""Catalogues in HATS, the sky cut into partitions: one pure function over each, by LSDB and Dask."""

import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from lctransfer.classifier.model import FittedModel, open_model
from lctransfer.classifier.partition import classify_partition
from lctransfer.errors import LctransferError
from lctransfer.files import read_json, write_json
from lctransfer.table.light_curves import EPOCH_COLUMNS

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


def classify_hats(
    model: str | Path,
    source: str,
    target: Path,
    *,
    level: float = 0.9,
    workers: int = 1,
    scheduler: str = "",
    restart: bool = False,
) -> None:
    """Write the catalogue of a HATS catalogue of light curves as a HATS catalogue; what is there already is kept.

    Parameters
    ----------
    model : str or Path
        See `lctransfer.classifier.model.open_model`; workers elsewhere must see the same folder.
    source : str
        ``hats://`` and a path or an address that LSDB opens.
    target : Path
        Folder of the new catalogue.
    level : float
        Of the conformal sets.
    workers : int
        Processes on this machine, where no scheduler is named.
    scheduler : str
        Address of a Dask scheduler, such as ``tcp://node:8786``.
    restart : bool
        Begin anew where there is something of another run.

    Raises
    ------
    LctransferError
        If LSDB is not installed, the catalogue cannot be opened, or the output is of another run.
    """
    lsdb, client_of = _libraries()
    fitted, path = open_model(model), source.removeprefix(PREFIX)
    run = {"model": fitted.digest or str(model), "source": path, "conformal_level": level}
    resume = _resumed(target, run, restart)
    try:
        catalogue = lsdb.open_catalog(path)
    except (OSError, ValueError) as error:
        raise LctransferError(
            f"{source} cannot be opened as a HATS catalogue: {' '.join(str(error).split())}"
        ) from None
    positions = [catalogue.hc_structure.catalog_info.ra_column, catalogue.hc_structure.catalog_info.dec_column]
    catalogue.margin = None  # a star near an edge is classified once
    meta = classify_frame(catalogue.meta, str(model), level, positions)
    rows = catalogue.map_partitions(classify_frame, str(model), level, positions, meta=meta)
    options = {"resume": resume, "overwrite": not resume, "catalog_name": target.name, "as_collection": False}
    with client_of(scheduler) if scheduler else client_of(n_workers=workers, threads_per_worker=1) as client:
        sys.stderr.write(
            f"lctransfer: {len(catalogue.get_healpix_pixels())} partitions; dashboard {client.dashboard_link}\n"
        )
        rows.write_catalog(target, addl_hats_properties={"lctransfer_model": run["model"]}, **options)


def classify_frame(frame: pd.DataFrame, model: str, level: float, positions: list[str]) -> pd.DataFrame:
    """Return the rows of one partition with its own columns of position, on its own index; may be empty.

    Parameters
    ----------
    frame : DataFrame
        Light curves: ``source_id`` and the lists ``time``, ``mag``, ``mag_err``; or any form that
        `lctransfer.table.reading.read_light_curves` knows.
    model : str
        Where the model is.
    level : float
        Of the conformal sets.
    positions : list of str
        Columns of right ascension and declination, which a HATS catalogue must keep.

    Raises
    ------
    LctransferError
        Naming the partition by its first index.
    """
    fitted = _model(model)
    try:
        found = _classified(frame, fitted, level)
    except LctransferError as error:
        first = frame.index[0] if len(frame) else "empty"
        raise LctransferError(
            f"The partition that begins at HEALPix index {first} cannot be classified: {error}"
        ) from None
    own = frame.loc[:, [name for name in positions if name not in found]]
    return pd.concat([found, own.loc[~own.index.duplicated()].reindex(found.index)], axis=1)


def _classified(frame: pd.DataFrame, model: FittedModel, level: float) -> pd.DataFrame:
    if {"source_id", *EPOCH_COLUMNS} <= set(frame.columns) or set(model.inputs) <= set(frame.columns):
        return classify_partition(pd.DataFrame(frame), model, level=level)
    if not len(frame):
        empty = pa.table({"source_id": pa.array([], pa.string()), "band": pa.array([], pa.string())})
        for name in EPOCH_COLUMNS:
            empty = empty.append_column(name, pa.array([], pa.list_(pa.float64())))
        return classify_partition(empty.to_pandas(types_mapper=pd.ArrowDtype), model, level=level).set_axis(frame.index)
    return _other_form(frame, model, level)


def _other_form(frame: pd.DataFrame, model: FittedModel, level: float) -> pd.DataFrame:
    """Read a frame through the door, and put its rows (one per source and band) on the index of their sources."""
    from lctransfer.table.reading import read_light_curves

    numbered = pd.DataFrame(frame).assign(_row=range(len(frame)))
    read = read_light_curves(numbered)
    names = [name for name in ("source_id", "band", *EPOCH_COLUMNS, "_row") if name in read.column_names]
    read = read.select(names).sort_by([("_row", "ascending")])
    if "band" not in names:
        read = read.append_column("band", pa.nulls(len(read), pa.string()))
    found = classify_partition(read.drop_columns("_row").to_pandas(types_mapper=pd.ArrowDtype), model, level=level)
    return found.set_axis(frame.index[read["_row"].to_numpy()])


@lru_cache(maxsize=1)
def _model(folder: str) -> FittedModel:
    """Return the model of a folder, once for each process."""
    return open_model(folder)


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
    return there and not restart


def _libraries() -> tuple[Any, Any]:
    try:
        import lsdb
        from dask.distributed import Client
    except ImportError:
        raise LctransferError("HATS catalogues need LSDB: pip install 'lctransfer[lsdb]'.") from None
    return lsdb, Client
