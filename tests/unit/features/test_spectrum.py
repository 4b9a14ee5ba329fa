"""The coarse spectrum against direct sums, with every length of transform, and the search against the whole grid."""

import numpy as np
import pytest

from lctransfer.features import periodogram, spectrum, transform


def noisy_sine(n=150, frequency=1.2345, seed=1):
    rng = np.random.default_rng(seed)
    time = np.sort(rng.uniform(0, 200, n))
    time -= time[0]
    mag = 0.3 * np.sin(2 * np.pi * frequency * time + 1) + rng.normal(0, 0.1, n)
    return time, mag - mag.mean()


@pytest.mark.parametrize("n", [20, 150, 5000])
def test_search_finds_the_highest_of_the_whole_grid(n):
    time, deviation = noisy_sine(n, seed=n)
    grid = spectrum.Grid(1 / (3 * time[-1]), 25_000)
    peaks = spectrum.peaks(time, deviation, grid, spectrum.search(0.03, 3).plans)
    found = periodogram.best_on_grid(time, deviation, peaks.index, *grid)
    every = periodogram.lomb_scargle(time, deviation, 1, grid.size, grid.step_per_day)
    assert found[0] == every.argmax() + 1
    assert found[1] == pytest.approx(every.max(), rel=1e-9)


@pytest.mark.parametrize("length", spectrum.LENGTHS)
@pytest.mark.parametrize("oversampling", [1, 3])
def test_peaks_agree_with_direct_sums(length, oversampling):
    time, deviation = noisy_sine()
    grid = spectrum.Grid(1 / (oversampling * time[-1]), 25_000)  # many chunks, the last one cut
    plans = (transform.plan(length),) * len(spectrum.LENGTHS)
    index, power = spectrum.peaks(time, deviation, grid, plans)
    frequency = grid.step_per_day * np.arange(1, grid.size + 1)
    direct = np.abs(np.exp(2j * np.pi * np.outer(frequency, time)) @ deviation) ** 2
    np.testing.assert_allclose(power, direct[index - 1], atol=4e-3 * direct.max())
    inner = np.flatnonzero((direct[1:-1] > direct[:-2]) & (direct[1:-1] >= direct[2:])) + 1
    highest = inner[np.argsort(-direct[inner])][:3] + 1
    assert set(highest) <= set(index)
    assert index[0] == highest[0]


@pytest.mark.parametrize("length", spectrum.LENGTHS[:2])
def test_each_lane_is_transformed_for_itself(length):
    rng = np.random.default_rng(2)
    values = rng.normal(size=(length, 2, transform.LANES)).astype(np.float32)
    plan = transform.plan(length)
    flat = values.ravel().copy()
    transform.transform(flat, plan)
    result = flat.reshape(values.shape)[plan.row.astype(int)]
    expected = np.fft.fft(values[:, 0] + 1j * values[:, 1], axis=0)
    half = len(plan.row) // 2
    np.testing.assert_allclose(result[:, 0] + 1j * result[:, 1], expected[np.arange(-half, half)], atol=1e-3)
