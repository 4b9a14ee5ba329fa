"""Files with one byte changed, and a table whose columns have names that are no UTF-8."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lctransfer.files import SEAL


def change_each_byte(path: Path, last: int, count: int) -> Iterator[int]:
    """Change a file by a byte at `count` places, the last at `last` (from the end), one at a time; yield each place.

    The name of a digest is spared: a file whose digest has another name is one without a digest.
    """
    whole = path.read_bytes()
    start = whole.find(SEAL.encode())
    for place in np.linspace(0, len(whole) + last, count).astype(int):
        if not start <= place < start + len(SEAL):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            yield place


def write_misnamed(path: Path) -> None:
    """Write a Parquet table of one column, whose name then gets a byte that no UTF-8 has."""
    pq.write_table(pa.table({"amplitude": [1.0, 2.0]}), path, store_schema=False)
    path.write_bytes(path.read_bytes().replace(b"amplitude", b"ampl\x9atude"))
