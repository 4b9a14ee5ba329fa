"""The description of the features against the features that there are."""

import numpy as np
import pyarrow as pa

from lctransfer import features
from lctransfer.config import Features
from lctransfer.features import lctransfer, upsilon


def test_every_feature_is_described_once_in_the_order_of_the_sets():
    rows = features.describe()
    for name, expected in (("upsilon", upsilon.NAMES), ("lctransfer", lctransfer.NAMES)):
        assert tuple(row["name"] for row in rows if row["set"] == name) == expected
    assert {row["name"] for row in rows if row["set"] == "diagnostic"} == {
        *upsilon.DIAGNOSTICS,
        *lctransfer.DIAGNOSTICS,
    }
    assert all(row["formula"] and row["range"] and row["source"] for row in rows)


def test_fractions_are_fractions():
    rng = np.random.default_rng(3)
    times = [np.sort(rng.uniform(0, 200, n)) for n in (12, 40, 150)]
    mags = [12 + 0.3 * np.sin(time) + rng.normal(0, 0.1, len(time)) for time in times]
    errors = [np.full(len(time), 0.1) for time in times]
    table = pa.table({"source_id": list("abc"), "time": times, "mag": mags, "mag_err": errors})
    found = features.extract(table, Features(set="both")).to_pydict()
    for row in features.describe():
        if row["range"] == "0 to 1":
            assert all(0 <= value <= 1 + 1e-9 for value in found[row["name"]]), row["name"]
