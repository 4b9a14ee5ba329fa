"""What a column of somebody's table means: names in use, and what a user says with `--columns`."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lctransfer.errors import LctransferError
from lctransfer.table import times, units

EPOCH_MEANINGS = ("time", "mag", "mag_err", "flux", "flux_err", "snr", "band")
"""Meanings that a column has per epoch; a band may also stand once per row."""
SOURCE_MEANINGS = ("source_id", "label", "ra_deg", "dec_deg", "period_days")
"""Meanings that a column has per source."""
MEANINGS = (*SOURCE_MEANINGS, *EPOCH_MEANINGS)

NAMES: dict[str, tuple[str, str]] = {
    "source_id": (
        "source_id sourceid object_id objid obj_id star_id diaobjectid asas_sn_id asassn_id tic_id ticid tic kic "
        "kepid oid gaia_id gaia_source_id dr3_source_id hip hip_id hipid tyc tyc_id tycid ogle_id ogleid "
        "macho_id eros_id epic epic_id star_name starname obj_name objname object_name target_name targname "
        "source_name cat_id catid",
        "id name star target source object designation",
    ),
    "time": (
        "time mjd hjd jd bjd hmjd bmjd btjd bkjd tmjd midpointmjdtai mjd_tai obs_time time_bjd time_mjd "
        "hjd_utc bjd_tdb mjd_obs hjd_obs jd_obs bjd_obs obs_mjd obs_jd obs_hjd obs_bjd",
        "t date datetime obstime epoch",
    ),
    "mag": ("mag magnitude mags psfmag mag_psf", "m"),
    "mag_err": (
        "mag_err magerr mag_error mag_errors magnitude_error mag_unc mag_sigma e_mag emag sigma_mag sigmag dmag "
        "psfmagerr psf_mag_err magsigma mag_uncertainty",
        "err error errors e sigma unc uncertainty merr dm",
    ),
    "flux": ("flux psfflux fluxes psf_flux flux_psf", "f"),
    "flux_err": (
        "flux_err fluxerr flux_error psffluxerr psf_flux_err e_flux sigma_flux dflux flux_unc flux_uncertainty",
        "err error errors e sigma unc uncertainty",
    ),
    "snr": ("flux_over_error snr s_n", ""),
    "band": (
        "band filter filterid filter_id filtercode passband phot_filter filter_name bandpass bands filters band_name "
        "passbands passband_name photometric_band obs_filter",
        "filt fid flt filts",
    ),
    "label": (
        "label labels class_str variable_type ml_classification best_class_name vartype var_type otype class_label",
        "class type classification class_name",
    ),
    "ra_deg": ("ra ra_deg raj2000 ra_icrs objra coord_ra s_ra ra_mean mean_ra alpha_j2000 right_ascension", ""),
    "dec_deg": (
        "dec de dec_deg de_deg decl dej2000 decj2000 dec_icrs de_icrs objdec coord_dec s_dec dec_mean mean_dec "
        "delta_j2000 declination",
        "",
    ),
    "period_days": ("period period_days per_days period_d", "per"),
}
"""Meaning to names: those that leave no doubt, and those that count only where none of the first kind is there."""


class Used(NamedTuple):
    """A column that is used, and the unit or time system that a user gave it, if any."""

    column: str
    unit: str = ""


def plain(name: str) -> str:
    """Return a column name without case, blanks and punctuation.

    Examples
    --------
    >>> plain("Mag Err"), plain("mag_err")
    ('magerr', 'magerr')
    """
    return "".join(filter(str.isalnum, name.lower()))


_KNOWN = {
    meaning: tuple({plain(name) for name in names.split()} for names in tiers) for meaning, tiers in NAMES.items()
}


def parse(text: str | Mapping[str, str] | None) -> dict[str, Used]:
    """Return what a user says of columns: meaning to column and unit.

    Parameters
    ----------
    text : str or dict
        ``time=mjd,mag=psfmag,flux=f[mJy]`` or the same as a dict; ``mag_err=none`` says that there are no errors,
        ``band=none`` that no column holds bands.

    Raises
    ------
    LctransferError
        If a part has no ``=``, or names no meaning.

    Examples
    --------
    >>> parse("time=mjd,flux=f[mJy]")["flux"]
    Used(column='f', unit='mJy')
    """
    pairs = list(text.items()) if isinstance(text, Mapping) else [_pair(part) for part in _parts(text or "")]
    given: dict[str, Used] = {}
    for raw_meaning, raw_column in pairs:
        meaning, column = str(raw_meaning).strip(), str(raw_column).strip()
        meaning = {"id": "source_id", "ra": "ra_deg", "dec": "dec_deg", "period": "period_days", "err": "mag_err"}.get(
            meaning, {"magerr": "mag_err", "fluxerr": "flux_err"}.get(meaning, meaning)
        )
        if meaning not in MEANINGS:
            raise LctransferError(f"--columns names {meaning!r}, but a column means one of {', '.join(MEANINGS)}.")
        if meaning in given:
            raise LctransferError(f"--columns names {meaning} twice: {given[meaning].column} and {column}. Name one.")
        found = re.fullmatch(r"(.*?)\s*\[([^\]]*)\]", column)
        given[meaning] = Used(*found.groups()) if found else Used(column)
        if not given[meaning].column:
            raise LctransferError(f"--columns gives no column for {meaning}: write {meaning}=COLUMN.")
    return given


def _parts(text: str) -> list[str]:
    """Return the comma-separated parts; a comma within brackets does not separate."""
    return [part for part in re.split(r",(?![^\[]*\])", text) if part.strip()]


def _pair(part: str) -> tuple[str, str]:
    meaning, equals, column = part.partition("=")
    if not equals:
        raise LctransferError(f"--columns has {part.strip()!r}: write MEANING=COLUMN, such as time=mjd,mag=psfmag.")
    return meaning, column


def find(name: str, columns: Iterable[str]) -> str | None:
    """Return the column of that name: exactly, else without regard to case and punctuation if just one is so."""
    columns = list(columns)
    if name in columns:
        return name
    alike = [column for column in columns if plain(column) == plain(name)]
    alike = alike or [column for column in columns if plain(without_unit(column)) == plain(name)]
    return alike[0] if len(alike) == 1 else None


def without_unit(column: str) -> str:
    """Return a column's name without a unit in brackets at its end.

    Examples
    --------
    >>> without_unit("Flux (mJy)"), without_unit("mag")
    ('Flux', 'mag')
    """
    found = re.fullmatch(r"(.+?)\s*[(\[][^()\[\]]*[)\]]", column)
    return found.group(1) if found else column


def unit_in_name(column: str) -> str:
    """Return the unit in brackets at the end of a column's name, where it is a unit that is known here; else nothing.

    Examples
    --------
    >>> unit_in_name("Flux (mJy)"), unit_in_name("mag (corrected)")
    ('mJy', '')
    """
    inside = column[len(without_unit(column)) :].strip()[1:-1].strip()
    asked = inside.lower().replace(" ", "")
    known = (*times.UNITS, *times.YEARS, *times.SYSTEMS, *units.MAG_UNITS, *units.ZERO_POINTS, *units.RELATIVE)
    return inside if asked in known or re.fullmatch(r"[hb]?jd-24\d{5}(\.5)?", asked) else ""


def guess(meaning: str, columns: Iterable[str], where: str) -> str | None:
    """Return the one column that has this meaning by its name; None if there is none.

    Raises
    ------
    LctransferError
        If several columns have this meaning: which one is meant, only the user knows.
    """
    columns = list(columns)
    for tier in _KNOWN[meaning]:
        found = [column for column in columns if _means(column, meaning, tier)]
        if len(found) > 1:
            if len(set(found)) == 1:
                raise LctransferError(f"{where} has {len(found)} columns called {found[0]}: rename all but one.")
            several = ", ".join(found)
            raise LctransferError(
                f"{where} has several columns that mean {meaning}: {several}. "
                f"Say which one to use: --columns {meaning}={found[0]}"
            )
        if found:
            return found[0]
    return None


QUALIFIERS = {
    "mag": "psf auto aper ap iso kron best cal calib calibrated corr corrected",
    "flux": "psf auto aper ap iso kron best cal calib calibrated corr corrected njy ujy mjy jy",
}
"""Parts of a name that say how a brightness was measured, or its unit, and nothing of what the column is."""


def _means(column: str, meaning: str, tier: Iterable[str]) -> bool:
    name = _last(without_unit(column))
    if plain(name) in tier:
        return True
    if meaning == "time":
        return bool(times.COUNTED_FROM.fullmatch(without_unit(column)))  # whole: the zero may hold a point
    extra = QUALIFIERS.get(meaning.removesuffix("_err"), "").split()
    bare = [part for part in re.split(r"[^a-z0-9]+", name.lower()) if part not in extra]
    return bool(extra) and len("".join(bare)) > 2 and "".join(bare) in tier


def _last(column: str) -> str:
    """Return the name of a field of a struct without the struct's."""
    return column.rsplit(".", 1)[-1]
