"""Gaia and ZTF through their documented services, on the archive of archives."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs

import archive_services
import pytest
from archive_services import FIRST_GAIA, IRSA, ztf_name
from fetched import fetch, live

from lctransfer.config import Survey
from lctransfer.errors import LctransferError
from lctransfer.retrieve.answers import patience
from lctransfer.retrieve.probe import probe
from lctransfer.stages import ingest
from lctransfer.surveys import gaia, star_files

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from live_path import QUICK

COUNTS = {"ogle": 150, "eros2": 20, "asas": 5, "hipparcos": 5, "asassn": 5}


def read(folder, survey, *bands, **settings):
    return ingest.ingest(survey, folder / "raw", Survey(min_epochs=2, bands=list(bands), **settings))


def test_gaia_is_read_as_it_was_written(host, stars, tmp_path):
    told = fetch(host, tmp_path, "gaia")
    assert (told["status"], told["left_out"]) == ("complete", [])
    result = read(tmp_path, "gaia")
    assert result.lost == []
    assert {"RRL", "CEPH", "EB", "LPV"} <= set(result.table["class_name"].to_pylist())
    rows = result.table.to_pylist()
    assert len(rows) > COUNTS["ogle"] * 0.8
    for row in rows:
        star = stars["ogle"][int(row["source_id"]) - FIRST_GAIA]
        usable = [e < 1 for e in star["mag_err"]]
        assert row["mag"] == pytest.approx([m for m, take in zip(star["mag"], usable) if take], abs=1e-6)
        assert row["time"] == pytest.approx([t for t, take in zip(star["time"], usable) if take], abs=1e-5)
        assert row["mag_err"] == pytest.approx([e for e in star["mag_err"] if e < 1], rel=1e-6)
        assert row["band"] == "G"


@pytest.mark.skipif("CRATE_PYTHON" not in os.environ, reason="needs CRATE_PYTHON, a Python with tests/validators.txt")
def test_gaia_is_asked_what_astroquery_asks(host, tmp_path, monkeypatch):
    monkeypatch.setattr(gaia, "STARS_PER_REQUEST", 3)
    fetch(host, tmp_path, "gaia", "RR")
    (ours, *_) = [parse_qs(path.partition("?")[2]) for path, _ in host.asked if "/data-server/" in path]
    host.asked.clear()
    script, stars = Path(__file__).with_name("ask_gaia.py"), ours["ID"][0].split(",")
    command = [os.environ["CRATE_PYTHON"], script, host.address, *stars]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout.splitlines()[-1])) == {f"EPOCH_PHOTOMETRY-Gaia DR3 {star}.csv" for star in stars}
    (theirs,) = [parse_qs(path.partition("?")[2]) for path, _ in host.asked]
    assert ours == theirs


def test_gaia_may_answer_with_a_row_per_band(host, stars, tmp_path, monkeypatch):
    """As DataLink did when all stars came in one file: the same epochs."""
    fetch(host, tmp_path / "wide", "gaia", "RR")
    monkeypatch.setattr(archive_services, "gaia_photometry", archive_services.gaia_long)
    fetch(host, tmp_path / "long", "gaia", "RR")
    assert {path.read_bytes()[:2] for path in tmp_path.glob("wide/raw/lightcurves/*.csv")} == {b"PK"}
    assert {path.read_bytes()[:2] for path in tmp_path.glob("long/raw/lightcurves/*.csv")} == {b"so"}
    for band in ("G", "BP"):
        wide, long = (
            {
                row["source_id"]: (row["time"], row["mag"], row["mag_err"])
                for row in read(folder, "gaia", band).table.to_pylist()
            }
            for folder in (tmp_path / "wide", tmp_path / "long")
        )
        assert len(wide) > 5
        for star, epochs in long.items():
            assert wide[star][1:] == epochs[1:]
            assert wide[star][0] == pytest.approx(epochs[0], abs=2e-4)


def test_an_archive_packed_anew_is_no_change_upstream(host, tmp_path):
    fetch(host, tmp_path, "gaia", "RR")
    (first, *_) = sorted((tmp_path / "raw/lightcurves").glob("*.csv"))
    packed = first.read_bytes()
    first.unlink()
    time.sleep(2.1)  # a ZIP archive counts in steps of two seconds
    assert fetch(host, tmp_path, "gaia", "RR")["status"] == "complete"
    assert len(first.read_bytes()) == len(packed)
    assert first.read_bytes() != packed


@pytest.mark.parametrize("nothing", [b"", b"\n", b"No rows returned\n"])
def test_a_place_without_a_light_curve_is_no_failure(host, tmp_path, nothing):
    """IRSA says so in an answer, not by 404; more than twenty such stars are no reason to give up."""
    whole, empty = host.content, set()

    def content(path):
        if path.startswith(IRSA) and (path in empty or len(empty) < 30):
            empty.add(path)
            return nothing
        return whole(path)

    host.content = content
    told = fetch(host, tmp_path, "ztf")
    assert told["status"] == "complete"
    assert told["queue"]["arrived"] == told["queue"]["asked"] - 30 > 20
    assert len(list((tmp_path / "raw/lightcurves").glob("*.csv"))) == told["queue"]["arrived"]


@pytest.mark.parametrize("survey", ["gaia", "ztf"])
def test_the_probe_reads_what_the_services_answer(host, survey):
    findings = probe(survey, live(host), [])
    assert {one.result for one in findings} == {"alive"}
    assert findings[-1].collection == "lightcurves"


@pytest.mark.parametrize("nothing", [b"", b"No rows returned\n"])
def test_a_place_without_a_light_curve_is_no_finding(host, nothing):
    whole = host.content
    host.content = lambda path: nothing if path.startswith(IRSA) else whole(path)
    assert {one.result for one in probe("ztf", live(host), [])} == {"alive"}


def test_a_slow_service_is_given_its_time(host, tmp_path):
    fetch(host, tmp_path, "ztf")
    (request, *_) = star_files("ztf", tmp_path / "raw", [], None)
    assert patience(60.0, request).read == 300.0
    assert patience(600.0, request).read == 600.0
    assert patience(60.0).read == 60.0
    assert patience(60.0, request).connect == 30.0


def test_ztf_is_read_as_it_was_written(host, stars, tmp_path):
    told = fetch(host, tmp_path, "ztf")
    assert (told["status"], told["left_out"]) == ("complete", [])
    result = read(tmp_path, "ztf")
    assert result.lost == []
    by_name = {ztf_name(n): star for n, star in enumerate(stars["ogle"])}
    rows = result.table.to_pylist()
    assert len(rows) > 20
    for row in rows:
        star = by_name[row["source_id"]]
        kept = [k for k, e in enumerate(star["mag_err"]) if e < 1 and k != 1]  # the second epoch has a bad flag
        assert row["mag"] == pytest.approx([star["mag"][k] for k in kept])
        assert row["time"] == pytest.approx([star["time"][k] for k in kept], abs=1e-5)


def test_one_failing_star_costs_itself_and_what_came_is_not_asked_for_again(host, stars, tmp_path, monkeypatch):
    monkeypatch.setattr(gaia, "STARS_PER_REQUEST", 20)
    first = fetch(host, tmp_path / "healthy", "gaia", "RR")["queue"]
    keys = {row["source_id"] for row in read(tmp_path / "healthy", "gaia").table.to_pylist()}
    bad = min(keys)
    host.bad_ids.add(int(bad))
    told = fetch(host, tmp_path, "gaia", "RR")
    assert told["status"] == "parts left out"
    assert bad in told["left_out"][0]["said"]
    assert set(read(tmp_path, "gaia").table["source_id"].to_pylist()) == keys - {bad}
    assert first["asked"] == first["arrived"]
    host.bad_ids.clear()
    host.asked.clear()
    assert fetch(host, tmp_path, "gaia", "RR")["status"] == "complete"
    (again,) = [path for path, _ in host.asked if "/data-server/" in path]
    assert f"ID={bad}&" in again
    assert set(read(tmp_path, "gaia").table["source_id"].to_pylist()) == keys


def test_a_class_whose_query_fails_costs_itself(host, tmp_path):
    whole = host.content
    host.content = lambda path: None if "%27EW%27" in path else whole(path)
    told = fetch(host, tmp_path, "ztf")
    assert [loss["file"] for loss in told["left_out"]] == ["classes/EW.csv"]
    assert "EB_EC" not in read(tmp_path, "ztf").table["class_name"].to_pylist()


def test_columns_of_light_curves_that_were_renamed_are_corrected(host, tmp_path):
    whole = host.content

    def renamed(path):
        return whole(path) and whole(path).replace(b",magerr,", b",sigma,")

    host.content = renamed
    fetch(host, tmp_path, "ztf", "RRAB")
    with pytest.raises(LctransferError, match="sigma"):
        read(tmp_path, "ztf")
    corrected = {"lightcurves": {"columns": {"mag_err": "sigma"}}}
    assert read(tmp_path, "ztf", overrides=corrected).table.num_rows > 5
    assert any(path.startswith(IRSA) for path, _ in host.asked)


@pytest.mark.parametrize(("survey", "title"), [("gaia", "Gaia DR3"), ("ztf", "ZTF")])
def test_the_experiment_ends_in_its_report(host, tmp_path, snakemake, survey, title):
    small = [f"surveys.{survey}.min_class_size=3", f"archive.mirror={host.address}"]
    done = snakemake(tmp_path, f"experiment={survey}", *small, *QUICK)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert title in (tmp_path / f"results/{survey}/report.html").read_text()
