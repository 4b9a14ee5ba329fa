"""What cannot be light curves is refused with a sentence that says what to write instead."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from two_stars import ERR, MAG, TIME, N, lists

from lctransfer.errors import LctransferError
from lctransfer.table.reading import read_light_curves

REFUSED = [
    (
        {"time": pa.array([TIME, TIME], pa.list_(pa.float32()))},
        r"floats, which hold 2455091 in steps of 0\.25 d",
    ),
    ({"time": [TIME.astype(np.float32).astype(float)] * 2}, r"32-bit floats"),
    ({"time": [2000 + (TIME - TIME[0]) / 365.25] * 2}, r"lies between 2000\.00 and 2000\.25: years\?"),
    ({"time": [TIME * 24] * 2}, r"about 5\.89\d+e\+07, which is a date in no time system"),
    ({"time": [(TIME - TIME[0]) * 86_400] * 2}, r"span more than 55000 d .* hours or seconds\?"),
    ({"mag": [1e3 * m for m in MAG.values()]}, r"beyond -5 and 30, which no magnitude is.*flux=mag\[mJy\]"),
    ({"mag_err": [1e3 * ERR] * 2}, r"half of the errors mag_err are above .*mmag"),
    ({"mag_err": [1 / ERR] * 2}, r"half of the errors mag_err are above .*snr=mag_err"),
    ({"mag_err": [np.full(N, 99.99)] * 2}, r"stand for none, such as 99\.99"),
    ({"source_id": [4.4728321309425756e18, 4.472832130942576e18]}, r"above 9007199254740992 a float holds no whole"),
    ({"source_id": pa.array([2e7, 3e7], pa.float32())}, r"above 16777216 a float"),
    ({"source_id": [1.5, 2.5]}, r"floats with decimals, such as 1\.5"),
    ({"source_id": ["4.47e+18", "4.48e+18"]}, r"were written as floats, such as 4\.47e\+18"),
    ({"magerr": [ERR, ERR]}, r"several columns that mean mag_err: mag_err, magerr\. .*--columns mag_err=mag_err"),
    ({"ra": [1.0, 2.0], "ra_deg": [1.0, 2.0]}, r"several columns that mean ra_deg: ra, ra_deg"),
    ({"dec": ["-69:45:22.1", "0:0:1"]}, r"holds text such as '-69:45:22\.1'; give decimal numbers"),
    ({"time": [TIME[:-1], TIME[:-1]]}, r"source a has lists of unequal length: 11 of time, 12 of mag"),
    ({"time": [1.0, 2.0]}, r"time holds single values, mag does not"),
]


@pytest.mark.parametrize(("columns", "sentence"), REFUSED)
def test_what_cannot_be_is_refused_with_what_to_write_instead(columns, sentence):
    table = lists()
    for name, values in columns.items():
        table = table.drop_columns([name] if name in table.column_names else []).append_column(name, pa.array(values))
    with pytest.raises(LctransferError, match=sentence):
        read_light_curves(table)


@pytest.mark.parametrize("missing", ["source_id", "time", "mag", "mag_err"])
def test_a_missing_column_is_named(missing):
    with pytest.raises(LctransferError, match=rf"has no column {missing}, .*--columns {missing}=COLUMN"):
        read_light_curves(lists().drop_columns([missing]))


def test_a_flux_without_a_unit_is_asked_for_and_no_errors_must_be_said():
    flux = pa.table({"source_id": ["a"], "time": [TIME], "flux": [np.ones(N)], "flux_err": [ERR]})
    with pytest.raises(LctransferError, match=r"a flux without a unit.*flux=flux\[mJy\]"):
        read_light_curves(flux)
    none = read_light_curves(lists().drop_columns(["mag_err"]), columns="mag_err=none")
    assert np.isnan(none["mag_err"][0].as_py()).all()


def test_two_columns_of_one_name_and_text_in_utf_16_are_told(tmp_path):
    table = lists()
    pq.write_table(pa.table([*table.columns, table["mag"]], names=[*table.column_names, "mag"]), tmp_path / "a.parquet")
    with pytest.raises(LctransferError, match="has 2 columns called mag: rename all but one"):
        read_light_curves(tmp_path / "a.parquet")
    (tmp_path / "b.csv").write_text("id,time,mag\n", encoding="utf-16")
    with pytest.raises(LctransferError, match=r"is text in UTF-16.*save it as CSV in UTF-8"):
        read_light_curves(tmp_path / "b.csv")
