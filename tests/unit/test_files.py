"""Nothing is ever half-written."""

import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from damaged import write_misnamed

from lctransfer.errors import LctransferError
from lctransfer.files import (
    SEAL,
    check_seal,
    counts_beside,
    csv_text,
    join_parquet,
    parquet_in_pieces,
    plain_text,
    read_json,
    read_parquet,
    replacing,
    sealed,
    sha256,
    write_json,
    write_parquet,
)


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "value.txt"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(target) as aside:  # noqa: PT012
        aside.write_text("half of the n")
        raise ZeroDivisionError
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_readers_see_the_new_file_only_when_it_is_whole(tmp_path):
    target = tmp_path / "new" / "value.txt"
    with replacing(target) as aside:
        aside.write_text("whole")
        assert not target.exists()
    assert target.read_text() == "whole"


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(LctransferError, match=r"file/new/value\.txt cannot be written"),
        replacing(tmp_path / "file" / "new" / "value.txt"),
    ):
        pass


def test_json_has_no_nan(tmp_path):
    with pytest.raises(ValueError, match="Out of range"):
        write_json(tmp_path / "value.json", {"mcc": math.nan})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "no file"),
        ("{", "not valid JSON"),
        (b"\xff\xfe", "not valid JSON"),
        (b"\xef\xbb\xbf{}", "not valid JSON"),
        ('{"a": NaN}', "NaN is no number of JSON"),
        ('{"a": 1e999}', "1e999 is too large a number"),
        ('{"a": 1, "a": 2}', "has the key 'a' twice"),
        ('{"a": ' + "9" * 5000 + "}", "not valid JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_unreadable_json_is_a_sentence(tmp_path, content, sentence):
    path = tmp_path / "value.json"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(LctransferError, match=sentence):
        read_json(path)


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


def test_digest_of_an_empty_file(tmp_path):
    (tmp_path / "empty").touch()
    assert sha256(tmp_path / "empty") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_spreadsheet_shows_a_formula_and_never_runs_it():
    text = csv_text(pd.DataFrame({"=a": ["=1+1", "@x", "-5.2", "plain", "+cmd|x"], "n": [-1.5, 2, 3, 4, 5]}))
    assert text.splitlines() == ["'=a,n", "'=1+1,-1.5", "'@x,2.0", "-5.2,3.0", "plain,4.0", "'+cmd|x,5.0"]
    assert [plain_text(word) for word in ("'=1+1", "'quoted'", "-5.2", "=1")] == ["=1+1", "'quoted'", "-5.2", "=1"]


def test_a_folder_is_no_json(tmp_path):
    with pytest.raises(LctransferError, match="cannot be read: Is a directory"):
        read_json(tmp_path)


def test_a_sealed_object_shows_any_change_and_one_without_a_seal_is_taken(tmp_path):
    path = tmp_path / "value.json"
    write_json(path, sealed({"mcc": 0.1 + 0.2, "classes": ("RRL_ab", "\u03b2 Lyr"), "more": {"b": 1, "a": None}}))
    kept = read_json(path)
    check_seal(kept, path)
    assert kept["mcc"] == 0.1 + 0.2
    for changed in ({**kept, "mcc": 0.3}, {**kept, "note": ""}, {**kept, SEAL: "0"}):
        with pytest.raises(LctransferError, match=f"value.json was changed since it was written.*{SEAL}"):
            check_seal(changed, path)
    check_seal({"mcc": 0.3}, path)
    with pytest.raises(LctransferError, match=r"somebody edited it\. Write it again\.$"):
        check_seal({"mcc": 0.3}, path, needed=True)
    with pytest.raises(LctransferError, match="no JSON object"):
        check_seal([kept], path)


def test_pieces_of_a_row_group_take_little_memory(tmp_path):
    path = tmp_path / "one_row_group.parquet"
    values = np.random.default_rng(0).normal(size=2_000_000)
    pq.write_table(pa.table({"mag": values}), path, row_group_size=len(values), use_dictionary=False)
    before = pa.total_allocated_bytes()
    batches = parquet_in_pieces(path).iter_batches(1000)
    first = next(batches)
    assert first["mag"].to_numpy().tolist() == values[:1000].tolist()
    assert pa.total_allocated_bytes() - before < path.stat().st_size / 3


@pytest.mark.parametrize("held", ['{"files": []}', "[1]", "my notes"])
def test_counts_replace_the_counts_of_an_older_table_and_nothing_else(tmp_path, held):
    table, beside = tmp_path / "asas.parquet", tmp_path / "asas.json"
    assert counts_beside(table) == beside
    write_json(beside, {"survey": "asas", "dropped": {}, "light_curves": 3})
    assert counts_beside(table) == beside
    beside.write_text(held)
    with pytest.raises(LctransferError, match="holds something else: choose another name"):
        counts_beside(table)
    assert beside.read_text() == held
