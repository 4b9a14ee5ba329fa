import numpy as np
import pytest

from lctransfer.table import cross_match

ARCSEC = 1 / 3600


def test_pairs_within_the_radius_across_the_pole_and_the_meridian():
    ra, dec = np.array([359.9999, 10.0, 100.0]), np.array([0.0, 89.9999, -45.0])
    other_ra, other_dec = np.array([0.0001, 190.0, 100.0]), np.array([0.0, 89.9999, -45 + 3 * ARCSEC])
    first, second = cross_match.pairs(ra, dec, other_ra, other_dec, 1.0)
    assert list(zip(first, second)) == [(0, 0), (1, 1)]


def test_unknown_positions_match_nothing():
    nothing = np.array([np.nan, 1.0]), np.array([0.0, np.nan])
    assert len(cross_match.pairs(*nothing, *nothing, 10.0)[0]) == 0


@pytest.mark.parametrize("size", [1, 400])
def test_pairs_are_those_of_all_separations(size):
    rng = np.random.default_rng(size)
    ra, dec = rng.uniform(80, 80.05, size), rng.uniform(-70, -69.95, size)
    first, second = cross_match.pairs(ra, dec, ra, dec, 20.0)
    east = (ra[:, None] - ra) * np.cos(np.radians((dec[:, None] + dec) / 2))
    near = np.hypot(east, dec[:, None] - dec) < 20 * ARCSEC
    assert set(zip(first, second)) == set(zip(*np.nonzero(near)))


def test_the_first_of_a_group_is_kept():
    dec = np.array([0.0, 0.5, 0.9, 10.0, 10.2, 30.0]) * ARCSEC
    again = cross_match.repeated(np.zeros(6), dec, 1.0)
    assert again.tolist() == [False, True, True, False, True, False]


def test_stars_of_other_surveys_are_found_by_index():
    found = cross_match.also_in(np.array([1.0, 2.0, np.nan]), np.zeros(3), [(np.array([2.0]), np.array([0.0]))], 2.0)
    assert found.tolist() == [False, True, False]
