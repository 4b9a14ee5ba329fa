import numpy as np
import pytest

from lctransfer.errors import LctransferError
from lctransfer.surveys import skypatrol

V1 = b"""HJD,UT Date,Camera,FWHM,Limit,mag,mag_err,flux(mJy),flux_err,Filter
2458002.51020,2017-09-06.0,be,2.03,14.814,>14.814,99.990,4.020,0.911,V
2457078.14879,2015-02-24.6,bE,1.69,15.599,12.543,0.014,36.870,0.476,g
2457079.14729,2015-02-24.6,ba,1.61,15.583,12.529,0.014,37.357,0.481,V
2457078.14729,2015-02-24.6,be,1.61,15.583,12.629,0.015,37.357,0.481,V
"""


def test_limits_are_no_measurements_and_the_camera_tells_the_band():
    bands = skypatrol.read(V1, "a.csv")
    assert np.array(bands["V"]).tolist() == [[2457078.14729, 2457079.14729], [12.629, 12.529], [0.015, 0.014]]
    assert [len(column) for column in bands["g"]] == [1, 1, 1]


def test_lines_that_start_with_a_hash_are_passed_over():
    noted = b"# JD 2457078\r\n" + V1.replace(b"\n", b"\n# a note, with commas\n", 1)
    assert str(skypatrol.read(noted, "a.csv")) == str(skypatrol.read(V1, "a.csv"))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (b",ba,", b",zz,", "camera zz is not known"),
        (b"12.529", b"12.x29", "row 3: mag is '12.x29', no number"),
        (b"2457078.14879", b"", "hjd is '', no number"),
        (b"0.015,37", b"0.0#15,37", "row 4: mag_err is '0.0#15', no number"),
        (b"mag_err", b"error", "no column mag_err"),
    ],
)
def test_what_is_not_understood_is_named(before, after, said):
    with pytest.raises(LctransferError, match=said):
        skypatrol.read(V1.replace(before, after, 1), "a.csv")
