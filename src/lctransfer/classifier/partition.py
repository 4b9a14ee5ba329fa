"""One pure function from stars to catalogue rows: what the verb, Snakemake and LSDB all map over their parts."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from lctransfer.classifier.columns import PERIODS, answers, catalogue_schema
from lctransfer.classifier.model import BLOCK, FittedModel
from lctransfer.classifier.star_table import flag_undefined, given_flags, undefined
from lctransfer.errors import LctransferError
from lctransfer.features.engine import extract_stream
from lctransfer.table.light_curves import EPOCH_COLUMNS, validate

BATCH_ROWS = 64
AHEAD = 2
"""Blocks per thread that wait to be written."""


def classify_partition(frame: pd.DataFrame | pa.Table, model: FittedModel, *, level: float = 0.9) -> Any:
    """Return the catalogue rows of some stars: one per row, in their order.

    Parameters
    ----------
    frame : DataFrame or pyarrow.Table
        Light curves (``source_id`` and the lists ``time`` [d], ``mag``, ``mag_err`` [mag]) or features; may be empty.
    model : FittedModel
        See `lctransfer.classifier.model.open_model`.
    level : float
        Of the conformal sets.

    Returns
    -------
    DataFrame or pyarrow.Table
        Of the same kind, with the columns of `lctransfer.classifier.columns`; a DataFrame keeps its index. What a row
        says depends on that row alone.

    Raises
    ------
    LctransferError
        If a column is missing.
    """
    if isinstance(frame, pd.DataFrame):
        found = classify_partition(pa.Table.from_pandas(frame, preserve_index=False), model, level=level).to_pandas(
            types_mapper=pd.ArrowDtype
        )
        return found.set_axis(frame.index)
    with_epochs = {"time", "mag"} <= set(frame.column_names)
    names = validate(frame.slice(0, 0)).column_names if with_epochs else frame.column_names
    parts = (frame.slice(start, BATCH_ROWS) for start in range(0, max(len(frame), 1), BATCH_ROWS))
    return pa.concat_tables(classify_stream(map(validate, parts) if with_epochs else parts, names, model, level=level))


def classify_stream(
    batches: Iterable[pa.Table],
    names: list[str],
    model: FittedModel,
    *,
    level: float = 0.9,
    threads: int = 1,
    advance: Callable[[int], object] = int,
) -> Iterator[pa.Table]:
    """Yield the catalogue rows of a stream of stars in order, about `BLOCK` at a time, in bounded memory.

    Parameters
    ----------
    batches : iterable of pyarrow.Table
        A few validated light curves each, or rows of features.
    names : list of str
        Columns of the batches.
    model, level
        See `classify_partition`.
    threads : int
        Cores; no bit depends on it.
    advance : callable
        Told the number of stars that are done, block by block.
    """
    schema = catalogue_schema(model, names, level)
    with ThreadPoolExecutor(threads) as pool:
        pending: deque = deque()
        for block in feature_blocks(batches, names, model, threads):
            pending.append(pool.submit(catalogue_rows, block, model, schema, level))
            if len(pending) >= AHEAD * threads:
                yield _done(pending, advance)
        while pending:
            yield _done(pending, advance)


def feature_blocks(
    batches: Iterable[pa.Table], names: list[str], model: FittedModel, threads: int = 1
) -> Iterator[pa.Table]:
    """Yield the features of a stream of stars in order, `BLOCK` at a time; see `classify_stream`."""
    if set(EPOCH_COLUMNS) <= set(names):
        batches = extract_stream(batches, model.features, threads, int)
    return _blocks(batches)


def catalogue_rows(features: pa.Table, model: FittedModel, schema: pa.Schema, level: float) -> pa.Table:
    """Return the catalogue rows of a block of features; see `classify_partition`."""
    missing = [name for name in model.inputs if name not in features.column_names]
    if missing:
        raise LctransferError(f"The table lacks the features {', '.join(missing)}, which the model needs.")
    X = features.select(model.inputs).to_pandas().astype(float)
    flags = _flags(features, X)
    sound = flags == "ok"
    found = answers(model, *model.predict(X[sound]), level)
    told = {"flag": pa.array(flags, pa.string()), **_measured(features)}
    columns = []
    for field in schema:
        if field.name in found:
            whole = np.full(len(features), None, dtype=object)
            whole[sound] = found[field.name]
            columns.append(pa.array(whole, field.type))
        else:
            column = told.get(field.name, features[field.name] if field.name in features.column_names else None)
            columns.append(pa.nulls(len(features), field.type) if column is None else _cast(column, field))
    return pa.Table.from_arrays(columns, schema=schema)


def _cast(column: pa.ChunkedArray, field: pa.Field) -> pa.ChunkedArray:
    try:
        return column.cast(field.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise LctransferError(
            f"Column {field.name} of the stars holds {column.type}, and must hold {field.type}: cast it, or drop it."
        ) from None


def _blocks(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Yield the rows of a stream `BLOCK` at a time; an empty table where there are none."""
    waiting: list[pa.Table] = []
    rows, some = 0, False
    for table in tables:
        waiting.append(table)
        rows += len(table)
        while rows >= BLOCK:
            joined = pa.concat_tables(waiting)
            yield joined.slice(0, BLOCK)
            waiting, rows, some = [joined.slice(BLOCK)], rows - BLOCK, True
    if waiting and (rows or not some):
        yield pa.concat_tables(waiting)


def _done(pending: deque, advance: Callable[[int], object]) -> pa.Table:
    table = pending.popleft().result()
    advance(len(table))
    return table


def _flags(features: pa.Table, X: pd.DataFrame) -> np.ndarray:
    """Return the features' own flags, and the first input that is missing where these say nothing."""
    told = features["flag"].to_pylist() if "flag" in features.column_names else [None] * len(X)
    flags = given_flags(told)
    return flag_undefined(flags, undefined(X.to_numpy()), X.columns)


def _measured(features: pa.Table) -> dict[str, pa.ChunkedArray]:
    """Return what the features say of each star beside its class, where they do."""
    wanted: dict[str, tuple[str, ...]] = {"n_epochs": ("n_epochs",), "period_days": PERIODS}
    wanted |= {"amplitude_mag": ("amplitude",), "median_mag": ("median_mag",)}
    found = {}
    for name, sources in wanted.items():
        there = next((source for source in sources if source in features.column_names), None)
        if there:
            found[name] = features[there]
    return found
