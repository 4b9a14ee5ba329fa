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
    with pytest.raises(LctransferError, match="LightCurveCollection"):
        lctransfer.read_light_curves(lightkurve.LightCurveCollection([curve, curve]))


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
