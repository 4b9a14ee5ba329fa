"""Exact powers against astropy, and periods off the grid."""

import numpy as np
import pytest
from astropy.timeseries import LombScargle

from lctransfer.features import periodogram, spectrum
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


def test_lomb_scargle_is_the_classical_one():
    time, deviation, _ = noisy_sine()
    step = 1 / 600
    power = periodogram.lomb_scargle(time, deviation, 700, 100, step)
    frequency = step * np.arange(700, 800)
    expected = LombScargle(time, deviation, fit_mean=False, center_data=False).power(frequency, method="slow")
    np.testing.assert_allclose(power, expected, rtol=1e-9)


def test_generalised_has_weights_and_a_free_mean():
    time, deviation, mag_err = noisy_sine()
    weight = mag_err**-2 / np.sum(mag_err**-2)
    power = periodogram.generalised((time, deviation - weight @ deviation), weight, 1.1, 100, 0.002)
    frequency = 1.1 + 0.002 * np.arange(100)
    expected = LombScargle(time, deviation, mag_err, fit_mean=True).power(frequency, method="cython")
    np.testing.assert_allclose(power, expected, rtol=1e-8)


def test_refined_frequency_beats_the_grid():
    time, deviation, _ = noisy_sine(n=400)
    grid = spectrum.Grid(1 / (3 * time[-1]), 20_000)
    weight = np.full(len(time), 1 / len(time))
    peaks = spectrum.peaks(time, deviation, grid, spectrum.search(0.03, 3).plans)
    frequency, _ = periodogram.best_refined((time, deviation), weight, peaks.index, grid, 3)
    assert abs(frequency - 1.2345) < 0.02 / time[-1]


def test_period_uncertainty_is_the_scatter_of_simulated_periods():
    periods, claimed = [], []
    for seed in range(100):
        time, deviation, _ = noisy_sine(seed=seed)
        weight = np.full(len(time), 1 / len(time))
        grid = spectrum.Grid(1 / (3 * time[-1]), 2_000)
        guess = np.array([round(1.2345 / grid.step_per_day)])
        frequency, power = periodogram.best_refined((time, deviation), weight, guess, grid, 3)
        periods.append(1 / frequency)
        claimed.append(periodogram.period_uncertainty(power, len(time), time[-1], 1 / frequency))
    assert np.std(periods) == pytest.approx(np.mean(claimed), rel=0.3)
