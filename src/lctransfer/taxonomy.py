"""The 21 classes of Kim et al. (2021) and their superclasses; what a survey's words mean stands in its own module.

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
    "ACEP",
    "ACV",
    "ACYG",
    "AGN",
    "ARTEFACT",
    "BCEP",
    "BE",
    "CV",
    "ELL",
    "GDOR",
    "HB",
    "L",
    "LBOO",
    "MICROLENSING",
    "RCB",
    "ROT",
    "SDOR",
    "SN",
    "SPB",
    "T2CEPH_RVTau",
    "UV",
    "WR",
    "YSO_HAEBE",
    "YSO_TTAU",
    "ZAND",
)
"""Classes beyond the 21 that a source model may know, mostly by the words of the General Catalogue of Variable Stars.

A class map may name them. The released model has none of them; one trained on `lctransfer.simulate.randomised` has all.
Not of that catalogue: ACEP (anomalous Cepheids), AGN (beside QSO), ARTEFACT (errors of a survey that look like
variability), HB (heartbeat stars), MICROLENSING, and T2CEPH_RVTau, which is a part of T2CEPH.
"""

GROUPS = {"AGN": ("QSO", "AGN"), "GCAS": ("BV", "BE")}
"""Names that stand for several classes whose names do not say so."""

# Other catalogues' words for those classes, without case and punctuation: a target's own word is then known by name.
SYNONYMS = {
    "alphacygni": "ACYG",
    "anomalouscepheid": "ACEP",
    "anomalouscepheids": "ACEP",
    "artifact": "ARTEFACT",
    "bestar": "BE",
    "bestars": "BE",
    "betacephei": "BCEP",
    "blazar": "AGN",
    "blboo": "ACEP",
    "bogus": "ARTEFACT",
    "cataclysmic": "CV",
    "cataclysmicvariable": "CV",
    "cataclysmicvariables": "CV",
    "chemicallypeculiar": "ACV",
    "chemicallypeculiarstars": "ACV",
    "chempeculiar": "ACV",
    "classicalttauri": "YSO_TTAU",
    "classttauri": "YSO_TTAU",
    "dwarfnova": "CV",
    "dwarfnovae": "CV",
    "ellipsoidal": "ELL",
    "flare": "UV",
    "flarestar": "UV",
    "flarestars": "UV",
    "gammadoradus": "GDOR",
    "heartbeat": "HB",
    "heartbeatstar": "HB",
    "heartbeatstars": "HB",
    "herbigaebe": "YSO_HAEBE",
    "herbigaebestar": "YSO_HAEBE",
    "instrumental": "ARTEFACT",
    "lambdabootis": "LBOO",
    "lambdabootisvariable": "LBOO",
    "microlens": "MICROLENSING",
    "microlensingevent": "MICROLENSING",
    "ml": "MICROLENSING",
    "periodicallyvariablesupergiants": "ACYG",
    "pulsatingbe": "BE",
    "rcoronaeborealis": "RCB",
    "rscvn": "ROT",
    "rv": "T2CEPH_RVTau",
    "rva": "T2CEPH_RVTau",
    "rvb": "T2CEPH_RVTau",
    "rvtau": "T2CEPH_RVTau",
    "rvtauri": "T2CEPH_RVTau",
    "sdoradus": "SDOR",
    "seyfert": "AGN",
    "slowlypulsatingb": "SPB",
    "slowlypulsatingbstars": "SPB",
    "spurious": "ARTEFACT",
    "supernova": "SN",
    "supernovae": "SN",
    "symb": "ZAND",
    "symbiotic": "ZAND",
    "symbioticstar": "ZAND",
    "symbioticstars": "ZAND",
    "syst": "ZAND",
    "ttauri": "YSO_TTAU",
    "ug": "CV",
    "ugss": "CV",
    "ugsu": "CV",
    "ugz": "CV",
    "uvceti": "UV",
    "wolfrayet": "WR",
}


MEANS = " -> "
"""Between a label and its nodes, in the name of a class that shares its nodes with another label's."""


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
    >>> members("AGN")
    ('QSO', 'AGN')
    >>> members("XP")
    ()
    >>> members("DSCT|GDOR")
    ('DSCT', 'GDOR')
    """
    node = node.rpartition(MEANS)[2]
    if "|" in node:  # several nodes are one class; one that is unknown makes the whole unknown
        parts = [members(part) for part in node.split("|")]
        found = {leaf for part in parts for leaf in part}
        return tuple(name for name in (*CLASSES, *FURTHER) if name in found) if all(parts) else ()
    node = SYNONYMS.get("".join(filter(str.isalnum, node.lower())), node)
    if node in GROUPS:
        return GROUPS[node]
    return tuple(name for name in (*CLASSES, *FURTHER) if name == node or name.startswith(f"{node}_"))


def superclass(node: str) -> str:
    """Return the superclass of a node: the part before the first underscore; several where its classes differ.

    Examples
    --------
    >>> superclass("LPV_Mira_AGB_C")
    'LPV'
    >>> superclass("EB_EC|EB_ESD"), superclass("DSCT|GDOR")
    ('EB', 'DSCT|GDOR')
    """
    return "|".join(dict.fromkeys(leaf.split("_", maxsplit=1)[0] for leaf in members(node))) or node


Label = str | None
"""What a survey's word means: a node of the taxonomy, or nothing (such stars are left out).

A word that stands in no label map is a class of its own: nothing is lost by accident.
"""


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
                f"{where} maps {word[:100]!r} to {node[:100]!r}, which is no class or superclass of the taxonomy. "
                f"Superclasses: {known}; classes: {', '.join((*CLASSES, *FURTHER))}."
            )
