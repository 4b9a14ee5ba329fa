import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lctransfer.errors import LctransferError
from lctransfer.surveys import skypatrol_v2

GAIA = [4_660_000_000_000_000_001, 4_660_000_000_000_000_003, None, 4_660_000_000_000_000_007]
STARS = [1, 2, 3, 4]


def block(tmp_path, gaia, kind=None):
    path = tmp_path / "1-4.parquet"
    epochs = {
        "asas_sn_id": STARS,
        "jd": [2_458_000.5] * 4,
        "mag": [12.1, 12.2, 12.3, 12.4],
        "mag_err": [0.02] * 4,
        "camera": ["ba"] * 4,
        "quality": ["G"] * 4,
    }
    pq.write_table(pa.table(epochs), path)
    index = pa.table({"asas_sn_id": STARS, "gaia_id": pa.array(gaia, kind or pa.int64())})
    pq.write_table(index, f"{path}.index")
    return path


def test_a_null_in_the_index_leaves_the_other_identifiers_exact(tmp_path):
    found, dropped = skypatrol_v2.read(block(tmp_path, GAIA))
    assert [(gaia, float(columns[1][0])) for gaia, _, columns in found] == [
        (GAIA[0], 12.1),
        (GAIA[1], 12.2),
        (GAIA[3], 12.4),
    ]
    assert dropped == {"epochs of a star without a Gaia identifier in the index": 1}


def test_rows_of_an_unknown_camera_are_dropped_and_counted(tmp_path):
    path = block(tmp_path, [11, 12, 13, 14])
    table = pq.read_table(path)
    cameras = pa.array(["ba", "zz", "bA", "be"])
    pq.write_table(table.set_column(table.column_names.index("camera"), "camera", cameras), path)
    found, dropped = skypatrol_v2.read(path)
    assert [(gaia, band) for gaia, band, _ in found] == [(11, "V"), (14, "V"), (13, "g")]
    assert dropped == {"epochs of camera 'zz', whose band is not known": 1}


def test_identifiers_that_went_through_floating_point_are_refused(tmp_path):
    path = block(tmp_path, [float(gaia or "nan") for gaia in GAIA], pa.float64())
    with pytest.raises(LctransferError, match=r"gaia_id holds floating-point numbers above 2\^53"):
        skypatrol_v2.read(path)


def test_small_identifiers_may_be_floating_point(tmp_path):
    found, _ = skypatrol_v2.read(block(tmp_path, [11.0, 12.0, float("nan"), 14.0], pa.float64()))
    assert [gaia for gaia, *_ in found] == [11, 12, 14]


@pytest.mark.parametrize(
    ("answer", "hosts"),
    [
        (b'["asassn-data02.ifa.hawaii.edu", "other:9007"]', ["other:9007", "asassn-data02.ifa.hawaii.edu:9006"]),
        (b"{}", []),
        (b"[]", []),
        (b"<html>", []),
        (b'["bad host/../"]', []),
    ],
)
def test_the_hosts_that_serve_now_are_taken_from_the_answer(answer, hosts):
    assert list(skypatrol_v2.addresses(1, "get_block/x", answer)) == [f"http://{host}/get_block/x" for host in hosts]
