"""The live code path against the archive of archives: every survey, then the paper's experiment to its report."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from archive_of_archives import OGLE
from archive_server import serving
from fetched import fetch, live

from lctransfer.config import Survey
from lctransfer.files import read_json
from lctransfer.retrieve import retrieve
from lctransfer.simulate import simulate
from lctransfer.stages import ingest
from lctransfer.surveys import asassn, skypatrol_v2

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import live_path
from live_path import STARS


@pytest.fixture(scope="module")
def stars():
    return {survey: simulate(survey, count, 7).to_pylist() for survey, count in STARS.items()}


@pytest.fixture
def host(stars):
    with serving(stars) as running:
        yield running


@pytest.mark.parametrize("survey", [name for name in STARS if name != "ogle"])
def test_every_survey_is_read_as_it_was_written(host, stars, tmp_path, survey):
    told = fetch(host, tmp_path, survey)
    assert (told["status"], told["left_out"]) == ("complete", [])
    result = ingest.ingest(survey, tmp_path / "raw", Survey(min_epochs=2))
    assert result.lost == []
    if survey == "eros2":  # its stars have other names there
        assert result.table.num_rows > 100
        assert {"QSO", "BV", "NonVar", "RRL_ab"} <= set(result.table["class_name"].to_pylist())
        return
    was = {star["source_id"]: star for star in stars[survey]}
    rows = result.table.to_pylist()
    assert len(rows) > STARS[survey] / 2
    for row in rows:
        star = was[row["source_id"]]
        assert row["label"] == star["label"]
        assert row["mag"] == pytest.approx(star["mag"], abs=6e-4)
        assert row["time"] == pytest.approx(star["time"], abs=1e-5)
        assert row["ra_deg"] == pytest.approx(star["ra_deg"], abs=0.03)


def test_all_collections_of_ogle_are_read(host, tmp_path):
    told = fetch(host, tmp_path, "ogle")
    assert told["left_out"] == []
    result = ingest.ingest("ogle", tmp_path / "raw", Survey(min_epochs=2))
    assert result.lost == []
    assert result.dropped["no single class: ECL_ED/ESD"] == 1
    assert {"EB_ED", "EB", "LPV_Mira", "RRL_e", "LPV_OSARG_AGB"} <= set(result.table["class_name"].to_pylist())


def test_sky_patrol_names_its_servers_and_answers_queries(host, tmp_path, monkeypatch):
    monkeypatch.setattr(skypatrol_v2, "STARS_PER_BLOCK", 20)
    told = fetch(host, tmp_path, "asassn", asassn.SKY_PATROL)
    assert told["left_out"] == []
    asked = [path for path, _ in host.asked]
    assert sum(path.endswith("get_block_servers") for path in asked) == 1
    assert not [path for path in asked if "asassn-data01" in path]
    settings = Survey(min_epochs=2, collections=[asassn.SKY_PATROL])
    assert ingest.ingest("asassn", tmp_path / "raw", settings).table.num_rows > STARS["asassn"] / 2


def test_the_archives_are_told_who_asks(host, tmp_path):
    fetch(host, tmp_path, "asas")
    assert {agent.split("/")[0] for _, agent in host.asked} == {"lctransfer"}


CEP = f"{OGLE}/ogle4/OCVS/lmc/cep"


def test_an_answer_that_breaks_off_is_resumed(host, tmp_path):
    host.faults[f"{CEP}/phot.tar.gz"] = "breaks off"
    retrieve("ogle", replace(live(host), attempts=2), ["ogle4/lmc/cep"], tmp_path / "raw", tmp_path / "raw.json")
    assert read_json(tmp_path / "raw.json")["status"] == "complete"
    assert (tmp_path / "raw/ogle4/OCVS/lmc/cep/phot.tar.gz").read_bytes() == host.files[f"{CEP}/phot.tar.gz"]
    assert [path for path, _ in host.asked].count(f"{CEP}/phot.tar.gz") == 2


def test_a_slow_answer_costs_its_file(host, tmp_path):
    host.faults[f"{CEP}/ident.dat"] = "slow"
    settings, parts = replace(live(host), timeout_s=1.0), ["ogle4/lmc/cep", "ogle4/smc/cep"]
    retrieve("ogle", settings, parts, tmp_path / "raw", tmp_path / "raw.json")
    (loss,) = read_json(tmp_path / "raw.json")["left_out"]
    assert (loss["part"], "nothing came for 1 s" in loss["said"]) == ("ogle4/lmc/cep: ident.dat", True)


def test_the_plan_says_what_the_run_takes(tmp_path, snakemake):
    done = snakemake(tmp_path, "experiment=paper", flags=("-n",))
    assert "- scale: at most 500,000 stars of ogle" in done.stderr
    assert "- memory: 4 GB; disk: 14 GB" in done.stderr


def test_the_papers_experiment_ends_in_its_report_although_a_collection_is_poisoned(host, tmp_path, snakemake):
    live_path.spoil(host)
    done = snakemake(tmp_path, *live_path.overrides(host))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    report = (tmp_path / "results/paper/report.html").read_text()
    for title in ("ASAS", "Hipparcos", "ASAS-SN", "OGLE", "EROS-2"):
        assert title in report
    assert "ogle3/smc/ecl" in report.split('id="data"')[0]  # the first screen
    not_run = report.split('id="not-run"')[1]
    assert "ident.dat, line 1: no position" in not_run
    assert "overrides" in not_run
    summary = read_json(tmp_path / "data/live/lightcurves/ogle.json")
    assert (summary["status"], [loss["part"] for loss in summary["left_out"]]) == ("parts left out", ["ogle3/smc/ecl"])
