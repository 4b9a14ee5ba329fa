"""Answers of the query services of Gaia, VizieR (TAP) and IRSA about simulated stars, as their documents describe them.

By code that shares nothing with the package's readers.
"""

import io
import re
import zipfile

from archive_of_archives import Star, epochs

GAIA, IRSA, TAP_VIZIER = "gea.esac.esa.int", "irsa.ipac.caltech.edu", "tapvizier.cds.unistra.fr"
GAIA_WORDS = {"RR": "RR", "CEP": "CEP", "ECL": "ECL", "Mira": "LPV", "SRV": "LPV", "OSARG": "LPV"}
VSX_WORDS = {
    "RRab": "RRAB", "RRc": "RRC", "CEP_F": "DCEP", "DSCT_singlemode": "DSCT", "ECL_ED": "EA", "ECL_EC": "EW",
    "Mira_C": "M", "Mira_O": "M", "Mira": "M", "SRV_O": "SR", "SRV_C": "SR",
}  # fmt: skip
FIRST_GAIA = 4_062_964_299_525_805_952


def gaia_word(label: str) -> str:
    return next(
        (word for start, word in GAIA_WORDS.items() if label.startswith(start)),
        "DSCT|GDOR|SXPHE" if label.startswith("DSCT") else "",
    )


def gaia_classes(stars: list[Star], query: str) -> bytes:
    """Return the answer of Gaia's TAP service: FORMAT=csv, text in quotes."""
    wanted = re.search(r"best_class_name = '([^']+)'", query)
    rows = [
        f'{FIRST_GAIA + n},"{gaia_word(star["label"])}",{star["ra_deg"]},{star["dec_deg"]}\n'
        for n, star in enumerate(stars)
        if wanted and gaia_word(star["label"]) == wanted[1]
    ]
    return ("source_id,best_class_name,ra,dec\n" + "".join(rows)).encode()


def gaia_photometry(stars: list[Star], ids: list[int]) -> bytes:
    """Return the answer of DataLink, DATA_STRUCTURE=INDIVIDUAL: a ZIP archive with a CSV file per star."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for key in ids:
            archive.writestr(f"EPOCH_PHOTOMETRY-Gaia DR3 {key}.csv", gaia_transits(stars[key - FIRST_GAIA], key))
    return packed.getvalue()


def gaia_transits(star: Star, key: int) -> str:
    """Return a row per transit, G, BP and RP side by side, as the documentation of epoch_photometry names them."""
    lines = [
        "solution_id,source_id,transit_id,g_transit_time,g_transit_flux,g_transit_flux_error,g_transit_flux_over_error,"
        "g_transit_mag,g_transit_n_obs,bp_obs_time,bp_flux,bp_flux_error,bp_flux_over_error,bp_mag,rp_obs_time,rp_flux,"
        "rp_flux_error,rp_flux_over_error,rp_mag,variability_flag_g_reject,variability_flag_bp_reject,"
        "variability_flag_rp_reject,rejected_by_photometry\n"
    ]
    for n, (t, m, e) in enumerate(epochs(star)):
        ratio, time = 1.0857362 / e, t - 2_455_197.5
        lines.append(
            f"1,{key},{n},{time},100.0,{100 / ratio},{ratio},{m},9,{time + 1e-4},80.0,{160 / ratio},{ratio / 2},"
            f"{m + 0.3},,,,,,false,false,false,false\n"
        )
    lines.append(f"1,{key},9999,{time + 1},9e9,1.0,1000.0,5.0,9,,,,,,,,,,,true,false,false,false\n")  # to be rejected
    return "".join(lines)


def gaia_long(stars: list[Star], ids: list[int]) -> bytes:
    """Return a row per transit and band, as DATA_STRUCTURE=COMBINED was answered."""
    lines = [
        "solution_id,source_id,transit_id,band,time,mag,flux,flux_error,flux_over_error,rejected_by_photometry,"
        "rejected_by_variability,other_flags\n"
    ]
    for key in ids:
        for n, (t, m, e) in enumerate(epochs(stars[key - FIRST_GAIA])):
            ratio, time = 1.0857362 / e, t - 2_455_197.5
            lines.append(f"1,{key},{n},G,{time},{m},{100.0},{100 / ratio},{ratio},false,false,0\n")
            lines.append(f"1,{key},{n},BP,{time},{m + 0.3},{80.0},{160 / ratio},{ratio / 2},false,false,0\n")
        lines.append(f"1,{key},9999,G,{time + 1},5.0,1000.0,1.0,1000.0,true,false,1\n")  # to be rejected
    return "".join(lines).encode()


def ztf_name(number: int) -> str:
    return f"ZTF J{number:06d}.00+{number:06d}.0"


def vsx_types(stars: list[Star], query: str) -> bytes:
    """Return the answer of TAPVizieR for B/vsx/vsx: CSV."""
    wanted = re.search(r"\"Type\" = '([^']+)'", query)
    rows = [
        f"{ztf_name(n)},{star['ra_deg']},{star['dec_deg']},{VSX_WORDS[star['label']]},{star['period_days'] or ''}\n"
        for n, star in enumerate(stars)
        if wanted and VSX_WORDS.get(star["label"]) == wanted[1]
    ]
    return ("Name,RAJ2000,DEJ2000,Type,Period\n" + "".join(rows)).encode()


def ztf_photometry(stars: list[Star], place: str) -> bytes:
    """Return the answer of IRSA's service for POS=CIRCLE ra dec radius: every light curve there, all bands."""
    kind, ra, dec, radius = place.split()
    lines = ["oid,expid,hjd,mjd,mag,magerr,catflags,filtercode,ra,dec,chi,sharp\n"]
    for n, star in enumerate(stars):
        near = (abs(star["ra_deg"] - float(ra)), abs(star["dec_deg"] - float(dec)))
        if kind != "CIRCLE" or max(near) > float(radius):
            continue
        rows = list(epochs(star))
        for oid, band, part in ((1, "zr", rows), (2, "zg", rows[::2]), (3, "zr", rows[:3])):
            lines += [
                f"{10**14 + 10 * n + oid},{k},{t},{t - 2_400_000.5},{m},{e},{32768 if k == 1 else 0},{band},"
                f"{ra},{dec},1.0,0.0\n"
                for k, (t, m, e) in enumerate(part)
            ]
    return "".join(lines).encode()


def answer(path: str, asked: dict[str, str], stars: list[Star], bad_ids: set[int]) -> bytes | None:
    """Return the answer of whichever service a path leads to; none if it leads to none, or asks for a bad star."""
    if path.startswith(f"{GAIA}/tap-server/tap/sync?"):
        return gaia_classes(stars, asked["QUERY"])
    if path.startswith(f"{GAIA}/data-server/data?"):
        ids = list(map(int, asked["ID"].split(",")))
        return None if bad_ids & set(ids) else gaia_photometry(stars, ids)
    if path.startswith(f"{TAP_VIZIER}/TAPVizieR/tap/sync?"):
        return vsx_types(stars, asked["QUERY"])
    if path.startswith(f"{IRSA}/cgi-bin/ZTF/nph_light_curves?"):
        return ztf_photometry(stars, asked["POS"])
    return None
