"""Light-curve models per kind of star; each takes (rng, epochs, band_ratio) and returns a `Light`.

``band_ratio`` is the amplitude in the survey's band over that in V. The models hold the literature's constants, and the
medians of OGLE-IV where a docstring says so.

How far the citations were checked. Numbers compared with the source: Soszynski et al. 2009 and 2015 (AcA 65, 297),
Poleski et al. 2010, Tokovinin et al. 2006 (abstract; the preprint says 36 % where the paper says 34 %), Alcock et al.
1995, Whitelock et al. 2000, Stankov & Handler 2005, van Leeuwen et al. 1998, Netopil et al. 2017, Klagyivik & Szabados
2009, Eggleton 1983, Prudil & Skarka 2017; the formulae of Davenport et al. 2014 and Bazin et al. 2009, as others' code
has them. Only that the paper exists and is about this: Rucinski 1993 and 1997, Budding et al. 2004, Clayton 1996,
Grankin et al. 2007, Keller et al. 2002, Kiss et al. 2006, Cacciari et al. 2005, Smolec 2005, Wrona et al. 2022,
Labadie-Bartz et al. 2017. Not checked: North & Zahn 2003, Rucinski 2001, Morris 1985, Morris & Naftilan 1993, Marchenko
et al. 1998, Petersen & Christensen-Dalsgaard 1996, Lefever et al. 2007, van Genderen 2001, Herbst & Shevchenko 1999,
Paunzen et al. 2002, McNamara 2000, Rodriguez et al. 2000, Kaye et al. 1999, Waelkens 1991, Strassmeier 2009, Wood et
al. 1999, Warner 1995, Mikolajewska 2003, Paczynski 1986, Mroz et al. 2019, Kumar et al. 1995, Burke et al. 2021,
Soszynski et al. 2015 (AcA 65, 233).
"""

from collections.abc import Callable

import numpy as np

from lctransfer.simulate.epochs import Epochs, Light
from lctransfer.simulate.stars import (
    artefacts,
    cepheids,
    eclipsing,
    eruptive,
    irregular,
    long_period,
    massive,
    rr_lyrae,
    short_period,
    transients,
)

Model = Callable[[np.random.Generator, Epochs, float], Light]

MODELS: dict[str, Model] = {
    "BV": irregular.blue_variable,
    "CEPH_1O": cepheids.first_overtone,
    "CEPH_F": cepheids.fundamental,
    "CEPH_Other": cepheids.first_and_second,
    "DSCT": short_period.delta_scuti,
    "EB_EC": eclipsing.contact,
    "EB_ED": eclipsing.detached,
    "EB_ESD": eclipsing.semi_detached,
    "LPV_Mira_AGB_C": long_period.mira_carbon,
    "LPV_Mira_AGB_O": long_period.mira_oxygen,
    "LPV_OSARG_AGB": long_period.osarg_agb,
    "LPV_OSARG_RGB": long_period.osarg_rgb,
    "LPV_SRV_AGB_C": long_period.semiregular_carbon,
    "LPV_SRV_AGB_O": long_period.semiregular_oxygen,
    "NonVar": irregular.constant,
    "QSO": irregular.quasar,
    "RRL_ab": rr_lyrae.fundamental,
    "RRL_c": rr_lyrae.first_overtone,
    "RRL_d": rr_lyrae.double_mode,
    "RRL_e": rr_lyrae.second_overtone,
    "T2CEPH": cepheids.w_virginis,
    # Kinds within a class.
    "CEPH_2O": cepheids.second_overtone,
    "CEPH_F/1O": cepheids.fundamental_and_first,
    "BLHer": cepheids.bl_herculis,
    "RVTau": cepheids.rv_tauri,
    "DCEP": cepheids.galactic,
    "DSCT_multimode": short_period.multimode_delta_scuti,
    "DSCTC": short_period.low_amplitude,
    "HADS": short_period.high_amplitude,
    "LPV_Mira": long_period.red_variable,
    "M": long_period.mira_galactic,
    "LPV_SRV": long_period.semiregular_oxygen,
    # Kinds outside the 21 classes, which the targets add.
    "ACEP": cepheids.anomalous,
    "ACV": irregular.peculiar,
    "ACYG": massive.supergiant,
    "AGN": irregular.active_nucleus,
    "ARTEFACT": artefacts.artefact,
    "BCEP": short_period.beta_cephei,
    "BE": eruptive.be_star,
    "CV": eruptive.cataclysmic,
    "ELL": eclipsing.ellipsoidal,
    "GDOR": short_period.gamma_doradus,
    "HB": eclipsing.heartbeat,
    "L": irregular.slow_irregular,
    "LBOO": short_period.lambda_bootis,
    "MICROLENSING": transients.microlensing,
    "RCB": irregular.r_coronae_borealis,
    "ROT": irregular.spotted,
    "SDOR": massive.s_doradus,
    "SN": transients.supernova,
    "SPB": short_period.slowly_pulsating_b,
    "UV": eruptive.flare,
    "WR": massive.wolf_rayet,
    "YSO": irregular.young,
    "YSO_HAEBE": irregular.herbig,
    "YSO_TTAU": irregular.t_tauri,
    "ZAND": eruptive.symbiotic,
}
"""The 21 classes, then kinds that divide them or lie beyond them."""
