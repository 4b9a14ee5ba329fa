"""Columns that are named after a band, as in VizieR's tables: ``Vmag`` and ``e_Vmag``, ``mag_g`` and ``magerr_g``."""

import re
from collections.abc import Sequence
from itertools import product

BANDS = (
    "U", "B", "V", "R", "I", "Rc", "Ic", "BT", "VT", "u", "g", "r", "i", "z",
    "y", "zg", "zr", "zi", "up", "gp", "rp", "ip", "zs", "G", "BP", "RP", "J", "H",
    "K", "Ks", "W1", "W2", "W3", "W4", "Hp", "Kp", "T", "TESS", "o", "c", "NUV", "FUV", "TG", "TB", "TR", "CV", "CR",
)  # fmt: skip
"""Names of bands that column names hold."""
PHOTOMETRY = "(?:psf|aper|ap|auto|kron|cmodel)?"
ERROR_WORDS = ("e", "err", "error", "errors", "sigma", "sig", "d", "unc", "uncertainty")
"""What stands before or behind the name of a quantity to name its error."""
_BAND = "|".join(sorted(BANDS, key=len, reverse=True))


def bare(name: str) -> str:
    """Return a column name without blanks and punctuation, and without the struct that it is a field of.

    Examples
    --------
    >>> bare("lightcurve.e_Vmag")
    'eVmag'
    """
    return "".join(filter(str.isalnum, name.rsplit(".", 1)[-1]))


def band_of(column: str, quantity: str) -> str:
    """Return the band whose magnitudes (`quantity` ``mag``) or fluxes (``flux``) a column names; empty for none.

    Examples
    --------
    >>> band_of("Vmag", "mag"), band_of("mag_g", "mag"), band_of("limmag", "mag")
    ('V', 'g', '')
    """
    name = bare(column)
    found = re.fullmatch(rf"({_BAND}){PHOTOMETRY}{quantity}|{quantity}{PHOTOMETRY}({_BAND})", name, re.I)
    return next(filter(None, found.groups()), "") if found else ""


def named_after_bands(columns: Sequence[str], quantity: str) -> list[str]:
    """Return the columns of magnitudes or fluxes that are named after a band.

    A band alone, such as ``V``, counts among magnitudes where a column of its errors, such as ``e_V``, is there.
    """
    found = [column for column in columns if band_of(column, quantity)]
    if quantity == "mag":
        found += [column for column in columns if bare(column) in BANDS and error_of(column, columns)]
    return found


def error_of(column: str, columns: Sequence[str]) -> str | None:
    """Return the column that is named as the error of another: ``e_Vmag`` of ``Vmag``; None unless just one is.

    Case counts where names differ by it: ``e_Rmag`` belongs to ``Rmag``, not to ``rmag``.
    """
    name, names = bare(column), _error_names(column)
    others = [other for other in columns if bare(other) != name]
    exact = [other for other in others if bare(other) in names]
    alike = exact or [other for other in others if bare(other).lower() in {one.lower() for one in names}]
    return alike[0] if len(alike) == 1 else None


def _error_names(column: str) -> set[str]:
    names = {bare(column)}
    for quantity in ("mag", "flux"):
        band = band_of(column, quantity)
        if band:
            names |= {band, quantity + band, band + quantity}
    named = {text for word, name in product(ERROR_WORDS, names) for text in (word + name, name + word)}
    # The error stands between quantity and band, too: magerr_g.
    inner = [(quantity, band_of(column, quantity)) for quantity in ("mag", "flux") if band_of(column, quantity)]
    return named | {quantity + word + band for quantity, band in inner for word in ERROR_WORDS}
