"""Compile ahead of the first use, which would else take seconds longer: `python -m lctransfer.features`."""

import numpy as np
import pyarrow as pa

from lctransfer.config import Features
from lctransfer.features import SETS, extract

if __name__ == "__main__":
    days = np.arange(100.0)
    mag = np.sin(days)
    star = pa.table({"source_id": ["compile"], "time": [days], "mag": [mag], "mag_err": [np.ones(100)]})
    for name in SETS:
        extract(star, Features(set=name))
