"""One partition of a HATS catalogue: its files read some rows at a time, whatever its size, and its rows classified."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from lctransfer.classifier.model import BLOCK, FittedModel, open_model
from lctransfer.classifier.partition import classify_partition
from lctransfer.errors import LctransferError, one_line, pass_on_limits
from lctransfer.parquet import UNREADABLE, batches, parquet_in_pieces
from lctransfer.table.light_curves import EPOCH_COLUMNS
from lctransfer.table.opened import is_list_type

CHUNK_ROWS, CHUNK_BYTES = 4 * BLOCK, 64_000_000
"""Rows, and bytes before compression, of what is read at a time at most."""


@dataclass(frozen=True)
class PartitionRun:
    """What all partitions of a run have in common; travels to the workers.

    Attributes
    ----------
    base : str
        Folder or address of the catalogue.
    suffix : str
        Ending of a partition's file; ``/`` where a partition is a folder of files.
    model : str
        Where the model is.
    level : float
        Of the conformal sets.
    positions : tuple of str
        Columns of right ascension and declination, which a HATS catalogue must keep.
    skip_unreadable : bool
        Whether the stars of a partition that fails become rows that say so.
    """

    base: str
    suffix: str
    model: str
    level: float
    positions: tuple[str, ...]
    skip_unreadable: bool = False


def classify_pixel(frame: pd.DataFrame, pixel: Any, run: PartitionRun, meta: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of one partition, which is read from its files in chunks: it may be larger than memory.

    Parameters
    ----------
    frame : DataFrame
        Identifiers and positions of the partition's stars: what is said of them if their light curves cannot be read.
    pixel : hats.pixel_math.HealpixPixel
        Which partition.
    run : PartitionRun
        The same for all partitions.
    meta : DataFrame
        What `classify_frame` returns of an empty frame.

    Raises
    ------
    LctransferError
        Naming the partition, unless it is to be skipped.
    """
    if not len(frame):
        return meta
    try:
        chunks = _chunks(pixel, run, str(frame.index.name))
        return pd.concat([classify_frame(chunk, run.model, run.level, run.positions) for chunk in chunks])
    except (LctransferError, *UNREADABLE) as error:
        pass_on_limits(error)
        if not run.skip_unreadable:
            raise LctransferError(f"The partition {named(pixel)} cannot be classified: {one_line(error)}") from None
        return _unreadable(frame, meta)


def classify_frame(frame: pd.DataFrame, model: str, level: float, positions: tuple[str, ...]) -> pd.DataFrame:
    """Return the rows of some stars with their own columns of position, on their own index; may be empty.

    Parameters
    ----------
    frame : DataFrame
        Light curves: ``source_id`` and the lists ``time``, ``mag``, ``mag_err``; or any form that
        `lctransfer.table.reading.read_light_curves` knows.
    model : str
        Where the model is.
    level : float
        Of the conformal sets.
    positions : sequence of str
        Columns of right ascension and declination.
    """
    found = _classified(frame, _model(model), level)
    own = frame.loc[:, [name for name in positions if name not in found]]
    return pd.concat([found, own.loc[~own.index.duplicated()].reindex(found.index)], axis=1)


def named(pixel: Any) -> str:
    """Return what messages call a partition: the parts of its path."""
    return f"Norder={pixel.order}/Dir={pixel.dir}/Npix={pixel.pixel}"


def files(pixel: Any, base: str, suffix: str) -> list[Any]:
    """Return the paths of a partition's files, in order."""
    from hats.io.paths import pixel_catalog_file

    path = pixel_catalog_file(base, pixel, npix_suffix=suffix)
    return sorted(path.glob("*.parquet"), key=str) if suffix == "/" else [path]


def _chunks(pixel: Any, run: PartitionRun, index: str) -> Iterator[pd.DataFrame]:
    """Yield the rows of a partition, on the index of the catalogue."""
    for path in files(pixel, run.base, run.suffix):
        with path.open("rb") as stream:
            file = parquet_in_pieces(stream)
            for batch in batches(file, str(path), _rows_at_once(file)):
                table = pa.Table.from_batches([batch]).replace_schema_metadata()
                yield table.to_pandas(types_mapper=pd.ArrowDtype).set_index(index)


def _rows_at_once(file: pq.ParquetFile) -> int:
    """Return how many rows to read: whole blocks of predictions where they are short, all where a row is an epoch."""
    groups = [file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups)]
    rows = max(file.metadata.num_rows, 1)
    if not any(is_list_type(kind) or pa.types.is_struct(kind) for kind in file.schema_arrow.types):
        return rows
    fit = int(min(CHUNK_ROWS, CHUNK_BYTES * rows // max(sum(groups), 1)))
    return fit // BLOCK * BLOCK or max(fit, 1)


def _unreadable(frame: pd.DataFrame, meta: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each star that says that it could not be read."""
    rows = meta.reindex(frame.index)
    for name in meta.columns.intersection(frame.columns):
        rows[name] = frame[name]
    return rows.assign(flag="unreadable").astype(meta.dtypes)


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
    return found.set_axis(frame.index[np.asarray(read["_row"])])


@lru_cache(maxsize=1)
def _model(folder: str) -> FittedModel:
    """Return the model of a folder, once for each process."""
    return open_model(folder)
