"""Every form that is known by name is recognised by its columns, converted as its survey does, and cut by its flags."""

import numpy as np
import pyarrow as pa
import pytest

from lctransfer.errors import LctransferError
from lctransfer.table.canonical import FORM_NAMES, VOCABULARIES, Reading
from lctransfer.table.forms import FORMS
from lctransfer.table.reading import read, read_light_curves
from lctransfer.table.vocabularies import tables

N = 12
MJD = 58_000.25 + np.array([0.0, 1.1, 2.3, 4.2, 7.9, 11.3, 30.6, 31.4, 33.2, 60.1, 61.7, 90.4])
JD = MJD + 2_400_000.5
MAG = 15 + 0.4 * np.sin(MJD)
ERR = np.linspace(0.01, 0.04, N)
BAD = 3
"""The epoch that the form's own flag rejects."""
GOOD = np.arange(N) != BAD
POGSON = 2.5 / np.log(10)


def flag(bad, good):
    return [bad if i == BAD else good for i in range(N)]


def flux(zero):
    """Return fluxes and errors of the magnitudes, with a zero point."""
    values = 10 ** (-0.4 * (MAG - zero))
    return values, values * ERR / POGSON


def ztf():
    epochs = {"hmjd": MJD, "mag": MAG, "magerr": ERR, "clrcoeff": ERR, "catflags": flag(32768, 0)}
    lightcurve = [{name: list(values) for name, values in epochs.items()}]
    return pa.table({"objectid": [5], "filterid": [2], "objra": [1.0], "objdec": [2.0], "lightcurve": lightcurve})


def gaia_wide():
    snr = POGSON / ERR
    columns = {"source_id": [7] * N, "transit_id": range(N), "g_transit_time": JD - 2_455_197.5, "g_transit_mag": MAG}
    columns |= {"g_transit_flux_over_error": snr, "variability_flag_g_reject": flag("true", "false")}
    for lead in ("bp", "rp"):
        columns |= {f"{lead}_obs_time": JD - 2_455_197.5, f"{lead}_mag": MAG + 1, f"{lead}_flux_over_error": snr}
    return pa.table({**columns, "rejected_by_photometry": ["false"] * N})


def gaia_long():
    columns = {"source_id": [7] * N, "band": ["G"] * N, "time": JD - 2_455_197.5, "mag": MAG, "flux": flux(25)[0]}
    columns |= {"flux_over_error": POGSON / ERR, "rejected_by_photometry": flag(True, False)}
    return pa.table({**columns, "rejected_by_variability": [False] * N})


def lsst(struct, identifier, lead):
    value, error = flux(31.4)
    epochs = {"band": ["r"] * N, "midpointMjdTai": MJD, f"{lead}Flux": value, f"{lead}FluxErr": error}
    epochs |= {"psfFlux_flag": flag(True, False), "pixelFlags_bad": [False] * N}
    return pa.table({identifier: [9], struct: [{name: list(values) for name, values in epochs.items()}]})


def asassn():
    columns = {"asas_sn_id": [3] * N, "jd": JD, "flux": flux(16.4)[0], "flux_err": flux(16.4)[1], "mag": MAG}
    columns |= {"mag_err": flag(99.99, 0.02), "limit": MAG, "fwhm": ERR, "camera": ["bE"] * N, "quality": ["G"] * N}
    return pa.table({**columns, "phot_filter": ["g"] * N})


def asassn_web():
    columns = {"JD": JD, "Flux": flux(16.4)[0], "Flux Error": flux(16.4)[1], "Mag": MAG, "Mag Error": ERR, "Limit": MAG}
    return pa.table({**columns, "FWHM": ERR, "Filter": ["g"] * N, "Quality": flag("B", "G")})


def kepler():
    value, error = flux(25.0)
    columns = {"time": JD - 2_457_000, "flux": value, "flux_err": error, "cadenceno": range(N)}
    return pa.table({**columns, "quality": flag(128, 0)})


def atlas():
    value, error = flux(23.9)
    columns = {"###MJD": MJD, "m": MAG, "dm": ERR, "uJy": value, "duJy": error, "F": ["o"] * N, "err": [0] * N}
    return pa.table({**columns, "chi/N": flag(500.0, 1.2), "RA": [1.0] * N, "Dec": [2.0] * N})


def starembed():
    one = {"mjd": list(MJD[GOOD]), "target": list(MAG[GOOD]), "past_feat_dynamic_real": list(ERR[GOOD]), "length": 11}
    none = {"mjd": [], "target": [], "past_feat_dynamic_real": [], "length": 0}
    bands = [{"g": none, "r": one, "i": none}]
    return pa.table({"sourceid": ["z"], "bands_data": bands, "period": [0.5], "class_str": ["RRab"], "ra": [1.0]})


CASES = {
    "ztf": (ztf(), "r", JD),
    "gaia_dr3": (gaia_wide(), "G", JD),
    "gaia_dr3_long": (gaia_long(), "G", JD),
    "lsst_object": (lsst("objectForcedSource", "objectId", "psf"), "r", JD),
    "lsst_dia": (lsst("diaObjectForcedSource", "diaObjectId", "science"), "r", JD),
    "asassn": (asassn(), "g", JD),
    "asassn_web": (asassn_web(), "g", JD),
    "kepler": (kepler(), None, JD - 2_457_000),
    "atlas": (atlas(), "o", JD),
    "starembed": (starembed(), "r", JD),
}


@pytest.mark.parametrize("form", CASES)
def test_a_form_is_recognised_converted_and_cut(form):
    table, band, time = CASES[form]
    found, account = read(table, Reading())
    assert account.form["form"] == form
    row = next(one for one in found.to_pylist() if one.get("band") == band)
    assert row["time"] == pytest.approx(time[GOOD], abs=1e-6)
    assert row["mag"] == pytest.approx(MAG[GOOD], abs=1e-9)
    expected = np.full(N - 1, 0.02) if form == "asassn" else ERR[GOOD]
    assert row["mag_err"] == pytest.approx(expected, rel=1e-6)
    if form != "starembed":
        assert row["read_dropped"] == 1
        assert account.dropped["epochs that the quality flags reject"] >= 1
        whole = read_light_curves(table, quality=False).to_pylist()
        kept = next(one for one in whole if one.get("band") == band)
        assert len(kept["time"]) == (N - 1 if form == "asassn" else N)  # 99.99 is no error, whatever the flags


def test_the_bands_of_a_wide_table_stay_apart():
    found = read_light_curves(gaia_wide())
    assert found["band"].to_pylist() == ["G", "BP", "RP"]
    assert found["mag"][2].as_py() == pytest.approx(MAG + 1)


def test_negative_fluxes_have_no_magnitude_and_are_counted():
    value, error = flux(31.4)
    value[BAD] = -3.0
    table = pa.table({"source_id": ["a"] * N, "mjd": MJD, "flux": value, "flux_err": error})
    found, account = read(table, Reading(columns="flux=flux[nJy],flux_err=flux_err"))
    assert found["read_dropped"].to_pylist() == [1]
    assert account.dropped == {"epochs whose flux is not positive": 1}
    assert found["mag"][0].as_py() == pytest.approx(MAG[GOOD])


def test_a_sentinel_among_fluxes_is_dropped_and_counted():
    value, error = flux(31.4)
    value[BAD] = 9999.0
    table = pa.table({"source_id": ["a"] * N, "mjd": MJD, "flux": value, "flux_err": error})
    found, account = read(table, Reading(columns="flux=flux[nJy],flux_err=flux_err"))
    assert found["read_dropped"].to_pylist() == [1]
    assert found["mag"][0].as_py() == pytest.approx(MAG[GOOD])
    assert account.dropped == {"epochs that are no measurement (sentinels such as 99.99)": 1}


def test_difference_and_forced_photometry_side_by_side_take_the_first():
    table = lsst("objectForcedSource", "objectId", "psf")
    other = table["objectForcedSource"]
    found = read_light_curves(table.append_column("forcedSource", other))
    assert found["time"][0].as_py() == pytest.approx(JD[GOOD])


def test_a_form_that_does_not_fit_and_one_that_is_none_are_sentences():
    with pytest.raises(LctransferError, match=r"has no column of the form ztf \(objectid, oid"):
        read_light_curves(gaia_wide(), form="ztf")
    with pytest.raises(LctransferError, match="There is no form 'klingon'"):
        read_light_curves(gaia_wide(), form="klingon")


def test_the_names_for_help_are_those_that_there_are():
    assert set(FORM_NAMES) == set(FORMS)
    assert set(VOCABULARIES) == set(tables())
