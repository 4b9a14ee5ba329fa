"""Two simulated stars in every form of light-curve table: what `mutate_inputs` damages."""

from collections.abc import Callable

import numpy as np

N = 14
"""Epochs of a star."""
POGSON = 2.5 / np.log(10)


def stars(rng: np.random.Generator) -> list[dict]:
    """Return two simulated light curves."""
    made = []
    for name, mean in (("4472832130942575616", 12.5), ("4472832130942575617", 16.25)):
        days = np.sort(rng.uniform(58_000, 58_400, N)).round(5)
        mag = (mean + 0.3 * np.sin(days)).round(4)
        made.append({"id": name, "mjd": days, "mag": mag, "err": rng.uniform(0.01, 0.05, N).round(4)})
    return made


def lists(two: list[dict]) -> dict:
    """Return list columns."""
    columns = {"source_id": [s["id"] for s in two], "mjd": [s["mjd"].tolist() for s in two]}
    columns |= {"mag": [s["mag"].tolist() for s in two], "magerr": [s["err"].tolist() for s in two]}
    return columns | {"label": ["RRAB", "EW"]}


def rows(two: list[dict]) -> dict:
    """Return a row per epoch."""
    columns = {"source_id": [s["id"] for s in two for _ in range(N)], "label": ["RRAB"] * N + ["EW"] * N}
    for name, key in (("mjd", "mjd"), ("mag", "mag"), ("magerr", "err")):
        columns[name] = np.concatenate([s[key] for s in two]).tolist()
    return columns


def renamed(columns: dict, names: dict[str, str], **more: list) -> dict:
    """Return the columns by other names, and further ones."""
    return {names.get(name, name): values for name, values in columns.items() if names.get(name, name)} | more


def ztf(two: list[dict]) -> dict:
    """Return ZTF's list columns."""
    names = {"source_id": "objectid", "mjd": "hmjd", "label": ""}
    return renamed(lists(two), names, filterid=[2, 2], catflags=[[0] * N, [0] * N])


def gaia(two: list[dict]) -> dict:
    """Return Gaia's wide rows, in G only."""
    columns = rows(two)
    snr = (POGSON / np.array(columns["magerr"])).tolist()
    names = {"mjd": "g_transit_time", "mag": "g_transit_mag", "magerr": "", "label": ""}
    made = renamed(columns, names, g_transit_flux_over_error=snr, rejected_by_photometry=["false"] * 2 * N)
    return made | {"g_transit_time": [t + 2_400_000.5 - 2_455_197.5 for t in columns["mjd"]]}


def asassn(two: list[dict]) -> dict:
    """Return what ASAS-SN's client gives."""
    columns = rows(two)
    names = {"source_id": "asas_sn_id", "mjd": "", "magerr": "mag_err", "label": ""}
    ones = [1.0] * 2 * N
    more = {"jd": [t + 2_400_000.5 for t in columns["mjd"]], "flux": ones, "flux_err": ones, "limit": ones}
    return renamed(columns, names, **more, fwhm=ones, quality=["G"] * 2 * N)


def lsst(two: list[dict]) -> dict:
    """Return LSST's fluxes as lists, as a nested table flattens to."""
    columns = lists(two)
    flux = [(10 ** (-0.4 * (s["mag"] - 31.4))).tolist() for s in two]
    error = [(10 ** (-0.4 * (s["mag"] - 31.4)) * s["err"] / POGSON).tolist() for s in two]
    names = {"source_id": "objectId", "mjd": "midpointMjdTai", "mag": "", "magerr": "", "label": ""}
    return renamed(columns, names, psfFlux=flux, psfFluxErr=error, band=[["r"] * N] * 2)


def gaia_long(two: list[dict]) -> dict:
    """Return Gaia's rows per epoch and band, in G only."""
    wide = gaia(two)
    names = {"g_transit_time": "time", "g_transit_mag": "mag", "g_transit_flux_over_error": "flux_over_error"}
    return renamed(wide, names, band=["G"] * 2 * N)


def lsst_dia(two: list[dict]) -> dict:
    """Return LSST's objects of difference images as lists."""
    names = {"objectId": "diaObjectId", "psfFlux": "scienceFlux", "psfFluxErr": "scienceFluxErr"}
    return renamed(lsst(two), names)


def kepler(two: list[dict]) -> dict:
    """Return relative fluxes as lists, as lightkurve names them."""
    columns = lists(two)
    flux = [(1000 * 10 ** (-0.4 * (s["mag"] - s["mag"].mean()))).tolist() for s in two]
    names = {"source_id": "targetid", "mjd": "", "mag": "", "magerr": "", "label": ""}
    time = [(s["mjd"] - 56_999.5).tolist() for s in two]
    more = {"flux": flux, "flux_err": [(s["err"] * 900).tolist() for s in two], "quality": [[0] * N] * 2}
    return renamed(columns, names, time=time, **more, cadenceno=[list(range(N))] * 2)


def atlas(two: list[dict]) -> dict:
    """Return the rows of ATLAS's server for one star."""
    star = two[0]
    flux = 10 ** (-0.4 * (star["mag"] - 23.9))
    columns = {"###MJD": star["mjd"].tolist(), "m": star["mag"].tolist(), "dm": star["err"].tolist()}
    columns |= {"uJy": flux.tolist(), "duJy": (flux * star["err"] / POGSON).tolist(), "F": ["o"] * N}
    return columns | {"err": [0] * N, "chi/N": [1.2] * N, "RA": [10.5] * N, "Dec": [-3.25] * N}


def asassn_web(two: list[dict]) -> dict:
    """Return the rows of Sky Patrol's web page for one star."""
    star, ones = two[0], [1.0] * N
    columns = {
        "JD": (star["mjd"] + 2_400_000.5).tolist(),
        "Flux": ones,
        "Flux Error": ones,
        "Mag": star["mag"].tolist(),
    }
    columns |= {"Mag Error": star["err"].tolist(), "Limit": [17.5] * N, "FWHM": ones, "Filter": ["g"] * N}
    return columns | {"Quality": ["G"] * N}


def starembed(two: list[dict]) -> dict:
    """Return StarEmbed's lists of one band, as its structs flatten to."""
    columns = lists(two)
    lead = "bands_data.r"
    names = {"source_id": "sourceid", "mjd": f"{lead}.mjd", "mag": f"{lead}.target", "label": "class_str"}
    return renamed(columns, names | {"magerr": f"{lead}.past_feat_dynamic_real"})


FORMS: dict[str, Callable[[list[dict]], dict]] = {
    "lists": lists, "rows": rows, "ztf": ztf, "gaia_dr3": gaia, "gaia_dr3_long": gaia_long, "asassn": asassn,
    "asassn_web": asassn_web, "lsst_object": lsst, "lsst_dia": lsst_dia, "kepler": kepler, "atlas": atlas,
    "starembed": starembed,
}  # fmt: skip
