"""The coarse spectrum against direct sums, with every length of transform, and the search against the whole grid."""

import numpy as np
import pytest

from lctransfer.features import periodogram, spectrum, transform
from lctransfer.features.curves import Curves
from lctransfer.features.periodogram import Epochs, Grid
from lctransfer.features.search import Grids, highest_peaks


def noisy_sine(n=150, frequency=1.2345, seed=1):
    rng = np.random.default_rng(seed)
    time = np.sort(rng.uniform(0, 200, n))
    time -= time[0]
    mag = 0.3 * np.sin(2 * np.pi * frequency * time + 1) + rng.normal(0, 0.1, n)
    return time, mag - mag.mean()


@pytest.mark.parametrize("generalised", [False, True])
@pytest.mark.parametrize("n", [20, 150, 5000])
def test_search_finds_the_highest_of_the_whole_grid(n, generalised):
    time, deviation = noisy_sine(n, seed=n)
    grid = Grid(1 / (3 * time[-1]), 3, 25_000)
    curve = Curves(time, deviation, np.full(n, 1 / n), np.array([0, n]))
    found = highest_peaks(curve, Grids(*(np.array([value]) for value in grid)), generalised, spectrum.plans())
    index, power = periodogram.best_of_all(Epochs(*curve[:3]), grid, generalised)
    assert found[0][0] == index
    assert found[1][0] == pytest.approx(power, rel=1e-9)


@pytest.mark.parametrize("n", [150, 3000, 9000, 31_000])
def test_suspects_are_the_highest_peaks_of_the_direct_sum(n):
    time, deviation = noisy_sine(n, seed=n)
    grid = Grid(1 / (3 * time[-1]), 1, 900)
    found = spectrum.suspects(time, deviation, grid, spectrum.plans())
    direct = np.abs(np.exp(2j * np.pi * np.outer(grid.step_per_day * np.arange(1, 901), time)) @ deviation) ** 2
    assert abs(found[0] - 1 - direct.argmax()) <= 1
    elsewhere = np.abs(np.arange(900) - direct.argmax()) > 30  # beyond the side lobes of the highest
    assert np.abs(found - 1 - np.argmax(direct * elsewhere)).min() <= 1


def test_each_maximum_of_the_spectrum_is_a_suspect_and_nothing_else():
    time, deviation = noisy_sine(150, frequency=0.05)
    grid = Grid(1 / (3 * time[-1]), 1, 60)
    coarse = 1.5  # steps of the grid, at two frequencies per baseline
    places = np.arange(int(np.ceil(grid.size / coarse)) + 3)
    power = np.abs(np.exp(2j * np.pi * np.outer(grid.step_per_day * coarse * places, time)) @ deviation) ** 2
    inner = power[1:-1]
    maxima = places[1:-1][(inner > power[:-2]) & (inner >= power[2:])]
    found = np.sort(spectrum.suspects(time, deviation, grid, spectrum.plans()))
    assert len(found) == len(maxima) < spectrum.SUSPECTS[0]
    assert np.abs(found - coarse * maxima).max() <= 0.5 * coarse + 0.5


@pytest.mark.parametrize("length", spectrum.LENGTHS[:2])
def test_each_lane_is_transformed_for_itself(length):
    rng = np.random.default_rng(2)
    values = rng.normal(size=(length, 2, transform.LANES)).astype(np.float32)
    plan = transform.plan(length)
    flat = values.ravel().copy()
    transform.transform(flat, plan)
    transform.finish(flat, plan)
    result = flat.reshape(values.shape)[plan.row.astype(int)] / plan.scale[plan.row.astype(int), None, None]
    expected = np.fft.fft(values[:, 0] + 1j * values[:, 1], axis=0)
    half = len(plan.row) // 2
    np.testing.assert_allclose(result[:, 0] + 1j * result[:, 1], expected[np.arange(-half, half)], atol=1e-3)
