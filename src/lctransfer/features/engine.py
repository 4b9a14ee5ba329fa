"""The batch engine: light-curve tables in, feature tables out, on as many cores as there are, in bounded memory."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lctransfer.config import Features
from lctransfer.errors import LctransferError, one_line, pass_on_limits
from lctransfer.features import both, lctransfer, upsilon
from lctransfer.features.cleaning import clean, durations_days, quality_flags, ranges
from lctransfer.features.compiled import announce_compiling
from lctransfer.features.curves import in_order
from lctransfer.features.sampling import loose_cadences, nyquist_frequencies
from lctransfer.features.search import search
from lctransfer.files import replacing
from lctransfer.parquet import batches, parquet_in_pieces
from lctransfer.progress import track
from lctransfer.table.light_curves import EPOCH_COLUMNS, READ, Ragged, ragged, validate

SETS = {"upsilon": upsilon, "lctransfer": lctransfer, "both": both}
"""Name of each feature set and its module: ``NAMES``, ``DIAGNOSTICS``, ``rows``."""
BATCH_ROWS = 64
"""Light curves per unit of work: a tenth of a second, a megabyte."""
AHEAD = 4
"""Batches per thread in memory, so that none waits for another's long light curves."""
WARNINGS = {
    "repeated_epochs": "epochs equal to another one in time, magnitude and error were dropped",
    "amplitude_beyond_range": "the amplitude is larger than the range of the magnitudes: too few epochs hold the fit",
    "period_beyond_duration": "less than one cycle was seen",
    "even_cadence": "epochs are evenly sampled: periods shorter than twice the cadence were not searched",
    "loose_cadence": "epochs nearly keep a cadence; a period below twice that may be an alias of a longer one",
}
"""Each word of the column ``warnings``, and what it says. They stand beside ``flag``, not in it, as what is flagged is
left out: a Mira with a longer trend is still a Mira, and the released network learnt from such periods."""
GROUP_ROWS = 8192
"""Rows per row group of a feature file."""


def extract(table: pa.Table, settings: Features, *, threads: int = 1) -> pa.Table:
    """Return the features of every light curve of a table.

    Parameters
    ----------
    table : pyarrow.Table
        Light-curve table; see `lctransfer.table.light_curves`.
    settings : Features
        Which set, and the period search.
    threads : int
        Cores to use, all if below 1; the result does not depend on it.

    Returns
    -------
    pyarrow.Table
        The same rows in the same order: all columns but the epochs, then ``n_epochs`` (used), ``n_dropped`` (not used)
        and of these ``n_repeated`` (equal to another in time, magnitude and error), ``duration_days``, ``median_mag``,
        the features, the diagnostics of the period, ``flag``: ``ok``, or why features are null, and ``warnings``: what
        is doubtful about features that are there, words of `WARNINGS` with commas between.

    Raises
    ------
    LctransferError
        If the table is no light-curve table, or has a column that this function writes.
    """
    table = validate(table)
    batches = (table.slice(start, BATCH_ROWS) for start in range(0, max(len(table), 1), BATCH_ROWS))
    with track(total=len(table), desc="features", unit="star") as bar:
        return pa.concat_tables(extract_stream(batches, settings, threads, bar.update))


def extract_file(
    source: Path,
    target: Path,
    settings: Features,
    *,
    threads: int = 1,
    shard: tuple[int, int] = (1, 1),
    metadata: Mapping[bytes, bytes] | None = None,
) -> None:
    """Write the features of a Parquet file of light curves to another, a few batches in memory at a time.

    Parameters
    ----------
    source, target : Path
        Light-curve table, feature table; see `extract`.
    settings : Features
        Which set, and the period search.
    threads : int
        Cores to use, all if below 1; the result does not depend on it.
    shard : (int, int)
        Which part of how many: the rows are divided into contiguous parts, which joined are the whole.
    metadata : dict, optional
        For the feature table's schema, such as how the light curves were read.

    Raises
    ------
    LctransferError
        If `source` is missing, is not Parquet, or is no light-curve table.
    """
    try:
        file = parquet_in_pieces(source)
        rows = _rows(file.metadata.num_rows, shard)
        with file, replacing(target) as aside, track(total=len(rows), desc="features", unit="star") as bar:
            results = extract_stream(_batches(file, source, rows), settings, threads, bar.update)
            _write(aside, results, metadata)
    except FileNotFoundError:
        raise LctransferError(f"There is no file {source}. Check the path, or run the stage that writes it.") from None
    except (pa.ArrowException, UnicodeDecodeError) as error:
        pass_on_limits(error)
        raise LctransferError(f"{source} cannot be read as Parquet: {one_line(error)}") from None


def _rows(n_rows: int, shard: tuple[int, int]) -> range:
    part, parts = shard
    return range(n_rows * (part - 1) // parts, n_rows * part // parts)


def _batches(file: pq.ParquetFile, source: Path, rows: range) -> Iterator[pa.Table]:
    """Yield an empty table, which has the columns, then the light curves of `rows`."""
    schema = file.schema_arrow
    yield validate(pa.Table.from_arrays([pa.nulls(0, kind) for kind in schema.types], schema=schema), str(source))
    for batch in batches(file, str(source), BATCH_ROWS, rows=rows, use_threads=False):
        yield validate(pa.Table.from_batches([batch]), str(source))


def _write(path: Path, tables: Iterator[pa.Table], metadata: Mapping[bytes, bytes] | None = None) -> None:
    waiting = [next(tables)]
    schema = waiting[0].schema.with_metadata({**(waiting[0].schema.metadata or {}), **(metadata or {})})
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for table in tables:
            waiting.append(table)
            if sum(map(len, waiting)) >= GROUP_ROWS:
                writer.write_table(pa.concat_tables(waiting))
                waiting = []
        if waiting:
            writer.write_table(pa.concat_tables(waiting))


def extract_stream(
    batches: Iterable[pa.Table], settings: Features, threads: int, advance: Callable[[int], object]
) -> Iterator[pa.Table]:
    """Yield the features of each batch of validated light curves in order, with a few batches per thread in memory.

    Parameters
    ----------
    batches : iterable of pyarrow.Table
        A few light curves each: what one thread computes at a time.
    settings : Features
        Which set, and the period search.
    threads : int
        Cores to use, all if below 1; the result does not depend on it.
    advance : callable
        Told the number of light curves that are done, batch by batch.
    """
    announce_compiling()
    threads = threads if threads >= 1 else cores()
    with ThreadPoolExecutor(threads) as pool:
        pending: deque = deque()
        for batch in batches:
            pending.append(pool.submit(_extract_batch, batch, settings))
            if len(pending) >= AHEAD * threads:
                yield _done(pending, advance)
        while pending:
            yield _done(pending, advance)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _done(pending: deque, advance: Callable[[int], object]) -> pa.Table:
    table = pending.popleft().result()
    advance(len(table))
    return table


def _extract_batch(table: pa.Table, settings: Features) -> pa.Table:
    """Return the features of a few light curves: what one thread does at a time."""
    kind = SETS[settings.set]
    raw = ragged(table)
    epochs, n_repeated = clean(raw)
    n_epochs = np.diff(epochs.offsets)
    durations = durations_days(epochs)
    values, flags, cadences = _computed(epochs, durations, settings)
    columns = {
        "n_epochs": _numbers(n_epochs),
        "n_dropped": _numbers(np.diff(raw.offsets) - n_epochs),
        "n_repeated": _numbers(n_repeated),
        "duration_days": _numbers(durations, np.isfinite(durations)),
        "median_mag": _numbers(_medians(epochs), n_epochs > 0),
        **{name: _numbers(v, np.isfinite(v)) for name, v in zip((*kind.NAMES, *kind.DIAGNOSTICS), values)},
        "flag": _words(flags),
        "warnings": _words(_warnings(kind.NAMES, values, (n_repeated, durations, ranges(epochs)[2], *cadences))),
    }
    read = [name for name in READ if name in table.column_names]
    return _beside(table.drop_columns([*EPOCH_COLUMNS, *read]), _with_reading(table, columns))


def _with_reading(table: pa.Table, columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """Return the columns with what the reading of somebody's own table dropped and flagged; see `table.reading`."""
    if "read_dropped" in table.column_names:
        dropped = pc.add(columns["n_dropped"], table["read_dropped"].combine_chunks())
        columns["n_dropped"] = dropped
    if "read_flag" in table.column_names and table["read_flag"].null_count < len(table):
        said = table["read_flag"].combine_chunks()
        columns["flag"] = pc.coalesce(said, columns["flag"])
        for name, column in columns.items():
            if name not in ("n_epochs", "n_dropped", "duration_days", "flag"):
                columns[name] = pc.if_else(said.is_valid(), pa.scalar(None, column.type), column)
    return columns


def _medians(epochs: Ragged) -> np.ndarray:
    """Return each row's median magnitude; NaN where there is none."""
    ordered, n = np.append(in_order(epochs.mag, epochs.offsets), np.nan), np.diff(epochs.offsets)
    low, high = epochs.offsets[:-1] + np.maximum(n - 1, 0) // 2, epochs.offsets[:-1] + n // 2
    return np.where(n > 0, 0.5 * ordered[low] + 0.5 * ordered[high], np.nan)  # each half: a sum may overflow


def _computed(epochs: Ragged, durations: np.ndarray, settings: Features) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Return the values (a row per feature), flags, and Nyquist frequencies over loose cadences of usable epochs.

    All light curves are in each call of compiled code: what Python does between, it does for one thread at a time.
    """
    kind, names = SETS[settings.set], (*SETS[settings.set].NAMES, *SETS[settings.set].DIAGNOSTICS)
    flags = quality_flags(epochs, durations, settings)
    sound = np.array([flag == "ok" for flag in flags], bool)
    values, cadences = np.full((len(names), len(flags)), np.nan), np.tile([[np.inf], [0.0]], len(flags))
    if sound.any():
        chosen = epochs if sound.all() else _rows_of(epochs, sound)
        times = chosen.time, chosen.offsets, settings.min_period_days
        cadences[:, sound] = nyquist_frequencies(*times), loose_cadences(*times)
        values[:, sound] = kind.rows(
            chosen, search(settings.min_period_days, settings.oversampling), cadences[0, sound]
        )
    for row in np.flatnonzero(sound & ~np.isfinite(values).all(axis=0)):
        flags[row] = f"undefined_{names[np.flatnonzero(~np.isfinite(values[:, row]))[0]]}"
    return values, flags, cadences


def _rows_of(epochs: Ragged, chosen: np.ndarray) -> Ragged:
    """Return the epochs of the chosen rows."""
    lengths = np.diff(epochs.offsets)
    keep = np.repeat(chosen, lengths)
    return Ragged(epochs.time[keep], epochs.mag[keep], epochs.mag_err[keep], np.cumsum([0, *lengths[chosen]]))


def _warnings(names: tuple[str, ...], values: np.ndarray, known: tuple[np.ndarray, ...]) -> list[str]:
    """Return what is doubtful about each row: the words of `WARNINGS` that hold for it."""
    n_repeated, durations, spans, nyquist, cadence = known
    value = dict(zip(names, values))
    periods = [value["period"]] if "period" in value else []
    periods += [10.0 ** value["log_period"]] if "log_period" in value else []
    amplitude = value.get("amplitude", np.zeros(len(spans)))
    even, loose = np.isfinite(nyquist), np.min(periods, axis=0) < 2.0 * cadence
    holds = (n_repeated > 0, amplitude > spans, periods[0] > durations, even, loose & ~even)
    return [",".join(word for word, here in zip(WARNINGS, row) if here) for row in zip(*holds)]


# Arrow arrays from their parts, since `pyarrow.array` imports pandas: as long as a hundred light curves take.
def _numbers(values: np.ndarray, known: np.ndarray | None = None) -> pa.Array:
    """Return float64 or int64 numbers as an Arrow array, null where not `known`."""
    mask = None if known is None else pa.py_buffer(np.packbits(known, bitorder="little"))
    kind = pa.int64() if values.dtype == np.int64 else pa.float64()
    return pa.Array.from_buffers(kind, len(values), [mask, pa.py_buffer(np.ascontiguousarray(values))])


def _words(words: list[str]) -> pa.Array:
    """Return ASCII words as an Arrow array."""
    ends = np.cumsum([0, *map(len, words)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(words), pa.py_buffer(ends), pa.py_buffer("".join(words).encode()))


def _beside(carried: pa.Table, columns: dict[str, pa.Array]) -> pa.Table:
    clash = [name for name in columns if name in carried.column_names]
    if clash:
        raise LctransferError(
            f"The light-curve table has a column {', '.join(clash)}, which features writes: rename it."
        )
    for name, column in columns.items():
        carried = carried.append_column(name, column)
    return carried
