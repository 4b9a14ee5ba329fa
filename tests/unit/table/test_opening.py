"""Tables are read in pieces, however they were written."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lctransfer.table.opening import open_table


def test_a_table_of_one_row_group_is_read_in_little_memory(tmp_path):
    path = tmp_path / "stars.parquet"
    rows, epochs = 3000, 500
    values = np.random.default_rng(0).normal(15, 1, rows * epochs)
    column = pa.ListArray.from_arrays(np.arange(rows + 1, dtype=np.int32) * epochs, values)
    pq.write_table(pa.table({"mag": column}), path, row_group_size=rows, use_dictionary=False)
    opened = open_table(path)
    before = pa.total_allocated_bytes()
    tables = iter(opened.read(["mag"], ["mag"], Counter()))
    first = next(tables)
    assert first["mag"][0].as_py() == values[:epochs].tolist()
    assert pa.total_allocated_bytes() - before < path.stat().st_size / 2
