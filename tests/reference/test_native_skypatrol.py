"""True heads of ASAS-SN Sky Patrol files: every row is understood."""

import pytest

from lctransfer.surveys import skypatrol


@pytest.mark.parametrize("name", ["skypatrol_v1_j1816.head.csv", "skypatrol_vxmen.head.csv"])
def test_every_row_is_a_measurement_or_a_limit(shared_data, name):
    content = (shared_data / "native/asassn" / name).read_bytes()
    bands = skypatrol.read(content, name).bands
    lines = [line.split(",") for line in content.decode().splitlines() if not line.startswith("#")]
    error = lines[0].index("mag_err")
    measured = sum(float(cells[error]) < 99 for cells in lines[1:])
    assert sum(len(columns[0]) for columns in bands.values()) == measured > 20
    for time, mag, mag_err in bands.values():
        assert ((time > 2_450_000) & (mag > 5) & (mag < 20) & (mag_err > 0) & (mag_err < 2)).all()
