"""Star models: what the literature says of each kind holds for the simulated ones."""

import numpy as np
import pytest
from astropy.timeseries import LombScargle

from lctransfer.simulate.epochs import Epochs
from lctransfer.simulate.stars import MODELS, artefacts, cepheids, eclipsing, waves

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


def fourier_parameters(kind: str, epochs: Epochs, band_ratio: float) -> dict[str, np.ndarray]:
    """Return A_1 and the parameters of harmonics 2 and 3 of every star, by least squares with the true period."""
    light = MODELS[kind](np.random.default_rng(8), epochs, band_ratio)
    time, mag = epochs.time.reshape(N_STARS, -1) - epochs.time.min(), per_star(light)
    rows = []
    for t, m, period in zip(time, mag, light.period_days):
        angle = 2 * np.pi * np.outer(t / period, np.arange(1, 9))
        fit = np.linalg.lstsq(np.hstack([np.ones((len(t), 1)), np.cos(angle), np.sin(angle)]), m, rcond=None)[0]
        wave = fit[1:9] - 1j * fit[9:]
        phase = np.angle(wave)
        rows.append((period, *np.abs(wave[:3]), phase[1] - 2 * phase[0], phase[2] - 3 * phase[0]))
    period, a1, a2, a3, phi21, phi31 = np.array(rows).T
    turn = 2 * np.pi
    return {"period": period, "a1": a1, "r21": a2 / a1, "r31": a3 / a1, "phi21": phi21 % turn, "phi31": phi31 % turn}


def test_fundamental_cepheids_follow_ogles_progression(epochs):
    found = fourier_parameters("CEPH_F", epochs, 0.6)
    usual = (found["period"] > 2.5) & (found["period"] < 4.5)
    # OGLE-IV: A_1 = .18, R21 = .44, phi21 = 4.5, phi31 = 2.8 between 2.5 and 4.5 d.
    for name, value, within in (("a1", 0.18, 0.03), ("r21", 0.44, 0.05), ("phi21", 4.5, 0.15), ("phi31", 2.8, 0.3)):
        assert np.median(found[name][usual]) == pytest.approx(value, abs=within), name


def test_cepheids_of_short_and_long_periods_are_other_stars():
    # The bump of the Hertzsprung progression: R21 is least at about 11 d, where phi21 falls from 6.
    table = cepheids.FUNDAMENTAL.table
    assert 10 ** table[table[:, 2].argmin(), 0] == pytest.approx(11.5, abs=2)
    assert 10 ** table[table[:, 3].argmax(), 0] == pytest.approx(9.5, abs=1)


@pytest.mark.parametrize(
    ("model", "log_p", "amplitude"),
    [
        # 16, 50 and 84 % of OGLE-IV's stars: 2,336 of the fundamental mode, then first overtones' amplitudes.
        (cepheids.fundamental, (0.44, 0.55, 0.80), (0.134, 0.183, 0.223)),
        (cepheids.first_overtone, None, (0.077, 0.102, 0.125)),
    ],
)
def test_cepheids_have_ogles_periods_and_amplitudes(model, log_p, amplitude, monkeypatch):
    n, asked = 4000, []
    one = Epochs(np.full(n, 2_452_000.0), np.arange(n), n)
    whole = cepheids._series
    monkeypatch.setattr(cepheids, "_series", lambda *given, **more: asked.append(given[3]) or whole(*given, **more))
    light = model(np.random.default_rng(1), one, 0.6)
    if log_p:
        assert np.percentile(np.log10(light.period_days), (16, 50, 84)) == pytest.approx(log_p, abs=0.02)
    assert np.percentile(asked[0], (16, 50, 84)) == pytest.approx(amplitude, abs=0.012)


def test_long_period_cepheids_have_ogles_phases():
    # OGLE-IV, I band: R21 and phi31 where the bump has passed; phi21 before it.
    table = cepheids.FUNDAMENTAL.table
    assert np.interp((1.08, 1.35), table[:, 0], table[:, 2]) == pytest.approx((0.099, 0.287), abs=0.01)
    assert np.interp(0.97, table[:, 0], table[:, 3]) == pytest.approx(5.89, abs=0.05)


def test_rr_lyrae_of_the_overtone_have_ogles_third_harmonic(epochs):
    assert 3.6 < np.median(fourier_parameters("RRL_c", epochs, 0.6)["phi31"]) < 4.0


def test_rr_lyrae_have_ogles_phases_in_i_and_lower_ones_in_v(epochs):
    in_i, in_v = (fourier_parameters("RRL_ab", epochs, ratio) for ratio in (0.6, 1.0))
    assert np.median(in_i["phi21"]) == pytest.approx(4.37, abs=0.1)
    assert np.median(in_i["phi31"]) == pytest.approx(2.65, abs=0.25)
    assert np.median(in_i["phi21"]) - np.median(in_v["phi21"]) == pytest.approx(0.37, abs=0.1)
    c = fourier_parameters("RRL_c", epochs, 0.6)
    assert np.median(c["r21"]) == pytest.approx(0.122, abs=0.03)


def test_second_overtones_are_nearly_sinusoidal(epochs):
    found = fourier_parameters("CEPH_2O", epochs, 0.6)
    assert np.median(found["a1"]) == pytest.approx(0.021, abs=0.005)
    assert np.median(found["r21"]) < 0.06


def test_few_delta_scuti_stars_of_the_clouds_have_several_modes(epochs):
    # The residual of the main period is what other modes leave behind.
    left = {}
    for kind in ("DSCT", "DSCT_multimode"):
        light = MODELS[kind](np.random.default_rng(9), epochs, 1.0)
        time, mag = epochs.time.reshape(N_STARS, -1), per_star(light)
        residual = []
        for t, m, period in zip(time, mag, light.period_days):
            angle = 2 * np.pi * np.outer(t / period, np.arange(1, 4))
            design = np.hstack([np.ones((len(t), 1)), np.cos(angle), np.sin(angle)])
            residual.append((m - design @ np.linalg.lstsq(design, m, rcond=None)[0]).std() / m.std())
        left[kind] = np.array(residual)
    assert np.mean(left["DSCT"] > 0.05) < 0.2
    assert np.mean(left["DSCT_multimode"] > 0.05) > 0.8


def test_close_binaries_nearly_always_have_a_third_star():
    n, flux = 4000, np.array([0.5])
    one = Epochs(np.full(n, 2_452_000.0), np.arange(n), n)
    shares = []
    for period in (1.0, 30.0):
        light = eclipsing._seen(np.random.default_rng(0), one, np.full(n, period), np.repeat(flux, n))
        shares.append(np.mean(light.deviation < -2.5 * np.log10(0.5) - 1e-9))
    # Tokovinin et al. 2006: 96 % below three days, 34 % beyond twelve.
    assert shares == pytest.approx([0.96, 0.34], abs=0.03)


def test_transients_happen_once_while_they_are_watched(epochs):
    for kind in ("SN", "MICROLENSING"):
        mag = per_star(MODELS[kind](np.random.default_rng(3), epochs, 1.0))
        assert (mag.min(axis=1) < -0.05).mean() > 0.8
        assert np.median(np.mean(mag < 0.5 * mag.min(axis=1, keepdims=True), axis=1)) < 0.1


def test_flares_are_short_and_larger_in_the_blue():
    dense = Epochs(np.tile(2_452_000 + np.arange(4000) * 0.002, 10), np.repeat(np.arange(10), 4000), 10)
    blue, red = (MODELS["UV"](np.random.default_rng(2), dense, ratio).deviation.reshape(10, -1) for ratio in (1.2, 0.6))
    assert np.median(blue.min(axis=1)) < 2 * np.median(red.min(axis=1)) < 0
    bright = blue < 0.5 * blue.min(axis=1, keepdims=True)
    assert 0 < bright.mean() < 0.02


def test_heartbeats_are_quiet_away_from_periastron(epochs):
    mag = np.sort(np.abs(per_star(MODELS["HB"](np.random.default_rng(4), epochs, 1.0))), axis=1)
    assert np.median(mag[:, N_EPOCHS // 2] / mag[:, -3]) < 0.4


def test_every_artefact_varies_by_about_its_size(epochs):
    for error in artefacts.KINDS:
        spread = error(np.random.default_rng(5), epochs).std()
        assert 0.4 < spread < 2, error.__name__


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
