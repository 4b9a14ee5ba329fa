"""A HATS catalogue classified by LSDB says of every source what the verb says of it alone."""

import shutil

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from two_classes import light_curves

from lctransfer.classifier import hats, hats_partition
from lctransfer.classifier.hats import HatsRun, classify_hats, tidy
from lctransfer.classifier.hats_partition import PartitionRun, classify_frame, classify_pixel
from lctransfer.classifier.model import FittedModel
from lctransfer.classifier.partition import classify_partition
from lctransfer.config import Features, Fit, Transfer
from lctransfer.errors import LctransferError
from lctransfer.stages.fit import FitOptions, fit

lsdb = pytest.importorskip("lsdb")
from lsdb.io.to_hats import DONE_DIR_NAME, HISTOGRAM_DIR_NAME  # noqa: E402
from nested_pandas import NestedFrame  # noqa: E402


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a folder with a model, and a HATS catalogue of 90 stars in several partitions."""
    root = tmp_path_factory.mktemp("hats")
    table = light_curves(90)
    pq.write_table(table, root / "stars.parquet")
    features = Features(set="upsilon", min_period_days=0.2)
    options = FitOptions(Fit(strategy="extra_trees", folds=2), Transfer(trees=10), features)
    fit(root / "stars.parquet", root / "model", "none", options=options)
    frame = table.to_pandas(types_mapper=pd.ArrowDtype)
    lsdb.from_dataframe(frame, ra_column="ra", dec_column="dec", partition_rows=20).write_catalog(
        root / "stars_hats", as_collection=False, progress_bar=False
    )
    return root


def test_every_source_gets_the_same_and_a_second_run_makes_it_whole(made, tmp_path):
    classify_hats(made / "model", f"hats://{made / 'stars_hats'}", tmp_path / "out", HatsRun(workers=2))
    catalogue = lsdb.open_catalog(tmp_path / "out")
    assert len(catalogue.get_healpix_pixels()) >= 5
    found = catalogue.compute().sort_values("source_id").reset_index(drop=True)
    alone = classify_partition(pq.read_table(made / "stars.parquet"), FittedModel.load(made / "model")).to_pandas()
    assert list(found["source_id"]) == list(alone["source_id"])
    assert found["class"].fillna("").tolist() == alone["class"].fillna("").tolist()
    for name in ("p_EB_ED", "p_RRL_ab", "novelty_score", "period_days"):
        assert np.array_equal(found[name].to_numpy(float, na_value=np.nan), alone[name].to_numpy(float), equal_nan=True)
    parts = sorted((tmp_path / "out" / "dataset").rglob("Npix*.parquet"))
    lost = parts[0].read_bytes()
    parts[0].unlink()
    classify_hats(made / "model", f"hats://{made / 'stars_hats'}", tmp_path / "out", HatsRun(workers=1))
    assert parts[0].read_bytes() == lost
    with pytest.raises(LctransferError, match="another run"):
        classify_hats(made / "model", f"hats://{made / 'stars_hats'}", tmp_path / "out", HatsRun(level=0.8))


def test_an_empty_partition_has_the_columns_of_a_full_one(made):
    frame = lsdb.open_catalog(made / "stars_hats").partitions[0].compute()
    full = classify_frame(frame, str(made / "model"), 0.9, ["ra", "dec"])
    empty = classify_frame(frame.head(0), str(made / "model"), 0.9, ["ra", "dec"])
    assert list(full.index) == list(frame.index)
    assert full["ra"].tolist() == frame["ra"].tolist()
    assert (list(empty.columns), len(empty)) == (list(full.columns), 0)
    assert (empty.dtypes == full.dtypes).all()


def test_what_is_no_catalogue_is_a_sentence(made, tmp_path):
    with pytest.raises(LctransferError, match="HATS"):
        classify_hats(made / "model", f"hats://{tmp_path / 'none'}", tmp_path / "out")
    (tmp_path / "other").mkdir()
    with pytest.raises(LctransferError, match="something else"):
        classify_hats(made / "model", f"hats://{made / 'stars_hats'}", tmp_path / "other")


def test_a_large_partition_is_cut(made, tmp_path, monkeypatch):
    frame = lsdb.open_catalog(made / "stars_hats").partitions[0].compute()
    monkeypatch.setattr(hats_partition, "CHUNK_ROWS", 7)
    catalogue = lsdb.open_catalog(made / "stars_hats", columns=["source_id", "ra", "dec"])
    base = str(catalogue.hc_structure.catalog_base_dir)
    run = PartitionRun(base, ".parquet", str(made / "model"), 0.9, ("ra", "dec"))
    meta = classify_frame(frame.head(0), str(made / "model"), 0.9, ("ra", "dec"))
    pixel = catalogue.get_healpix_pixels()[0]
    cut = classify_pixel(catalogue.partitions[0].compute(), pixel, run, meta)
    pd.testing.assert_frame_equal(cut, classify_frame(frame, str(made / "model"), 0.9, ("ra", "dec")))


def test_nested_light_curves_are_read_as_archives_publish_them(made, tmp_path):
    catalogue = lsdb.open_catalog(made / "stars_hats")
    lists = ["time", "mag", "mag_err"]
    others = ["source_id", "ra", "dec"]
    nested = catalogue[[*others, *lists]].nest_lists(base_columns=others, list_columns=lists, name="lc")
    nested.write_catalog(tmp_path / "nested", as_collection=False, progress_bar=False)
    classify_hats(made / "model", f"hats://{tmp_path / 'nested'}", tmp_path / "out")
    found = lsdb.open_catalog(tmp_path / "out").compute().sort_values("source_id")
    alone = classify_partition(pq.read_table(made / "stars.parquet"), FittedModel.load(made / "model")).to_pandas()
    assert list(found["source_id"]) == list(alone["source_id"])
    assert found["class"].fillna("").tolist() == alone["class"].fillna("").tolist()


def test_objects_of_lsst_are_classified_as_rubin_publishes_them(made, tmp_path):
    """Fluxes in nJy of two bands in one nested column, with flags: a row for each object and band."""
    rows = pq.read_table(made / "stars.parquet").to_pandas()
    epochs = rows.explode(["time", "mag", "mag_err"])[["source_id", "time", "mag", "mag_err"]]
    both = pd.concat([epochs.assign(band="r"), epochs.assign(band="g", mag=epochs["mag"] + 0.5)])
    flux = 10 ** ((31.4 - both["mag"].astype(float)) / 2.5)
    number = dict(zip(rows["source_id"], 609_000_000_000_000_000 + 7 * np.arange(len(rows))))
    measured = pd.DataFrame(
        {
            "objectId": both["source_id"].map(number),
            "band": both["band"],
            "midpointMjdTai": both["time"].astype(float) - 2_400_000.5,
            "psfFlux": flux,
            "psfFluxErr": flux * both["mag_err"].astype(float) / 1.0857362,
            "psfFlux_flag": False,
        }
    )
    objects = rows.assign(objectId=rows["source_id"].map(number), coord_ra=rows["ra"], coord_dec=rows["dec"])
    objects = NestedFrame(objects[["objectId", "coord_ra", "coord_dec"]].set_index("objectId"))
    nested = objects.join_nested(measured.set_index("objectId"), "objectForcedSource").reset_index()
    nested = lsdb.from_dataframe(nested, ra_column="coord_ra", dec_column="coord_dec", partition_rows=30)
    nested.write_catalog(tmp_path / "dp1", as_collection=False, progress_bar=False)
    classify_hats(made / "model", f"hats://{tmp_path / 'dp1'}", tmp_path / "out")
    found = lsdb.open_catalog(tmp_path / "out").compute()
    assert sorted(zip(found["source_id"].astype(int), found["band"])) == sorted(
        (key, band) for key in number.values() for band in "gr"
    )
    alone = classify_partition(pq.read_table(made / "stars.parquet"), FittedModel.load(made / "model")).to_pandas()
    expected = alone.assign(source_id=alone["source_id"].map(number)).set_index("source_id")
    mine = found[found["band"] == "r"].assign(source_id=lambda frame: frame["source_id"].astype(int))
    mine = mine.set_index("source_id").loc[expected.index]
    assert mine["class"].fillna("").tolist() == expected["class"].fillna("").tolist()
    assert mine["p_RRL_ab"].to_numpy(float) == pytest.approx(
        expected["p_RRL_ab"].to_numpy(float), abs=1e-6, nan_ok=True
    )


@pytest.fixture
def damaged(made, tmp_path):
    """Return a copy of the catalogue where two partitions cannot be read: one not at all, one in its epochs."""
    folder = tmp_path / "damaged"
    shutil.copytree(made / "stars_hats", folder)
    parts = sorted((folder / "dataset").rglob("Npix*.parquet"))
    parts[0].write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    group = pq.ParquetFile(parts[1]).metadata.row_group(0)
    epochs = next(group.column(i) for i in range(group.num_columns) if group.column(i).path_in_schema.startswith("mag"))
    content = bytearray(parts[1].read_bytes())
    content[epochs.data_page_offset : epochs.data_page_offset + 40] = bytes(40)
    parts[1].write_bytes(content)
    return folder


def test_a_partition_that_fails_is_named_and_skipped_on_request(made, damaged, tmp_path):
    with pytest.raises(LctransferError, match=r"Npix=.*--skip-unreadable"):
        classify_hats(made / "model", f"hats://{damaged}", tmp_path / "out")
    classify_hats(made / "model", f"hats://{damaged}", tmp_path / "out", HatsRun(skip_unreadable=True))
    found = lsdb.open_catalog(tmp_path / "out").compute()
    lost = len(lsdb.open_catalog(made / "stars_hats").partitions[0].compute())
    assert len(found) == 90 - lost
    assert (found["flag"] == "unreadable").sum() == len(lsdb.open_catalog(made / "stars_hats").partitions[1].compute())
    assert found["source_id"].notna().all()


def test_where_nothing_can_be_read_nothing_is_written(made, tmp_path):
    folder = tmp_path / "damaged"
    shutil.copytree(made / "stars_hats", folder)
    for path in (folder / "dataset").rglob("Npix*.parquet"):
        path.write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    with pytest.raises(LctransferError, match="Nothing is left"):
        classify_hats(made / "model", f"hats://{folder}", tmp_path / "out", HatsRun(skip_unreadable=True))


def test_notes_that_another_run_writes_are_told_of(made, tmp_path, monkeypatch):
    source = f"hats://{made / 'stars_hats'}"
    classify_hats(made / "model", source, tmp_path / "out")
    (tmp_path / "out" / DONE_DIR_NAME).mkdir(exist_ok=True)
    (tmp_path / "out" / DONE_DIR_NAME / "9_9_done").touch()
    monkeypatch.setattr(hats, "tidy", lambda target: None)  # the other run writes after it
    with pytest.raises(LctransferError, match="still being written"):
        classify_hats(made / "model", source, tmp_path / "out")


def test_what_a_kill_left_between_two_notes_is_done_again(tmp_path):
    (tmp_path / "dataset/Norder=1/Dir=0").mkdir(parents=True)
    for number in (4, 5, 6):
        (tmp_path / HISTOGRAM_DIR_NAME).mkdir(exist_ok=True)
        (tmp_path / HISTOGRAM_DIR_NAME / f"1_{number}_histogram.npz").touch()
    (tmp_path / DONE_DIR_NAME).mkdir(exist_ok=True)
    for number in (4, 6):
        (tmp_path / DONE_DIR_NAME / f"1_{number}_done").touch()
    (tmp_path / "dataset/Norder=1/Dir=0/Npix=4.parquet").touch()
    tidy(tmp_path)
    assert [path.name for path in (tmp_path / HISTOGRAM_DIR_NAME).glob("*")] == ["1_4_histogram.npz"]
    assert [path.name for path in (tmp_path / DONE_DIR_NAME).glob("*")] == ["1_4_done"]
