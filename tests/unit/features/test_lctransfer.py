"""What the set `lctransfer` says of light curves whose truth is known."""

import numpy as np
import pyarrow as pa
import pytest

import lctransfer as lctransfer_package
from lctransfer import features
from lctransfer.config import Features


def extracted(mag, n=300, noise=0.01, shift=0.0):
    rng = np.random.default_rng(4)
    time = np.sort(rng.uniform(0, 400, n))
    values = 12 + mag(time) + rng.normal(0, noise, n) + shift
    table = pa.table({"source_id": ["star"], "time": [time], "mag": [values], "mag_err": [np.full(n, noise)]})
    return features.extract(table, Features(set="lctransfer")).to_pylist()[0]


def sawtooth(time):
    return (time / 0.55) % 1


def binary(time):
    phase = (time / 1.7) % 1
    return 0.8 * np.exp(-(((phase - 0.25) / 0.05) ** 2)) + 0.6 * np.exp(-(((phase - 0.75) / 0.05) ** 2))


def two_sines(time):
    return 0.3 * np.sin(2 * np.pi * time / 1.3) + 0.1 * np.sin(2 * np.pi * time * 1.7 / 1.3)


def test_a_pulsating_star_is_reported_at_its_period_and_a_binary_at_twice_the_one_found():
    assert extracted(sawtooth)["reported_period_days"] == pytest.approx(0.55, rel=1e-3)
    found = extracted(binary)
    assert found["period"] == pytest.approx(0.85, rel=1e-3)
    assert found["reported_period_days"] == pytest.approx(1.7, rel=1e-3)


def test_the_second_period_is_found_in_what_the_first_leaves():
    row = extracted(two_sines)
    assert 10 ** row["log_second_ratio"] == pytest.approx(1.7, rel=1e-3)
    assert row["second_power"] > 0.9
    assert extracted(sawtooth, noise=0.05)["second_power"] < 0.15


@pytest.mark.parametrize("mag", [sawtooth, binary, two_sines])
def test_the_zero_point_of_a_survey_changes_nothing(mag):
    here, there = extracted(mag), extracted(mag, shift=5.0)
    for name in features.NAMES["lctransfer"]:
        assert there[name] == pytest.approx(here[name], rel=1e-5, abs=1e-5), name


def test_fewer_epochs_change_little():
    many, few = extracted(sawtooth, n=600, noise=0.03), extracted(sawtooth, n=60, noise=0.03)
    for name in ("log_period", "explained", "log_amplitude", "refined_r21", "rise_fraction", "log_std"):
        assert few[name] == pytest.approx(many[name], abs=0.12), name


def test_noiseless_light_curves_have_all_features():
    assert extracted(np.sin, noise=1e-9)["flag"] == "ok"


@pytest.mark.parametrize("cycles", [1.3, 2.0, 3.0, 3.9])
def test_twice_the_period_needs_a_light_curve_that_shows_two_of_its_cycles(cycles):
    rng = np.random.default_rng(5)
    time = np.sort(rng.uniform(0, cycles * 0.12, 100))
    mags = [12 + 0.1 * np.sin(2 * np.pi * time / 0.12 + phase) + rng.normal(0, 0.005, 100) for phase in range(6)]
    errors = [np.full(100, 0.005)] * 6
    table = pa.table({"source_id": list("abcdef"), "time": [time] * 6, "mag": mags, "mag_err": errors})
    for row in features.extract(table, Features(set="lctransfer")).to_pylist():
        assert row["reported_period_days"] == row["period"]
        assert row["doubling_probability"] == 0


@pytest.mark.parametrize("period_days", [0.05, 0.55, 3.0])
@pytest.mark.parametrize("cadence", ["even", "random"])
def test_a_sine_is_reported_at_its_own_period(period_days, cadence):
    """Nothing tells two cycles of a sine apart, so that 2P would be a guess."""
    rng = np.random.default_rng(1)
    time = np.arange(0, 27, 0.0204) if cadence == "even" else np.sort(rng.uniform(0, 300, 400))
    mag = 15 + 0.1 * np.sin(2 * np.pi * time / period_days) + rng.normal(0, 0.01, len(time))
    found = lctransfer_package.features(time, mag, np.full(len(time), 0.01))
    assert found["reported_period_days"] == pytest.approx(period_days, rel=2e-3)


def _doubled(mag_of, n_epochs, noise, n_stars=40):
    """Return the share of stars, each seen at epochs of its own, that are reported at twice the period found."""
    rng = np.random.default_rng(5)
    times = [np.sort(rng.uniform(0, 1500, n_epochs)) for _ in range(n_stars)]
    mags = [15 + mag_of(time) + rng.normal(0, noise, n_epochs) for time in times]
    errors = [np.full(n_epochs, max(noise, 1e-3))] * n_stars
    table = pa.table({"source_id": [str(i) for i in range(n_stars)], "time": times, "mag": mags, "mag_err": errors})
    found = features.extract(table, Features(set="lctransfer"))
    return np.mean(found["reported_period_days"].to_numpy() > 1.5 * found["period"].to_numpy())


@pytest.mark.parametrize("noise", [0.0, 0.0002, 0.01])
@pytest.mark.parametrize(("n_epochs", "most"), [(40, 0.15), (100, 0.0)])
def test_a_precise_sine_of_few_epochs_is_not_taken_for_a_binary(n_epochs, most, noise):
    """What the ridge leaves of it was: 43 of 100 at 40 epochs."""
    assert _doubled(lambda time: 0.2 * np.sin(2 * np.pi * time / 0.61), n_epochs, noise) <= most


def test_a_binary_of_few_epochs_still_is():
    assert _doubled(binary, 40, 0.01) >= 0.9
