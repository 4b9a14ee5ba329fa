"""Eclipsing binaries: two discs in orbit, tides on their surfaces, and how far each fills its Roche lobe.

The class is what the geometry makes it: detached (both well inside), semi-detached (one fills its lobe), contact.
"""

from typing import NamedTuple

import numpy as np

from lctransfer.simulate.epochs import Epochs, Light


class Orbit(NamedTuple):
    """Two stars around each other; every value of shape (n,), pairs of shape (2, n), the hotter star first.

    Attributes
    ----------
    period_days : numpy.ndarray
        Orbital period.
    mass_ratio : numpy.ndarray
        Second mass over first.
    radii, light : numpy.ndarray
        Radii over the separation; shares of the light.
    cos_i, eccentricity : numpy.ndarray
        Cosine of the inclination, and eccentricity.
    """

    period_days: np.ndarray
    mass_ratio: np.ndarray
    radii: np.ndarray
    light: np.ndarray
    cos_i: np.ndarray
    eccentricity: np.ndarray


LIMB = ((1.0, 0.62), (0.85, 0.23), (0.55, 0.15))
"""Radii and shares of light of three uniform discs that add up to linear limb darkening of about 0.6."""


def contact(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return contact binaries, of which a few cosines tell all.

    The common envelope leaves ``1 + a1 cos t + a2 cos 2t + a4 cos 4t`` (Rucinski 1993, PASP 105, 1433); a2 grows with
    mass ratio and inclination (Rucinski 2001, AJ 122, 1007), and a4 stays below a2 (0.125 - a2) (Rucinski 1997, AJ 113,
    407, eq. 1), which is where contact ends.
    """
    n = epochs.n_stars
    log_p = np.where(rng.random(n) < 0.85, rng.normal(-0.37, 0.11, n), rng.uniform(-0.3, 0.9, n))
    a2 = -(0.17 + 0.13 * np.sqrt(rng.uniform(0.1, 1.0, n))) * (1 - rng.uniform(0.0, 0.7, n) ** 2) ** 1.5
    a4 = a2 * (0.125 - a2) * rng.uniform(0.25, 1.0, n)
    a6 = a4 * rng.uniform(0.1, 0.6, n)
    a1 = rng.normal(0.0, 0.015, n)
    oconnell = rng.normal(0.0, 0.006, n)
    angle = 2 * np.pi * (epochs.cycles(10**log_p, rng.random(n)) % 1.0)
    flux = 1 + sum(epochs.of(a) * np.cos(k * angle) for k, a in ((1, a1), (2, a2), (4, a4), (6, a6)))
    return _seen(rng, epochs, 10**log_p, flux + epochs.of(oconnell) * np.sin(angle))


def semi_detached(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return semi-detached binaries: the cooler star fills its lobe (Budding et al. 2004, A&A 417, 263)."""
    n = epochs.n_stars
    mass_ratio = rng.uniform(0.15, 0.9, n)
    radii = _radii(mass_ratio, rng.uniform(0.65, 0.98, n), rng.uniform(0.97, 1.0, n))
    log_p = np.clip(rng.normal(0.10, 0.38, n), -0.5, 1.6)
    light = _light(radii, rng.uniform(0.2, 0.95, n))
    cos_i = rng.uniform(0.0, 0.5, n)
    return _in_orbit(rng, epochs, Orbit(10**log_p, mass_ratio, radii, light, cos_i, np.zeros(n)))


def detached(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return detached binaries, eccentric where the orbit is wide (North & Zahn 2003, A&A 405, 677)."""
    n = epochs.n_stars
    mass_ratio = rng.uniform(0.35, 1.0, n)
    radii = _radii(mass_ratio, rng.uniform(0.25, 0.85, n), rng.uniform(0.25, 0.85, n))
    log_p = np.clip(rng.normal(0.45, 0.35, n), -0.3, 2.0)
    light = _light(radii, rng.uniform(0.2, 1.0, n))
    cos_i = rng.uniform(0.0, 0.65, n) * radii.sum(axis=0)
    eccentric = (radii.sum(axis=0) < 0.45) & (rng.random(n) < 0.5)
    eccentricity = np.where(eccentric, rng.beta(1.2, 4.0, n), 0.0)
    return _in_orbit(rng, epochs, Orbit(10**log_p, mass_ratio, radii, light, cos_i, eccentricity))


def ellipsoidal(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return close binaries that do not eclipse: tides alone (Morris 1985, ApJ 295, 143)."""
    n = epochs.n_stars
    log_p = np.clip(rng.normal(0.6, 0.5, n), -0.4, 2.2)
    mass_ratio = rng.uniform(0.3, 1, n)
    radii = _radii(mass_ratio, rng.uniform(0.8, 1.0, n), rng.uniform(0.3, 0.7, n))
    light = _light(radii, rng.uniform(0.1, 0.9, n))
    cos_i = rng.uniform(0.62, 0.85, n)
    return _in_orbit(rng, epochs, Orbit(10**log_p, mass_ratio, radii, light, cos_i, np.zeros(n)))


def heartbeat(rng: np.random.Generator, epochs: Epochs, band_ratio: float) -> Light:
    """Return heartbeat stars: tides of an eccentric orbit, at periastron.

    Kumar, Ao & Quataert 1995, ApJ 449, 294, eq. 44.
    Periods from days (main sequence) to a year (giants) and amplitudes of up to a tenth of a magnitude as in the OGLE
    collection (Wrona et al. 2022, ApJS 259, 16), in round numbers.
    """
    n = epochs.n_stars
    log_p = np.where(rng.random(n) < 0.4, rng.normal(0.8, 0.4, n), rng.normal(2.0, 0.4, n)).clip(0.2, 2.9)
    eccentricity = rng.uniform(0.3, 0.8, n)
    e = epochs.of(eccentricity)
    true = _anomaly(epochs.cycles(10**log_p, rng.random(n)), e)
    closeness = ((1 + e * np.cos(true)) / (1 - e**2) * (1 - e)) ** 3  # 1 at periastron
    turned = np.cos(true - epochs.of(rng.uniform(0, 2 * np.pi, n)))
    sin2_i = epochs.of(1 - rng.uniform(0, 1, n) ** 2)
    size = epochs.of(10 ** rng.normal(-1.5, 0.3, n))
    return _seen(rng, epochs, 10**log_p, 1 + size * closeness * (1 - 3 * sin2_i * turned**2))


def roche_lobe(mass_ratio: np.ndarray) -> np.ndarray:
    """Return a star's lobe radius over the separation, mass ratio being its mass over the other's.

    Eggleton 1983, ApJ 268, 368, eq. 2.
    """
    two_thirds = mass_ratio ** (2 / 3)
    return 0.49 * two_thirds / (0.6 * two_thirds + np.log1p(mass_ratio ** (1 / 3)))


def overlap(distance: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the area that two discs of radii `first` and `second` share at a distance of their centres."""
    d = np.maximum(distance, 1e-9)
    cos_first = np.clip((d**2 + first**2 - second**2) / (2 * d * first), -1, 1)
    cos_second = np.clip((d**2 + second**2 - first**2) / (2 * d * second), -1, 1)
    half_first, half_second = np.arccos(cos_first), np.arccos(cos_second)
    lens = first**2 * (half_first - cos_first * np.sin(half_first))
    return lens + second**2 * (half_second - cos_second * np.sin(half_second))


def _radii(mass_ratio: np.ndarray, *fill: np.ndarray) -> np.ndarray:
    """Return both radii over the separation; `fill` is each star's radius over its lobe's."""
    return np.vstack([fill[0] * roche_lobe(1 / mass_ratio), fill[1] * roche_lobe(mass_ratio)])


def _light(radii: np.ndarray, brightness: np.ndarray) -> np.ndarray:
    """Return shares of the light; `brightness` is the second star's surface brightness over the first's."""
    light = np.vstack([radii[0] ** 2, brightness * radii[1] ** 2])
    return light / light.sum(axis=0)


def _anomaly(cycles: np.ndarray, eccentricity: np.ndarray) -> np.ndarray:
    """Solve Kepler's equation by Newton's method and return the true anomaly."""
    mean = 2 * np.pi * (cycles % 1.0)
    eccentric = mean + eccentricity * np.sin(mean)
    for _ in range(6):
        eccentric -= (eccentric - eccentricity * np.sin(eccentric) - mean) / (1 - eccentricity * np.cos(eccentric))
    half = np.sqrt((1 + eccentricity) / (1 - eccentricity)) * np.tan(eccentric / 2)
    return 2 * np.arctan(half)


def _in_orbit(rng: np.random.Generator, epochs: Epochs, orbit: Orbit) -> Light:
    """Evaluate eclipses, tides and reflection along the orbit."""
    n = epochs.n_stars
    e = epochs.of(orbit.eccentricity)
    true = _anomaly(epochs.cycles(orbit.period_days, rng.random(n)), e)
    angle = true + epochs.of(rng.uniform(0, 2 * np.pi, n))  # from the conjunction with the second star in front
    separation = (1 - e**2) / (1 + e * np.cos(true))
    flux = 1.0 - _eclipses(epochs, orbit, angle, separation) + _tides(epochs, orbit, angle, separation)
    flux += epochs.of(rng.normal(0, 0.004, n)) * np.sin(angle)  # O'Connell effect
    return _seen(rng, epochs, orbit.period_days, flux)


def _seen(rng: np.random.Generator, epochs: Epochs, period: np.ndarray, flux: np.ndarray) -> Light:
    """Return magnitudes of a flux, to which a third star adds: nearly always where the orbit is short.

    Shares of systems with a third star by period: Tokovinin et al. 2006, A&A 450, 681 (abstract: 96 % below 3 d, 34 %
    beyond 12 d; straight in log P between). Its share of the light is not theirs: most third stars are faint.
    """
    n = epochs.n_stars
    share = np.interp(np.log10(period), np.log10([3.0, 12.0]), [0.96, 0.34])
    third = epochs.of(np.where(rng.random(n) < share, rng.beta(0.5, 5.0, n), 0.0))
    deviation = -2.5 * np.log10(third + (1 - third) * np.maximum(flux, 0.02))
    return Light(period, deviation, np.clip(rng.normal(18.2, 1.0, n), 14.0, 19.8))


def _eclipses(epochs: Epochs, orbit: Orbit, angle: np.ndarray, separation: np.ndarray) -> np.ndarray:
    """Return the light lost to eclipses of limb-darkened discs."""
    sky = separation * np.sqrt(np.sin(angle) ** 2 + (np.cos(angle) * epochs.of(orbit.cos_i)) ** 2)
    near = sky < epochs.of(orbit.radii.sum(axis=0))
    first_hidden = np.cos(angle[near]) > 0
    one, other = epochs.of(orbit.radii)[:, near]
    hidden, hider = np.where(first_hidden, one, other), np.where(first_hidden, other, one)
    lost = np.zeros(len(angle))
    for size, weight in LIMB:
        share = overlap(sky[near], size * hidden, hider) / (np.pi * (size * hidden) ** 2)
        lost[near] += weight * share
    lost[near] *= np.where(first_hidden, *epochs.of(orbit.light)[:, near])
    return lost


def _tides(epochs: Epochs, orbit: Orbit, angle: np.ndarray, separation: np.ndarray) -> np.ndarray:
    """Return tidal and reflected light (Morris 1985, ApJ 295, 143, eq. 1; Morris & Naftilan 1993, ApJ 419, 344).

    Near its lobe a star is stretched more than in the first order: twice as much when it fills it.
    """
    masses = np.vstack([orbit.mass_ratio, 1 / orbit.mass_ratio])
    stretch = 1 + (orbit.radii / roche_lobe(1 / masses)) ** 6
    bulge = orbit.light * stretch * orbit.radii**3 * masses
    tide = 0.5 * 1.35 * (1 - orbit.cos_i**2) * bulge.sum(axis=0)
    reflected = 0.3 * orbit.radii[1] ** 2 * orbit.light[0] ** 2
    ellipse = -epochs.of(tide) * np.cos(2 * angle) / separation**3
    return ellipse - epochs.of(reflected) * np.cos(angle)
