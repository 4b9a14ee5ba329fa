"""Labels for a classifier are read by the rules that hold for every table, and what is odd about them is told."""

import gzip
import math

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.table import Table
from two_classes import light_curves

from lctransfer import read_light_curves
from lctransfer.classifier.star_table import StarTable
from lctransfer.classifier.training import Labels, read_labels
from lctransfer.errors import LctransferError


@pytest.fixture(scope="module")
def stars(tmp_path_factory):
    path = tmp_path_factory.mktemp("stars") / "stars.parquet"
    pq.write_table(light_curves(6).drop_columns(["label"]), path)
    return StarTable(path)


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".txt", ".fits"])
def test_a_file_of_labels_may_have_any_form_and_words_for_no_label_are_none(ending, stars, tmp_path):
    path = tmp_path / f"labels{ending}"
    rows = [("s00000", "RRAB"), ("s00001", "N/A"), ("s00002", "unk"), ("s00003", "EA"), ("s00004", "---")]
    lines = "\n".join(("source_id,label", *(",".join(row) for row in rows))) + "\n"
    if ending == ".fits":
        Table(rows=rows, names=("source_id", "label")).write(path)
    elif ending == ".csv.gz":
        path.write_bytes(gzip.compress(lines.encode()))
    else:
        path.write_text(lines.replace(",", " ") if ending == ".txt" else lines)
    _, found, notes = read_labels(stars, Labels(path))
    assert found == ["RRAB", None, None, "EA", None, None]
    assert notes == []


def test_a_star_with_two_labels_is_left_out_alone_and_lost_labels_are_told(stars, tmp_path):
    (tmp_path / "labels.csv").write_text("name,type\ns00000,EA\ns00000,EB\ns00001,EW\ns00001,EW\nelsewhere,EA\n")
    _, found, notes = read_labels(stars, Labels(tmp_path / "labels.csv"))
    assert found == [None, "EW", None, None, None, None]
    assert notes == [
        "1 stars have two different labels and are left out, such as s00000.",
        "1 labels belong to no star of the table, such as elsewhere.",
    ]


@pytest.mark.parametrize(
    ("text", "column", "sentence"),
    [
        ("source_id,kind\ns00000,EA\n", "klass", "have no column klass; they have source_id, kind"),
        ("source_id,label\ns00000,N/A\n", "label", "holds no usable label"),
        ("source_id,label\nother,EA\n", "label", "No source_id of"),
    ],
)
def test_labels_that_cannot_be_used_are_a_sentence(text, column, sentence, stars, tmp_path):
    (tmp_path / "labels.csv").write_text(text)
    with pytest.raises(LctransferError, match=sentence):
        read_labels(stars, Labels(tmp_path / "labels.csv", column))


@pytest.fixture(scope="module")
def placed(tmp_path_factory):
    path = tmp_path_factory.mktemp("placed") / "stars.parquet"
    table = light_curves(2).select(["source_id", "time", "mag", "mag_err"])
    rows = np.arange(len(table), dtype=float)
    pq.write_table(table.append_column("ra_deg", [100 + rows]).append_column("dec_deg", [0 * rows - 20]), path)
    return StarTable(path)


def test_labels_are_matched_by_position_where_that_is_asked_for(placed, tmp_path):
    text = "RAdeg DEdeg Type\n100.0002 -20.0 RRab\n100.0001 -20.0 RRc\n55.0 12.0 EA\n"
    (tmp_path / "labels.txt").write_text(text)
    _, found, notes = read_labels(placed, Labels(tmp_path / "labels.txt", radius_arcsec=1.0))
    assert found == ["RRc", None]  # the nearer of two
    assert notes == [f"2 of 3 labels of {tmp_path / 'labels.txt'} lie within 1 arcsec of a star."]
    with pytest.raises(LctransferError, match=r"no column source_id; .*by position: --labels-position ARCSEC"):
        read_labels(placed, Labels(tmp_path / "labels.txt"))


def test_positions_that_match_nothing_or_are_missing_are_a_sentence(placed, tmp_path):
    (tmp_path / "labels.csv").write_text("_RA,_DE,label\n55.0,12.0,EA\n")
    with pytest.raises(LctransferError, match=r"No label of .* lies within 2 arcsec of a star of"):
        read_labels(placed, Labels(tmp_path / "labels.csv", radius_arcsec=2.0))
    pq.write_table(placed.read(["source_id", "time", "mag", "mag_err"]), tmp_path / "unplaced.parquet")
    with pytest.raises(LctransferError, match="need positions: name them, --columns ra_deg=RA,dec_deg=DEC"):
        read_labels(StarTable(tmp_path / "unplaced.parquet"), Labels(tmp_path / "labels.csv", radius_arcsec=2.0))


def test_lines_and_labels_that_cannot_be_used_are_told(stars, tmp_path):
    (tmp_path / "labels.csv").write_text("source_id,label\ns00000,EA\ns00001\n,EW\ns00002,EB,more\n")
    _, found, notes = read_labels(stars, Labels(tmp_path / "labels.csv"))
    assert found == ["EA", None, None, None, None, None]
    assert notes == [
        f"{tmp_path / 'labels.csv'}: 2 lines with another number of fields, 1 labels without an identifier, left out."
    ]


def test_labels_of_other_types_are_words_or_refused(stars, tmp_path):
    ids = [f"s{i:05d}" for i in range(3)]
    pq.write_table(pa.table({"source_id": ids, "label": [2.0, math.inf, math.nan]}), tmp_path / "labels.parquet")
    assert read_labels(stars, Labels(tmp_path / "labels.parquet"))[1][:3] == ["2", None, None]
    pq.write_table(pa.table({"source_id": ids, "label": [["EA"], ["EB"], []]}), tmp_path / "labels.parquet")
    with pytest.raises(LctransferError, match="give each source one word"):
        read_labels(stars, Labels(tmp_path / "labels.parquet"))


@pytest.mark.parametrize(
    ("given", "radius", "sentence"),
    [
        ("labels.csv", -1.0, "is -1, but must be arc seconds between 0 and 3600"),
        (None, 2.0, "give it too, --labels FILE"),
    ],
)
def test_a_radius_that_is_none_or_has_no_file_is_refused(given, radius, sentence, placed):
    with pytest.raises(LctransferError, match=sentence):
        read_labels(placed, Labels(given, radius_arcsec=radius))
    with pytest.raises(LctransferError, match=sentence):
        read_light_curves(placed.path, labels=given, labels_position=radius)
