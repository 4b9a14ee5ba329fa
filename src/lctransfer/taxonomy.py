"""The 21 classes of Kim et al. (2021), their superclasses, and what each survey's own words mean.

The hierarchy stands in the names: a node is a class or a prefix of classes, so ``LPV_Mira`` stands for
``LPV_Mira_AGB_C`` and ``LPV_Mira_AGB_O``, and ``EB`` for the three kinds of eclipsing binary.
"""

from collections.abc import Mapping

from lctransfer.errors import LctransferError

CLASSES = (
    "BV",
    "CEPH_1O",
    "CEPH_F",
    "CEPH_Other",
    "DSCT",
    "EB_EC",
    "EB_ED",
    "EB_ESD",
    "LPV_Mira_AGB_C",
    "LPV_Mira_AGB_O",
    "LPV_OSARG_AGB",
    "LPV_OSARG_RGB",
    "LPV_SRV_AGB_C",
    "LPV_SRV_AGB_O",
    "NonVar",
    "QSO",
    "RRL_ab",
    "RRL_c",
    "RRL_d",
    "RRL_e",
    "T2CEPH",
)
"""The order of the released label encoder (UPSILoN-T), which the released weights depend on."""


FURTHER = (
    "ACV",
    "ACYG",
    "BCEP",
    "ELL",
    "GDOR",
    "L",
    "LBOO",
    "RCB",
    "ROT",
    "SDOR",
    "SPB",
    "WR",
    "YSO_HAEBE",
    "YSO_TTAU",
)
"""Classes beyond the 21 that a source model may know too, by the words of the General Catalogue of Variable Stars.

A class map may name them. The released model has none of them; one trained on `lctransfer.simulate.randomised` has all.
"""

# Other catalogues' words for those classes, without case and punctuation: a target's own word is then known by name.
SYNONYMS = {
    "alphacygni": "ACYG",
    "betacephei": "BCEP",
    "chemicallypeculiar": "ACV",
    "chemicallypeculiarstars": "ACV",
    "chempeculiar": "ACV",
    "classicalttauri": "YSO_TTAU",
    "classttauri": "YSO_TTAU",
    "ellipsoidal": "ELL",
    "gammadoradus": "GDOR",
    "herbigaebe": "YSO_HAEBE",
    "herbigaebestar": "YSO_HAEBE",
    "lambdabootis": "LBOO",
    "lambdabootisvariable": "LBOO",
    "periodicallyvariablesupergiants": "ACYG",
    "rcoronaeborealis": "RCB",
    "rscvn": "ROT",
    "sdoradus": "SDOR",
    "slowlypulsatingb": "SPB",
    "slowlypulsatingbstars": "SPB",
    "ttauri": "YSO_TTAU",
    "wolfrayet": "WR",
}


def members(node: str) -> tuple[str, ...]:
    """Return the classes that `node` stands for, in the order of `CLASSES`; none if it is not of the taxonomy.

    Examples
    --------
    >>> members("EB")
    ('EB_EC', 'EB_ED', 'EB_ESD')
    >>> members("RRL_ab")
    ('RRL_ab',)
    >>> members("Gamma_Doradus")
    ('GDOR',)
    >>> members("XP")
    ()
    """
    node = SYNONYMS.get("".join(filter(str.isalnum, node.lower())), node)
    return tuple(name for name in (*CLASSES, *FURTHER) if name == node or name.startswith(f"{node}_"))


def superclass(node: str) -> str:
    """Return the superclass of a node: the part before the first underscore.

    Examples
    --------
    >>> superclass("LPV_Mira_AGB_C")
    'LPV'
    """
    leaves = members(node)
    return leaves[0].split("_", maxsplit=1)[0] if leaves else node


Label = str | None
"""What a survey's word means: a node of the taxonomy, or nothing (such stars are left out)."""

# A word that stands in no map is a class of its own: nothing is lost by accident.
RICHARDS2012: dict[str, Label] = {
    "Mira": "LPV_Mira",
    "Semireg_PV": "LPV_SRV",
    "SARG_A": "LPV_OSARG",
    "SARG_B": "LPV_OSARG",
    "Classical_Cepheid": "CEPH",  # fundamental mode and overtones together
    "MultiMode_Cepheid": "CEPH",
    "PopII_Cepheid": "T2CEPH",
    "RV_Tauri": "T2CEPH",
    "RR_Lyrae_FM": "RRL_ab",
    "RR_Lyrae_FO": "RRL_c",
    "RR_Lyrae_DM": "RRL_d",
    "Delta_Scuti": "DSCT",
    "SX_Phe": "DSCT",
    "Beta_Persei": "EB_ED",
    "Beta_Lyrae": "EB_ESD",
    "W_Ursae_Maj": "EB_EC",
    # Types that neither OGLE nor EROS-2 gave the source model.
    "LSP": None,
    "RSG": None,
    "ChemPeculiar": None,
    "Weakline_T_Tauri": None,
    "ClassT_Tauri": None,
    "Beta_Cephei": None,
    "RS_CVn": None,
    "RCB": None,
    "Herbig_AEBE": None,
    "Pulsating_Be": None,
    "S_Doradus": None,
    "Ellipsoidal": None,
}

# OGLE: the kind of star in the file's name, then the subtype that ident.dat prints. OGLE-III and OGLE-IV differ in
# eclipsing binaries (EC, ED, ESD; then C, NC) and long-period variables (SRV and OSARG only in OGLE-III).
OGLE: dict[str, Label] = {
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

# EROS-2: the words of the training set of Kim et al. (2014), which divides some of the 21 classes further.
EROS2: dict[str, Label] = {
    **{name: name for name in CLASSES},
    "LPV_OSARG_AGB_C": "LPV_OSARG_AGB",
    "LPV_OSARG_AGB_O": "LPV_OSARG_AGB",
    "LPV_OSARG_RGB_C": "LPV_OSARG_RGB",
    "LPV_OSARG_RGB_O": "LPV_OSARG_RGB",
    "EB_ED_ESD": "EB",
    "EB_Other": "EB",
}

# ASAS: the single types of ACVS 1.1; compound ones (EC/ESD) and uncertain ones (a colon) are left out when it is read.
ASAS: dict[str, Label] = {
    "EC": "EB_EC",
    "ED": "EB_ED",
    "ESD": "EB_ESD",
    "DSCT": "DSCT",
    "RRAB": "RRL_ab",
    "RRC": "RRL_c",
    "DCEP-FU": "CEPH_F",
    "DCEP-FO": "CEPH_1O",
    "CW-FU": "T2CEPH",
    "CW-FO": "T2CEPH",
    "MIRA": "LPV_Mira",
    "ACV": None,
    "BCEP": None,
    "MISC": None,
}

# Hipparcos: the types of the General Catalogue of Variable Stars. EA, EB and EW describe the light curve, while ED, ESD
# and EC describe the system: reading one as the other is an approximation.
HIPPARCOS: dict[str, Label] = {
    "EA": "EB_ED",
    "EB": "EB_ESD",
    "EW": "EB_EC",
    "DCEP": "CEPH_F",
    "DCEPS": "CEPH_1O",
    "CEP(B)": "CEPH_Other",
    "CEP": "CEPH",
    "CWA": "T2CEPH",
    "CWB": "T2CEPH",
    "CW": "T2CEPH",
    "RV": "T2CEPH",
    "RVA": "T2CEPH",
    "RVB": "T2CEPH",
    "RRAB": "RRL_ab",
    "RRC": "RRL_c",
    "DSCT": "DSCT",
    "DSCTC": "DSCT",
    "SXPHE": "DSCT",
    "M": "LPV_Mira",
    "SR": "LPV_SRV",
    "SRA": "LPV_SRV",
    "SRB": "LPV_SRV",
    **dict.fromkeys(
        ("RR", "SRC", "SRD", "L", "LB", "LC", "ELL", "ACV", "ACYG", "BCEP", "BE", "BY", "E", "EP", "FKCOM", "GCAS"),
        None,
    ),
    **dict.fromkeys(("GDOR", "I", "IA", "INT", "RCB", "RS", "SDOR", "SPB", "SXARI", "UV", "WR", "XP", "ZAND"), None),
}

# ASAS-SN: variable_type of its catalogue; uncertain types (a colon) are left out when it is read.
ASASSN: dict[str, Label] = {
    "EA": "EB_ED",
    "EB": "EB_ESD",
    "EW": "EB_EC",
    "DCEP": "CEPH_F",
    "DCEPS": "CEPH_1O",
    "CWA": "T2CEPH",
    "CWB": "T2CEPH",
    "RVA": "T2CEPH",
    "RRAB": "RRL_ab",
    "RRC": "RRL_c",
    "RRD": "RRL_d",
    "DSCT": "DSCT",
    "HADS": "DSCT",
    "M": "LPV_Mira",
    "SR": "LPV_SRV",
    **dict.fromkeys(("ELL", "GCAS", "L", "ROT", "UV", "VAR", "YSO"), None),
}

LABEL_MAPS: dict[str, Mapping[str, Label]] = {
    "ogle": OGLE,
    "eros2": EROS2,
    "asas": ASAS,
    "hipparcos": HIPPARCOS,
    "asassn": ASASSN,
    "richards2012": RICHARDS2012,
}
"""Per survey: its own words to nodes of the taxonomy."""


def class_name(word: str, label_map: Mapping[str, Label]) -> Label:
    """Return the class of a survey's word: its node, ``None`` to leave the star out, or the word itself."""
    return label_map.get(word, word)


def check_label_map(label_map: Mapping[str, Label], where: str) -> None:
    """Refuse a label map that points at something that is no node of the taxonomy.

    Raises
    ------
    LctransferError
        Naming the word and the node.
    """
    for word, node in label_map.items():
        if node is not None and not members(node):
            known = ", ".join(sorted({superclass(name) for name in (*CLASSES, *FURTHER)}))
            raise LctransferError(
                f"{where} maps {word!r} to {node!r}, which is no class or superclass of the taxonomy. "
                f"Superclasses: {known}; classes: {', '.join((*CLASSES, *FURTHER))}."
            )
