"""Sky Patrol v2 by its own client: what it saves goes through the one door, and equals what `retrieve` brings."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from archive_of_archives import PATROL, epochs
from fetched import fetch

from lctransfer import read_light_curves
from lctransfer.config import Survey
from lctransfer.stages import ingest

COUNTS = {"ogle": 150, "eros2": 20, "asas": 5, "hipparcos": 5, "asassn": 12}
FIRST_GAIA = 4_660_000_000_000_000_001
SCHEMA = {"stellar_main": {"col_names": ["asas_sn_id", "ra_deg", "dec_deg", "gaia_id"], "dtypes": ["bigint"] * 4}}
GREETINGS = {
    f"{PATROL}/get_current_message": b"",
    f"{PATROL}/get_schema": json.dumps(SCHEMA).encode(),
    f"{PATROL}/get_counts": json.dumps({"stellar_main": 12}).encode(),
}


@pytest.fixture
def saved(host, tmp_path, request):
    """Return the folder in which the client saved the light curves of twelve stars."""
    host.files |= GREETINGS
    script, folder = Path(__file__).with_name("ask_skypatrol.py"), tmp_path / "saved"
    folder.mkdir()
    keys = [str(FIRST_GAIA + n) for n in range(COUNTS["asassn"])]
    done = subprocess.run(
        [os.environ["CRATE_PYTHON"], script, folder, request.param, *keys],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "http_proxy": host.address, "HTTP_PROXY": host.address, "no_proxy": "", "NO_PROXY": ""},
    )
    assert done.returncode == 0, done.stderr
    return folder


def curves(table, name=lambda row: row["source_id"]):
    return {name(row): [sorted(zip(row["time"], row["mag"], row["mag_err"])), row["band"]] for row in table.to_pylist()}


@pytest.mark.skipif("CRATE_PYTHON" not in os.environ, reason="needs CRATE_PYTHON, a Python with tests/validators.txt")
@pytest.mark.parametrize("saved", ["parquet", "csv"], indirect=True)
def test_what_the_client_saves_is_read_as_it_was_measured(saved, stars):
    measured = {str(n): [sorted(epochs(star)), "V"] for n, star in enumerate(stars["asassn"])}
    assert len(list(saved.iterdir())) == 13  # a file for each star, and the index
    assert curves(read_light_curves(saved)) == measured


@pytest.mark.skipif("CRATE_PYTHON" not in os.environ, reason="needs CRATE_PYTHON, a Python with tests/validators.txt")
@pytest.mark.parametrize("saved", ["parquet"], indirect=True)
def test_retrieve_brings_what_the_client_brings(saved, host, stars, tmp_path):
    """Of the stars that the catalogue gives a class."""
    assert fetch(host, tmp_path, "asassn", "skypatrol")["status"] == "complete"
    ours = ingest.ingest("asassn", tmp_path / "raw", Survey(min_epochs=2, collections=["skypatrol"], bands=["V"])).table
    number = {star["source_id"]: str(n) for n, star in enumerate(stars["asassn"])}
    clients = curves(read_light_curves(saved))
    found = curves(ours, lambda row: number[row["source_id"]])
    assert len(found) > 6
    assert found == {star: clients[star] for star in found}
