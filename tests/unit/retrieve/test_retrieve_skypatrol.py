import io
import json
from base64 import decodebytes
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
from retrieve_server import Host, serving

from lctransfer.config import Archive, Survey
from lctransfer.errors import LctransferError
from lctransfer.files import read_json
from lctransfer.retrieve import retrieve
from lctransfer.stages import ingest
from lctransfer.surveys import asassn, skypatrol_v2

NAMES = [f"ASASSN-V J0000{i:02d}.00+100000.0" for i in range(12)]
GAIA = [2_000_000_000_000_000_000 + 7 * i for i in range(12)]
TYPES = ["RRAB"] * 9 + ["ROT", "EA:", "EW"]


def parquet(rows: dict) -> bytes:
    stream = io.BytesIO()
    pd.DataFrame(rows).to_parquet(stream)
    return stream.getvalue()


def epochs(stars: list[int]) -> dict:
    """Ten V epochs per star, then one in g, one upper limit, one of bad quality; latest first."""
    cameras = ["ba"] * 10 + ["bA", "bb", "ba"]
    count, each = len(stars), len(cameras)
    return {
        "asas_sn_id": np.repeat(stars, each),
        "jd": np.tile(2_458_000.5 + np.arange(each)[::-1], count),
        "flux": np.ones(count * each),
        "mag": np.tile(12 + np.arange(each) / 100, count),
        "mag_err": np.tile([0.02] * 11 + [99.99, 0.02], count),
        "camera": cameras * count,
        "quality": (["G"] * 12 + ["B"]) * count,
    }


class SkyPatrol(Host):
    """Answers a query, and after it the block of its stars."""

    def lookup(self, path: str) -> bytes | None:
        if path == "/lookup_targets/catalog_list":
            ids = json.loads(self.questions[-1][1])["tar_ids"]
            known = [gaia for gaia in ids if gaia != GAIA[3]]  # which the archive does not have
            return parquet({"asas_sn_id": [gaia % 1000 for gaia in known], "gaia_id": known})
        if path.startswith("/get_block/"):
            name, tail = path.removeprefix("/get_block/query_hash-").split("-block_idx-")
            query = decodebytes(unquote(name).encode()).decode()
            asked = json.loads(self.questions[-1][1])["tar_ids"]
            assert query.startswith(
                f"listlen-{len(asked)}_listfirst-{asked[0]}_listend-{asked[-1]}|catalog-stellar_main|"
            )
            assert tail == "0-catalog-stellar_main"
            return parquet(epochs([gaia % 1000 for gaia in asked if gaia != GAIA[3]]))
        return self.files.get(path)


@pytest.fixture
def host(monkeypatch):
    with serving(SkyPatrol) as running:
        monkeypatch.setattr(skypatrol_v2, "QUERY_HOST", f"{running.address}/")
        monkeypatch.setattr(skypatrol_v2, "BLOCK_HOSTS", (f"{running.address}/",))
        monkeypatch.setattr(skypatrol_v2, "STARS_PER_BLOCK", 4)
        monkeypatch.setattr(asassn, "HOST", f"{running.address}/")
        rows = [
            f"{name},{i},{i + 1},10.0,0.5,{kind},{gaia}" for i, (name, kind, gaia) in enumerate(zip(NAMES, TYPES, GAIA))
        ]
        head = "asassn_name,id,raj2000,dej2000,period,variable_type,gdr2_id\n"
        catalogue = (head + "\n".join(rows) + "\n").encode()
        running.files["/variables.csv?action=index&controller=variables"] = catalogue
        yield running


def fetch(tmp_path, **settings):
    # One after another, so that the server knows which query came last.
    chosen = Archive(name="live", kind="live", connections_per_host=1, timeout_s=2.0, attempts=3, **settings)
    retrieve("asassn", chosen, [asassn.SKY_PATROL], tmp_path / "raw", tmp_path / "raw.json")
    return [entry["path"] for entry in read_json(tmp_path / "raw.json")["files"]]


def test_light_curves_come_in_blocks_and_keep_their_bands(host, tmp_path):
    paths = fetch(tmp_path)
    # Ten usable stars: a type outside the classes and an uncertain one are not asked for.
    assert paths[1:] == sorted(f"skypatrol/{GAIA[i]}-{n}.parquet" for i, n in ((0, 4), (4, 4), (8, 2)))
    settings = Survey(min_epochs=1, bands=["V", "g"], collections=[asassn.SKY_PATROL])
    rows = ingest.ingest("asassn", tmp_path / "raw", settings).table.to_pylist()
    assert sorted((row["source_id"], row["band"]) for row in rows) == sorted(
        (NAMES[i], band) for i in (*range(3), *range(4, 9), 11) for band in "Vg"
    )
    for row in rows:
        assert len(row["time"]) == {"V": 10, "g": 1}[row["band"]]
        assert row["time"] == sorted(row["time"])


def test_a_block_that_fails_is_asked_for_again_with_its_query(host, tmp_path):
    host.faults["/lookup_targets/catalog_list"] = ["", "busy"]
    fetch(tmp_path)
    assert len(host.questions) == 4
    fetch(tmp_path)
    assert len(host.questions) == 4  # what has come is not asked for again


def test_an_answer_that_is_no_block_is_refused(host, tmp_path, monkeypatch):
    lookup = SkyPatrol.lookup
    said = b'{"error": "lightcurve servers temporarily unavailable"}'
    monkeypatch.setattr(SkyPatrol, "lookup", lambda self, path: said if "get_block" in path else lookup(self, path))
    with pytest.raises(LctransferError, match="0 of 3 light curves arrived"):
        fetch(tmp_path)


def test_a_fixed_choice_of_many(host, tmp_path):
    few, all_of_them = fetch(tmp_path / "a", most_requests=2), fetch(tmp_path / "b", most_requests=0)
    assert len(few) == 3
    assert set(few) < set(all_of_them)


def test_what_is_not_understood_is_named(tmp_path):
    path = tmp_path / "x.parquet"
    rows = epochs([1])
    rows["camera"] = ["zz", *rows["camera"][1:]]
    path.write_bytes(parquet(rows))
    index = tmp_path / "x.parquet.index"
    index.write_bytes(parquet({"asas_sn_id": [1], "gaia_id": [5]}))
    found, dropped = skypatrol_v2.read(path)
    assert [(gaia, band, len(columns[0])) for gaia, band, columns in found] == [(5, "V", 9), (5, "g", 1)]
    assert dropped == {"epochs of camera 'zz', whose band is not known": 1}
    index.write_bytes(parquet({"asas_sn_id": [1]}))
    with pytest.raises(LctransferError, match=r"x\.parquet\.index has no column gaia_id"):
        skypatrol_v2.read(path)
    path.write_bytes(b"PAR1")
    with pytest.raises(LctransferError, match="cannot be read as Parquet"):
        skypatrol_v2.read(path)
