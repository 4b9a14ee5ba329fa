"""Few epochs, grouped in any way: the search against every frequency (benchmarks/features_sparse.py has 10,000)."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))
from features_sparse import SAMPLINGS, lost, simulated


@pytest.mark.parametrize("name", SAMPLINGS)
@pytest.mark.parametrize("generalised", [False, True])
def test_the_highest_peak_is_found_whatever_the_sampling(name, generalised):
    rng = np.random.default_rng(77)
    for n in (5, 8, 9, 12, 20, 35, 60):
        curve = simulated(rng, SAMPLINGS[name], n)
        if curve is not None:
            loss, highest = lost(curve, generalised)
            assert loss < 1e-9, (n, highest)


def test_a_dense_night_and_three_later_epochs(shared_data):
    import pyarrow.parquet as pq

    from lctransfer.features.curves import Curves

    for star in pq.read_table(shared_data / "cases" / "reports" / "dense_night_missed_peak.parquet").to_pylist():
        time, mag = np.array(star["time"]), np.array(star["mag"])
        n = len(time)
        curve = Curves(
            np.sort(time) - time.min(), mag[np.argsort(time)] - mag.mean(), np.full(n, 1 / n), np.array([0, n])
        )
        assert lost(curve, True)[0] < 1e-9
