"""The set `upsilon` against PyPI `upsilon` on real stars."""

import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from lctransfer import features
from lctransfer.config import Features

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
pytest.importorskip("upsilon", reason="PyPI upsilon is not installed")
pytest.importorskip("pyfftw", reason="pyFFTW is not installed")

TIGHT = {"phi21": 2e-3, "phi31": 2e-3, "amplitude": 1e-5, "r21": 1e-4, "r31": 1e-4}
"""Where its fit stops before it has converged; the others agree to 1e-7 (Shapiro-Wilk's quantiles) or to rounding."""


@pytest.mark.parametrize("name", ["asas_acvs_half", "hipparcos_debosscher"])
def test_sixteen_features_of_real_stars(name, shared_data):
    from released_software import released_features

    table = pq.read_table(shared_data / "real" / f"{name}.parquet")
    table = table.take(np.random.default_rng(5).choice(len(table), 3, replace=False))
    ours = features.extract(table, Features()).to_pylist()
    for row, star in zip(ours, table.to_pylist()):
        theirs = released_features(star["time"], star["mag"], star["magerr"])
        for feature in features.NAMES["upsilon"]:
            tolerance = TIGHT.get(feature, 1e-7)
            assert row[feature] == pytest.approx(theirs[feature], rel=tolerance, abs=1e-9), (star["source_id"], feature)
