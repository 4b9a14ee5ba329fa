"""Cadence and noise: each survey looks as it looked."""

import numpy as np
import pytest

from lctransfer.simulate import cadence, noise
from lctransfer.simulate.epochs import Epochs
from lctransfer.simulate.observing import SURVEYS
from lctransfer.simulate.survey_kinds import SURVEY_KINDS


def observed(survey: str, mag: float, n_stars: int = 50, n_epochs: int = 400):
    time = SURVEYS[survey].begin_jd + np.linspace(0, 900, n_epochs)
    epochs = Epochs(np.tile(time, n_stars), np.repeat(np.arange(n_stars), n_epochs), n_stars)
    return noise.observe(np.random.default_rng(0), SURVEYS[survey], epochs, np.full(n_stars * n_epochs, mag))


def spread(values: np.ndarray) -> float:
    return np.diff(np.percentile(values, [16, 84]))[0] / 2


@pytest.mark.parametrize("survey", ["ogle", "eros2", "asas", "asassn"])
def test_nothing_is_seen_by_day(survey):
    epochs = cadence.epochs(np.random.default_rng(0), SURVEYS[survey], 30)
    from_midnight = (epochs.time - SURVEYS[survey].midnight + 0.5) % 1.0 - 0.5
    assert np.percentile(np.abs(from_midnight), 99) < 0.3
    yearly = np.bincount((epochs.time[epochs.star == 0] % 365.25 // 20).astype(int), minlength=19)
    assert (yearly == 0).any()  # and nothing while the Sun is near


def test_satellite_turns_in_two_hours_and_comes_back_after_weeks():
    epochs = cadence.epochs(np.random.default_rng(0), SURVEYS["hipparcos"], 200)
    gaps = np.diff(epochs.time)[np.diff(epochs.star) == 0]
    short = gaps[gaps < 0.08]
    assert np.isin(np.round(short, 3), [0.014, 0.075]).mean() > 0.9
    assert np.median(gaps[gaps > 1]) > 10
    assert 60 < np.median(np.bincount(epochs.star)) < 160


def epochs_of(kind: str, n_stars: int = 100) -> Epochs:
    return cadence.epochs(np.random.default_rng(0), SURVEY_KINDS[kind].observing, n_stars)


def test_gaia_turns_in_six_hours_with_pairs_of_fields():
    epochs = epochs_of("gaia", 300)
    gaps = np.diff(epochs.time)[np.diff(epochs.star) == 0]
    # 106.5 degrees of a turn of six hours, and the rest of the turn.
    assert np.isin(np.round(gaps[gaps < 0.2], 3), [0.074, 0.176]).mean() > 0.95
    assert 30 < np.median(np.bincount(epochs.star)) < 80


def test_catalina_exposes_four_times_in_half_an_hour():
    survey = SURVEY_KINDS["crts"].observing
    time = cadence.night_times(np.random.default_rng(0), survey)
    night = np.floor(time - survey.midnight + 0.5)
    assert (np.unique(night, return_counts=True)[1] == 4).all()
    spans = [np.ptp(time[night == one]) for one in np.unique(night)]
    assert 0.01 < np.median(spans) < 0.04


def test_staring_satellite_is_even_but_for_pauses():
    epochs = epochs_of("tess", 3)
    time = epochs.time[epochs.star == 0]
    gaps = np.diff(time)
    assert np.mean(np.isclose(gaps, SURVEY_KINDS["tess"].observing.even_days, atol=1e-4)) > 0.9
    assert 1 < gaps.max() < 1.2


def test_stripe_is_sparse_and_seen_in_autumn_alone():
    epochs = epochs_of("stripe", 60)
    assert 25 < np.median(np.bincount(epochs.star)) < 110
    time = epochs.time[epochs.star == 0] - SURVEY_KINDS["stripe"].observing.begin_jd
    turn = 2 * np.pi * time / cadence.SIDEREAL_YEAR
    assert np.hypot(np.cos(turn).mean(), np.sin(turn).mean()) > 0.8


@pytest.mark.parametrize("survey", list(SURVEYS))
def test_faint_stars_scatter_more(survey):
    low, high = SURVEYS[survey].mag_limits
    bright, faint = (observed(survey, low + f * (high - low))[0] for f in (0.3, 0.8))
    assert spread(faint) > 1.5 * spread(bright)


def test_asas_error_bars_do_not_know_how_faint_the_star_is():
    for mag, true in ((9.5, 0.025), (13.1, 0.1)):
        values, quoted, _ = observed("asas", mag)
        assert spread(values) == pytest.approx(true, rel=0.4)
        assert np.median(quoted) == pytest.approx(0.037, rel=0.1)


def test_blends_limit_how_faint_a_star_can_get():
    values, _, detected = observed("asas", 19.0)
    assert np.median(values) < 17
    assert detected.mean() < 0.9


def test_epochs_of_chosen_stars():
    epochs = Epochs(np.arange(6.0), np.array([0, 0, 1, 2, 2, 2]), 3)
    chosen = epochs.take(np.array([0, 2]))
    assert chosen.time.tolist() == [0, 1, 3, 4, 5]
    assert chosen.star.tolist() == [0, 0, 1, 1, 1]
    assert epochs.offsets().tolist() == [0, 2, 3, 6]
