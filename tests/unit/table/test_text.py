"""Text files in whatever way their lines end."""

import numpy as np
import pytest

from lctransfer import read_light_curves


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["Unix", "Windows", "old Mac"])
@pytest.mark.parametrize("separator", [",", "\t", " "])
@pytest.mark.parametrize("name", ["étoile", "star"])
def test_lines_end_in_any_way(tmp_path, end, separator, name):
    time = np.round(55_000 + 0.37 * np.arange(60), 4)
    rows = [[f"{name}-{i // 30}", f"{t:.4f}", f"{12 + 0.3 * (i % 7):.3f}", "0.02"] for i, t in enumerate(time)]
    lines = [separator.join(row) for row in [["star", "mjd", "mag", "err"], *rows]]
    path = tmp_path / "stars.csv"
    path.write_bytes(end.join([*lines, ""]).encode("latin-1"))
    table = read_light_curves(path)
    assert table["source_id"].to_pylist() == [f"{name}-0", f"{name}-1"]
    assert np.concatenate(table["time"].to_pylist()) == pytest.approx(time + 2_400_000.5, abs=1e-9)
