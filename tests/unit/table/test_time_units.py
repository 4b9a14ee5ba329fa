"""Times in hours, years or as durations: refused, said or converted; none is taken for days in silence."""

import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from astropy.table import Table
from astropy.time import TimeDelta

from lctransfer.errors import LctransferError
from lctransfer.table.canonical import Reading
from lctransfer.table.reading import read

PER_DAY = {"h": 24.0, "min": 1440.0, "s": 86_400.0, "yr": 1 / 365.25}


def stars(scale=1.0, *, nightly=True, span=100, zero=0.0):
    """Return simulated stars, a row per epoch; observed by night, or at any time of day."""
    rng, parts = np.random.default_rng(8), []
    for i in range(4):
        days = np.sort(rng.integers(0, span, 60) + (rng.normal(0.3, 0.08, 60) if nightly else rng.random(60)))
        mag = 12.5 + 0.3 * np.sin(days)
        parts.append(pd.DataFrame({"id": f"s{i}", "t": zero + days * scale, "mag": mag, "err": 0.03}))
    return pd.concat(parts, ignore_index=True)


def notes(frame, columns=""):
    return " ".join(read(frame, Reading(columns=columns))[1].notes)


@pytest.mark.parametrize(("unit", "words"), [("h", "hours"), ("yr", "years")])
def test_nights_tell_the_unit_of_times_that_count_from_nothing(unit, words):
    frame = stars(PER_DAY[unit])
    with pytest.raises(LctransferError, match=rf"{words}\? Write --columns 'time=t\[{unit}\]'"):
        read(frame, Reading())
    days = read(frame, Reading(columns=f"time=t[{unit}]"))[0]["time"].to_pylist()[0]
    assert np.diff(days) == pytest.approx(np.diff(stars()["t"][:60]), abs=1e-6)
    assert read(frame, Reading(columns="time=t[d]"))[0]["time"].to_pylist()[0] == frame["t"][:60].tolist()


def test_seconds_and_minutes_of_some_nights_are_refused():
    for unit, span in (("min", 35), ("s", 0.6 * 60)):
        with pytest.raises(LctransferError, match=rf"time=t\[({unit}|h)\]"):
            read(stars(PER_DAY[unit], span=int(span)), Reading())


def test_whole_hours_are_hours():
    frame = stars(24.0)
    with pytest.raises(LctransferError, match=r"hours\?"):
        read(frame.assign(t=frame["t"].round()), Reading())


@pytest.mark.parametrize(("scale", "unit"), [(1 / 365.25, "yr"), (24.0, "h"), (1.0, "h")])
def test_times_whose_unit_nothing_tells_are_said(scale, unit):
    frame = stars(scale, nightly=False)
    assert f"'time=t[{unit}]'" in notes(frame)
    assert not notes(frame, "time=t[d]")


@pytest.mark.parametrize("zero", [58_000.0, 2_458_000.5])
def test_dates_have_nothing_said_of_them(zero):
    assert not notes(stars(zero=zero))
    assert not notes(stars(zero=zero, nightly=False))


def durations(frame):
    return frame.assign(t=pd.to_timedelta(frame["t"], unit="D"))


def test_durations_are_days(tmp_path):
    frame = stars(nightly=False)
    expected = frame["t"][:60].tolist()
    durations(frame).to_csv(tmp_path / "stars.csv", index=False)
    lists = durations(frame).groupby("id", as_index=False).agg(list)
    arrow = pa.table(
        {**{n: lists[n] for n in ("id", "mag", "err")}, "t": pa.array(lists["t"], pa.list_(pa.duration("us")))}
    )
    astropy = Table.from_pandas(frame)
    astropy["t"] = TimeDelta(astropy["t"], format="jd")
    for source in (durations(frame), tmp_path / "stars.csv", arrow, astropy):
        table, account = read(source, Reading())
        assert table["time"].to_pylist()[0] == pytest.approx(expected, abs=1e-9)
        assert not account.notes
    assert "Time: durations, converted to days" in " ".join(read(durations(frame), Reading())[1].said)


def test_times_of_day_without_a_date_are_refused(tmp_path):
    with pytest.raises(LctransferError, match="times of day without a date"):
        read(stars().assign(t=datetime.time(3, 25)), Reading())
    stars().assign(t="03:25:11").to_csv(tmp_path / "stars.csv", index=False)
    with pytest.raises(LctransferError, match=r"such as '03:25:11'.*2017-01-31T12:00:00"):
        read(tmp_path / "stars.csv", Reading())


def test_one_magnitude_throughout_is_said():
    assert "a mean magnitude?" in notes(stars(zero=58_000).assign(mag=12.0))
