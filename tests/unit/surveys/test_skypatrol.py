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
CLIENT = b"""asas_sn_id,jd,flux,flux_err,mag,mag_err,limit,fwhm,image_id,camera,quality,phot_filter
1,2457028.5,1,.1,14.2,0.02,17,2,x,ba,G,V
1,2457027.5,1,.1,14.1,0.02,17,2,x,ba,G,V
1,2457029.5,1,.1,14.3,0.02,17,2,x,ba,B,V
1,2458500.5,1,.1,14.4,0.02,17,2,x,bA,G,g
"""
WEB = b"""###comment
#

JD,Flux,Flux Error,Mag,Mag Error,Limit,FWHM,Filter,Quality
2459000.12345,1.234,0.05,15.1,0.04,17.2,1.5,g,G
2459001.12345,1.254,0.05,15.0,0.03,17.2,1.5,V,G
2459002.12345,1.254,0.05,15.2,0.03,17.2,1.5,V,B
2459003.12345,0.010,0.05,99.99,99.99,17.2,1.5,V,G
2459004.12345,1.254,0.05,15.2,0.03,17.2,1.5,r,G
"""


def test_limits_are_no_measurements_and_the_camera_tells_the_band():
    bands = skypatrol.read(V1, "a.csv").bands
    assert np.array(bands["V"]).tolist() == [[2457078.14729, 2457079.14729], [12.629, 12.529], [0.015, 0.014]]
    assert [len(column) for column in bands["g"]] == [1, 1, 1]


def test_lines_that_start_with_a_hash_are_passed_over():
    noted = b"# JD 2457078\r\n" + V1.replace(b"\n", b"\n# a note, with commas\n", 1)
    assert str(skypatrol.read(noted, "a.csv")) == str(skypatrol.read(V1, "a.csv"))


def test_epochs_of_good_quality_are_read_from_the_clients_csv():
    bands = skypatrol.read(CLIENT, "a.csv").bands
    assert np.array(bands["V"]).tolist() == [[2457027.5, 2457028.5], [14.1, 14.2], [0.02, 0.02]]
    assert bands["g"][0].tolist() == [2458500.5]


def test_the_csv_of_the_web_page_is_read_by_its_filter():
    bands, dropped = skypatrol.read(WEB, "a.csv")
    assert np.array(bands["V"]).tolist() == [[2459001.12345], [15.0], [0.03]]
    assert np.array(bands["g"]).tolist() == [[2459000.12345], [15.1], [0.04]]
    assert dropped == {"epochs of filter 'r', whose band is not known": 1}


def test_the_true_case_of_the_web_page(shared_data):
    content = (shared_data / "cases/archives/skypatrol_v2_web_MADE_after_VStar_source.csv").read_bytes()
    bands = skypatrol.read(content, "a.csv").bands
    assert np.array(bands["g"]).tolist() == [[2459000.12345], [15.1], [0.04]]
    assert np.array(bands["V"]).tolist() == [[2459001.12345], [15.0], [0.04]]


def test_rows_of_an_unknown_camera_are_dropped_and_counted():
    found = skypatrol.read(V1.replace(b",ba,", b",zz,"), "a.csv")
    assert found.dropped == {"epochs of camera 'zz', whose band is not known": 1}
    assert found.bands["V"][0].tolist() == [2457078.14729]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (b"12.529", b"12.x29", "row 3: mag is '12.x29', no number"),
        (b"2457078.14879", b"", "row 2: time is '', no number"),
        (b"0.015,37", b"0.0#15,37", "row 4: mag_err is '0.0#15', no number"),
        (b"mag_err", b"error", "no column mag_err"),
        (b"UT Date", b"JD", "two columns of time"),
    ],
)
def test_what_is_not_understood_is_named(before, after, said):
    with pytest.raises(LctransferError, match=said):
        skypatrol.read(V1.replace(before, after, 1), "a.csv")
