"""What an astronomer calls from Python: one star, frames of many, and names that editors and type checkers see."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import lctransfer
from lctransfer.errors import LctransferError
from lctransfer.features import NAMES

PERIOD = 0.6123
TIME = 2_455_000 + np.sort(np.random.default_rng(0).uniform(0, 100, 150))
MAG = 12 + 0.3 * np.sin(2 * np.pi * TIME / PERIOD)
ERR = np.full(150, 0.01)


def test_one_star_gives_a_dict():
    star = lctransfer.features(TIME, MAG, ERR)
    assert star["flag"] == "ok"
    assert star["period"] == pytest.approx(PERIOD, rel=1e-3)
    assert set(NAMES["both"]) <= set(star)
    assert lctransfer.features(TIME, MAG)["flag"] == "ok"
    assert lctransfer.features(TIME[:3], MAG[:3], ERR[:3])["flag"] == "too_few_epochs"
    with pytest.raises(LctransferError, match="no time system"):
        lctransfer.features(TIME * 24, MAG, ERR)


def test_units_and_masks_of_one_star_count():
    from astropy import units
    from astropy.time import Time, TimeDelta
    from astropy.utils.masked import Masked

    expected = lctransfer.features(TIME, MAG, ERR)
    for time in (Time(TIME, format="jd"), TIME * units.day, TIME.tolist(), pd.Series(TIME)):
        assert lctransfer.features(time, MAG * units.mag, ERR * units.mag) == expected
    hours = lctransfer.features((TIME - TIME[0]) * 24 * units.hour, MAG, ERR)
    assert hours["duration_days"] == pytest.approx(np.ptp(TIME))
    assert lctransfer.features(TimeDelta(TIME - TIME[0], format="jd"), MAG, ERR)["period"] == pytest.approx(
        hours["period"]
    )
    with pytest.raises(LctransferError, match="mag is in 'electron / s'; magnitudes are in mag or mmag"):
        lctransfer.features(TIME, MAG * units.electron / units.s, ERR)
    dark = np.arange(150) < 30
    for masked in (np.ma.array(MAG, mask=dark), Masked(MAG, mask=dark)):
        assert lctransfer.features(TIME, masked, ERR)["n_epochs"] == 120


def test_what_cannot_be_one_star_is_a_sentence():
    with pytest.raises(LctransferError, match="one of upsilon, lctransfer, both"):
        lctransfer.features(TIME, MAG, ERR, feature_set="abc")
    with pytest.raises(LctransferError, match=r"shape \(2, 75\).*as a table"):
        lctransfer.features(TIME.reshape(2, -1), MAG.reshape(2, -1), ERR)
    with pytest.raises(LctransferError, match=r"shape \(\)"):
        lctransfer.features(5, 5, 5)
    with pytest.raises(LctransferError, match="unequal length"):
        lctransfer.features(TIME, MAG[:10])


def test_a_frame_with_a_row_per_star_keeps_its_index_and_one_with_a_row_per_epoch_names_the_stars():
    wide = pd.DataFrame({"id": ["x", "y"], "mjd": [TIME, TIME], "mag": [MAG, MAG + 1], "magerr": [ERR, ERR]}, [7, 3])
    wide["mjd"] = [TIME - 2_400_000.5] * 2
    made = lctransfer.features(wide, feature_set="upsilon")
    assert made.index.tolist() == [7, 3]
    assert wide.join(made["flag"])["flag"].tolist() == ["ok", "ok"]
    long = pd.DataFrame(
        {"id": np.repeat(["x", "y"], 150), "hjd": np.tile(TIME, 2), "mag": np.tile(MAG, 2), "err": 0.01}
    )
    made = lctransfer.features(long, feature_set="upsilon")
    assert made.index.tolist() == ["x", "y"]
    arrow = lctransfer.features(pa.Table.from_pandas(wide), feature_set="upsilon")
    assert arrow.index.tolist() == ["x", "y"]


def test_a_time_series_of_flux_as_lightkurve_has_it():
    from astropy import units
    from astropy.time import Time
    from astropy.timeseries import TimeSeries

    flux = 10 ** (-0.4 * (MAG - 12))
    series = TimeSeries(time=Time(TIME, format="jd"), data={"flux": flux * units.electron / units.s})
    series["flux_err"] = 0.01 * flux * units.electron / units.s
    series["cadenceno"] = np.arange(150)
    series["quality"] = np.where(np.arange(150) == 5, 16, 0)
    made = lctransfer.features(series, feature_set="upsilon")
    assert made["period"].iloc[0] == pytest.approx(PERIOD, rel=1e-3)
    assert made["n_dropped"].iloc[0] == 1


def test_the_public_names_are_seen():
    public = [name for name in dir(lctransfer) if not name.startswith("_")]
    assert public == ["TransferClassifier", "features", "read_light_curves"]
    assert lctransfer.read_light_curves.__doc__
    assert lctransfer.features.NAMES is NAMES
    with pytest.raises(AttributeError, match="no attribute 'unlikeness'"):
        _ = lctransfer.unlikeness
