"""Whatever the light curves, the shards and the cores: a row each, a flag each, the same numbers."""

import os
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lctransfer import features
from lctransfer.config import Features
from lctransfer.errors import LctransferError
from lctransfer.features import engine

SETS = sorted(features.NAMES)


def curves(rows):
    time, mag, mag_err = zip(*rows)
    ids = [f"star-{i}" for i in range(len(rows))]
    return pa.table({"source_id": ids, "time": list(time), "mag": list(mag), "mag_err": list(mag_err)})


def good(seed=0, n=60):
    rng = np.random.default_rng(seed)
    time = np.sort(rng.uniform(2_450_000, 2_450_100, n))
    mag = 12 + 0.3 * np.sin(2 * np.pi * time / 0.7) + rng.normal(0, 0.05, n)
    return list(time), list(mag), [0.05] * n


values = st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from([0.0, 1.0, -1.0, 12.5, np.nan])
epochs = st.lists(st.tuples(values, values, values), max_size=40)
HUGE = 1.7e308
"""Finite, where the sum of two is not."""


@pytest.mark.parametrize("kind", SETS)
@given(bad=epochs)
@example(bad=[(0.0, HUGE, 0.1), (1.0, HUGE, 0.1)])
@example(bad=[(0.0, HUGE, 0.0), (1.0, -HUGE, 0.0)])
@example(bad=[(-HUGE, 1.0, 0.1), (HUGE, 2.0, HUGE), (HUGE, 3.0, 0.0)])
@settings(max_examples=25, deadline=None)
def test_any_epochs_get_a_flag_and_harm_no_neighbour(kind, bad):
    middle = tuple(list(column) for column in zip(*bad)) if bad else ([], [], [])
    table = features.extract(curves([good(1), middle, good(2)]), Features(set=kind))
    alone = features.extract(curves([good(1), good(2)]), Features(set=kind))
    assert table.take([0, 2]).drop_columns("source_id").equals(alone.drop_columns("source_id"))
    row = table.to_pylist()[1]
    assert row["n_epochs"] + row["n_dropped"] == len(bad)
    numbers = [row[name] for name in features.NAMES[kind]]
    assert all(number is None or np.isfinite(number) for number in row.values() if not isinstance(number, str))
    assert (row["flag"] == "ok") == all(number is not None for number in numbers)


@pytest.mark.parametrize(
    ("curve", "flag"),
    [
        (([], [], []), "too_few_epochs"),
        (([1.0], [2.0], [0.1]), "too_few_epochs"),
        (([5.0] * 30, list(range(30)), [0.1] * 30), "no_duration"),
        ((list(range(30)), [12.3] * 30, [0.1] * 30), "constant_magnitude"),
        (([i * 1e9 for i in range(30)], list(range(30)), [0.1] * 30), "too_many_frequencies"),
        ((list(range(30)), [1e30 * i for i in range(30)], [0.1] * 30), "magnitude_out_of_range"),
        ((list(range(30)), [np.nan] * 30, [0.1] * 30), "too_few_epochs"),
    ],
)
@pytest.mark.parametrize("kind", SETS)
def test_reasons(curve, flag, kind):
    row = features.extract(curves([curve]), Features(set=kind)).to_pylist()[0]
    assert row["flag"] == flag
    assert all(row[name] is None for name in features.NAMES[kind])


def test_row_order_of_epochs_and_integer_magnitudes_change_nothing():
    time, mag, mag_err = good()
    order = np.random.default_rng(3).permutation(len(time))
    mag = list(np.round(np.array(mag) * 1000))
    shuffled = [list(np.array(column)[order]) for column in (time, mag, mag_err)]
    integers = curves([(time, [int(m) for m in mag], mag_err), shuffled])
    first, second = features.extract(integers, Features()).drop_columns("source_id").to_pylist()
    assert first == second
    assert first["flag"] == "ok"


@pytest.mark.parametrize("kind", SETS)
def test_neither_threads_nor_batches_change_a_bit(kind, monkeypatch, tmp_path):
    table = curves([good(seed, 20 + seed) for seed in range(30)])
    expected = features.extract(table, Features(set=kind))
    monkeypatch.setattr(engine, "BATCH_ROWS", 7)
    pq.write_table(table, tmp_path / "stars.parquet", row_group_size=4)
    features.extract_file(tmp_path / "stars.parquet", tmp_path / "features.parquet", Features(set=kind), threads=3)
    assert pq.read_table(tmp_path / "features.parquet").equals(expected.combine_chunks())


@pytest.mark.parametrize("kind", SETS)
def test_a_hundred_thousand_epochs_beside_ten(kind):
    table = features.extract(curves([good(1, 12), good(2, 100_000), good(3, 12)]), Features(set=kind, min_epochs=10))
    assert table["flag"].to_pylist() == ["ok"] * 3
    assert table["period"].to_pylist()[1] == pytest.approx(0.7, rel=0.01)


def test_both_sets_side_by_side_are_the_two_sets():
    names = features.NAMES
    assert len(set(names["both"])) == len(names["both"]) == len(names["upsilon"]) + len(names["lctransfer"])
    table = curves([good(1), good(2)])
    together = features.extract(table, Features(set="both"))
    for kind in ("upsilon", "lctransfer"):
        alone = features.extract(table, Features(set=kind))
        assert together.select(names[kind]).equals(alone.select(names[kind]))


def test_carried_columns_stay_and_an_empty_table_has_all_columns():
    table = curves([good()]).append_column("label", pa.array(["RRAB"]))
    assert features.extract(table, Features())["label"].to_pylist() == ["RRAB"]
    assert (
        features.extract(table.slice(0, 0), Features()).column_names == features.extract(table, Features()).column_names
    )


def test_a_column_in_the_way_is_named():
    table = curves([good()]).append_column("skewness", pa.array([1.0]))
    with pytest.raises(LctransferError, match="skewness"):
        features.extract(table, Features())


def test_a_file_that_is_none_is_named_and_nothing_is_left(tmp_path):
    (tmp_path / "bad.parquet").write_text("no parquet")
    for name in ("bad.parquet", "absent.parquet"):
        with pytest.raises(LctransferError, match=name):
            features.extract_file(tmp_path / name, tmp_path / "out.parquet", Features())
    assert [path.name for path in tmp_path.iterdir()] == ["bad.parquet"]


def test_libraries_that_take_longer_to_load_than_a_hundred_light_curves_are_left_alone(tmp_path):
    pq.write_table(curves([good()]), tmp_path / "stars.parquet")
    lines = (
        "import sys",
        "from pathlib import Path",
        "from lctransfer.config import Features",
        "from lctransfer.features import extract_file",
        "extract_file(Path('stars.parquet'), Path('features.parquet'), Features())",
        "loaded = 'pandas' in sys.modules",
        "import lctransfer.table.reading",
        "sys.exit(loaded or 'astropy' in sys.modules)",
    )
    subprocess.run([sys.executable, "-c", "\n".join(lines)], cwd=tmp_path, check=True, capture_output=True)


def test_all_cores_are_used_where_none_are_named():
    table = curves([good(seed) for seed in range(3)])
    expected = features.extract(table, Features())
    for threads in (0, -1):
        assert features.extract(table, Features(), threads=threads).equals(expected)


@pytest.mark.parametrize("kind", SETS)
def test_epochs_doubled_by_a_join_change_no_feature_and_are_told(kind):
    time, mag, mag_err = good()
    table = features.extract(curves([(time, mag, mag_err), (time * 2, mag * 2, mag_err * 2)]), Features(set=kind))
    once, twice = table.drop_columns("source_id").to_pylist()
    told = {"n_dropped": 60, "n_repeated": 60, "warnings": "repeated_epochs"}
    assert {name: twice.pop(name) for name in told} == told
    assert all(twice[name] == once[name] for name in twice)


def test_an_amplitude_or_period_beyond_what_was_seen_is_told_and_kept(shared_data):
    table = pq.read_table(shared_data / "cases" / "reports" / "twelve_epochs_amplitude.parquet")
    for row, star in zip(features.extract(table, Features(set="both")).to_pylist(), table.to_pylist()):
        assert row["flag"] == "ok"
        assert ("amplitude_beyond_range" in row["warnings"]) == (row["amplitude"] > np.ptp(star["mag"]))
        assert ("period_beyond_duration" in row["warnings"]) == (row["period"] > row["duration_days"])
        assert 10 ** row["log_amplitude"] < np.ptp(star["mag"])
        assert 10 ** row["log_period"] <= row["duration_days"]


def test_features_have_the_same_bits_from_a_cold_and_a_warm_cache_and_for_a_cpu_without_vector_units(tmp_path):
    table = curves([good(seed, 20 + 15 * seed) for seed in range(60)])
    both = features.extract(table, Features(set="both"))  # compiled for this CPU, in another order
    pq.write_table(table, tmp_path / "stars.parquet")
    lines = "\n".join(
        (
            "import sys, pyarrow.parquet as pq",
            "from lctransfer import features",
            "from lctransfer.config import Features",
            "table = features.extract(pq.read_table('stars.parquet'), Features(set='upsilon'))",
            "pq.write_table(table, sys.argv[1])",
        )
    )
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "compiled"), "NUMBA_CPU_NAME": "generic"}
    said = []
    for name in ("cold", "warm"):
        command = [sys.executable, "-c", lines, name]
        done = subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
        said.append("Compiling" in done.stderr)
    assert said == [True, False]
    names = [*features.NAMES["upsilon"], "flag", "warnings"]
    cold, warm = (pq.read_table(tmp_path / name).select(names) for name in ("cold", "warm"))
    assert cold.equals(warm)
    assert cold.equals(both.select(names))
