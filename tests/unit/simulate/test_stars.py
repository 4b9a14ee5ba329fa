"""Star models: what the literature says of each kind holds for the simulated ones."""

import numpy as np
import pytest
from astropy.timeseries import LombScargle

from lctransfer.simulate.epochs import Epochs
from lctransfer.simulate.stars import MODELS, eclipsing, waves

N_STARS, N_EPOCHS = 40, 300


@pytest.fixture(scope="module")
def epochs() -> Epochs:
    time = 2_452_000 + np.sort(np.random.default_rng(0).uniform(0, 2000, (N_STARS, N_EPOCHS)), axis=1)
    return Epochs(time.ravel(), np.repeat(np.arange(N_STARS), N_EPOCHS), N_STARS)


def per_star(light) -> np.ndarray:
    return light.deviation.reshape(N_STARS, N_EPOCHS)


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_every_kind_shines_finitely_and_alike_for_one_seed(kind, epochs):
    first, second = (MODELS[kind](np.random.default_rng(3), epochs, 1.0) for _ in range(2))
    assert np.isfinite(first.deviation).all()
    assert np.array_equal(first.deviation, second.deviation)
    assert first.period_days.shape == first.cloud_mag.shape == (N_STARS,)
    assert (first.deviation.std() == 0) == (kind == "NonVar")
    assert np.abs(per_star(first)).max() < 10


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        ("RRL_ab", 0.35, 1.0),
        ("RRL_c", 0.2, 0.45),
        ("RRL_e", 0.22, 0.31),
        ("DSCT", 0.03, 0.3),
        ("CEPH_F", 1.0, 60),
        ("CEPH_1O", 0.3, 7),
        ("LPV_Mira_AGB_O", 79, 800),
        ("LPV_OSARG_RGB", 7, 160),
    ],
)
def test_periods_lie_where_the_class_is_defined(kind, low, high, epochs):
    period = MODELS[kind](np.random.default_rng(1), epochs, 1.0).period_days
    assert low <= period.min()
    assert period.max() <= high


@pytest.mark.parametrize("kind", ["RRL_ab", "CEPH_F", "RRL_c"])
def test_light_repeats_with_the_period(kind, epochs):
    light = MODELS[kind](np.random.default_rng(5), epochs, 1.0)
    time, mag = epochs.time.reshape(N_STARS, -1), per_star(light)
    found = 0
    for t, m, period in list(zip(time, mag, light.period_days))[:10]:
        # A step of a fifth of the resolution around the period, and the same width around it searched.
        frequency = 1 / period + np.arange(-100, 101) / 10_000
        best = frequency[LombScargle(t, m).power(frequency, method="fast", assume_regular_frequency=True).argmax()]
        found += abs(best - 1 / period) < 3e-4
    assert found >= 9


def test_rr_lyrae_rise_steeply(epochs):
    ab = per_star(MODELS["RRL_ab"](np.random.default_rng(2), epochs, 1.0))
    c = per_star(MODELS["RRL_c"](np.random.default_rng(2), epochs, 1.0))
    skewness = [np.mean(((m - m.mean(axis=1, keepdims=True)) / m.std(axis=1, keepdims=True)) ** 3) for m in (ab, c)]
    assert skewness[0] < -0.4 < skewness[1]
    assert np.ptp(ab, axis=1).mean() > 1.3 * np.ptp(c, axis=1).mean()


def test_mira_amplitudes_exceed_those_of_small_amplitude_giants(epochs):
    medians = [
        np.median(per_star(MODELS[f"LPV_{kind}"](np.random.default_rng(4), epochs, 0.6)).std(axis=1))
        for kind in ("Mira_AGB_O", "SRV_AGB_O", "OSARG_AGB")
    ]
    assert medians[0] > 5 * medians[1] > 5 * medians[2]


def test_detached_binaries_stand_still_between_eclipses(epochs):
    kinds = {kind: per_star(MODELS[kind](np.random.default_rng(6), epochs, 1.0)) for kind in ("EB_ED", "EB_EC")}
    quiet = {kind: np.mean(np.ptp(np.sort(mag)[:, :150], axis=1) / np.ptp(mag, axis=1)) for kind, mag in kinds.items()}
    assert quiet["EB_ED"] < 0.5 * quiet["EB_EC"]


def test_overlap_of_discs():
    one = np.array([1.0, 1.0, 1.0, 1.0])
    two = np.array([0.5, 0.5, 0.5, 1.0])
    shared = eclipsing.overlap(np.array([0.0, 2.0, 0.5, 1.0]), one, two)
    # Inside; apart; touching from within; two equal discs at one radius: 2 pi / 3 - sqrt(3) / 2.
    assert shared == pytest.approx([np.pi / 4, 0.0, np.pi / 4, 2 * np.pi / 3 - np.sqrt(3) / 2], abs=1e-6)


def test_overlap_agrees_with_counting_points():
    rng = np.random.default_rng(0)
    x, y = rng.uniform(-1, 1, (2, 400_000))
    inside = (x**2 + y**2 < 1) & ((x - 0.7) ** 2 + y**2 < 0.6**2)
    expected = 4 * inside.mean()
    assert eclipsing.overlap(np.array([0.7]), np.array([1.0]), np.array([0.6]))[0] == pytest.approx(expected, abs=0.01)


def test_roche_lobe_against_eggletons_table():
    # Eggleton 1983, table 1: exact lobe radii 0.2054, 0.3789, 0.5803 at mass ratios 0.1, 1, 10; good to 1 %.
    assert eclipsing.roche_lobe(np.array([0.1, 1.0, 10.0])) == pytest.approx([0.2054, 0.3789, 0.5803], rel=0.01)


def test_damped_random_walk_forgets_exponentially():
    n, step = 400, 10.0
    epochs = Epochs(np.tile(2_450_000 + step * np.arange(60), n), np.repeat(np.arange(n), 60), n)
    walk = waves.damped_random_walk(np.random.default_rng(0), epochs, np.full(n, 40.0), np.full(n, 0.2)).reshape(n, 60)
    assert walk.std() == pytest.approx(0.2, rel=0.05)
    for lag in (1, 4, 8):
        correlation = np.mean(walk[:, lag:] * walk[:, :-lag]) / walk.var()
        assert correlation == pytest.approx(np.exp(-lag * step / 40), abs=0.05)


def test_fourier_series_against_its_definition(epochs):
    n = epochs.n_stars
    cycles = epochs.cycles(np.full(n, 0.7), 0.1)
    shape = np.full((2, n), 0.3), np.full((2, n), 1.0)
    angle = 2 * np.pi * cycles
    expected = 0.5 * (np.cos(angle) + 0.3 * np.cos(2 * angle + 1) + 0.3 * np.cos(3 * angle + 1))
    assert waves.fourier(cycles, epochs, np.full(n, 0.5), *shape) == pytest.approx(expected, abs=1e-9)
