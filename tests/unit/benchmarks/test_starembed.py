"""StarEmbed's protocol: files and simulated stars are read alike, labels are drawn by class, the test stars stay."""

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))
import starembed

CODES = {node: word for word, node in starembed.CLASSES.items()}


@pytest.fixture(scope="module")
def stars():
    return starembed.simulated_stars(20)


def as_published(table):
    """Return light curves in the columns of StarEmbed's files."""
    none = {"mjd": [], "target": [], "past_feat_dynamic_real": [], "length": 0}
    found = {}
    for row in table.to_pylist():
        star = found.setdefault(row["source_id"], {"bands": {"g": none, "r": none, "i": none}})
        epochs = {"mjd": [t - 2_400_000.5 for t in row["time"]], "target": row["mag"], "length": len(row["mag"])}
        star["bands"][row["band"]] = epochs | {"past_feat_dynamic_real": row["mag_err"]}
        star["word"] = CODES[row["class_name"]]
    columns = {"sourceid": list(found), "bands_data": [star["bands"] for star in found.values()]}
    return pa.table({**columns, "class_str": [star["word"] for star in found.values()]})


def test_simulated_stars_are_the_same_in_both_bands(stars):
    assert stars["band"].to_pylist() == ["g"] * 140 + ["r"] * 140
    assert stars["source_id"].to_pylist()[:140] == stars["source_id"].to_pylist()[140:]
    assert pd.Series(stars["class_name"].to_pylist()).value_counts().to_dict() == dict.fromkeys(CODES, 40)
    assert stars.equals(starembed.simulated_stars(20))


def test_published_files_are_read_with_their_parts(stars, tmp_path):
    whole = as_published(stars)
    pq.write_table(whole.slice(0, 70), tmp_path / "train-00000-of-00001.parquet")
    pq.write_table(whole.slice(70), tmp_path / "test-00000-of-00001.parquet")
    found = starembed.real_stars(tmp_path).to_pandas()
    rows = found[found["band"] == "r"].set_index("source_id")
    assert set(rows["class_name"]) == set(CODES)
    assert rows["part"].value_counts().to_dict() == {"train": 70, "test": 70}
    first = next(row for row in stars.to_pylist() if row["band"] == "r")
    np.testing.assert_allclose(rows.loc[first["source_id"], "mag"], first["mag"])
    assert starembed.held_out(found).sum() == (found["part"] == "test").sum()


def test_files_without_parts_are_read_as_one(stars, tmp_path):
    pq.write_table(as_published(stars), tmp_path / "stars.parquet")
    found = starembed.real_stars(tmp_path)
    assert "part" not in found.column_names
    assert len(set(found["source_id"].to_pylist())) == 140


def test_labels_are_drawn_by_class_beside_the_fixed_test_half(stars):
    table = stars.select(["source_id", "band", "class_name"]).to_pandas().assign(flag="ok")
    table.loc[0, "flag"] = "too_few_epochs"
    test = starembed.held_out(table)
    assert table[test].groupby("class_name")["source_id"].nunique().eq(10).all()
    few, more = (starembed.labelled(table, test, count, 3) for count in (2, 5))
    assert table[few].groupby("class_name")["source_id"].nunique().eq(2).all()
    assert not (more & test).any()
    assert not (few & ~more).any()
    assert not more[0]
    assert (few != starembed.labelled(table, test, 2, 4)).any()


def test_the_report_says_that_stars_are_simulated(monkeypatch, tmp_path):
    monkeypatch.setattr(starembed, "STRATEGIES", ("zero_label, simulated sky", "extra_trees"))
    chosen = argparse.Namespace(data=None, released=None, features=None, counts=[1, 3], seeds=2, per_class=10)
    rows, stars = starembed.run(chosen)
    assert len(rows) == 8
    assert rows["macro_f1"].between(0.2, 1).all()
    assert (rows["n_test"] == 35).all()
    text = starembed.report(rows, stars, simulated=True)
    assert "not comparable" in text
    assert "held-out simulated stars" in text
    assert "arXiv 2606.28446" in text
