"""Real stars: the released weights on the 810 ASAS light curves of Richards et al. (2012), from a local mirror."""

import shutil

import pandas as pd
import pytest

from lctransfer.files import read_json, sha256

SMALL = (
    *("transfer.fractions=[0.2]", "transfer.seeds=2", "transfer.strategies=[extra_trees,finetune_last,zero_label]"),
    *("fit.strategy=extra_trees", "novelty.strategies=[extra_trees]", "novelty.seeds=1", "sensitivity.seeds=1"),
)
"""Every stage, and little to do in it."""


@pytest.fixture(scope="module")
def mirror(shared_data, tmp_path_factory):
    """Return a folder with the files of both downloads, as a user would make one by hand."""
    folder = tmp_path_factory.mktemp("mirror")
    for path in ("real/asas_training_set.tar.gz", "real/asas_training_set_classes.dat", "published/state_dict.pt"):
        shutil.copy(shared_data / path, folder)
    return folder


@pytest.fixture(scope="module")
def quickstart(mirror, snakemake, tmp_path_factory):
    """Return the folder in which quickstart has run, at two seeds and one fraction."""
    directory = tmp_path_factory.mktemp("quickstart")
    done = snakemake(directory, "experiment=quickstart", f"archive.mirror=file://{mirror}", *SMALL)
    assert done.returncode == 0, done.stdout + done.stderr
    return directory


def test_real_stars_end_in_rows_and_a_report(quickstart):
    rows = pd.read_parquet(quickstart / "results/quickstart/metrics.parquet")
    assert len(rows) == 6
    # Far from chance, and far from perfect: bounds for real stars, wide enough for two seeds.
    assert rows.groupby("strategy")["mcc"].mean().between(0.5, 0.95).all()
    page = (quickstart / "results/quickstart/report.html").read_text()
    assert "Richards" in page
    assert "UPSILoN-T" in page


def test_all_810_light_curves_are_read_and_those_left_out_are_counted(quickstart):
    summary = read_json(quickstart / "data/live/lightcurves/richards2012.json")
    assert summary["light_curves"] + sum(summary["dropped"].values()) == 810


def test_the_manifest_says_where_each_file_came_from_and_what_it_is(quickstart, mirror):
    for name in ("richards2012", "upsilont"):
        for entry in read_json(quickstart / f"data/live/raw/{name}.json")["files"]:
            assert entry["url"].startswith("file://")
            assert entry["sha256"] == sha256(mirror / entry["url"].rsplit("/", 1)[1])


def test_without_a_mirror_or_a_network_there_is_a_sentence(tmp_path, snakemake):
    done = snakemake(tmp_path, "experiment=quickstart", "archive.mirror=/no/such/folder", *SMALL)
    assert done.returncode != 0
    assert "/no/such/folder" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not list(tmp_path.rglob("state_dict.pt"))


def test_a_corrupt_download_is_refused_and_not_kept(mirror, tmp_path, snakemake):
    corrupt = tmp_path / "mirror"
    shutil.copytree(mirror, corrupt)
    content = bytearray((corrupt / "state_dict.pt").read_bytes())
    content[1000] ^= 1
    (corrupt / "state_dict.pt").write_bytes(content)
    done = snakemake(tmp_path / "run", "experiment=quickstart", f"archive.mirror={corrupt}", *SMALL)
    assert done.returncode != 0
    assert "state_dict.pt" in done.stdout + done.stderr
    assert "sha256" in (done.stdout + done.stderr).lower().replace("-", "")
    assert "Traceback" not in done.stdout + done.stderr
    assert not (tmp_path / "run/data/live/raw/upsilont/state_dict.pt").exists()
    assert not (tmp_path / "run/data/live/raw/upsilont.json").exists()
