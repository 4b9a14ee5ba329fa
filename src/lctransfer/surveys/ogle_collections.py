"""The collections of OGLE-III (OIII-CVS) and OGLE-IV (OCVS): where they lie and how their tables are laid out.

Byte positions are those of the collections' README files, counted from 1. ``sure`` says how each layout is known.
"""

from dataclasses import dataclass

from lctransfer.surveys.base import Sure
from lctransfer.taxonomy import Label


@dataclass(frozen=True)
class Collection:
    """One directory of the archive, such as OGLE-IV, LMC, classical Cepheids.

    Parameters
    ----------
    phase : int
        3 or 4.
    region, kind : str
        The names of the directories.
    tables : dict
        Subtype, as ident.dat prints it, to the file of parameters that lists it.
    id_width, type_at, ra_at : int
        Width of the identifier, and where (from 1) the subtype and the right ascension start in ident.dat.
    full_date : bool
        Whether light curves carry the full Julian date; else HJD - 2450000.
    archives : tuple of str
        Names of the files with photometry, the most recent phase first: the others add to its light curves.
    sure : Sure
        How the layout is known.
    other_words : float
        Share of stars whose subtype may be none of `tables`: compound types and the like, which are no single class.
    type_bytes : (int, int) or None
        Bytes (from 1) that a user says hold the subtype; else it is found wherever it stands.
    """

    phase: int
    region: str
    kind: str
    tables: dict[str, str]
    id_width: int
    type_at: int
    ra_at: int
    full_date: bool = False
    archives: tuple[str, ...] = ("phot.tar.gz",)
    sure: Sure = Sure.DOCUMENTED
    other_words: float = 0.01
    type_bytes: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """Such as ``ogle4/lmc/cep``: what a user's list of collections holds."""
        return f"ogle{self.phase}/{self.region}/{self.kind}"

    @property
    def directory(self) -> str:
        """Below the root of the OGLE archive."""
        return f"ogle{self.phase}/{'OCVS' if self.phase == 4 else 'OIII-CVS'}/{self.region}/{self.kind}"


CEP = {
    "F": "cepF.dat",
    "1O": "cep1O.dat",
    "2O": "cep2O.dat",
    "F/1O": "cepF1O.dat",
    "1O/2O": "cep1O2O.dat",
    "F/1O/2O": "cepF1O2O.dat",
    "1O/2O/3O": "cep1O2O3O.dat",
    "1O/3O": "cep1O3O.dat",
    "2O/3O": "cep2O3O.dat",
}
RR4 = {"RRab": "RRab.dat", "RRc": "RRc.dat", "RRd": "RRd.dat", "aRRd": "aRRd.dat"}
RR3 = {"RRab": "RRab.dat", "RRc": "RRc.dat", "RRd": "RRd.dat"}
RRE = {"RRe": "RRe.dat"}
T2 = dict.fromkeys(("BLHer", "WVir", "pWVir", "RVTau"), "t2cep.dat")
DSCT = dict.fromkeys(("singlemode", "multimode"), "dsct.dat")
ECL3 = dict.fromkeys(("EC", "ED", "ESD"), "ecl.dat")
ECL3_SMC = dict.fromkeys(("C", "NC"), "ecl.dat")
"""Pawlak et al. 2013, AcA 63, 323: 777 contact and 5,361 non-contact binaries."""
ECL4 = {"C": "ecl.dat", "NC": "ecl.dat", "CV": "ecl.dat", "ELL": "ell.dat"}
LPV3 = {"Mira": "Miras.dat", "SRV": "SRVs.dat", "OSARG": "OSARGs.dat"}
LPV4 = {"Mira": "Miras.dat"}
HB = dict.fromkeys(("MS", "RG"), "hb.dat")
SPLIT = ("phot_ogle4.tar.gz", "phot_ogle3.tar.gz", "phot_ogle2.tar.gz")
P, C, G = Sure.PROVEN, Sure.CONFIRMED, Sure.GUESS
OTHER_ECLIPSING = 0.15
"""Kim et al. (2014) count 146 EB_ED_ESD and 153 EB_Other among 3,538 eclipsing binaries of OGLE-III LMC."""

COLLECTIONS = (
    Collection(4, "lmc", "cep", CEP, 17, 19, 29, sure=P),
    Collection(4, "smc", "cep", CEP, 17, 19, 29),
    Collection(4, "blg", "cep", CEP, 16, 18, 28, full_date=True, sure=P),
    Collection(4, "gd", "cep", CEP, 16, 18, 28, full_date=True),
    Collection(4, "lmc", "t2cep", T2, 18, 21, 28),
    Collection(4, "smc", "t2cep", T2, 17, 20, 27),
    Collection(4, "blg", "t2cep", T2, 19, 22, 29, full_date=True, sure=P),
    Collection(4, "gd", "t2cep", T2, 18, 21, 28, full_date=True),
    Collection(4, "lmc", "rrlyr", RR4, 20, 23, 29),
    Collection(4, "smc", "rrlyr", RR4, 19, 22, 28, sure=C),
    Collection(4, "blg", "rrlyr", RR4, 20, 23, 29, sure=P),
    Collection(4, "gd", "rrlyr", RR4, 19, 22, 28, sure=P),
    Collection(4, "lmc", "dsct", DSCT, 19, 22, 34),
    Collection(4, "smc", "dsct", DSCT, 18, 21, 33),
    Collection(4, "blg", "dsct", DSCT, 19, 22, 34, archives=SPLIT, sure=P),
    Collection(4, "gd", "dsct", DSCT, 17, 20, 32, archives=SPLIT),
    Collection(4, "lmc", "ecl", ECL4, 18, 21, 25, full_date=True, sure=C, other_words=OTHER_ECLIPSING),
    Collection(4, "smc", "ecl", ECL4, 18, 21, 25, full_date=True, sure=G, other_words=OTHER_ECLIPSING),
    Collection(4, "blg", "ecl", ECL4, 19, 22, 26, archives=SPLIT, other_words=OTHER_ECLIPSING),
    Collection(4, "blg", "lpv", LPV4, 19, 22, 28, archives=SPLIT, sure=C),
    Collection(4, "gd", "lpv", LPV4, 18, 21, 27, archives=SPLIT),
    Collection(4, "blg", "hb", HB, 16, 18, 21, archives=SPLIT, sure=P),
    # OGLE-III carries what OGLE-IV no longer prints: RRe, EC/ED/ESD, SRV and OSARG with their chemistry.
    Collection(3, "lmc", "rrlyr", RR3 | RRE, 20, 39, 45, sure=C),
    Collection(3, "smc", "rrlyr", RR3 | RRE, 19, 38, 44, sure=G),
    Collection(3, "blg", "rrlyr", RR3, 20, 39, 45),
    Collection(3, "lmc", "dsct", {"SINGLEMODE": "singlemode.dat", "MULTIMODE": "multimode.dat"}, 18, 36, 47, sure=C),
    Collection(3, "lmc", "ecl", ECL3, 18, 37, 41, sure=G, other_words=OTHER_ECLIPSING),
    Collection(3, "smc", "ecl", ECL3_SMC, 17, 36, 40, sure=C, other_words=OTHER_ECLIPSING),
    Collection(3, "lmc", "lpv", LPV3, 18, 38, 51, sure=C),
    Collection(3, "smc", "lpv", LPV3, 18, 38, 47, sure=C),
    Collection(3, "blg", "lpv", LPV3, 20, 40, 51, sure=G),
)

OUTSIDE = ("ogle4/blg/hb",)
"""Collections of no class of the taxonomy (heartbeat stars), taken only when asked for by name."""
BY_NAME = {collection.name: collection for collection in COLLECTIONS}


# Where the simulated archive files each of the survey's words.
HOME = {
    **{f"CEP_{mode}": "ogle4/lmc/cep" for mode in CEP},
    **{f"T2CEP_{kind}": "ogle4/lmc/t2cep" for kind in T2},
    **dict.fromkeys(RR4, "ogle4/lmc/rrlyr"),
    "RRe": "ogle3/lmc/rrlyr",
    **{f"DSCT_{mode}": "ogle4/lmc/dsct" for mode in DSCT},
    **{f"ECL_{kind}": "ogle3/lmc/ecl" for kind in ECL3},
    **{f"ECL_{kind}": "ogle4/lmc/ecl" for kind in ECL4},
    **{f"{kind}_{flag}": "ogle3/lmc/lpv" for kind in ("Mira", "SRV", "OSARG_AGB", "OSARG_RGB") for flag in "CO"},
    **{f"OSARG_{flag}": "ogle3/smc/lpv" for flag in "CO"},
    "Mira": "ogle4/blg/lpv",
}

LABEL_MAP: dict[str, Label] = {
    "CEP_F": "CEPH_F",
    "CEP_1O": "CEPH_1O",
    "CEP_2O": "CEPH_Other",
    "CEP_F/1O": "CEPH_Other",
    "CEP_1O/2O": "CEPH_Other",
    "CEP_1O/3O": "CEPH_Other",
    "CEP_2O/3O": "CEPH_Other",
    "CEP_F/1O/2O": "CEPH_Other",
    "CEP_1O/2O/3O": "CEPH_Other",
    "T2CEP_BLHer": "T2CEPH",
    "T2CEP_WVir": "T2CEPH",
    "T2CEP_pWVir": "T2CEPH",
    "T2CEP_RVTau": "T2CEPH",
    "RRab": "RRL_ab",
    "RRc": "RRL_c",
    "RRd": "RRL_d",
    "RRe": "RRL_e",
    "DSCT_singlemode": "DSCT",
    "DSCT_multimode": "DSCT",
    "ECL_EC": "EB_EC",
    "ECL_ED": "EB_ED",
    "ECL_ESD": "EB_ESD",
    "ECL_C": "EB_EC",
    "ECL_NC": "EB",  # not in contact: detached or semi-detached
    "Mira_C": "LPV_Mira_AGB_C",
    "Mira_O": "LPV_Mira_AGB_O",
    "Mira": "LPV_Mira",  # OGLE-IV does not print the chemistry
    "SRV_C": "LPV_SRV_AGB_C",
    "SRV_O": "LPV_SRV_AGB_O",
    "OSARG_AGB_C": "LPV_OSARG_AGB",
    "OSARG_AGB_O": "LPV_OSARG_AGB",
    "OSARG_RGB_C": "LPV_OSARG_RGB",
    "OSARG_RGB_O": "LPV_OSARG_RGB",
    "SRV": "LPV_SRV",
    "OSARG": "LPV_OSARG",
    "OSARG_C": "LPV_OSARG",  # the SMC list does not print the giant branch
    "OSARG_O": "LPV_OSARG",
    # Types outside the 21 classes.
    "aRRd": None,
    "ACEP_F": None,
    "ACEP_1O": None,
    "ECL_CV": None,
    "ECL_ELL": None,
    "HB_MS": None,
    "HB_RG": None,
}
"""The kind of star in the file's name, then the subtype that ident.dat prints.

OGLE-III and OGLE-IV differ in eclipsing binaries (EC, ED, ESD; then C, NC) and in long-period variables (SRV and OSARG
only in OGLE-III).
"""
