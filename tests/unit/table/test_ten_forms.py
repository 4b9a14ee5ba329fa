"""Real stars written in ten forms give the same features, to the precision of the form."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lctransfer.config import Features
from lctransfer.features import NAMES, extract
from lctransfer.table.canonical import Reading
from lctransfer.table.reading import read, read_light_curves

STARS = 12
POGSON = 2.5 / np.log(10)
SETTINGS = Features(set="upsilon")


def _write(form, stars, folder):
    """Write stars in a form; return the path."""
    from astropy.table import Table

    long = pd.DataFrame(
        {
            "source_id": np.repeat(stars["source_id"], stars["time"].map(len)),
            "time": np.concatenate(stars["time"].to_list()),
            "mag": np.concatenate(stars["mag"].to_list()),
            "mag_err": np.concatenate(stars["mag_err"].to_list()),
        }
    ).reset_index(drop=True)
    path = folder / form
    if form == "list":
        stars.to_parquet(path.with_suffix(".parquet"))
        return path.with_suffix(".parquet")
    if form == "csv":
        long.to_csv(path.with_suffix(".csv"), index=False)
        return path.with_suffix(".csv")
    if form in ("ecsv", "fits"):
        columns = {name: long[name].to_numpy() for name in long}
        columns["source_id"] = columns["source_id"].astype(str)
        path = path.with_suffix(f".{form}")
        Table(columns).write(path, format={"ecsv": "ascii.ecsv", "fits": "fits"}[form])
        return path
    if form == "folder":
        path.mkdir()
        for star in stars.itertuples():
            np.savetxt(path / f"{star.source_id}.txt", np.column_stack([star.time, star.mag, star.mag_err]), "%.10f")
        return path
    table = {"nested": _nested, "ztf": _ztf, "gaia": _gaia, "asassn": _asassn, "lsst": _lsst}[form](stars, long)
    pq.write_table(table, path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


def _structs(stars, **columns):
    rows = [dict(zip(columns, values)) for values in zip(*columns.values())]
    return [{name: list(values) for name, values in row.items()} for row in rows]


def _nested(stars, long):
    epochs = _structs(stars, time=stars["time"], mag=stars["mag"], mag_err=stars["mag_err"])
    return pa.table({"source_id": stars["source_id"].to_list(), "lc": epochs})


def _ztf(stars, long):
    mjd = [time - 2_400_000.5 for time in stars["time"]]
    flags = [np.zeros(len(time), int) for time in stars["time"]]
    epochs = _structs(stars, hmjd=mjd, mag=stars["mag"], magerr=stars["mag_err"], catflags=flags)
    ids = stars["source_id"].to_list()
    return pa.table({"objectid": ids, "filterid": [2] * len(ids), "lightcurve": epochs})


def _gaia(stars, long):
    columns = {
        "source_id": long["source_id"],
        "g_transit_time": long["time"] - 2_455_197.5,
        "g_transit_mag": long["mag"],
    }
    columns |= {"g_transit_flux_over_error": POGSON / long["mag_err"], "rejected_by_photometry": ["false"] * len(long)}
    return pa.table(columns)


def _asassn(stars, long):
    ones = np.ones(len(long))
    columns = {"asas_sn_id": long["source_id"], "jd": long["time"], "flux": ones, "flux_err": ones, "mag": long["mag"]}
    return pa.table({**columns, "mag_err": long["mag_err"], "limit": ones, "fwhm": ones, "quality": ["G"] * len(long)})


def _lsst(stars, long):
    flux = [10 ** (-0.4 * (mag - 31.4)) for mag in stars["mag"]]
    error = [f * e / POGSON for f, e in zip(flux, stars["mag_err"])]
    mjd = [time - 2_400_000.5 for time in stars["time"]]
    bands = [["r"] * len(time) for time in mjd]
    epochs = _structs(stars, band=bands, midpointMjdTai=mjd, psfFlux=flux, psfFluxErr=error)
    return pa.table({"objectId": stars["source_id"].to_list(), "objectForcedSource": epochs})


@pytest.fixture(scope="module")
def stars(shared_data):
    """Return a few real stars of ASAS."""
    table = pq.read_table(shared_data / "real" / "asas_acvs_half.parquet").slice(0, STARS).to_pandas()
    table = table.rename(columns={"magerr": "mag_err"})[["source_id", "time", "mag", "mag_err"]]
    for name in ("mag", "mag_err"):
        table[name] = [values.astype(float).round(3) for values in table[name]]
    return table


@pytest.fixture(scope="module")
def expected(stars):
    made = extract(read_light_curves(pa.Table.from_pandas(stars, preserve_index=False)), SETTINGS).to_pandas()
    return made.set_index("source_id")


@pytest.mark.parametrize("form", ["list", "csv", "ecsv", "fits", "nested", "folder", "ztf", "gaia", "asassn", "lsst"])
def test_the_same_stars_in_ten_forms_have_the_same_features(form, stars, expected, tmp_path):
    table, account = read(_write(form, stars, tmp_path), Reading())
    named = {"ztf": "ztf", "gaia": "gaia_dr3", "asassn": "asassn", "lsst": "lsst_object"}
    assert account.form["form"] == named.get(form, "own")
    made = extract(table, SETTINGS).to_pandas().set_index("source_id").loc[expected.index]
    assert made["flag"].tolist() == expected["flag"].tolist()
    assert made["n_epochs"].tolist() == expected["n_epochs"].tolist()
    for name in NAMES["upsilon"]:
        assert made[name].to_numpy() == pytest.approx(expected[name].to_numpy(), rel=1e-4, abs=1e-6), name
