"""Which samplings count as even, and what periods are looked for then."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lctransfer import features
from lctransfer.config import Features
from lctransfer.features.sampling import nyquist

KEPLER = 0.0204


def gaps(time, rng):
    return time[(rng.uniform(size=len(time)) > 0.1) & (np.abs(time - time.mean()) > 3)]


EVEN = {
    "even": (lambda time, rng: time, 0.5 / KEPLER),
    "gaps": (gaps, 0.5 / KEPLER),
    "barycentric": (lambda time, rng: time + 0.0055 * np.sin(2 * np.pi * time / 365.25 + 1), 0.5 / KEPLER),
    "printed with four decimals": (lambda time, rng: np.round(time, 4), 0.5 / KEPLER),
    "two stretches": (lambda time, rng: np.concatenate([time, time + 700.013]), 0.5 / KEPLER),
}
UNEVEN = {
    "random": lambda time, rng: np.sort(rng.uniform(0, 27, len(time))),
    "one per cent of jitter": lambda time, rng: time + rng.normal(0, 0.01 * KEPLER, len(time)),
    "nights": lambda time, rng: np.sort(np.floor(rng.uniform(0, 900, 300)) + rng.normal(0, 0.08, 300)),
    "pairs": lambda time, rng: np.sort(np.concatenate([time * 30, time * 30 + 0.02]) + rng.normal(0, 1, 2 * len(time))),
}


@pytest.mark.parametrize("name", EVEN)
def test_even_cadences_have_a_nyquist_frequency(name):
    sample, expected = EVEN[name]
    time = np.sort(sample(KEPLER * np.arange(1300), np.random.default_rng(1)))
    assert nyquist(time - time[0], 0.015) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("name", UNEVEN)
def test_uneven_ones_have_none(name):
    time = np.sort(UNEVEN[name](KEPLER * np.arange(1300), np.random.default_rng(1)))
    assert nyquist(time - time[0], 0.015) == np.inf


@pytest.mark.parametrize("step", [1.0, 0.25, 0.1])
def test_times_on_a_lattice_have_that_of_its_step(step):
    time = 2_450_000.5 + step * np.sort(np.random.default_rng(2).choice(4000, 60, replace=False))
    assert nyquist(time - time[0], 0.015) == pytest.approx(0.5 / step)


def periods(table, **settings):
    rows = features.extract(table, Features(set="both", **settings)).to_pylist()
    return [(row["period"], 10 ** row["log_period"], row["warnings"]) for row in rows]


def test_periods_of_even_cadences(shared_data):
    cases = shared_data / "cases"
    table = pq.read_table(cases / "reports" / "regular_cadence.parquet")
    for (theirs, ours, warnings), truth in zip(periods(table), (0.55, 0.55, 0.05, 5.37)):
        assert theirs == pytest.approx(truth, rel=0.01)
        assert ours == pytest.approx(truth, rel=0.001)
        assert warnings == "even_cadence"
    theirs, ours, _ = periods(pq.read_table(cases / "own" / "14_kepler_uniform_P0.6.parquet"))[0]
    assert (theirs, ours) == (pytest.approx(0.6, rel=0.01), pytest.approx(0.6, rel=0.001))


@pytest.mark.parametrize("seed", range(3))
def test_no_period_is_below_the_shortest_whatever_the_cadence(seed):
    rng = np.random.default_rng(seed)
    times = [np.sort(rng.uniform(0, 3, 3000)), 0.002 * np.arange(2000.0)]
    mags = [12 + 0.3 * np.sin(2 * np.pi * time / 0.011) + rng.normal(0, 0.01, len(time)) for time in times]
    table = pa.table(
        {"source_id": ["a", "b"], "time": times, "mag": mags, "mag_err": [np.full(len(t), 0.01) for t in times]}
    )
    assert all(min(theirs, ours) >= 0.03 * (1 - 1e-9) for theirs, ours, _ in periods(table))


@pytest.mark.parametrize("jitter", [0.01, 0.015, 0.02])
def test_a_period_below_twice_a_loose_cadence_may_be_an_alias_and_is_told(jitter):
    rng = np.random.default_rng(7)
    times = [0.067 * (np.arange(300) + rng.normal(0, jitter, 300)) for _ in range(6)]
    times += [np.sort(rng.uniform(0, 20, 300))]
    mags = [12 + 0.2 * np.sin(2 * np.pi * time / 6.28) + rng.normal(0, 0.02, 300) for time in times]
    names, errors = [str(place) for place in range(7)], [np.full(300, 0.02)] * 7
    *loose, random = periods(pa.table({"source_id": names, "time": times, "mag": mags, "mag_err": errors}))
    assert random[1] == pytest.approx(6.28, rel=0.01)
    assert random[2] == ""
    for theirs, ours, warnings in loose:
        assert (ours == pytest.approx(6.28, rel=0.01) and theirs > 1) or warnings == "loose_cadence"
