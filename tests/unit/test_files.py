"""Nothing is ever half-written."""

import math

import pandas as pd
import pytest

from lctransfer.errors import LctransferError
from lctransfer.files import (
    SEAL,
    check_seal,
    counts_beside,
    csv_text,
    plain_text,
    read_json,
    replacing,
    sealed,
    sha256,
    write_json,
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
