"""Parquet files: whole, or in pieces with little memory, any range of rows, and no row is missed in silence."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from damaged import write_misnamed
from hypothesis import given
from hypothesis import strategies as st
from two_stars import N, rows

from lctransfer import read_light_curves
from lctransfer.classifier.star_table import StarTable
from lctransfer.config import Survey
from lctransfer.errors import LctransferError
from lctransfer.features import engine
from lctransfer.parquet import batches, join_parquet, parquet_in_pieces, read_parquet, write_parquet
from lctransfer.stages.ingest_table import ingest_table

FEW, FEWER = 2 * N, 2 * N - 10
"""Rows of a table, and how many the damaged one lets be read."""


def write(path, table, **options):
    """Write a table without compression, so that numbers of rows can be found among its bytes."""
    pq.write_table(table, path, compression="none", use_dictionary=False, write_statistics=False, **options)
    return path


def changed(path, kind, footer):
    """Replace a number of rows, as Thrift writes it, in the pages' headers or once in the footer."""
    raw = path.read_bytes()
    start = len(raw) - 8 - int.from_bytes(raw[-8:-4], "little")
    pages, end = raw[:start], raw[start:]
    before, after = bytes([kind, 2 * FEW]), bytes([kind, 2 * FEWER])
    assert before in (end if footer else pages)
    path.write_bytes(pages + end.replace(before, after, 1) if footer else pages.replace(before, after) + end)
    return path


def with_short_pages(path):
    return changed(path, 0x15, footer=False)


def with_two_numbers(path):
    return changed(path, 0x16, footer=True)


@pytest.fixture
def long(tmp_path):
    """A row per epoch of two stars."""
    return write(tmp_path / "epochs.parquet", pa.Table.from_pandas(rows(), preserve_index=False))


@given(
    groups=st.integers(1, 12), at_once=st.integers(1, 12), start=st.integers(0, 12), stop=st.integers(0, 15), empty=...
)
def test_any_range_of_rows(tmp_path_factory, groups: int, at_once, start, stop, empty: bool):
    table = pa.table({"a": range(0 if empty else 10), "b": range(0 if empty else 10)})
    path = tmp_path_factory.getbasetemp() / f"{groups}_{empty}.parquet"
    pq.write_table(table, path, row_group_size=groups)
    found = list(batches(parquet_in_pieces(path), str(path), at_once, rows=range(start, stop), columns=["b"]))
    assert [b for batch in found for b in batch["b"].to_pylist()] == table["b"].to_pylist()[start:stop]
    assert all(batch.schema.names == ["b"] and 0 < len(batch) <= at_once for batch in found)


def test_pieces_of_a_row_group_take_little_memory(tmp_path):
    path = tmp_path / "one_row_group.parquet"
    values = np.random.default_rng(0).normal(size=2_000_000)
    pq.write_table(pa.table({"mag": values}), path, row_group_size=len(values), use_dictionary=False)
    before = pa.total_allocated_bytes()
    pieces = batches(parquet_in_pieces(path), str(path), 1000)
    first = next(pieces)
    assert first["mag"].to_numpy().tolist() == values[:1000].tolist()
    assert pa.total_allocated_bytes() - before < path.stat().st_size / 3


def test_pages_that_end_early(long):
    whole = pq.read_table(with_short_pages(long))
    assert len(whole) == FEWER  # the library says nothing
    found = batches(parquet_in_pieces(long), str(long), 10)
    assert len(next(found)) == 10
    with pytest.raises(LctransferError, match=rf"rows from {FEWER} on cannot be read \(the file says .* {FEW}\)\.$"):
        list(found)
    assert sum(map(len, batches(parquet_in_pieces(long), str(long), 5, rows=range(FEWER)))) == FEWER
    with pytest.raises(LctransferError, match=rf"damaged: only {FEWER} of {FEW} rows can be read\."):
        read_parquet(long)
    with pytest.raises(LctransferError, match=rf"only {FEWER} of {FEW} rows"):
        read_parquet(long, ["id"])


def test_two_numbers_of_rows(long):
    with_two_numbers(long)
    said = rf"says that it has {FEWER} rows, and that its parts have {FEW}\."
    with pytest.raises(LctransferError, match=said):
        list(batches(parquet_in_pieces(long), str(long), 10))
    with pytest.raises(LctransferError, match=said):
        read_parquet(long)


def test_an_error_names_the_first_row_that_is_missing(tmp_path):
    path = write(tmp_path / "t.parquet", pa.table({"a": np.arange(30.0)}), row_group_size=10)
    place = pq.read_metadata(path).row_group(1).column(0).data_page_offset
    raw = bytearray(path.read_bytes())
    raw[place : place + 8] = b"\xff" * 8
    path.write_bytes(raw)
    found = batches(parquet_in_pieces(path), str(path), 10)
    assert next(found)["a"].to_pylist() == list(range(10))
    with pytest.raises(LctransferError, match=rf"^{path}: rows from 10 on cannot be read \((?!the file says)"):
        next(found)


@pytest.mark.parametrize("damaged", [with_short_pages, with_two_numbers])
def test_epochs_are_not_lost_in_silence(long, damaged):
    assert len(read_light_curves(long)) == 2
    with pytest.raises(LctransferError, match=str(FEWER)):
        read_light_curves(damaged(long))


@pytest.mark.parametrize("damaged", [with_short_pages, with_two_numbers])
def test_stars_are_not_lost_in_silence(tmp_path, damaged):
    stars = {name: np.arange(float(FEW)) for name in engine.SETS["upsilon"].NAMES}
    table = pa.table({"source_id": [f"{i:03}" for i in range(FEW)], "flag": ["ok"] * FEW, **stars})
    path = write(tmp_path / "features.parquet", table)
    assert len(StarTable(path).ids()) == sum(map(len, StarTable(path).batches(range(FEW)))) == FEW
    damaged(path)
    for ask in (StarTable.ids, lambda held: list(held.batches(range(FEW)))):
        with pytest.raises(LctransferError, match=str(FEWER)):
            ask(StarTable(path))


@pytest.mark.parametrize("damaged", [with_short_pages, with_two_numbers])
def test_light_curves_are_not_lost_in_silence(tmp_path, damaged):
    epochs = [np.arange(i, i + 1.0) for i in range(FEW)]  # one each: a page holds as many values as rows
    table = pa.table({"source_id": [f"{i:03}" for i in range(FEW)], "label": ["RRAB"] * FEW})
    for name in ("time", "mag", "mag_err"):
        table = table.append_column(name, pa.array(epochs))
    path = damaged(write(tmp_path / "stars.parquet", table))
    with pytest.raises(LctransferError, match=str(FEWER)):
        list(engine._batches(parquet_in_pieces(path), path, range(FEW)))
    with pytest.raises(LctransferError, match=str(FEWER)):
        ingest_table("own", Survey(table=str(path)), tmp_path / "own.parquet")
    assert not (tmp_path / "own.parquet").exists()


@pytest.mark.parametrize("content", [None, b"PAR1 but not really PAR1"])
def test_unreadable_parquet_is_a_sentence(tmp_path, content):
    path = tmp_path / "table.parquet"
    if content:
        path.write_bytes(content)
    with pytest.raises(LctransferError, match=r"table\.parquet"):
        read_parquet(path)


def test_parquet_whose_column_names_are_no_utf_8_is_a_sentence(tmp_path):
    write_misnamed(tmp_path / "t.parquet")
    with pytest.raises(LctransferError, match=r"t\.parquet cannot be read as Parquet: .*utf-8"):
        read_parquet(tmp_path / "t.parquet")


def test_tables_are_joined_in_order_and_odd_ones_refused(tmp_path):
    paths = [tmp_path / f"{name}.parquet" for name in "abc"]
    write_parquet(paths[0], pd.DataFrame({"x": [1, 2]}))
    write_parquet(paths[1], pd.DataFrame({"x": [3]}))
    write_parquet(paths[2], pd.DataFrame({"y": [4]}))
    join_parquet(paths[:2], tmp_path / "joined.parquet")
    assert read_parquet(tmp_path / "joined.parquet")["x"].to_pylist() == [1, 2, 3]
    with pytest.raises(LctransferError, match=r"c\.parquet has other columns"):
        join_parquet(paths, tmp_path / "joined.parquet")
