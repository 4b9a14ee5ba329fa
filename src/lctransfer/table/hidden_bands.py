"""Columns under an unknown name that may be bands: refused where a star's magnitudes differ by them, else said."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lctransfer.errors import LctransferError
from lctransfer.table import sentinels, units
from lctransfer.table.account import Account
from lctransfer.table.column_units import is_list, kind_of_text
from lctransfer.table.columns import plain, without_unit
from lctransfer.table.epochs import numbers
from lctransfer.table.opened import FILE_COLUMN
from lctransfer.table.sources import Context, batches, whole
from lctransfer.table.text import NUMBER

if TYPE_CHECKING:  # loaded where a table has such columns, which few have: 40 MB
    import pandas as pd

SOURCE, MAG = "\0source", "\0mag"
"""Names that no column of a table has."""
MOST_VALUES = 12
"""A column of more values holds no bands."""
SAMPLE_SOURCES, SAMPLE_EPOCHS = 2000, 1_000_000
FEWEST_EPOCHS = 3
"""Epochs of one value in one star from which its median magnitude counts."""
LEAST_OFFSET = 0.1
"""Magnitudes between the medians of two values, from which mixing them spoils features."""
SIGNIFICANT = 5.0
"""Standard errors of an offset from which it is no chance."""
FEWEST_SOURCES = 5
"""Sources whose offsets are compared together."""
MOST_SOURCES = 0.5
"""Share of the sources with an offset of their own from which the column is refused."""
QUALITY = ("flag", "qual", "limit", "grade")
"""Words in the names of columns that say how good an epoch is."""
NOT_BANDS = ("camera", "cam", "ccd", "chip", "site", "telescope", "instrument", "observer", "field", "note", "comment")
"""Words in the names of columns that say what they hold: no note is due."""


def check_unnamed_bands(context: Context) -> None:
    """Read the columns that may be bands ahead of all others, and note or refuse them.

    Raises
    ------
    LctransferError
        If the magnitudes of most stars differ by the values of such a column, with what to write.
    """
    if any(group.band or "band" in group.columns for group in context.table.groups):
        return
    candidates = _candidates(context)
    if not candidates:
        return
    known = list(context.opened.unreadable)
    frame = _sampled(context, candidates)
    context.opened.unreadable[:] = known
    for column in candidates:
        if column in frame:
            _check(column, frame[[SOURCE, MAG, column]].dropna(), context)


def _candidates(context: Context) -> list[str]:
    """Return the columns of texts or small whole numbers, one per epoch, that nothing uses."""
    opened, table = context.opened, context.table
    used = {one.column for group in table.groups for one in group.columns.values()}
    time = table.groups[0].columns["time"].column
    struct = without_unit(time).rpartition(".")[0]
    found = []
    for name in opened.schema.names:
        if name in used or name == FILE_COLUMN or without_unit(name).rpartition(".")[0] != struct:
            continue
        if any(word in plain(name) for word in QUALITY) or is_list(opened, name) != table.lists:
            continue
        is_text = opened.is_text
        if (
            _text_may_name_bands(opened.sample.get(name, ""))
            if is_text
            else _may_name_bands(opened.schema.field(name).type)
        ):
            found.append(name)
    return found


def _text_may_name_bands(text: str) -> bool:
    """Tell whether a field of a text file is neither a measurement nor a date: a word, or a number of one digit."""
    return not kind_of_text(text) and (bool(re.fullmatch(r"\d", text)) or not NUMBER.fullmatch(text))


def _may_name_bands(kind: pa.DataType) -> bool:
    for holder in (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list, pa.types.is_dictionary):
        kind = kind.value_type if holder(kind) else kind
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind)


def _sampled(context: Context, candidates: list[str]) -> "pd.DataFrame":
    """Return source, magnitude and candidates of few values, of all epochs of the first sources."""
    import pandas as pd

    values: dict[str, set] = {name: set() for name in candidates}
    parts: list[pd.DataFrame] = []
    for batch in _epochs(context, candidates):
        for name in list(values):
            values[name] |= set(batch[name].dropna().unique()[: MOST_VALUES + 1])
            if len(values[name]) > MOST_VALUES:
                del values[name]
        parts.append(batch[[SOURCE, MAG, *values]])
        if not values or sum(map(len, parts)) > SAMPLE_EPOCHS:
            break
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return frame[[SOURCE, MAG, *(name for name in values if len(values[name]) > 1)]] if len(frame) else frame


def _epochs(context: Context, candidates: list[str]) -> Iterator["pd.DataFrame"]:
    """Yield number of the source, magnitude and candidates of every epoch of the first sources, batch by batch."""
    import pandas as pd

    quiet = context._replace(account=Account())
    columns = context.table.groups[0].columns
    source, value = columns["source_id"].column, columns["flux" if "flux" in columns else "mag"].column
    sources: dict[object, int] = {}
    for raw in batches(quiet, list(dict.fromkeys([source, value, *candidates])), [value]):
        held = {name: whole(raw[name]) for name in raw.column_names}
        number = _numbered(held.pop(source), sources)
        if context.table.lists:
            lengths = {name: _lengths(column) for name, column in held.items()}
            number = np.where([len({*row}) == 1 for row in zip(*lengths.values())], number, -1)
            known = pa.array(number >= 0)
            number = np.repeat(number, lengths[value])[np.repeat(number >= 0, lengths[value])]
            held = {name: column.filter(known).flatten() for name, column in held.items()}
        else:
            held = {name: column.filter(pa.array(number >= 0)) for name, column in held.items()}
            number = number[number >= 0]
        mag = _magnitudes(numbers(held[value], value, quiet.account.dropped), context)
        texts = {name: _texts(held[name]) for name in candidates}
        yield pd.DataFrame({SOURCE: number, MAG: mag, **texts}).dropna(subset=[MAG])


def _numbered(column: pa.Array, sources: dict[object, int]) -> np.ndarray:
    """Return the number of each value among the first sources, -1 for the others; `sources` is filled on the way."""
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    names = coded.dictionary.to_pylist()
    for name in names[:SAMPLE_SOURCES]:
        if len(sources) < SAMPLE_SOURCES and name is not None:
            sources.setdefault(name, len(sources))
    number = np.array([*(sources.get(name, -1) for name in names), -1])
    return number[coded.indices.fill_null(len(names)).to_numpy(zero_copy_only=False)]


def _lengths(lists: pa.Array) -> np.ndarray:
    return pc.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False)


def _texts(array: pa.Array) -> "pd.Series":
    texts = array.to_pandas()
    return texts.astype(object).where(texts.notna() & (texts.astype(str).str.strip() != ""))


@np.errstate(invalid="ignore", divide="ignore")
def _magnitudes(values: np.ndarray, context: Context) -> np.ndarray:
    """Return magnitudes, NaN where there is none that can be."""
    table = context.table
    if "flux" in table.groups[0].columns:
        return units.to_magnitudes(values, values, table.zero_point or 0.0)[0]
    values = values * table.mag_factor
    return np.where((values > sentinels.USABLE_MAG[0]) & (values < sentinels.USABLE_MAG[1]), values, np.nan)


def _check(column: str, frame: "pd.DataFrame", context: Context) -> None:
    """Note a column whose values change within a star; refuse it where magnitudes differ by them."""
    import pandas as pd

    groups = frame.groupby([SOURCE, column], sort=True)[MAG].agg(["median", "std", "count"])
    groups = groups[groups["count"] >= FEWEST_EPOCHS].reset_index()
    changing = int((frame.groupby(SOURCE)[column].nunique() > 1).sum())
    if not changing:
        return
    where, shown = context.table.where, ", ".join(map(str, sorted(frame[column].unique(), key=str)))
    first, second, offsets, errors = _offsets(groups, column)
    if _differ(offsets, errors):
        raise LctransferError(
            f"{where}: magnitudes of the same star differ by {column} ({shown}), by {np.median(np.abs(offsets)):.2g} "
            f"mag between {first} and {second} in {len(offsets)} stars. If it is the band, write --columns "
            f"band={column}; if not, and all epochs of a star are to be taken together, band=none."
        )
    text = not pd.api.types.is_integer_dtype(frame[column].infer_objects().dtype)
    text = text and not all(str(one).isdigit() for one in frame[column].unique())
    if text and not any(word in plain(column) for word in NOT_BANDS):
        context.account.notes.append(
            f"{column} changes within {changing} stars ({shown}) and is not used: is it the band? Then write --columns "
            f"band={column}; band=none says that it is not."
        )


def _offsets(groups: "pd.DataFrame", column: str) -> tuple[object, object, np.ndarray, np.ndarray]:
    """Return the two values that most stars have, and of each such star the offset between them and its error."""
    common = groups[column].value_counts(sort=False).sort_index().nlargest(2, keep="first").index.tolist()
    if len(common) < 2:
        return None, None, np.zeros(0), np.zeros(0)
    pair = groups[groups[column].isin(common)].pivot(index=SOURCE, columns=column)
    pair = pair.dropna()
    one, two = common
    offsets = (pair["median", one] - pair["median", two]).to_numpy()
    variance = sum(pair["std", value] ** 2 / pair["count", value] for value in common)
    return one, two, offsets, np.sqrt(np.asarray(variance))


def _differ(offsets: np.ndarray, errors: np.ndarray) -> bool:
    """Tell whether offsets are large and no chance: in most stars by themselves, or in all stars together."""
    if not len(offsets):
        return False
    alone = np.abs(offsets) > np.maximum(LEAST_OFFSET, SIGNIFICANT * errors)
    middle, spread = np.median(offsets), np.std(offsets) / np.sqrt(len(offsets))
    together = len(offsets) >= FEWEST_SOURCES and abs(middle) > max(LEAST_OFFSET, SIGNIFICANT * spread)
    return bool(alone.mean() > MOST_SOURCES or together)
