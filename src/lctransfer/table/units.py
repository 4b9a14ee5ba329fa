"""From fluxes to magnitudes, as the surveys themselves do it: AB zero points, and what a negative flux is."""

import re

import numpy as np

from lctransfer.errors import LctransferError

ZERO_POINTS = {"njy": 31.4, "ujy": 23.9, "mjy": 16.4, "jy": 8.9}
"""AB magnitude of one unit of flux density (Oke & Gunn 1983: 3631 Jy is magnitude 0, to 0.3 mmag)."""
RELATIVE_ZERO_POINT = 25.0
"""Magnitude of one unit of a relative flux: arbitrary, as no feature depends on it."""
RELATIVE = (
    "relative", "rel", "e-/s", "electron/s", "electrons/s", "adu", "counts", "normalized", "normalised",
    "%", "percent", "ppt", "ppm",
)  # fmt: skip
RELATIVE_SIGNS = dict.fromkeys(("electron/s", "electrons-1", "e/s", "dn/s", "ct/s", "1", "dimensionless"), True)
POGSON = 2.5 / np.log(10)
"""1.0857362: a relative error of the flux times this is the error of the magnitude."""
COMPUTED_DECIMALS = 10
"""Decimals of magnitudes that are computed: far below what any survey measures, above what arithmetic loses."""
MAG_UNITS = {"": 1.0, "mag": 1.0, "abmag": 1.0, "mag(ab)": 1.0, "mmag": 1e-3, "millimag": 1e-3}


def flux_zero_point(unit: str, where: str) -> float:
    """Return the magnitude of one unit of flux.

    Parameters
    ----------
    unit : str
        nJy, uJy, mJy, Jy, ``relative`` (or e-/s, adu...), or ``zp=27.5``: a zero point of the user's own.
    where : str
        What an error message calls the column.

    Raises
    ------
    LctransferError
        If the unit is not known.
    """
    asked = _plain_unit(unit)
    own = re.fullmatch(r"zp=([+-]?\d+(?:\.\d+)?)", asked)
    if own:
        return float(own.group(1))
    if asked in ZERO_POINTS:
        return ZERO_POINTS[asked]
    if asked in RELATIVE or asked in RELATIVE_SIGNS:
        return RELATIVE_ZERO_POINT
    if MAG_UNITS.get(asked) == 1.0:
        column = where.rsplit(": ", 1)[-1]
        raise LctransferError(
            f"{where} is in {unit!r}, so it holds magnitudes, no fluxes. Write --columns 'mag={column},mag_err=COLUMN'."
        )
    raise LctransferError(
        f"{where} is in {unit!r}, which is no unit of flux known here; it must be one of nJy, uJy, mJy, Jy, relative, "
        "or a zero point such as zp=27.5."
    )


def _plain_unit(unit: str) -> str:
    asked = unit.strip().lower().replace(" ", "").replace("µ", "u").replace("μ", "u")
    return {"nanojansky": "njy", "microjansky": "ujy", "millijansky": "mjy", "jansky": "jy"}.get(asked, asked)


def is_flux(unit: str) -> bool:
    """Tell whether a unit is one of fluxes; a number without a dimension is none.

    Examples
    --------
    >>> is_flux("mJy"), is_flux("electron / s"), is_flux("mag")
    (True, True, False)
    """
    asked = _plain_unit(unit)
    return asked in {*ZERO_POINTS, *RELATIVE, *RELATIVE_SIGNS} - {"1", "dimensionless", "rel", "relative"}


def mag_factor(unit: str, where: str) -> float:
    """Return how many magnitudes one unit is.

    Raises
    ------
    LctransferError
        If the unit is neither magnitudes nor millimagnitudes.
    """
    factor = MAG_UNITS.get(unit.strip().lower().replace(" ", ""))
    if factor is None:
        raise LctransferError(f"{where} is in {unit!r}; magnitudes are in mag or mmag.")
    return factor


@np.errstate(divide="ignore", invalid="ignore")
def to_magnitudes(flux: np.ndarray, flux_err: np.ndarray, zero_point: float) -> tuple[np.ndarray, np.ndarray]:
    """Return magnitudes and their errors, NaN where the flux is not positive.

    ``mag = zero_point - 2.5 log10(flux)``, ``mag_err = 1.0857 flux_err / flux``: the surveys' own conversion, in which
    a flux of zero or below has no magnitude.
    """
    positive = flux > 0
    safe = np.where(positive, flux, np.nan)
    return converted(zero_point - 2.5 * np.log10(safe)), converted(POGSON * flux_err / safe)


def converted(mag: np.ndarray) -> np.ndarray:
    """Return computed magnitudes without the noise of the last bits: the same star is the same in whatever form."""
    return np.round(mag, COMPUTED_DECIMALS)
