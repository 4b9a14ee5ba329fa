"""The account of reading a table of one's own stands in the model card and in the catalogue's metadata."""

import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from astropy.table import Table

from lctransfer.cli.main import main
from lctransfer.files import read_json

DROPPED = "epochs that are no measurement (sentinels such as 99.99)"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """Return the folder of a model fitted to a long CSV with two sentinels; the CSV lies beside it."""
    folder, rng = tmp_path_factory.mktemp("account"), np.random.default_rng(0)
    parts = []
    for number in range(16):
        days = np.sort(rng.uniform(58_000, 58_100, 40)).round(4)
        mag = 12 + (0.1 + 0.3 * (number % 2)) * np.sin(2 * np.pi * days / (0.6 + number % 2))
        star = {"star": f"s{number}", "mjd": days, "psfmag": mag.round(3), "magerr": 0.02, "label": "AB"[number % 2]}
        parts.append(pd.DataFrame(star))
    table = pd.concat(parts, ignore_index=True)
    table.loc[[3, 500], "psfmag"] = 99.99
    table.to_csv(folder / "stars.csv", index=False)
    options = ["--source", "none", "--strategy", "extra_trees", "--folds", "2", "--settings", '{"trees": 10}']
    assert main(["fit", str(folder / "stars.csv"), "-o", str(folder / "model"), "--threads", "1", *options]) == 0
    return folder / "model"


def test_the_model_card_says_how_its_table_was_read(model):
    reading = read_json(model / "card.json")["reading"]
    assert reading["columns"] == [
        {"band": "", "source_id": "star", "label": "label", "time": "mjd", "mag": "psfmag", "mag_err": "magerr"}
    ]
    assert reading["dropped"] == {DROPPED: 2}
    text = (model / "card.md").read_text()
    assert "## How its training table was read" in text
    assert f"- Dropped: 2 {DROPPED}." in text


@pytest.mark.parametrize("name", ["stars.parquet", "stars.csv", "stars.ecsv", "parts"])
def test_the_catalogue_says_how_its_table_was_read(model, name):
    target = model.parent / "catalogue" / name
    assert main(["classify", str(model), str(model.parent / "stars.csv"), "-o", str(target), "--threads", "1"]) == 0
    if name == "stars.csv":
        told = read_json(target.with_suffix(".csv.json"))
    elif name == "stars.ecsv":
        told = json.loads(Table.read(target).meta["lctransfer"])
    else:
        file = target if target.is_file() else next(target.glob("part-*.parquet"))
        told = json.loads(pq.read_schema(file).metadata[b"lctransfer"])
    assert told["reading"]["form"] == "own"
    assert told["reading"]["dropped"] == {DROPPED: 2}
