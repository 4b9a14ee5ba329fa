"""The objects of lightkurve, nested-pandas and astropy themselves, not tables made in their likeness."""

import numpy as np
import pandas as pd
import pytest

import lctransfer
from lctransfer.errors import LctransferError

DAYS = np.linspace(1000.0, 1020.0, 300) + 0.001 * np.cos(np.arange(300))
FLUX = 1500 * (1 + 0.1 * np.sin(2 * np.pi * DAYS / 0.75))
MAG = 12 + 0.2 * np.sin(2 * np.pi * DAYS / 0.75)


def test_a_light_curve_of_lightkurve():
    lightkurve = pytest.importorskip("lightkurve", reason="lightkurve is not installed")
    curve = lightkurve.LightCurve(time=DAYS, flux=FLUX, flux_err=np.full(300, 1.5), meta={"TARGETID": 261136679})
    table = lctransfer.read_light_curves(curve)
    (row,) = table.to_pylist()
    assert row["time"][0] == pytest.approx(DAYS[0] + 2_400_000.5, abs=1e-6)  # lightkurve takes bare numbers for JD
    assert row["mag"] == pytest.approx((25 - 2.5 * np.log10(FLUX)).tolist(), abs=1e-9)
    made = lctransfer.features(curve)
    assert made["flag"].tolist() == ["ok"]
    assert made["period"].iloc[0] == pytest.approx(0.75, rel=1e-2)


def test_a_tess_light_curve_of_lightkurve_with_quality_and_gaps():
    lightkurve = pytest.importorskip("lightkurve", reason="lightkurve is not installed")
    from astropy.time import Time

    flux = FLUX.copy()
    flux[5] = np.nan
    curve = lightkurve.TessLightCurve(
        time=Time(DAYS, format="btjd"), flux=flux, flux_err=np.full(300, 1.5), meta={"TARGETID": 261136679}
    )
    curve["quality"] = np.where(np.arange(300) == 7, 128, 0)
    curve["cadenceno"] = np.arange(300)
    (row,) = lctransfer.read_light_curves(curve).to_pylist()
    assert row["time"][0] == pytest.approx(DAYS[0] + 2_457_000, abs=1e-6)
    assert (len(row["time"]), row["read_dropped"]) == (298, 2)
    with pytest.raises(LctransferError, match="folded"):
        lctransfer.read_light_curves(curve.fold(0.75))


def likeness(name, target, unit=None, quality=None):
    """Return a TimeSeries in a class that is called as lightkurve's, which is not installed everywhere."""
    from astropy import units
    from astropy.time import Time
    from astropy.timeseries import TimeSeries

    kind = type(name, (TimeSeries,), {"__module__": "lightkurve.lightcurve"})
    series = kind(time=Time(DAYS + 57_000, format="mjd"), meta={"TARGETID": target})
    scale = units.Unit(unit) if unit else 1
    series["flux"], series["flux_err"] = FLUX * scale, np.full(300, 1.5) * scale
    series["pdcsap_flux"] = np.full(300, np.nan)
    if quality is not None:
        series["quality"] = quality
    return series


@pytest.mark.parametrize("unit", [None, "electron / s", "%"])
def test_fluxes_of_lightkurve_are_relative_whatever_their_unit(unit):
    curve = likeness("LightCurve", 261136679, unit, np.where(np.arange(300) == 7, 128, 0))
    (row,) = lctransfer.read_light_curves(curve).to_pylist()
    assert (row["source_id"], len(row["time"]), row["read_dropped"]) == ("261136679", 299, 1)
    assert row["time"][0] == pytest.approx(DAYS[0] + 2_457_000.5, abs=1e-6)
    assert row["mag"][0] == pytest.approx(25 - 2.5 * np.log10(FLUX[0]), abs=1e-9)


def test_a_collection_of_lightkurve_is_a_star_per_target_and_a_folded_one_is_refused():
    collection = type("LightCurveCollection", (list,), {"__module__": "lightkurve.collections"})
    both = collection([likeness("TessLightCurve", 17), likeness("KeplerLightCurve", None)])
    table = lctransfer.read_light_curves(both)
    assert table["source_id"].to_pylist() == ["17", "light-curve-2"]
    assert [len(one) for one in table["time"].to_pylist()] == [300, 300]
    with pytest.raises(LctransferError, match="is folded, and has phases in place of times"):
        lctransfer.read_light_curves(likeness("FoldedLightCurve", 17))
    with pytest.raises(LctransferError, match="holds no light curve"):
        lctransfer.read_light_curves(collection())


def test_a_frame_of_nested_pandas():
    nested_pandas = pytest.importorskip("nested_pandas", reason="nested-pandas is not installed")
    base = pd.DataFrame({"source_id": ["a", "b"], "label": ["RRAB", "EW"]}, index=[10, 20])
    epochs = pd.DataFrame(
        {"mjd": np.tile(DAYS, 2), "mag": np.tile(MAG, 2), "magerr": 0.01}, index=np.repeat([10, 20], 300)
    )
    frame = nested_pandas.NestedFrame(base).join_nested(epochs, "lightcurve")
    table = lctransfer.read_light_curves(frame)
    assert table["source_id"].to_pylist() == ["a", "b"]
    assert table["label"].to_pylist() == ["RRAB", "EW"]
    assert table["mag"].to_pylist()[1] == pytest.approx(MAG.tolist())
    made = lctransfer.features(frame)
    assert made.index.tolist() == [10, 20]
    assert made["period"].to_numpy() == pytest.approx(0.75, rel=1e-2)


def test_a_time_series_of_astropy():
    from astropy import units
    from astropy.time import Time
    from astropy.timeseries import TimeSeries

    series = TimeSeries(time=Time(DAYS + 58_000, format="mjd"))
    series["flux"], series["flux_err"] = FLUX * units.uJy, np.full(300, 1.5) * units.uJy
    (row,) = lctransfer.read_light_curves(series).to_pylist()
    assert row["time"][0] == pytest.approx(DAYS[0] + 2_458_000.5, abs=1e-6)
    assert row["mag"][0] == pytest.approx(23.9 - 2.5 * np.log10(FLUX[0]), abs=1e-9)
