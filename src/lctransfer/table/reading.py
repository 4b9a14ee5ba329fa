"""The door: light curves of whatever form become the table that everything else takes, or are refused in a sentence."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypedDict, Unpack

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lctransfer.errors import LctransferError, one_line, pass_on_limits
from lctransfer.files import protecting, replacing
from lctransfer.parquet import UNREADABLE
from lctransfer.table.account import Account
from lctransfer.table.canonical import ALL_BANDS, BEST_BAND, Reading
from lctransfer.table.columns import parse
from lctransfer.table.hidden_bands import check_unnamed_bands
from lctransfer.table.labels import Labels, check_radius, read_labels
from lctransfer.table.opening import open_table
from lctransfer.table.plausibility import PlausibilityCheck
from lctransfer.table.rows import from_rows
from lctransfer.table.sources import Context, from_lists, warn_of_duplicates
from lctransfer.table.understanding import understand
from lctransfer.table.vocabularies import known_words


class Further(TypedDict, total=False):
    """Keywords of `read_light_curves` beside the common ones."""

    labels_position: float
    vocabulary: str
    quality: bool


def read_light_curves(
    source: Any,
    form: str | None = None,
    columns: str | Mapping[str, str] | None = None,
    band: str | None = None,
    labels: str | Path | None = None,
    **further: Unpack[Further],
) -> pa.Table:
    """Return light curves as the table that features, evaluation and classifiers take.

    Parameters
    ----------
    source : str, Path, or a table in memory
        A file (Parquet, feather, CSV or other text, also gzipped, ECSV, FITS, VOTable), a folder (of Parquet parts, or
        of a file per source), a pandas or nested-pandas frame, an Arrow table, an astropy Table or TimeSeries, or a
        lightkurve object. Rows hold lists of epochs, or are epochs.
    form : str, optional
        Name of a form (`lctransfer.table.forms.FORMS`), where the columns do not tell.
    columns : str or dict, optional
        What columns mean, with units where needed: ``"time=mjd,mag=psfmag"``, ``{"flux": "f[mJy]"}``. The meanings are
        ``source_id, time, mag, mag_err, flux, flux_err, snr, band, label, ra_deg, dec_deg, period_days``.
    band : str, optional
        One band; ``"best"``: each source's band with most epochs; by default a row per source and band.
    labels : str or Path, optional
        A table of identifiers and labels, matched by identifier.
    labels_position : float, optional
        Match the labels by position instead: the largest separation in arc seconds.
    vocabulary : str, optional
        Whose words the labels are: words that look like missing ones are then kept.
    quality : bool, optional
        Whether the form's own cuts on quality flags are applied.

    Returns
    -------
    pyarrow.Table
        A row per source and band: ``source_id`` (text), ``band`` (where there is one), the lists ``time`` [d], ``mag``
        and ``mag_err`` [mag] in order of time, ``label``, ``ra_deg``, ``dec_deg``, ``period_days`` where there are any,
        further columns with one value per row, ``read_dropped`` (epochs dropped while reading) and ``read_flag``
        (null, or what is wrong with the row). What was recognised and dropped stands in the schema's metadata.

    Raises
    ------
    LctransferError
        In a sentence: what was found, where, and what to write instead.

    Examples
    --------
    >>> stars = {"id": ["a", "a", "b"], "mjd": [51544.0, 51545.0, 51544.0], "mag": [12.1, 99.99, 13.0]}
    >>> table = read_light_curves(pa.table({**stars, "magerr": [0.1, 9.99, 0.1]}))
    >>> table.select(["source_id", "mag", "read_dropped"]).to_pylist()
    [{'source_id': 'a', 'mag': [12.1], 'read_dropped': 1}, {'source_id': 'b', 'mag': [13.0], 'read_dropped': 0}]
    """
    asked = Reading(form or "", columns or "", band or "", labels or "", **further)
    return read(source, asked)[0]


def read(source: Any, asked: Reading) -> tuple[pa.Table, Account]:
    """Return what `read_light_curves` returns, and the account of it."""
    account = Account()
    tables = list(stream(source, asked, account))
    table = pa.concat_tables(tables, promote_options="default")
    if asked.band == BEST_BAND:
        table = _best(table)
    return table.replace_schema_metadata(account.metadata), account


def write(source: Any, target: Path, asked: Reading) -> Account:
    """Write light curves as Parquet, in bounded memory, whole or not at all; the account stands in its metadata.

    It is not compressed: verbs read it once, and compressing takes longer than writing.

    Raises
    ------
    LctransferError
        As `read_light_curves` does.
    """
    held = [source] if isinstance(source, str | Path) else []
    with protecting([*held, asked.labels]):
        return _write(source, target, asked)


def _write(source: Any, target: Path, asked: Reading) -> Account:
    if asked.band == BEST_BAND:
        table, account = read(source, asked)
        with replacing(target) as aside:
            pq.write_table(table, aside, compression="none")
        return account
    account = Account()
    with replacing(target) as aside:
        tables = stream(source, asked, account)
        first = next(tables)
        with (
            pq.ParquetWriter(aside, first.schema, compression="none", use_dictionary=["band", "label"]) as writer,
            ThreadPoolExecutor(1) as beside,
        ):
            writing = beside.submit(writer.write_table, first)
            for table in tables:  # the next batch is made while the last one is written
                writing.result()
                writing = beside.submit(writer.write_table, table)
            writing.result()
            writer.add_key_value_metadata(account.metadata)
    return account


def stream(source: Any, asked: Reading, account: Account) -> Iterator[pa.Table]:
    """Yield light curves in batches, at least one; the last check comes at the end, and may refuse it all.

    Parameters
    ----------
    source : path or table in memory
        See `read_light_curves`.
    asked : Reading
    account : Account
        Filled on the way.
    """
    try:
        yield from _stream(source, asked, account)
    except UNREADABLE as error:
        pass_on_limits(error)
        where = source if isinstance(source, str | Path) else "The table"
        raise LctransferError(f"{where} cannot be read: {one_line(error)}") from None
    except UnicodeDecodeError as error:
        where = source if isinstance(source, str | Path) else "The table"
        raise LctransferError(f"{where} holds text that is not UTF-8 ({error.object[:30]!r}): is it damaged?") from None


def _stream(source: Any, asked: Reading, account: Account) -> Iterator[pa.Table]:
    opened = open_table(source)
    given = parse(asked.columns)
    table = understand(opened, asked.form, given, quality=asked.quality)
    account.understood(table)
    first = table.groups[0].columns
    time = first["time"].column
    kind = opened.schema.field(time).type if time in opened.schema.names else pa.float64()
    plausibility = PlausibilityCheck(
        table.where,
        time,
        first[_value(first)].column,
        next((first[name].column for name in ("mag_err", "flux_err", "snr") if name in first), "none"),
        is_flux="flux" in first,
        float32_time=_is_float32(kind),
        system=table.time_system,
    )
    labels = _labels(asked, account)
    context = Context(opened, table, plausibility, labels, account, known_words(asked.vocabulary))
    if "band" not in given:
        check_unnamed_bands(context)
    if table.lists:
        warn_of_duplicates(context)
    made = None
    for made in from_lists(context) if table.lists else from_rows(context):
        chosen = _of_band(made, asked.band)
        account.rows += len(chosen)
        account.example = account.example or next(iter(made["source_id"].to_pylist()[:1]), "")
        yield chosen
    if made is None:
        raise LctransferError(f"{table.where} holds no row.")
    account.notes += plausibility.findings()
    account.finish(opened, labels)
    _check_band(asked.band, account, table.where)


def _value(columns: Mapping[str, Any]) -> str:
    return "flux" if "flux" in columns else "mag"


def _is_float32(kind: pa.DataType) -> bool:
    inner = kind.value_type if hasattr(kind, "value_type") and not pa.types.is_dictionary(kind) else kind
    return pa.types.is_float32(inner) or pa.types.is_float16(inner)


def _labels(asked: Reading, account: Account) -> Labels | None:
    check_radius(asked.labels, asked.labels_position)
    if not asked.labels:
        return None
    return read_labels(asked.labels, asked.labels_position, known_words(asked.vocabulary), account.missing_words)


def _of_band(table: pa.Table, band: str) -> pa.Table:
    """Return the rows of one band; all of them unless one is named."""
    if band in ("", ALL_BANDS, BEST_BAND) or "band" not in table.column_names:
        return table
    return table.filter(pa.array([one == band for one in table["band"].to_pylist()], pa.bool_()))


def _check_band(band: str, account: Account, where: str) -> None:
    if band in ("", ALL_BANDS):
        return
    if not account.bands:
        raise LctransferError(f"{where} names no bands: leave --band out, or name the column, --columns band=COLUMN.")
    if band != BEST_BAND and band not in account.bands:
        known = ", ".join(f"{name} ({count} light curves)" for name, count in sorted(account.bands.items()))
        raise LctransferError(f"{where} has no band {band!r}; it has {known}. Or say best, or all.")


def _best(table: pa.Table) -> pa.Table:
    """Return of each source the row with most epochs, the first of equals, in the order of the table."""
    lengths = np.diff(table["time"].combine_chunks().offsets.to_numpy())
    best: dict[str, int] = {}
    for row, name in enumerate(table["source_id"].to_pylist()):
        if name not in best or lengths[row] > lengths[best[name]]:
            best[name] = row
    return table.take(sorted(best.values()))
