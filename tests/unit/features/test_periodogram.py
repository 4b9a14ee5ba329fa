"""Exact powers against astropy, and periods off the grid."""

import numpy as np
import pytest
from astropy.timeseries import LombScargle

from lctransfer.features import periodogram
from lctransfer.features.compiled import cos_sin


def noisy_sine(n=150, frequency=1.2345, seed=1):
    rng = np.random.default_rng(seed)
    time = np.sort(rng.uniform(0, 200, n))
    time -= time[0]
    mag = 0.3 * np.sin(2 * np.pi * frequency * time + 1) + rng.normal(0, 0.1, n)
    return time, mag - mag.mean(), rng.uniform(0.05, 0.2, n)


def test_cos_sin_agrees_with_numpy_in_every_quadrant():
    cycles = np.linspace(-3, 3, 4801)
    values = np.array([cos_sin(x) for x in cycles])
    np.testing.assert_allclose(values[:, 0], np.cos(2 * np.pi * cycles), atol=3e-15)
    np.testing.assert_allclose(values[:, 1], np.sin(2 * np.pi * cycles), atol=3e-15)


def exact(epochs, frequency, generalised):
    power = np.empty((len(frequency), 1))
    periodogram.exact(epochs, frequency, 0.0, generalised, power)
    return power[:, 0]


def test_the_power_is_the_classical_one():
    time, deviation, _ = noisy_sine()
    frequency = np.arange(700, 800) / 600
    power = exact(periodogram.Epochs(time, deviation, np.full(150, 1 / 150)), frequency, False)
    expected = LombScargle(time, deviation, fit_mean=False, center_data=False).power(frequency, method="slow")
    np.testing.assert_allclose(power, expected, rtol=1e-9)


def test_generalised_has_weights_and_a_free_mean():
    time, deviation, mag_err = noisy_sine()
    weight = mag_err**-2 / np.sum(mag_err**-2)
    frequency = 1.1 + 0.002 * np.arange(100)
    power = exact(periodogram.Epochs(time, deviation - weight @ deviation, weight), frequency, True)
    expected = LombScargle(time, deviation, mag_err, fit_mean=True).power(frequency, method="cython")
    np.testing.assert_allclose(power, expected, rtol=1e-8)


def test_a_run_of_frequencies_is_each_of_them():
    time, deviation, _ = noisy_sine()
    epochs = periodogram.Epochs(time, deviation, np.full(150, 1 / 150))
    power = np.empty((20, 32))
    periodogram.exact(epochs, 0.1 + 0.064 * np.arange(20), 0.002, True, power)
    np.testing.assert_allclose(power.ravel(), exact(epochs, 0.1 + 0.002 * np.arange(640), True), rtol=1e-9)


def test_refined_frequency_beats_the_grid_and_stays_within_it():
    time, deviation, _ = noisy_sine(n=400)
    epochs, step = periodogram.Epochs(time, deviation, np.full(400, 1 / 400)), 1 / (3 * time[-1])
    nearest = round(1.2345 / step)
    frequency, _ = periodogram.refined(epochs, nearest * step, periodogram.Grid(step, 3, 20_000))
    assert abs(frequency - 1.2345) < 0.02 / time[-1]
    frequency, _ = periodogram.refined(epochs, (nearest - 1) * step, periodogram.Grid(step, 3, nearest - 1))
    assert frequency <= (nearest - 1) * step


def test_period_uncertainty_is_the_scatter_of_simulated_periods():
    periods, claimed = [], []
    for seed in range(100):
        time, deviation, _ = noisy_sine(seed=seed)
        epochs, step = periodogram.Epochs(time, deviation, np.full(len(time), 1 / len(time))), 1 / (3 * time[-1])
        index, _ = periodogram.best_of(
            epochs, np.array([round(1.2345 / step) - 1]), 3, periodogram.Grid(step, 3, 2000), True
        )
        frequency, power = periodogram.refined(epochs, index * step, periodogram.Grid(step, 3, 2000))
        periods.append(1 / frequency)
        claimed.append(periodogram.period_uncertainty(power, len(time), time[-1], 1 / frequency))
    assert np.std(periods) == pytest.approx(np.mean(claimed), rel=0.3)
