"""Columns named after bands, with units in their names, and fluxes that would pass as magnitudes."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from lctransfer.errors import LctransferError
from lctransfer.table.band_names import band_of, error_of
from lctransfer.table.canonical import Reading
from lctransfer.table.reading import read

TIME = [58_000.25, 58_001.5, 58_002.125]
MAG = [20.25, 20.5, 20.125]
ERR = [0.0625, 0.03125, 0.125]


def table(mag="mag", err="mag_err", time="mjd", **more):
    """Return one simulated star, a row per epoch, its columns named as asked."""
    return pd.DataFrame({"source_id": "a", time: TIME, mag: MAG, err: ERR, **more})


def row(source, columns=""):
    return read(source, Reading(columns=columns))[0].to_pylist()[0]


@pytest.mark.parametrize(
    ("mag", "err"),
    [
        ("Vmag", "e_Vmag"),
        ("gmag", "e_gmag"),
        ("rmag", "rmag_err"),
        ("mag", "e_mag"),
        ("mag_r", "magerr_r"),
        ("mag_r", "r_err"),
        ("V", "e_V"),
        ("I", "Ierr"),
        ("Ksmag", "sigma_Ks"),
        ("gpsfmag", "e_gpsfmag"),
        ("psfmag", "psfmag_unc"),
        ("MAG_AUTO", "MAGERR_AUTO"),
        ("mag_aper", "mag_err_aper"),
        ("mag_psf", "mag_psf_err"),
        ("W1mag", "err"),
        ("Mag [mag]", "Mag Error [mag]"),
    ],
)
@pytest.mark.parametrize("lists", [False, True])
def test_magnitudes_of_one_band_and_their_errors_are_known_by_their_names(mag, err, lists):
    source = table(mag, err)
    found = row(source.groupby("source_id", as_index=False).agg(list) if lists else source)
    assert (found["mag"], found["mag_err"]) == (MAG, ERR)


@pytest.mark.parametrize(
    ("name", "zero"),
    [
        ("MJD-OBS", 2_400_000.5),
        ("obs_mjd", 2_400_000.5),
        ("HJD-2450000", 2_450_000.0),
        ("jd_2400000", 2_400_000.0),
        ("JD - 2400000.5", 2_400_000.5),
        ("BJD-2457000", 2_457_000.0),
        ("time [HJD-2450000]", 2_450_000.0),
    ],
)
def test_times_are_counted_from_the_zero_that_their_name_says(name, zero):
    times = [2_458_000.25 - zero, 2_458_001.5 - zero, 2_458_002.125 - zero]
    source = table(time=name).assign(**{name: times})
    assert row(source)["time"] == [2_458_000.25, 2_458_001.5, 2_458_002.125]
    plain = source.rename(columns={name: "when"})
    assert row(plain, f"time=when[JD-{zero:.10g}]")["time"] == [2_458_000.25, 2_458_001.5, 2_458_002.125]


def test_full_julian_dates_in_a_column_called_mjd_are_told_as_they_stand():
    source = table(time="MJD").assign(MJD=[2_458_000.25, 2_458_001.5, 2_458_002.125])
    with pytest.raises(LctransferError, match=r"about 2458001.5, which are full Julian dates.*'time=MJD\[jd\]'"):
        row(source)
    assert row(source, "time=MJD[jd]")["time"] == [2_458_000.25, 2_458_001.5, 2_458_002.125]


def test_the_unit_of_a_flux_may_end_its_name():
    source = table("flux_mjy", "flux_err_mjy").assign(flux_mjy=3631e3 * 10 ** (-0.4 * np.array([20.25, 20.5, 20.125])))
    source["flux_err_mjy"] = source["flux_mjy"] * np.array(ERR) * np.log(10) / 2.5
    found = row(source)
    assert np.allclose(found["mag"], MAG, rtol=0, atol=1e-3)  # 16.4 stands for 16.40007
    assert np.allclose(found["mag_err"], ERR, rtol=1e-12)


def test_several_measurements_of_one_brightness_are_refused():
    with pytest.raises(LctransferError, match=r"mean mag: mag_psf, mag_aper.*--columns mag=mag_psf"):
        row(table("mag_psf", "err", mag_aper=15.0))


@pytest.mark.parametrize("separator", [";", "\t", " "])
def test_numbers_with_decimal_commas_are_read(tmp_path, separator):
    table("Vmag", "e_Vmag", Name="ASAS_0-17.5").to_csv(tmp_path / "a.csv", sep=separator, decimal=",", index=False)
    found = row(tmp_path / "a.csv")
    assert (found["time"], found["mag"], found["mag_err"]) == ([t + 2_400_000.5 for t in TIME], MAG, ERR)


def test_several_bands_side_by_side_are_refused_with_what_to_write():
    source = table("Vmag", "e_Vmag", Bmag=15.0, e_Bmag=0.5)
    with pytest.raises(LctransferError, match=r"several bands: Vmag, Bmag.*--columns 'mag=Vmag,mag_err=e_Vmag'"):
        row(source)
    assert row(source, "mag=Bmag")["mag_err"] == [0.5] * 3
    with pytest.raises(
        LctransferError, match=r"fluxes of several bands: flux_g, flux_r.*flux=flux_g,flux_err=e_flux_g"
    ):
        row(pd.DataFrame({"source_id": "a", "mjd": TIME, "flux_g": MAG, "e_flux_g": ERR, "flux_r": MAG}))


def test_errors_belong_to_the_band_of_the_same_case():
    source = table("Rmag", "e_Rmag", rmag=1.0, e_rmag=0.5)
    assert row(source, "mag=Rmag")["mag_err"] == ERR
    assert row(source, "mag=rmag")["mag_err"] == [0.5] * 3


def test_a_mean_magnitude_beside_lists_or_fluxes_is_none_of_the_epochs():
    lists = {"source_id": ["a"], "mjd": [TIME], "Vmag": [MAG], "e_Vmag": [ERR], "Gmag": [11.0]}
    assert row(pa.table(lists))["mag"] == MAG
    fluxes = table("Tmag", "e_Tmag", flux=100.0, flux_err=1.0)
    assert row(fluxes, "flux=flux[zp=20]")["mag"] == [15.0] * 3


@pytest.mark.parametrize("name", ["limmag", "magzp", "dmag", "refmag", "Vmagnitude_flag", "image"])
def test_other_names_with_mag_in_them_are_no_magnitudes_of_a_band(name):
    assert not band_of(name, "mag")


def test_an_error_that_two_columns_may_be_is_none():
    assert error_of("mag", ["mag", "mag_err", "magerr"]) is None


@pytest.mark.parametrize(
    ("time", "first"),
    [
        ("JD [d]", 58_000.25),
        ("MJD (d)", 2_458_000.75),
        ("Time [h]", 58_000.25 / 24),
        ("Time (JD-2400000.5)", 2_458_000.75),
        ("Time (BJD-2457000)", 2_515_000.25),
    ],
)
def test_a_unit_or_zero_point_in_the_name_of_times_counts(time, first):
    assert row(table(time=time))["time"][0] == pytest.approx(first, abs=1e-9)


def test_units_in_the_names_of_fluxes_count():
    found = row(table("Flux (mJy)", "Flux Error (mJy)"))
    assert found["mag"][0] == pytest.approx(16.4 - 2.5 * np.log10(20.25))
    assert found["mag_err"][0] == pytest.approx(2.5 / np.log(10) * 0.0625 / 20.25)


@pytest.mark.parametrize(
    ("name", "columns", "said"),
    [
        ("flux_r", "mag=flux_r", r"by its name.*'flux=flux_r\[UNIT\],flux_err=mag_err'"),
        ("counts", "mag=counts", r"by its name.*flux=counts"),
        ("mag_mjy", "mag=mag_mjy", r"by its name.*flux=mag_mjy\[mjy\]"),
        ("mag (mJy)", "", r"by its unit, mJy.*flux=mag \(mJy\)\[mJy\]"),
        ("psfmag", "mag=psfmag[nJy]", r"by its unit, nJy.*flux=psfmag\[nJy\]"),
    ],
)
def test_fluxes_of_twenty_are_no_magnitudes_where_a_name_or_unit_tells(name, columns, said):
    with pytest.raises(LctransferError, match=said):
        row(table(name), columns)


def test_a_user_may_insist_that_they_are_magnitudes():
    assert row(table("flux_r"), "mag=flux_r[mag]")["mag"] == MAG
    with pytest.raises(LctransferError, match=r"holds magnitudes, no fluxes.*mag=flux"):
        row(table("flux", "flux_err"), "flux=flux[mag]")
