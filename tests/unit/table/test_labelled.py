"""A table of somebody's own becomes one of the pipeline's, with every star accounted for."""

from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lctransfer.config import Survey
from lctransfer.errors import LctransferError
from lctransfer.files import read_json
from lctransfer.stages.ingest_table import ingest_table
from lctransfer.table.class_map import read_class_map
from lctransfer.table.labelled import read_labelled


def _table(n_epochs=(30, 30, 5, 30), labels=("EW", "odd", "EW", None), **more):
    epochs = [[float(i) for i in range(n)] for n in n_epochs]
    mags, errors = [[12 + t / 10 for t in row] for row in epochs], [[0.1] * len(row) for row in epochs]
    names = [f"s{i}" for i in range(len(labels))]
    return pa.table({"source_id": names, "label": labels, "time": epochs, "mag": mags, "magerr": errors, **more})


@pytest.fixture
def own(tmp_path):
    """Return the settings of a table of four stars, with a class map."""
    places = {"ra": [10.0, 20.0, 30.0, 40.0], "dec": [0.0] * 4, "amplitude": ["mine"] * 4, "period": [1.0] * 4}
    pq.write_table(_table(**places), tmp_path / "stars.parquet")
    (tmp_path / "map.yaml").write_text("EW: EB_EC\nodd: null\n")
    return Survey(table=str(tmp_path / "stars.parquet"), class_map=str(tmp_path / "map.yaml"), min_epochs=20)


def test_every_star_is_kept_or_counted(own, tmp_path):
    ingest_table("mine", own, tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet")
    assert table["source_id"].to_pylist() == ["s0", "s1", "s3"]
    assert table["class_name"].to_pylist() == ["EB_EC", None, None]
    assert set(table["survey"].to_pylist()) == {"mine"}
    assert "amplitude" not in table.column_names  # it would clash with a feature
    assert {"ra_deg", "dec_deg", "period_days"} <= set(table.column_names)
    counts = read_json(tmp_path / "out.json")
    assert counts["dropped"] == {"fewer than 20 epochs": 1}
    assert (counts["light_curves"], counts["not_used"], counts["classes"]) == (3, 2, {"EB_EC": 1})


def test_a_star_of_a_source_survey_is_left_out(own, tmp_path):
    source = pa.table({"ra_deg": [20.001], "dec_deg": [0.0]})
    pq.write_table(source, tmp_path / "source.parquet")
    ingest_table("mine", own, tmp_path / "out.parquet", not_in=[tmp_path / "source.parquet"])
    assert pq.read_table(tmp_path / "out.parquet")["source_id"].to_pylist() == ["s0", "s3"]
    assert read_json(tmp_path / "out.json")["dropped"]["in another survey of the experiment too"] == 1


def test_labels_of_any_type_are_words(tmp_path):
    pq.write_table(_table(labels=[1, 2, None, 3]), tmp_path / "numbers.parquet")
    table = read_labelled(tmp_path / "numbers.parquet", {"1": "EB"}).table
    assert table["class_name"].to_pylist() == ["EB", "2", None, "3"]
    pq.write_table(_table(labels=[" EW ", "", "nan", "x"]), tmp_path / "spaces.parquet")
    assert read_labelled(tmp_path / "spaces.parquet", {}).table["class_name"].to_pylist() == ["EW", None, None, "x"]


def test_a_table_without_labels_and_a_missing_map_are_sentences(tmp_path):
    pq.write_table(_table().drop_columns(["label"]), tmp_path / "stars.parquet")
    with pytest.raises(LctransferError, match="no column label"):
        read_labelled(tmp_path / "stars.parquet", {})
    with pytest.raises(LctransferError, match=r"no\.yaml cannot be read"):
        read_class_map(tmp_path / "no.yaml")
    assert read_class_map("") == {}


ONES = {
    "floats": pa.array([1.0, 2.0, None]),
    "floats as text": ["1.0", "2.00", None],
    "decimals": pa.array([Decimal("1.0"), Decimal("2.0"), None]),
    "padded bytes": pa.array([b"1 \0", b"2  ", None], pa.binary(3)),
    "bytes as Python writes them": ["b'1  '", 'b"2"', None],
}


@pytest.mark.parametrize("labels", ONES.values(), ids=ONES)
@pytest.mark.parametrize("keys", ["1: EB_EC\n2: RRL_ab\n", "1.0: EB_EC\n'2.0': RRL_ab\n"])
def test_codes_are_the_same_words_however_they_were_stored(tmp_path, labels, keys):
    (tmp_path / "map.yaml").write_text(keys)
    pq.write_table(_table((30, 30, 30), labels), tmp_path / "stars.parquet")
    made = read_labelled(tmp_path / "stars.parquet", class_map=read_class_map(tmp_path / "map.yaml"))
    assert made.classes.names == {"1": "EB_EC", "2": "RRL_ab"}
    (tmp_path / "map.yaml").write_text("1: EB_EC\n1.0: RRL_ab\n")
    with pytest.raises(LctransferError, match="has the word '1' twice"):
        read_class_map(tmp_path / "map.yaml")
