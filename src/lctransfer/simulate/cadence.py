"""When a survey observes each of its stars: seasons, nights, weather, scanning laws and staring satellites."""

import numpy as np

from lctransfer.simulate.epochs import Epochs
from lctransfer.simulate.observing import Observing

SIDEREAL_YEAR = 365.25636
STARE = 13.7
"""Days between two downlinks of TESS (Ricker et al. 2015, JATIS 1, 014003)."""


def epochs(rng: np.random.Generator, survey: Observing, n_stars: int) -> Epochs:
    """Return the epochs of `n_stars` stars, spread at random over the survey's fields.

    Parameters
    ----------
    rng : numpy.random.Generator
        Random number generator.
    survey : Observing
        Whose characteristics.
    n_stars : int
        Number of stars.

    Returns
    -------
    Epochs
        Julian dates rounded to the decimals of the survey's files.
    """
    visits = scan_times if survey.scan else even_times if survey.even_days else night_times
    times = [np.unique(np.round(visits(rng, survey), survey.decimals[0])) for _ in range(survey.fields)]
    field = rng.integers(survey.fields, size=n_stars)
    kept = rng.beta(*survey.kept, size=n_stars)
    counts = np.array([len(one) for one in times])[field]
    star = np.repeat(np.arange(n_stars), counts)
    time = np.concatenate([times[number] for number in field]) if n_stars else np.zeros(0)
    keep = rng.random(len(star)) < kept[star]
    return Epochs(time[keep], star[keep], n_stars)


def night_times(rng: np.random.Generator, survey: Observing) -> np.ndarray:
    """Return one field's epochs from the ground: a season each year, weather in spells, visits near transit."""
    nights = np.arange(int(survey.begin_jd), int(survey.end_jd))
    season = rng.uniform(*survey.season_days)
    from_opposition = (nights - rng.uniform(0, SIDEREAL_YEAR)) % SIDEREAL_YEAR - SIDEREAL_YEAR / 2
    visible = np.abs(from_opposition) < season / 2
    usable = rng.uniform(*survey.usable) * SIDEREAL_YEAR / season
    nights = nights[visible & (rng.random(len(nights)) < usable * _weather(rng, len(nights)))]
    # A field transits four minutes earlier each night, and is caught within two hours or so of it.
    from_opposition = (nights - rng.uniform(0, SIDEREAL_YEAR)) % SIDEREAL_YEAR - SIDEREAL_YEAR / 2
    hour_angle = rng.normal(0, 0.06, len(nights)) - np.clip(0.5 * from_opposition / SIDEREAL_YEAR, -0.15, 0.15)
    first = nights + survey.midnight + np.clip(hour_angle, -0.18, 0.18)
    more_visits = survey.visits_per_night - 1
    extra = np.full(len(nights), int(more_visits)) if survey.visits_exact else rng.poisson(more_visits, len(nights))
    delays = np.sort(rng.exponential(survey.revisit_days, (int(extra.max(initial=0)), len(nights))), axis=0)
    more = [first[extra > k] + (k + 1) * 0.0025 + delays[k, extra > k] for k in range(len(delays))]
    return np.concatenate([first, *more])


def _weather(rng: np.random.Generator, n_nights: int) -> np.ndarray:
    """Return a factor per night, of mean about 1, that stays good or bad for some nights."""
    spells = np.repeat(rng.uniform(0.0, 1.9, n_nights // 4 + 1), rng.integers(2, 9, n_nights // 4 + 1))
    return np.resize(spells, n_nights)


def scan_times(rng: np.random.Generator, survey: Observing) -> np.ndarray:
    """Return one field's epochs from a turning satellite: passages of both fields of view, spin after spin."""
    assert survey.scan is not None
    revisit = rng.uniform(*survey.scan.revisit_days)
    start = np.arange(survey.begin_jd + rng.uniform(0, revisit), survey.end_jd, revisit)
    start = np.clip(start + rng.normal(0, 0.1 * revisit, len(start)), survey.begin_jd, survey.end_jd - 1)
    # Once or twice a year, by its ecliptic latitude, the star lies beyond the circle's reach.
    cycle = SIDEREAL_YEAR / rng.choice([1, 2])
    reached = np.minimum(rng.uniform(*survey.usable) * revisit, 1.0)
    start = start[(start - rng.uniform(0, cycle)) % cycle < reached * cycle]
    n_scans = len(start)
    spins = 1 + rng.poisson(max(survey.visits_per_night / 2 - 1, 0), n_scans)
    scan = np.repeat(np.arange(n_scans), spins)
    spin = np.arange(len(scan)) - np.repeat(np.cumsum(spins) - spins, spins)
    leading = start[scan] + spin * survey.scan.spin_days
    trailing = leading + survey.scan.field_gap_days
    both = np.concatenate([leading, trailing])
    # At the edge of a scan only one of the two fields of view catches the star.
    return both[rng.random(len(both)) < 0.85]


def even_times(rng: np.random.Generator, survey: Observing) -> np.ndarray:
    """Return one field's epochs from a satellite that stares: evenly spaced, but for a day's pause every two weeks."""
    time = np.arange(survey.begin_jd + rng.uniform(0, survey.even_days), survey.end_jd, survey.even_days)
    return time[(time - survey.begin_jd) % STARE < STARE - 1]
