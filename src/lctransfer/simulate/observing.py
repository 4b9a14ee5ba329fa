"""How each survey looks at the sky, as data: when, how faint, how precisely, and how truthful its error bars are."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scan:
    """How a turning satellite passes over a star.

    Attributes
    ----------
    spin_days : float
        One turn.
    field_gap_days : float
        From the passage of the first field of view to that of the second.
    revisit_days : tuple of float
        Shortest and longest time until a scan passes the star again.
    """

    spin_days: float
    field_gap_days: float
    revisit_days: tuple[float, float]


@dataclass(frozen=True)
class Observing:
    """The characteristics of a survey.

    Attributes
    ----------
    band : str
        Its pass band, as the light-curve table names it.
    begin_jd, end_jd : float
        First and last night, Julian dates.
    fields : int
        Pointings; the stars of one share their nights.
    midnight : float
        Local midnight as a fraction of the Julian day (it begins at noon, UT).
    season_days : tuple of float
        Shortest and longest yearly season of a field.
    visits_per_night : float
        Mean number of visits to a field in a usable night.
    revisit_days : float
        Typical delay between two visits in one night.
    usable : tuple of float
        Lowest and highest fraction of nights on which a field is visited.
    kept : tuple of float
        Parameters of the beta distribution of the fraction of a field's epochs that a star keeps.
    mag_limits : tuple of float
        Saturation and detection limit [mag].
    floor : float
        Scatter of the brightest stars [mag].
    mag_tenth : float
        Magnitude at which the photon scatter is 0.1 mag.
    noise_slope : float
        How fast the photon scatter grows with magnitude [dex/mag]: 0.2 where the star's own light rules, 0.4 the sky's.
    quoted : tuple of float
        Slope and intercept of log(quoted error) against log(true scatter): (1, 0) is truthful.
    quoted_scatter : float
        Scatter of the quoted errors from epoch to epoch [dex of e].
    outliers : tuple of float
        Median fraction of epochs gone wrong, and their typical size [mag].
    zero_point : float
        Scatter of a night's zero point [mag].
    catalogue_limit : float
        Magnitude at which half of the detections are lost; its catalogue ends half a magnitude below.
    number_scale : float
        Magnitudes over which star counts grow by e (used for the surveys of our own Galaxy).
    blend_mag : float
        Median magnitude of what else falls into the aperture.
    decimals : tuple of int
        Decimals of times and magnitudes in its files.
    threshold : tuple of float
        Least amplitude over noise at which a star was found variable: the logarithm lies between these.
    visits_exact : bool
        Whether every night has the same number of visits, as where a field is exposed four times in half an hour.
    scan : Scan, optional
        A satellite that turns, instead of nights.
    even_days : float
        Cadence of a satellite that stares; 0 for all others.
    """

    band: str
    begin_jd: float
    end_jd: float
    fields: int
    midnight: float
    season_days: tuple[float, float]
    visits_per_night: float
    revisit_days: float
    usable: tuple[float, float]
    kept: tuple[float, float]
    mag_limits: tuple[float, float]
    floor: float
    mag_tenth: float
    quoted: tuple[float, float]
    quoted_scatter: float
    outliers: tuple[float, float]
    zero_point: float
    catalogue_limit: float
    number_scale: float
    blend_mag: float
    decimals: tuple[int, int]
    noise_slope: float = 0.3
    threshold: tuple[float, float] = (-0.6, 0.6)
    visits_exact: bool = False
    scan: Scan | None = None
    even_days: float = 0.0


SPIN_HIPPARCOS = 2.13333 / 24

SURVEYS = {
    # OGLE-III: Udalski et al. 2008, AcA 58, 69 (1.3 m, 2001-2009, I band, Las Campanas).
    "ogle": Observing(
        band="I",
        begin_jd=2_452_100.0,
        end_jd=2_454_950.0,
        fields=60,
        midnight=0.70,
        season_days=(220.0, 290.0),
        visits_per_night=1.03,
        revisit_days=0.08,
        usable=(0.17, 0.32),
        kept=(20.0, 2.0),
        mag_limits=(12.6, 20.6),
        floor=0.004,
        mag_tenth=19.6,
        quoted=(0.98, 0.0),
        quoted_scatter=0.10,
        outliers=(0.003, 0.05),
        zero_point=0.004,
        catalogue_limit=20.3,
        number_scale=1.0,
        blend_mag=22.5,
        decimals=(5, 3),
    ),
    # EROS-2: Tisserand et al. 2007, A&A 469, 387 (1 m Marly, 1996-2003, R_EROS, La Silla).
    "eros2": Observing(
        band="R_EROS",
        begin_jd=2_450_294.0,
        end_jd=2_452_698.0,
        fields=40,
        midnight=0.70,
        season_days=(250.0, 340.0),
        visits_per_night=1.05,
        revisit_days=0.08,
        usable=(0.22, 0.36),
        kept=(12.0, 2.0),
        mag_limits=(12.8, 20.4),
        floor=0.012,
        mag_tenth=18.4,
        quoted=(0.85, -0.5),
        quoted_scatter=0.22,
        outliers=(0.006, 0.10),
        zero_point=0.010,
        catalogue_limit=19.9,
        number_scale=1.0,
        blend_mag=21.8,
        decimals=(5, 3),
    ),
    # ASAS-3: Pojmanski 1997, AcA 47, 467; 2002, AcA 52, 397 (V, 2000-2009, Las Campanas).
    "asas": Observing(
        band="V",
        begin_jd=2_451_869.0,
        end_jd=2_454_575.0,
        fields=80,
        midnight=0.70,
        season_days=(190.0, 330.0),
        visits_per_night=1.18,
        revisit_days=0.06,
        usable=(0.12, 0.32),
        kept=(9.0, 2.0),
        mag_limits=(7.0, 16.0),
        floor=0.018,
        mag_tenth=13.1,
        quoted=(0.0, -3.3),
        quoted_scatter=0.23,
        outliers=(0.008, 0.25),
        zero_point=0.012,
        catalogue_limit=14.1,
        number_scale=1.3,
        blend_mag=16.2,
        decimals=(5, 3),
        noise_slope=0.4,
        threshold=(-0.1, 0.9),
    ),
    # Hipparcos: ESA 1997, SP-1200 (Hp, 1989-1993); vol. 1, 1.1: fields of view 58 degrees apart, a turn in 2 h 8 min.
    "hipparcos": Observing(
        band="Hp",
        begin_jd=2_447_857.0,
        end_jd=2_449_062.0,
        fields=120,
        midnight=0.0,
        season_days=(365.0, 365.0),
        visits_per_night=5.8,
        revisit_days=0.0746,
        usable=(0.014, 0.030),
        kept=(14.0, 2.0),
        mag_limits=(1.5, 12.6),
        floor=0.003,
        mag_tenth=13.1,
        quoted=(0.95, -0.2),
        quoted_scatter=0.25,
        outliers=(0.0015, 0.05),
        zero_point=0.002,
        catalogue_limit=11.3,
        number_scale=2.5,
        blend_mag=15.0,
        decimals=(5, 4),
        noise_slope=0.2,
        threshold=(-0.6, 0.8),
        # The axis circles the Sun 6.4 times a year, and each circle passes a star twice.
        scan=Scan(SPIN_HIPPARCOS, 58.0 / 360.0 * SPIN_HIPPARCOS, revisit_days=(27.0, 33.0)),
    ),
    # ASAS-SN: Shappee et al. 2014, ApJ 788, 48; Kochanek et al. 2017, PASP 129, 104502 (V, 2013-2018, two sites).
    "asassn": Observing(
        band="V",
        begin_jd=2_456_600.0,
        end_jd=2_458_400.0,
        fields=60,
        midnight=0.80,
        season_days=(190.0, 270.0),
        visits_per_night=1.6,
        revisit_days=0.0015,
        usable=(0.15, 0.35),
        kept=(14.0, 2.0),
        mag_limits=(10.0, 17.0),
        floor=0.015,
        mag_tenth=16.0,
        quoted=(0.9, -0.3),
        quoted_scatter=0.15,
        outliers=(0.006, 0.20),
        zero_point=0.008,
        catalogue_limit=16.3,
        number_scale=1.3,
        blend_mag=17.3,
        decimals=(5, 3),
    ),
}
"""Per survey. Lengths of seasons, rates and scatters were read off light curves of the surveys.

For ASAS and Hipparcos these were stars that results are also reported on: see docs/what_was_seen.md.
"""

BAND_RATIO = {"V": 1.0, "Hp": 0.95, "I": 0.6, "R_EROS": 0.62, "B_EROS": 0.86}
BAND_RATIO |= {"u": 1.15, "g": 1.2, "r": 0.83, "i": 0.66, "z": 0.61, "G": 0.93, "BP": 1.1, "RP": 0.66}
BAND_RATIO |= {"TESS": 0.65, "Kp": 0.93}
"""Amplitude of a pulsating star over that in V (I: Soszynski et al. 2009, AcA 59, 1).

R_EROS is close to I (Tisserand et al. 2007, A&A 469, 387, sect. 2); B_EROS over R_EROS from 410 Cepheids seen in both.
Of the others only the order is certain: round numbers by wavelength.
"""
