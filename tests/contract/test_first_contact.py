"""What an outsider found about addresses and formats: the code copes with either answer, and says how sure it is."""

import gzip

import pytest
from archive_of_archives import CDS, PATROL, VIZIER
from archive_server import asu_tsv
from fetched import fetch

from lctransfer.config import Survey
from lctransfer.stages import ingest
from lctransfer.surveys import hipparcos, remote_files, star_files, vizier
from lctransfer.surveys.base import Sure
from lctransfer.surveys.hipparcos_tables import TABLES

COUNTS = {"ogle": 150, "eros2": 60, "asas": 10, "hipparcos": 30, "asassn": 20}
CONFIRMED, DOCUMENTED, GUESS = Sure.CONFIRMED, Sure.DOCUMENTED, Sure.GUESS
FOLDER = f"{CDS}/ftp/cats/I/239"


@pytest.mark.parametrize(
    ("survey", "collections", "sure"),
    [
        ("ogle", ["ogle4/lmc/ecl", "ogle4/blg/lpv", "ogle4/smc/rrlyr", "ogle3/lmc/rrlyr", "ogle3/lmc/dsct"], CONFIRMED),
        ("ogle", ["ogle3/smc/lpv", "ogle3/lmc/lpv", "ogle3/smc/ecl"], CONFIRMED),
        ("ogle", ["ogle4/smc/ecl", "ogle3/smc/rrlyr", "ogle3/blg/lpv"], GUESS),
        ("eros2", ["eros2_periodic"], CONFIRMED),
        ("eros2", ["blue_variables", "stars", "lightcurves"], GUESS),
        ("asas", ["acvs"], GUESS),
        ("asas", ["acvs_vizier"], DOCUMENTED),  # other people's code asks for these columns
        ("asassn", ["catalogue"], CONFIRMED),
        ("asassn", ["bundle"], GUESS),
        ("asassn", ["catalogue_vizier"], DOCUMENTED),
        ("gaia", ["classes"], DOCUMENTED),
        ("ztf", ["classes"], DOCUMENTED),
    ],
)
def test_how_sure_an_address_is_follows_the_evidence(survey, collections, sure):
    found = [file for file in remote_files(survey, [], "live") if file.collection in collections]
    assert {file.collection for file in found} == set(collections)
    assert {file.sure for file in found} == {sure}


def test_light_curves_and_blocks_are_confirmed_and_records_of_hipparcos_a_guess(host, tmp_path):
    for survey, sure in (("asas", CONFIRMED), ("asassn", CONFIRMED), ("hipparcos", GUESS)):
        fetch(host, tmp_path / survey, survey)
        assert {file.sure for file in star_files(survey, tmp_path / survey / "raw", [])} == {sure}
    assert {file.sure for file in star_files("asassn", tmp_path / "asassn/raw", ["skypatrol"])} == {CONFIRMED}


def catalogues_of(host):
    """Take the catalogues off the server; return their text by name."""
    names = ("hip_va_1.dat", "hip_va_2.dat")
    return {name: gzip.decompress(host.files.pop(f"{FOLDER}/{name}.gz")) for name in names}


def read(folder):
    return ingest.ingest("hipparcos", folder / "raw", Survey(min_epochs=2)).table.to_pylist()


def test_hipparcos_is_read_under_either_spelling(host, tmp_path):
    fetch(host, tmp_path / "packed", "hipparcos")
    host.files |= {f"{FOLDER}/{name}": text for name, text in catalogues_of(host).items()}
    assert fetch(host, tmp_path / "plain", "hipparcos")["left_out"] == []
    assert read(tmp_path / "plain") == read(tmp_path / "packed")


def test_hipparcos_comes_from_viziers_text_service_should_no_file_be_had(host, tmp_path):
    fetch(host, tmp_path / "files", "hipparcos")
    for name, text in catalogues_of(host).items():
        table = TABLES[f"{name}.gz"]
        lines = text.decode().splitlines()
        rows = [(line[:6].strip(), line[24:30].strip(), line[56:68].strip())[: len(table.columns)] for line in lines]
        host.files[vizier.address(table, VIZIER).removeprefix("https://")] = asu_tsv(list(table.columns), rows)
    told = fetch(host, tmp_path / "text", "hipparcos")
    assert told["left_out"] == []
    assert read(tmp_path / "text") == read(tmp_path / "files")


def test_both_folders_of_cds_are_tried():
    (index,) = [file for file in remote_files("hipparcos", [], "live") if file.path == hipparcos.INDEX]
    assert index.urls[:2] == (
        "https://cdsarc.cds.unistra.fr/ftp/I/239/epophot/hep.gz.idx",
        "https://cdsarc.cds.unistra.fr/ftp/cats/I/239/epophot/hep.gz.idx",
    )


def test_eros2_goes_on_without_the_list_of_blue_variables_that_vizier_may_not_have(host, tmp_path):
    del host.lists["J/AJ/124/2039"]
    told = fetch(host, tmp_path, "eros2")
    (loss,) = told["left_out"]
    assert loss["part"] == "blue_variables: blue_variables.tsv"
    assert "write lists/blue_variables.tsv yourself" in loss["advice"]
    result = ingest.ingest("eros2", tmp_path / "raw", Survey(min_epochs=2))
    classes = set(result.table["class_name"].to_pylist())
    assert "BV" not in classes
    assert {"QSO", "NonVar"} <= classes


def test_sky_patrol_falls_back_on_the_known_hosts_should_it_not_say_which_serve(host, tmp_path):
    whole, asked = host.content, host.asked
    host.content = lambda path: None if path == f"{PATROL}/get_block_servers" else whole(path)
    assert fetch(host, tmp_path, "asassn", "skypatrol")["left_out"] == []
    blocks = [path for path, _ in asked if "/get_block/" in path]
    assert "asassn-data03" in blocks[-1]
