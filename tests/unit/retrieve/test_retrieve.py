import hashlib
import re

import numpy as np
import pytest
from retrieve_server import serving

from lctransfer import retrieve as package
from lctransfer.config import Archive
from lctransfer.errors import LctransferError
from lctransfer.files import read_json
from lctransfer.retrieve import batch, plan, retrieve
from lctransfer.surveys.base import RemoteFile, Sure

CONTENT = np.random.default_rng(0).bytes(600_000)


@pytest.fixture
def host():
    with serving() as running:
        running.files["/big.tar.gz"] = CONTENT
        yield running


@pytest.fixture
def files(monkeypatch):
    """Let the table of files hold what a test puts here."""
    table = []
    monkeypatch.setattr(package, "remote_files", lambda survey, collections, kind: table)
    monkeypatch.setattr(package, "star_files", lambda survey, directory, collections, corrections: [])
    return table


def remote(host, path="big.tar.gz", **changes):
    known = {
        "survey": "ogle",
        "dataset": "a set",
        "path": path,
        "urls": (f"{host.address}/{path}",),
        "licence": "public",
        "reference": "a paper",
        "sure": Sure.PROVEN,
    }
    return RemoteFile(**(known | changes))


def fetch(tmp_path, **settings):
    chosen = Archive(name="live", kind="live", **{"timeout_s": 1.0, "attempts": 3, **settings})
    retrieve("ogle", chosen, [], tmp_path / "raw", tmp_path / "raw.json")
    return read_json(tmp_path / "raw.json")["files"]


def landed(tmp_path, path="big.tar.gz"):
    return (tmp_path / "raw" / path).read_bytes()


def leftovers(tmp_path):
    return [path.name for path in tmp_path.rglob("*.part*")]


def test_what_lands_is_the_file_and_its_provenance(host, files, tmp_path):
    files.append(remote(host))
    (entry,) = fetch(tmp_path)
    assert landed(tmp_path) == CONTENT
    assert entry["sha256"] == hashlib.sha256(CONTENT).hexdigest()
    assert entry["url"] == f"{host.address}/big.tar.gz"
    assert (entry["bytes"], entry["etag"], entry["licence"]) == (len(CONTENT), '"one"', "public")
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize(
    "faults",
    [
        ["busy", "busy"],
        ["break"],
        ["stall"],
        ["break", "no range"],
        ["break", "new etag"],
        ["break", "busy", "break"],
        ["chunked, short"],
    ],
)
def test_faults_are_survived_bit_for_bit(host, files, tmp_path, faults):
    files.append(remote(host))
    host.faults["/big.tar.gz"] = list(faults)
    fetch(tmp_path, attempts=6)
    assert landed(tmp_path) == CONTENT
    assert leftovers(tmp_path) == []


def test_a_broken_download_goes_on_where_it_stopped(host, files, tmp_path):
    files.append(remote(host))
    host.faults["/big.tar.gz"] = ["break"]
    fetch(tmp_path)
    assert host.ranges == [None, f"bytes={len(CONTENT) // 2}-"]
    assert host.sent == len(CONTENT)


def test_a_new_etag_during_a_resume_starts_anew(host, files, tmp_path):
    files.append(remote(host))
    host.faults["/big.tar.gz"] = ["break", "new etag"]
    fetch(tmp_path)
    assert landed(tmp_path) == CONTENT
    assert host.sent == len(CONTENT) * 3 // 2


@pytest.mark.parametrize("fault", ["web page", "disguised web page"])
def test_a_web_page_is_no_file(host, files, tmp_path, fault):
    files.append(remote(host))
    host.faults["/big.tar.gz"] = [fault] * 9
    with pytest.raises(LctransferError, match="web page instead of the file"):
        fetch(tmp_path)
    assert not (tmp_path / "raw" / "big.tar.gz").exists()
    assert leftovers(tmp_path) == []
    assert not (tmp_path / "raw.json").exists()


def test_a_missing_file_names_every_address_tried(host, files, tmp_path):
    files.append(remote(host, "gone.dat", urls=(f"{host.address}/gone.dat", f"{host.address}/old/gone.dat")))
    with pytest.raises(LctransferError, match=r"/gone.dat: the server answered 404; .*/old/gone.dat"):
        fetch(tmp_path)
    assert host.requests["/gone.dat"] == 1


def test_an_optional_file_may_be_missing(host, files, tmp_path):
    files.extend([remote(host), remote(host, "gone.dat", optional=True)])
    assert [entry["path"] for entry in fetch(tmp_path)] == ["big.tar.gz"]


def test_the_second_address_serves_when_the_first_is_down(host, files, tmp_path):
    files.append(remote(host, urls=("http://127.0.0.1:9/big.tar.gz", f"{host.address}/big.tar.gz")))
    (entry,) = fetch(tmp_path, attempts=1)
    assert entry["url"].startswith(host.address)


def test_a_server_that_stays_busy_is_given_up(host, files, tmp_path):
    files.append(remote(host))
    host.faults["/big.tar.gz"] = ["busy"] * 20
    with pytest.raises(LctransferError, match=r"answered 503 \(2 tries\)"):
        fetch(tmp_path, attempts=2)
    assert host.requests["/big.tar.gz"] == 2


def test_wrong_bytes_are_refused(host, files, tmp_path):
    files.append(remote(host, sha256="0" * 64))
    with pytest.raises(LctransferError, match="sha256 is"):
        fetch(tmp_path)
    assert leftovers(tmp_path) == []


def test_a_change_upstream_is_an_error_until_accepted_by_name(host, files, tmp_path):
    files.append(remote(host))
    fetch(tmp_path)
    (tmp_path / "raw" / "big.tar.gz").unlink()
    host.files["/big.tar.gz"] = CONTENT[::-1]
    with pytest.raises(LctransferError, match=r"changed upstream since .*archive.accept_changes=\[big.tar.gz\]"):
        fetch(tmp_path)
    assert not (tmp_path / "raw" / "big.tar.gz").exists()
    fetch(tmp_path, accept_changes=["big.tar.gz"])
    assert landed(tmp_path) == CONTENT[::-1]


def test_what_is_there_is_not_fetched_again_but_a_damaged_file_is(host, files, tmp_path):
    files.append(remote(host))
    fetch(tmp_path)
    fetch(tmp_path)
    assert host.requests["/big.tar.gz"] == 1
    (tmp_path / "raw" / "big.tar.gz").write_bytes(CONTENT[:-1] + b"?")
    fetch(tmp_path)
    assert host.requests["/big.tar.gz"] == 2
    assert landed(tmp_path) == CONTENT


def test_no_more_connections_to_a_host_than_allowed(host, files, tmp_path):
    for number in range(12):
        host.files[f"/{number}.dat"] = b"x" * 100
        host.faults[f"/{number}.dat"] = ["slow"]
        files.append(remote(host, f"{number}.dat"))
    fetch(tmp_path, connections_per_host=4)
    assert 2 <= host.most_at_once <= 4


def test_a_file_by_hand_says_how_and_is_taken_once_there(host, files, tmp_path):
    files.append(remote(host, urls=(), by_hand="Click here, then there."))
    with pytest.raises(LctransferError, match=r"big.tar.gz has to be put there by hand, .* Click here, then there"):
        fetch(tmp_path)
    (tmp_path / "raw").mkdir(exist_ok=True)
    (tmp_path / "raw" / "big.tar.gz").write_bytes(CONTENT)
    (entry,) = fetch(tmp_path)
    assert (entry["url"], entry["bytes"]) == ("by hand", len(CONTENT))


def test_a_file_put_there_by_hand_serves_where_no_address_has_it(host, files, tmp_path):
    files.append(remote(host, "gone.dat", is_whole=lambda content: content.endswith(b"end"), by_hand="Type it in."))
    with pytest.raises(LctransferError, match=r"answered 404. Type it in\."):
        fetch(tmp_path)
    (tmp_path / "raw" / "gone.dat").write_bytes(b"the en")
    with pytest.raises(LctransferError, match=r"put there by hand, is not whole .* Type it in\."):
        fetch(tmp_path)
    (tmp_path / "raw" / "gone.dat").write_bytes(b"the end")
    (entry,) = fetch(tmp_path)
    assert (entry["url"], entry["bytes"]) == ("by hand", 7)


def test_a_copy_serves_only_where_the_original_cannot_be_had(host, files, tmp_path):
    host.files["/copy.tsv"] = b"copy"
    files.extend([remote(host), remote(host, "copy.tsv", instead_of="big.tar.gz", optional=True)])
    assert [entry["path"] for entry in fetch(tmp_path / "a")] == ["big.tar.gz"]
    host.faults["/big.tar.gz"] = ["web page"] * 9
    assert [entry["path"] for entry in fetch(tmp_path / "b")] == ["copy.tsv"]
    del host.files["/copy.tsv"]
    with pytest.raises(LctransferError, match=r"big\.tar\.gz cannot be had"):
        fetch(tmp_path / "c")


def test_a_queue_whose_address_has_moved_ends_early(queue, tmp_path, monkeypatch):
    monkeypatch.setattr(batch, "GIVE_UP", 1)
    for path in list(queue.files):
        if "stars" in path:
            del queue.files[path]
    with pytest.raises(LctransferError, match="its address may have changed"):
        fetch(tmp_path, connections_per_host=1)
    assert queue.requests.total() < 20


@pytest.fixture
def queue(host, monkeypatch):
    """Thirty small files, of which one is missing upstream and one comes in a stream that is cut."""
    monkeypatch.setattr(package, "remote_files", lambda survey, collections, kind: [])
    stars = [remote(host, f"stars/{i}.lc", is_whole=lambda content: content.endswith(b"end\n")) for i in range(30)]
    monkeypatch.setattr(package, "star_files", lambda survey, directory, collections, corrections: stars)
    for i in range(1, 30):
        host.files[f"/stars/{i}.lc"] = b"star %d\n" % i * 50 + b"end\n"
    host.faults["/stars/7.lc"] = ["chunked, cut"]
    host.faults["/stars/8.lc"] = ["chunked, short"]
    return host


def test_a_queue_skips_what_is_missing_and_takes_a_whole_file_from_a_cut_stream(queue, tmp_path):
    assert len(fetch(tmp_path)) == 29
    assert queue.requests["/stars/7.lc"] == 1  # whole, although its stream was cut
    assert queue.requests["/stars/8.lc"] == 2  # half of it, then all
    assert landed(tmp_path, "stars/8.lc") == queue.files["/stars/8.lc"]


def test_a_queue_goes_on_where_it_stopped(queue, tmp_path):
    queue.faults["/stars/20.lc"] = ["busy"] * 2
    said = r"28 of 30 light curves arrived, 1 are missing upstream, 1 failed"
    with pytest.raises(LctransferError, match=said):
        fetch(tmp_path / "strict", attempts=2, strict=True)
    queue.faults["/stars/20.lc"] = ["busy"] * 2
    assert len(fetch(tmp_path, attempts=2)) == 28
    told = read_json(tmp_path / "raw.json")
    assert (told["status"], told["queue"]) == ("parts left out", {"of": 30, "asked": 30, "arrived": 28})
    assert re.search(said, told["left_out"][0]["said"])
    assert "again" in told["left_out"][0]["advice"]
    before = queue.requests.total()
    assert len(fetch(tmp_path, attempts=2)) == 29
    assert queue.requests.total() - before == 2  # the failed one, and the missing one asked for again


def test_mirrors_stand_in_for_hosts(host, tmp_path, monkeypatch):
    folder = tmp_path / "flat folder"
    folder.mkdir()
    (folder / "a.dat").write_bytes(b"flat")
    host.files["/deep/b.dat"] = b"deep"
    table = [remote(host, "deep/a.dat"), remote(host, "deep/b.dat")]
    monkeypatch.setattr(package, "remote_files", lambda survey, collections, kind: table)
    fetch(tmp_path, mirror=f"{folder.as_uri()}, {host.address}")
    assert (landed(tmp_path, "deep/a.dat"), landed(tmp_path, "deep/b.dat")) == (b"flat", b"deep")


def test_a_mirror_that_is_no_folder_is_named(host, files, tmp_path):
    files.append(remote(host))
    with pytest.raises(LctransferError, match="mirror /nowhere/at/all is no folder"):
        fetch(tmp_path, mirror="/nowhere/at/all")


def test_the_plan_lists_terms_and_steps_without_any_request(host):
    rows = plan(["ogle", "asassn", "richards2012", "upsilont"], Archive(kind="live"))
    weights = rows[-1]
    assert (weights["bytes"], weights["how"]) == (203_864, "download")
    assert {row["sure"] for row in rows} == {"proven", "confirmed", "documented", "guess"}
    by_hand = [row for row in rows if row["how"] == "by hand"]
    assert by_hand
    assert all(row["by_hand"] and row["licence"] and row["reference"] for row in by_hand)
