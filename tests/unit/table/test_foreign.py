"""Files that are no table are named for what they are, with what to do."""

import bz2
import io
import lzma
import pickle
import sqlite3
import tarfile
import zipfile

import numpy as np
import pandas as pd
import pytest

from lctransfer import read_light_curves
from lctransfer.errors import LctransferError
from lctransfer.table.opening import open_table

ROWS = "source_id,time,mag,mag_err\na,58000.5,12.5,0.01\n"


def _zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", ROWS)


def _tar(path):
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("a.csv")
        member.size = len(ROWS)
        archive.addfile(member, io.BytesIO(ROWS.encode()))


def _sqlite(path):
    connection = sqlite3.connect(path)
    connection.execute("create table epochs (time real)")
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("name", "write", "said"),
    [
        ("a.zip", _zip, r"a ZIP archive: unpack it, and give the folder"),
        ("a.xlsx", _zip, r"a spreadsheet: save the table as CSV or Parquet"),
        ("a.tar.gz", _tar, r"a tar archive: unpack it"),
        ("a.csv.xz", lambda path: path.write_bytes(lzma.compress(ROWS.encode())), r"xz: unpack it with unxz"),
        ("a.npy", lambda path: np.save(path, np.zeros(3)), r"an array of NumPy: save the table"),
        ("a.npz", lambda path: np.savez(path, time=np.zeros(3)), r"NumPy's arrays: save the table"),
        ("a.db", _sqlite, r"a database of SQLite: save the table"),
        ("a.h5", lambda path: path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(600)), r"an HDF5 file: save the table"),
        ("a.pkl", lambda path: path.write_bytes(pickle.dumps([1.0])), r"a pickle, which can run any code"),
        (
            "a.csv",
            lambda path: path.write_text(ROWS, encoding="utf-16"),
            r"UTF-16, as Excel writes it: save it as CSV in UTF-8",
        ),
        ("a.csv", lambda path: path.write_text("\n<!DOCTYPE html><html>404"), r"a web page.*download again"),
        ("a.jsonl", lambda path: path.write_text('{"time": 58000.5}\n'), r"JSON: save the table as CSV"),
    ],
)
def test_what_is_no_table_is_named(tmp_path, name, write, said):
    write(tmp_path / name)
    with pytest.raises(LctransferError, match=said):
        open_table(tmp_path / name)


def test_what_is_read_compressed_is_still_read(tmp_path):
    (tmp_path / "a.csv.bz2").write_bytes(bz2.compress(ROWS.encode()))
    assert open_table(tmp_path / "a.csv.bz2").schema.names == ["source_id", "time", "mag", "mag_err"]


@pytest.mark.parametrize("stars", [3, 30])
def test_lists_written_as_text_are_named_with_what_to_do_in_a_short_sentence(tmp_path, stars):
    times = [[float(55_000 + i) for i in range(200)]] * stars
    table = pd.DataFrame({"source_id": range(stars), "time": times, "mag": times, "mag_err": times})
    table.to_csv(tmp_path / "stars.csv")
    with pytest.raises(LctransferError, match=r"Column mag .*lists written as text.*write Parquet") as raised:
        read_light_curves(tmp_path / "stars.csv")
    assert len(str(raised.value)) < 300
