"""A Parquet file of which fewer rows can be read than it says: a sentence, where the rest was lost in silence."""

import pyarrow.parquet as pq
import pytest
from two_stars import lists

from lctransfer.classifier.star_table import StarTable
from lctransfer.errors import LctransferError
from lctransfer.features import engine


class Short:
    """A file that says what it should of itself, and of which nothing comes."""

    def __init__(self, file):
        self.metadata, self.schema_arrow = file.metadata, file.schema_arrow

    def iter_batches(self, *_, **__):
        return iter([])


@pytest.fixture
def path(tmp_path):
    pq.write_table(lists(), tmp_path / "stars.parquet")
    return tmp_path / "stars.parquet"


def test_stars_to_classify_are_not_lost_in_silence(path):
    table = StarTable(path)
    assert sum(map(len, table.batches(range(2)))) == 2
    assert not list(table.batches(range(2, 2)))
    vars(table)["_file"] = Short(pq.ParquetFile(path))
    with pytest.raises(LctransferError, match=r"rows from 0 on cannot be read .* there are 2"):
        list(table.batches(range(2)))


def test_stars_of_which_features_are_computed_are_not_lost_in_silence(path):
    file = pq.ParquetFile(path)
    assert sum(map(len, engine._batches(file, path, range(2)))) == 2
    assert sum(map(len, engine._batches(file, path, range(2, 2)))) == 0
    with pytest.raises(LctransferError, match=r"rows from 0 on cannot be read .* 2"):
        list(engine._batches(Short(file), path, range(2)))
