"""Feature tables described for machine-learning tools: every column with its meaning, every file with its digest."""

import json
import os
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lctransfer.features.croissant import describe_tables
from lctransfer.files import read_json, sha256

SHIPPED = Path(__file__).parents[3] / "src/lctransfer/models/sky"
ABOUT = {"name": "stars", "description": "Two stars.", "license": "https://spdx.org/licenses/BSD-3-Clause.html"}
ABOUT |= {"url": "https://example.org", "version": "1.0.0", "citeAs": "nobody"}


@pytest.fixture
def described(tmp_path):
    table = pa.table({"source_id": ["a", "b"], "period": [0.5, 2.0], "n_epochs": [20, 30], "time": [[1.0], [2.0]]})
    pq.write_table(table, tmp_path / "stars.parquet")
    return describe_tables(tmp_path, {"stars": tmp_path / "stars.parquet"}, ABOUT), tmp_path


def test_columns_have_types_meanings_and_units(described):
    (records,) = described[0]["recordSet"]
    fields = {field["name"]: field for field in records["field"]}
    assert list(fields) == ["source_id", "period", "n_epochs"]
    assert [field["dataType"] for field in fields.values()] == ["sc:Text", "sc:Float", "sc:Integer"]
    assert fields["period"]["description"].endswith("[d]")
    assert fields["period"]["source"] == {"fileObject": {"@id": "stars.parquet"}, "extract": {"column": "period"}}


def test_files_have_their_digest_and_a_relative_address(described):
    (entry,) = described[0]["distribution"]
    assert entry["sha256"] == sha256(described[1] / "stars.parquet")
    assert entry["contentUrl"] == "stars.parquet"


def test_the_shipped_sky_has_its_card_and_the_description_of_what_it_learnt_from():
    model, card = read_json(SHIPPED / "model.json"), (SHIPPED / "card.md").read_text()
    assert model["origin"] in card
    assert f"SHA-256 `{sha256(SHIPPED / 'model.safetensors')}`" in card  # of a network trained anew, another card
    described = read_json(SHIPPED / "croissant.json")
    columns = {field["@id"] for records in described["recordSet"] for field in records["field"]}
    surveys = [entry["@id"] for entry in described["recordSet"]]
    assert {f"{survey}/{name}" for survey in surveys for name in model["scaler"]["features"]} <= columns
    assert [entry["contentUrl"] for entry in described["distribution"]] == [f"features/{x}.parquet" for x in surveys]


@pytest.mark.skipif("CRATE_PYTHON" not in os.environ, reason="needs CRATE_PYTHON, a Python with tests/validators.txt")
@pytest.mark.parametrize("which", ["made", "shipped"])
def test_the_validator_of_the_format_passes(described, which):
    path = SHIPPED / "croissant.json"
    if which == "made":
        path = described[1] / "croissant.json"
        path.write_text(json.dumps(described[0]))
    command = [Path(os.environ["CRATE_PYTHON"]).with_name("mlcroissant"), "validate", "--jsonld", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Done." in done.stdout + done.stderr
    assert "WARNING" not in done.stderr
