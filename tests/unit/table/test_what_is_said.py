"""Mistakes that leave plausible numbers are refused, dropped and counted, or said; none passes in silence."""

import numpy as np
import pyarrow as pa
import pytest
from astropy.table import Table
from pyarrow import feather

from lctransfer.errors import LctransferError
from lctransfer.table import astropy_files
from lctransfer.table.canonical import Reading
from lctransfer.table.labelled import read_labelled
from lctransfer.table.reading import read

N = 60


def stars(**changed):
    """Return four simulated stars with list columns; a function changes every list of a column."""
    rng = np.random.default_rng(5)
    columns = {"source_id": [f"s{i}" for i in range(4)], "time": [], "mag": [], "mag_err": []}
    for _ in range(4):
        days = np.sort(rng.uniform(58_000, 58_400, N)).round(5)
        columns["time"].append(days)
        columns["mag"].append((12.5 + 0.3 * np.sin(days)).round(4))
        columns["mag_err"].append(rng.uniform(0.01, 0.05, N).round(4))
    for name, change in changed.items():
        columns[name] = [change(values) for values in columns[name]] if callable(change) else change
    return pa.table(columns)


def notes(table):
    return " ".join(read(table, Reading())[1].notes)


def with_values(value, count=3):
    def change(values):
        values = values.copy()
        values[5 : 5 + 7 * count : 7] = value
        return values

    return change


@pytest.mark.parametrize("value", [22.0, 25.0, 5.0])
def test_a_whole_number_again_and_again_far_from_the_rest_is_no_measurement(value):
    table, account = read(stars(mag=with_values(value)), Reading())
    assert table["read_dropped"].to_pylist() == [3] * 4
    assert sum(account.dropped.values()) == 12


def test_deep_minima_of_different_depth_are_kept():
    deep = {"mag": with_values(np.array([22.0, 21.37, 21.9]))}
    assert read(stars(**deep), Reading())[0]["read_dropped"].to_pylist() == [0] * 4


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"mag_err": lambda err: err * 30, "mag": lambda mag: 12.5 + (mag - 12.5) / 3}, "mag_err=mag_err[mmag]"),
        ({"mag": lambda mag: 10 ** (-0.4 * (mag - 8.9)), "mag_err": lambda err: err / 1000}, "flux=mag[Jy]"),
        ({"mag": lambda mag: 10 ** (-0.4 * (mag - 12.5)), "mag_err": lambda err: err}, "a relative flux?"),
        ({"time": lambda days: 24 * 4 * (days - 58_000)}, "time=time[h]"),
    ],
    ids=["errors-in-mmag", "flux-in-Jy", "relative-flux", "hours"],
)
def test_what_may_be_right_is_read_and_said(changed, said):
    assert said in notes(stars(**changed))


def test_good_stars_have_nothing_said_of_them():
    assert not notes(stars())


def test_identifiers_written_with_a_point_are_whole_numbers_or_refused():
    table = stars(source_id=["12.0", "13.0", None, "15.0"])
    assert read(table, Reading())[0]["source_id"].to_pylist() == ["12", "13", "row-3", "15"]
    with pytest.raises(LctransferError, match="written as floats, such as 4472832130942575616"):
        read(stars(source_id=[f"{4472832130942575616 + i}.0" for i in range(4)]), Reading())


def test_days_without_a_time_are_dates_and_other_texts_are_refused():
    nights = stars(time=lambda days: [str(np.datetime64("2017-01-01") + int(day - 58_000)) for day in days])
    assert read(nights, Reading())[0]["time"].to_pylist()[0][0] % 1 == 0.5
    slashes = stars(time=lambda days: [f"2017/01/{1 + int(day - 58_000) % 28:02d}" for day in days])
    with pytest.raises(LctransferError, match=r"such as '2017/01/.*2017-01-31T12:00:00"):
        read(slashes, Reading())


def test_numbers_that_stand_for_no_label_are_none():
    _, account = read(stars().append_column("label", pa.array(["RRAB", "-99", "EW", "TBD"])), Reading())
    assert dict(account.missing_words) == {"-99": 1, "TBD": 1}


def test_fits_is_read_some_rows_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(astropy_files, "LONG_ROWS", 50)
    lists = stars().to_pydict()
    columns = {name: np.concatenate(lists[name]) for name in ("time", "mag", "mag_err")}
    Table({"source_id": np.repeat(lists["source_id"], N), **columns}).write(tmp_path / "stars.fits")
    table, _ = read(tmp_path / "stars.fits", Reading())
    assert table.select(["source_id", "time", "mag", "mag_err"]).to_pydict() == lists


def test_a_format_that_is_read_in_one_piece_has_a_largest_size(tmp_path, monkeypatch):
    monkeypatch.setattr(astropy_files, "MOST_BYTES", 100)
    columns = {"source_id": ["a"] * 50, "time": np.arange(50.0), "mag": np.full(50, 12.0), "mag_err": np.full(50, 0.1)}
    Table(columns).write(tmp_path / "a.ecsv")
    with pytest.raises(LctransferError, match=r"read in one piece.*as Parquet or FITS"):
        read(tmp_path / "a.ecsv", Reading())


def test_a_damaged_feather_file_is_refused(tmp_path):
    path = tmp_path / "stars.feather"
    feather.write_feather(stars(), path)
    whole = bytearray(path.read_bytes())
    refused = 0
    for place in range(100, len(whole), len(whole) // 40):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            read(path, Reading())
        except LctransferError:
            refused += 1
    assert refused


def test_bands_stay_apart_where_another_form_is_named_than_the_table_has():
    table = stars().rename_columns({"time": "mjd"}).append_column("filt", pa.array([["g", "r"] * (N // 2)] * 4))
    found, _ = read(table, Reading(form="ztf"))
    assert sorted(found["band"].to_pylist()) == ["g"] * 4 + ["r"] * 4


def test_labels_that_no_source_has_are_refused_with_both_kinds_of_identifiers(tmp_path):
    (tmp_path / "labels.csv").write_text("source_id,label\n17,RRAB\n18,EW\n")
    with pytest.raises(LctransferError, match=r"0 of 2 labels.*such as '17', the table's such as 's0'"):
        read_labelled(stars(), None, Reading(labels=tmp_path / "labels.csv"))
