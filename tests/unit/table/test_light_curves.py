"""The light-curve table is checked once, at the boundary."""

import numpy as np
import pyarrow as pa
import pytest

from lctransfer.errors import LctransferError
from lctransfer.table.light_curves import ragged, read, validate, write


def table(**columns):
    rows = {
        "source_id": ["a", "b"],
        "time": [[1.0, 2.0], [3.0]],
        "mag": [[10.0, 11.0], [12.0]],
        "mag_err": [[0.1, 0.2], [0.3]],
    }
    return pa.table({name: value for name, value in {**rows, **columns}.items() if value is not None})


def test_other_peoples_names_and_types_are_taken():
    theirs = table(
        mag_err=None, magerr=pa.array([[0.1, 0.2], [0.3]], pa.list_(pa.float32())), ra=[1.0, 2.0], source_id=[7, 8]
    )
    ours = validate(theirs)
    assert ours.column_names == ["source_id", "time", "mag", "mag_err", "ra_deg"]
    assert ours["source_id"].to_pylist() == ["7", "8"]
    assert ours["mag_err"].type == pa.list_(pa.float64())


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"mag": None}, r"has no column mag;"),
        ({"mag": [[10.0], [12.0]]}, r"source a has 2 times, 1 magnitudes and 2 errors; 1 rows are uneven"),
        ({"mag": [["x", "y"], ["z"]]}, r"column mag must hold lists of numbers"),
        ({"mag": [1.0, 2.0]}, r"column mag must hold lists of numbers"),
    ],
)
def test_a_bad_table_is_refused_with_a_sentence(columns, sentence):
    with pytest.raises(LctransferError, match=sentence):
        validate(table(**columns))


def test_a_missing_list_is_a_light_curve_without_epochs():
    ours = validate(table(time=[None, [3.0]], mag=[None, [12.0]], mag_err=[[], [0.3]]))
    assert ours["time"].to_pylist() == [[], [3.0]]


def test_ragged_gives_each_row_its_epochs_even_of_a_slice():
    epochs = ragged(validate(pa.concat_tables([table(), table()])).slice(1, 2))
    assert epochs.offsets.tolist() == [0, 1, 3]
    assert epochs.time.tolist() == [3.0, 1.0, 2.0]
    assert epochs.mag_err.tolist() == [0.3, 0.1, 0.2]


def test_null_elements_become_nan_and_an_empty_table_is_a_table():
    epochs = ragged(validate(table(mag=[[None, 11.0], [12.0]])))
    assert np.isnan(epochs.mag[0])
    assert ragged(validate(table().slice(0, 0))).offsets.tolist() == [0]


def test_written_and_read_back(tmp_path):
    write(tmp_path / "stars.parquet", table(label=["RRab", None]))
    assert read(tmp_path / "stars.parquet").to_pylist() == validate(table(label=["RRab", None])).to_pylist()
