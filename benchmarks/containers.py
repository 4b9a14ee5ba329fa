"""Columns put into what holds a table: Arrow, Parquet, feather, text, gzip, ECSV, FITS, VOTable, a folder of files."""

import gzip
import io
import shutil
import warnings
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import feather

ASTROPY = {"ECSV": (".ecsv", "ascii.ecsv"), "FITS": (".fits", "fits"), "VOTable": (".vot", "votable")}


def as_text(columns: dict, separator: str = ",") -> str:
    """Return columns as delimited text."""
    text = io.StringIO()
    pd.DataFrame(columns).to_csv(text, index=False, sep=separator)
    return text.getvalue()


def put_into(kind: str, columns: dict, folder: Path) -> pa.Table | Path:
    """Return columns as an Arrow table, or as a file (or folder) of a kind."""
    if kind == "Arrow":
        return pa.table(columns)
    if kind in ASTROPY:
        return _astropy(kind, columns, folder)
    if kind == "gzip":
        path = folder / "damaged.csv.gz"
        path.write_bytes(gzip.compress(as_text(columns).encode(), 1))
        return path
    if kind == "folder":
        return _folder(columns, folder)
    table = pa.table(columns)
    if kind == "nested Parquet":
        inner = [name for name in table.column_names if pa.types.is_list(table.schema.field(name).type)]
        if inner and not any("." in name for name in inner):
            struct = pa.StructArray.from_arrays([table[name].combine_chunks() for name in inner], inner)
            table = table.drop_columns(inner).append_column("lightcurve", struct)
    path = folder / ("damaged.feather" if kind == "feather" else "damaged.parquet")
    (feather.write_feather if kind == "feather" else pq.write_table)(table, path)
    return path


def _astropy(kind: str, columns: dict, folder: Path) -> Path:
    from astropy.io import votable
    from astropy.table import Table

    ending, name = ASTROPY[kind]
    path = folder / f"damaged{ending}"
    frame = pd.DataFrame(columns)
    for column in frame:  # astropy masks no texts by itself
        if not pd.api.types.is_numeric_dtype(frame[column]):
            frame[column] = frame[column].fillna("").astype(str)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = Table.from_pandas(frame)
        if name == "votable":  # astropy 8.0.2 damages its memory where its quick writer writes cells as text
            votable.from_table(table).to_xml(str(path), _debug_python_based_parser=True)
        else:
            table.write(path, format=name, overwrite=True)
    return path


def _folder(columns: dict, folder: Path) -> Path:
    """Write a file per source, named after it, without the identifiers.

    A source with an empty name gets one: its file would be hidden, and hidden files are no light curves.
    """
    frame = pd.DataFrame(columns)
    path = folder / "stars"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    key = next((name for name in ("source_id", "asas_sn_id") if name in frame), None)
    if key:
        frame[key] = frame[key].fillna("").replace("", "nameless")
    for name, part in frame.groupby(key) if key else [("damaged", frame)]:
        part.drop(columns=[key] if key else []).to_csv(path / f"{name}.csv", index=False)
    return path
