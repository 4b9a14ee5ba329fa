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


def members(node: str) -> tuple[str, ...]:
    """Return the classes that `node` stands for, in the order of `CLASSES`; none if it is not of the taxonomy.

    Examples
    --------
    >>> members("EB")
    ('EB_EC', 'EB_ED', 'EB_ESD')
    >>> members("RRL_ab")
    ('RRL_ab',)
    >>> members("RS_CVn")
    ()
    """
    return tuple(name for name in CLASSES if name == node or name.startswith(f"{node}_"))


def superclass(node: str) -> str:
    """Return the superclass of a node: the part before the first underscore.

    Examples
    --------
    >>> superclass("LPV_Mira_AGB_C")
    'LPV'
    """
    return node.split("_")[0] if members(node) else node


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

LABEL_MAPS: dict[str, Mapping[str, Label]] = {
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
            known = ", ".join(sorted({superclass(name) for name in CLASSES}))
            raise LctransferError(
                f"{where} maps {word!r} to {node!r}, which is no class or superclass of the taxonomy. "
                f"Superclasses: {known}; classes: {', '.join(CLASSES)}."
            )
