"""One file that cannot be had costs itself, and the manifest names it."""

import gzip

import pytest
from retrieve_server import Host, serving

from lctransfer.config import Archive, Survey
from lctransfer.errors import LctransferError
from lctransfer.files import read_json
from lctransfer.retrieve import retrieve
from lctransfer.simulate import simulate
from lctransfer.stages import ingest
from lctransfer.surveys import write_archive


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    root = tmp_path_factory.mktemp("archive")
    for survey, stars in (("ogle", 120), ("asas", 60)):
        write_archive(survey, simulate(survey, stars, 3), root)
    return {f"/{path.relative_to(root)}": path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def host(files):
    with serving() as running:
        running.files = dict(files)
        yield running


def fetch(host, folder, survey, *collections, overrides=None, **settings):
    chosen = Archive(name="x", kind="simulated", mirror=host.address, attempts=1, timeout_s=5.0, **settings)
    retrieve(survey, chosen, list(collections), folder / survey, folder / f"{survey}.json", overrides)
    return read_json(folder / f"{survey}.json")


PHOT = "/ogle4/OCVS/lmc/rrlyr/phot.tar.gz"


def test_a_collection_without_photometry_costs_itself(host, tmp_path):
    del host.files["/ogle4/OCVS/lmc/rrlyr/ident.dat"]
    host.faults[PHOT] = ["busy"] * 9
    told = fetch(host, tmp_path, "ogle", "ogle4/lmc/rrlyr", "ogle4/lmc/cep")
    assert told["status"] == "parts left out"
    (loss,) = told["left_out"]
    assert (loss["part"], loss["file"]) == ("ogle4/lmc/rrlyr: phot.tar.gz", "ogle4/OCVS/lmc/rrlyr/phot.tar.gz")
    assert "503" in loss["said"]
    assert loss["advice"]
    rows = ingest.ingest("ogle", tmp_path / "ogle", Survey(min_epochs=2)).table.to_pylist()
    assert {row["label"].split("_")[0] for row in rows} == {"CEP"}


def test_strict_makes_it_an_error(host, tmp_path):
    host.faults[PHOT] = ["busy"] * 9
    with pytest.raises(LctransferError, match="answered 503"):
        fetch(host, tmp_path, "ogle", "ogle4/lmc/rrlyr", "ogle4/lmc/cep", strict=True)


def test_a_survey_of_which_nothing_comes_is_an_error(host, tmp_path):
    host.files.clear()
    with pytest.raises(LctransferError, match="cannot be had"):
        fetch(host, tmp_path, "asas")


def test_an_archive_whose_bytes_have_shifted_is_left_out_by_line_and_column(host, tmp_path, files):
    fetch(host, tmp_path, "ogle", "ogle4/lmc/rrlyr", "ogle4/lmc/cep")
    from lctransfer.surveys.members import read, write_tar

    path = tmp_path / "ogle" / PHOT[1:]
    shifted = [(name, content.replace(b" ", b"  ")) for name, content in read(path)]
    write_tar(path, shifted)
    summary = tmp_path / "stars.parquet"
    ingest.ingest_file("ogle", tmp_path / "ogle", Survey(min_epochs=2), summary)
    told = read_json(summary.with_suffix(".json"))
    (loss,) = told["left_out"]
    assert loss["part"].startswith("unreadable light curve of ogle4/lmc/rrlyr")
    assert (loss["line"], "column 2 (mag) does not stand where" in loss["said"]) == (1, True)
    assert (told["status"], set(told["classes"]) & {"RRL_ab", "RRL_c"}) == ("parts left out", set())
    assert told["expected"]["RRL_ab"] > 0
    assert told["with_light_curve"].get("RRL_ab", 0) == 0
    with pytest.raises(LctransferError, match="does not stand where"):
        ingest.ingest_file("ogle", tmp_path / "ogle", Survey(min_epochs=2), summary, strict=True)


class OnTheFly(Host):
    """Gzips everything once more."""

    def lookup(self, path):
        content = self.files.get(path)
        return content and gzip.compress(content, mtime=0)


def test_content_that_was_gzipped_on_the_way_is_read_as_ever(files, tmp_path):
    with serving(OnTheFly) as host:
        host.files = dict(files)
        told = fetch(host, tmp_path, "asas")
    assert told["status"] == "complete"
    assert ingest.ingest("asas", tmp_path / "asas", Survey(min_epochs=2)).table.num_rows == 60


def test_an_address_can_be_corrected_and_stays_in_the_record(host, tmp_path):
    host.files["/moved/catalogue"] = host.files.pop("/asas/data/ACVS.1.1.gz")
    told = fetch(host, tmp_path, "asas", overrides={"acvs": {"mirror": f"{host.address}/moved"}})
    assert [loss["part"] for loss in told["left_out"]] == ["acvs: ACVS.1.1.gz"]
    host.files["/moved/ACVS.1.1.gz"] = host.files["/moved/catalogue"]
    told = fetch(host, tmp_path, "asas", overrides={"acvs": {"mirror": f"{host.address}/moved"}})
    assert told["status"] == "complete"
    assert told["overrides"] == {"acvs": {"mirror": f"{host.address}/moved"}}
