"""An archive of an experiment: the same bytes each time, checksums that hold, no path of the machine, a valid crate."""

import hashlib
import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest
from results_folder import write_results

from lctransfer import report
from lctransfer.errors import LctransferError
from lctransfer.publish.package import _relative, package
from lctransfer.report.results import read
from lctransfer.report.sections.reforms import ASK, MODULES, checklist


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    directory, data = write_results(tmp_path_factory.mktemp("finished"), stars=120, targets=("asas",))
    report.build(directory, data)
    (directory / "logs").mkdir()
    (directory / "logs" / "report.log").write_text("secret of the machine")
    listed = {"files": [{"url": (data / "mirror/asas.gz").as_uri(), "sha256": "0" * 64}]}
    (data / "raw").mkdir()
    (data / "raw" / "asas.json").write_text(json.dumps(listed))
    return directory, data


@pytest.fixture(scope="module")
def archive(finished):
    target = finished[0].parent / "demo.zip"
    package(finished[0], target, data=finished[1], licence="CC-BY-4.0", authors=["Ada Lovelace"])
    return target


def _held(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_every_file_has_its_checksum_and_the_crate_names_it(archive):
    held = _held(archive)
    lines = held["checksums.sha256"].decode().splitlines()
    digests = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    assert set(digests) == set(held) - {"checksums.sha256"}
    assert all(hashlib.sha256(held[name]).hexdigest() == digest for name, digest in digests.items())
    graph = {entity["@id"]: entity for entity in json.loads(held["ro-crate-metadata.json"])["@graph"]}
    assert set(digests) - {"ro-crate-metadata.json"} <= set(graph)
    assert graph["results/demo/metrics.parquet"]["sha256"] == digests["results/demo/metrics.parquet"]


def test_the_crate_says_what_was_run_on_what(archive):
    graph = {e["@id"]: e for e in json.loads(_held(archive)["ro-crate-metadata.json"])["@graph"]}
    root, run = graph["./"], graph["#run"]
    assert run["instrument"] == root["mainEntity"] == {"@id": "code/Snakefile"}
    assert {"@id": "results/demo/config.json"} in run["object"]
    assert {"@id": "results/demo/metrics.parquet"} in run["result"]
    assert run["endTime"] == root["datePublished"] == "2026-01-02T03:04:05+00:00"
    assert graph[root["license"]["@id"]]["name"] == "CC-BY-4.0"
    assert graph[root["author"][0]["@id"]]["name"] == "Ada Lovelace"
    assert "All of its stars are simulated." in root["description"]


def test_no_path_of_the_machine_and_no_log_is_in_it(finished, archive):
    home = str(finished[0].parent.parent).encode()
    held = _held(archive)
    assert not [name for name, content in held.items() if home in content]
    assert json.loads(held["data/simulated/raw/asas.json"])["files"][0]["url"] == "data/simulated/mirror/asas.gz"
    assert not [name for name in held if "/logs/" in name or Path(name).is_absolute() or ".." in name]


def test_a_folder_that_was_moved_keeps_no_path_of_where_it_was_made():
    text = '{"url": "file:///home/ada/first/data/smoke/mirror/asas.gz", "other": "https://a.org/x/data/y"}'
    told = '{"url": "data/smoke/mirror/asas.gz", "other": "https://a.org/x/data/y"}'
    assert _relative(text, Path("/elsewhere")) == told


def test_the_same_results_give_the_same_bytes(finished, archive, tmp_path):
    package(finished[0], tmp_path / "again.zip", data=finished[1], licence="CC-BY-4.0", authors=["Ada Lovelace"])
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


def test_without_a_licence_or_a_name_the_crate_says_so(finished, tmp_path):
    package(finished[0], tmp_path / "bare.zip", data=finished[1])
    graph = {e["@id"]: e for e in json.loads(_held(tmp_path / "bare.zip")["ro-crate-metadata.json"])["@graph"]}
    assert graph["#licence"]["name"] == "No licence chosen"
    assert graph["#run"]["agent"] == {"@id": "#agent"}


def test_what_cannot_be_packaged_is_a_sentence(finished, tmp_path):
    with pytest.raises(LctransferError, match=r"ends in \.zip"):
        package(finished[0], tmp_path / "demo.tar")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(LctransferError, match=r"not finished: it has no report\.html, metrics\.parquet"):
        package(tmp_path, tmp_path / "demo.zip")


def test_the_checklist_has_all_items_and_asks_where_the_run_has_no_answer(finished):
    items = [item for module in MODULES.values() for item in module]
    assert len(MODULES) == 8
    assert len({item.number for item in items}) == len(items) == 32
    lines = {line.split(" | ")[0].lstrip("| "): line for line in checklist(read(*finished)).splitlines()}
    assert ASK in lines["1b"]
    assert "3 seeds; 50% of each class are test stars" in lines["5c"]
    assert "ASAS: 117 stars in 6 classes" in lines["3e"]
    assert f"commit {'0' * 40}" in lines["2b"]


@pytest.mark.skipif("CRATE_PYTHON" not in os.environ, reason="needs CRATE_PYTHON, a Python with tests/validators.txt")
def test_the_crate_passes_the_validator_of_its_profile(archive, tmp_path):
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path)
    script = Path(__file__).parents[3] / "tools" / "validate_crate.py"
    done = subprocess.run([os.environ["CRATE_PYTHON"], script, tmp_path], capture_output=True, text=True, check=False)
    assert done.stdout.endswith("passed\n"), done.stdout + done.stderr[-2000:]
