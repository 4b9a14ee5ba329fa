"""Two stars, written in the forms that users have, and what must be read of them."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

N = 12
"""Epochs per star."""
TIME = 2_455_000.5 + np.array([0.0, 1.1, 2.3, 4.2, 7.9, 11.3, 30.6, 31.4, 33.2, 60.1, 61.7, 90.4])
MAG = {"a": 12 + 0.3 * np.sin(TIME), "b": 15 + 0.5 * np.cos(TIME)}
ERR = np.linspace(0.01, 0.04, N)


def lists(**more):
    """Return two stars as lists."""
    rows = {"source_id": list(MAG), "label": ["RRAB", "EW"], "time": [TIME, TIME], "mag": list(MAG.values())}
    return pa.table({**rows, "mag_err": [ERR, ERR], **more})


def rows(**more):
    """Return the same stars with a row per epoch, scattered."""
    table = {
        "id": np.repeat(list(MAG), N),
        "hjd": np.tile(TIME, 2),
        "magnitude": np.concatenate(list(MAG.values())),
        "e_mag": np.tile(ERR, 2),
        "class": np.repeat(["RRAB", "EW"], N),
    }
    return pd.DataFrame({**table, **more}).sample(frac=1, random_state=0)


def is_right(table, shift=0.0):
    """Tell whether a table holds the two stars."""
    found = {row["source_id"]: row for row in table.to_pylist()}
    assert set(found) == {"a", "b"}
    for name, row in found.items():
        assert row["time"] == pytest.approx(TIME + shift, abs=1e-6)
        assert row["mag"] == pytest.approx(MAG[name], abs=1e-6)
        assert row["mag_err"] == pytest.approx(ERR, abs=1e-6)
        assert row["label"] == {"a": "RRAB", "b": "EW"}[name]
        assert row["read_flag"] is None
        assert row["read_dropped"] == 0
    return True
