"""Further kinds of survey, as users have them: what `lctransfer.simulate.randomised` draws from besides `SURVEYS`.

Depth, cadence and noise are round numbers after the papers named; none was fitted. Of the real Gaia and Stripe 82
tables the numbers of epochs per star (about 25 to 100) were known when they were written down.
"""

from typing import NamedTuple

from lctransfer.simulate.observing import SURVEYS, Observing, Scan


class SurveyKind(NamedTuple):
    """A kind of survey that randomised surveys resemble.

    Attributes
    ----------
    observing : Observing
        Its characteristics, before they are varied.
    bands : tuple of str
        Pass bands that it may have.
    weight : float
        How often it is drawn.
    cloud : float
        Share of surveys of the Large Magellanic Cloud.
    """

    observing: Observing
    bands: tuple[str, ...]
    weight: float
    cloud: float = 0.0


# Zwicky Transient Facility: Bellm et al. 2019, PASP 131, 018002.
ZTF = Observing(
    band="r",
    begin_jd=2_458_200.0,
    end_jd=2_460_600.0,
    fields=60,
    midnight=0.83,
    season_days=(180.0, 300.0),
    visits_per_night=1.3,
    revisit_days=0.03,
    usable=(0.12, 0.45),
    kept=(14.0, 2.0),
    mag_limits=(12.5, 21.0),
    floor=0.012,
    mag_tenth=19.9,
    quoted=(0.95, 0.0),
    quoted_scatter=0.10,
    outliers=(0.006, 0.10),
    zero_point=0.008,
    catalogue_limit=20.3,
    number_scale=1.2,
    blend_mag=22.5,
    decimals=(5, 3),
    noise_slope=0.35,
)
# Rubin Observatory's survey of ten years: Ivezic et al. 2019, ApJ 873, 111.
LSST = Observing(
    band="r",
    begin_jd=2_461_000.0,
    end_jd=2_464_650.0,
    fields=60,
    midnight=0.69,
    season_days=(150.0, 240.0),
    visits_per_night=1.15,
    revisit_days=0.02,
    usable=(0.03, 0.12),
    kept=(14.0, 2.0),
    mag_limits=(15.5, 24.8),
    floor=0.005,
    mag_tenth=23.4,
    quoted=(0.95, 0.0),
    quoted_scatter=0.08,
    outliers=(0.006, 0.08),
    zero_point=0.005,
    catalogue_limit=24.0,
    number_scale=1.5,
    blend_mag=26.0,
    decimals=(5, 4),
    noise_slope=0.35,
)
# Gaia: Gaia Collaboration 2016, A&A 595, A1: a turn in 6 hours, fields of view 106.5 degrees apart.
GAIA = Observing(
    band="G",
    begin_jd=2_456_863.0,
    end_jd=2_457_901.0,
    fields=120,
    midnight=0.0,
    season_days=(365.0, 365.0),
    visits_per_night=3.5,
    revisit_days=0.074,
    usable=(0.018, 0.034),
    kept=(14.0, 2.0),
    mag_limits=(3.0, 21.2),
    floor=0.002,
    mag_tenth=22.5,
    quoted=(0.95, -0.1),
    quoted_scatter=0.25,
    outliers=(0.003, 0.06),
    zero_point=0.001,
    catalogue_limit=20.6,
    number_scale=1.5,
    blend_mag=24.0,
    decimals=(5, 4),
    noise_slope=0.25,
    scan=Scan(0.25, 106.5 / 360.0 * 0.25, revisit_days=(20.0, 45.0)),
)
# TESS: Ricker et al. 2015, JATIS 1, 014003; pixels of 21 arcsec blend.
TESS = Observing(
    band="TESS",
    begin_jd=2_458_325.0,
    end_jd=2_458_407.0,
    fields=30,
    midnight=0.0,
    season_days=(365.0, 365.0),
    visits_per_night=1.0,
    revisit_days=0.02,
    usable=(1.0, 1.0),
    kept=(100.0, 1.0),
    mag_limits=(3.0, 16.5),
    floor=0.0005,
    mag_tenth=18.0,
    quoted=(1.0, 0.0),
    quoted_scatter=0.05,
    outliers=(0.002, 0.01),
    zero_point=0.0003,
    catalogue_limit=15.5,
    number_scale=1.3,
    blend_mag=15.5,
    decimals=(5, 5),
    even_days=0.0208,
)
# Catalina surveys: Drake et al. 2009, ApJ 696, 870: four exposures in half an hour, no filter.
CRTS = Observing(
    band="V",
    begin_jd=2_453_500.0,
    end_jd=2_456_500.0,
    fields=60,
    midnight=0.80,
    season_days=(180.0, 280.0),
    visits_per_night=4.0,
    revisit_days=0.008,
    usable=(0.02, 0.12),
    kept=(14.0, 2.0),
    mag_limits=(11.5, 20.8),
    floor=0.025,
    mag_tenth=18.3,
    quoted=(0.5, -1.1),
    quoted_scatter=0.15,
    outliers=(0.010, 0.20),
    zero_point=0.015,
    catalogue_limit=19.6,
    number_scale=1.2,
    blend_mag=21.0,
    decimals=(5, 2),
    noise_slope=0.33,
    visits_exact=True,
)
# An equatorial stripe each autumn, as that of the Sloan survey: Ivezic et al. 2007, AJ 134, 973.
STRIPE = Observing(
    band="g",
    begin_jd=2_451_075.0,
    end_jd=2_454_450.0,
    fields=60,
    midnight=0.80,
    season_days=(60.0, 100.0),
    visits_per_night=1.0,
    revisit_days=0.02,
    usable=(0.010, 0.035),
    kept=(14.0, 2.0),
    mag_limits=(14.0, 22.8),
    floor=0.010,
    mag_tenth=20.9,
    quoted=(0.95, 0.0),
    quoted_scatter=0.10,
    outliers=(0.006, 0.10),
    zero_point=0.006,
    catalogue_limit=21.8,
    number_scale=1.5,
    blend_mag=24.0,
    decimals=(5, 3),
)
# A noisy survey of the early nineties, of many short visits: EROS-1 (Grison et al. 1995, A&AS 109, 447).
EROS1 = Observing(
    band="R_EROS",
    begin_jd=2_448_200.0,
    end_jd=2_449_500.0,
    fields=40,
    midnight=0.70,
    season_days=(130.0, 240.0),
    visits_per_night=3.0,
    revisit_days=0.05,
    usable=(0.08, 0.30),
    kept=(10.0, 3.0),
    mag_limits=(12.5, 20.0),
    floor=0.035,
    mag_tenth=17.2,
    quoted=(0.7, -0.6),
    quoted_scatter=0.30,
    outliers=(0.020, 0.20),
    zero_point=0.020,
    catalogue_limit=19.0,
    number_scale=1.0,
    blend_mag=20.5,
    decimals=(5, 3),
)

SURVEY_KINDS = {
    "ogle": SurveyKind(SURVEYS["ogle"], ("I", "V"), 1.0, cloud=0.5),
    "eros2": SurveyKind(SURVEYS["eros2"], ("R_EROS", "B_EROS"), 1.0, cloud=0.5),
    "asas": SurveyKind(SURVEYS["asas"], ("V", "I"), 1.0),
    "hipparcos": SurveyKind(SURVEYS["hipparcos"], ("Hp",), 1.0),
    "asassn": SurveyKind(SURVEYS["asassn"], ("V", "g"), 1.0),
    "ztf": SurveyKind(ZTF, ("g", "r", "i"), 1.0),
    "lsst": SurveyKind(LSST, ("u", "g", "r", "i", "z"), 0.7),
    "gaia": SurveyKind(GAIA, ("G", "BP", "RP"), 1.0),
    "tess": SurveyKind(TESS, ("TESS", "Kp"), 0.4),
    "crts": SurveyKind(CRTS, ("V",), 0.7),
    "stripe": SurveyKind(STRIPE, ("u", "g", "r", "i", "z"), 0.7),
    "eros1": SurveyKind(EROS1, ("R_EROS", "B_EROS"), 0.5, cloud=0.5),
}
"""Kinds that randomised surveys resemble: the five whose files are simulated, and seven more."""

BAND_DEPTH = {"u": -1.3, "z": -0.8, "BP": -2.5, "RP": -2.5}
"""Magnitudes by which a survey reaches deeper in a band than in its others (negative: less deep); round numbers."""
