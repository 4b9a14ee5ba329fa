"""What a user without a network, behind a proxy, or with a mistyped address is told, and how soon."""

import json
import socket
import threading

import pytest
from retrieve_server import serving

from lctransfer.cli.main import main
from lctransfer.config import Archive, from_json
from lctransfer.errors import LctransferError
from lctransfer.retrieve import answers, probe, retrieve
from lctransfer.retrieve.hosts import MOST_SILENT
from lctransfer.retrieve.part import Part
from lctransfer.surveys import overrides

TWO = ["ogle4/lmc/cep", "ogle4/lmc/rrlyr"]


@pytest.fixture
def closed():
    """An address at which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def mute():
    """A server that takes connections and never says a word; yields its address and the connections."""
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take():
            try:
                while True:
                    held.append(server.accept()[0])
            except OSError:
                pass

        threading.Thread(target=take, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", held
        server.shutdown(socket.SHUT_RDWR)
    for one in held:
        one.close()


def live(mirror, **more):
    return Archive(name="live", kind="live", mirror=mirror, **{"attempts": 1, "timeout_s": 1.0, **more})


def fetch(folder, survey, settings, collections=(), corrections=None):
    retrieve(survey, settings, list(collections), folder / survey, folder / f"{survey}.json", corrections)


def test_no_network_is_said_with_what_to_do(closed, tmp_path):
    with pytest.raises(LctransferError) as raised:
        fetch(tmp_path, "asas", live(closed))
    assert "cannot be reached ([Errno 111] Connection refused) (1 try)" in str(raised.value)
    assert "its host does not answer" in str(raised.value)
    assert "check the network, or name a folder or server that holds the files (archive.mirror)" in str(raised.value)


def test_a_host_that_never_answers_is_not_asked_for_every_file(mute, tmp_path, caplog):
    address, held = mute
    settings = live(address, connections_per_host=1)
    with pytest.raises(LctransferError, match="nothing came for 1 s"):
        fetch(tmp_path, "ogle", settings, TWO)  # 15 files at 6 addresses each
    assert len(held) == MOST_SILENT
    assert [record.getMessage() for record in caplog.records] == [
        f"{address[7:]} does not answer: nothing came for 1 s."
    ]


def test_a_host_that_never_answers_is_not_probed_for_every_file(mute, monkeypatch):
    address, held = mute
    monkeypatch.setattr(probe, "PAUSE_S", 0.0)
    findings = probe.probe("ogle", live(address), TWO)
    assert len(held) == MOST_SILENT
    assert {one.result for one in findings} == {"unreachable"}
    assert "archive.mirror" in findings[0].advice


def test_the_table_says_it_once_for_a_host(closed, capsys):
    assert main(["retrieve", "--probe", "asas", f"archive.mirror={closed}"]) == 0
    said = capsys.readouterr().out
    assert "3 of them with something to do" in said
    assert said.count("Check the network") == 1


def test_one_bad_answer_does_not_silence_a_host(tmp_path):
    with serving() as host:
        host.files = {f"/file{n}": b"x" for n in range(4)}
        hosts = probe.Hosts()
        hosts.answer(f"{host.address}/file0")
        for n in range(MOST_SILENT + 1):
            hosts.fail(f"{host.address}/file{n}")
        assert not hosts.silent(f"{host.address}/file1")


@pytest.mark.parametrize(
    ("name", "value"),
    [("ALL_PROXY", "ftp://127.0.0.1:1"), ("HTTP_PROXY", "ftp://me:word@x"), ("SSL_CERT_FILE", "/nowhere/at/all")],
)
def test_an_environment_that_cannot_be_used_is_a_sentence(name, value, tmp_path, monkeypatch):
    monkeypatch.setenv(name, value)
    with pytest.raises(LctransferError, match="check the variables HTTP_PROXY") as raised:
        fetch(tmp_path, "asas", live("http://127.0.0.1:1"))
    assert "word" not in str(raised.value)


def test_a_proxy_that_does_not_answer_is_named_without_its_password(closed, tmp_path, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", closed.replace("://", "://me:word@"))
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(LctransferError, match=r"by the proxy .*127\.0\.0\.1:\d+ that the environment names") as raised:
        fetch(tmp_path, "asas", live("http://archive.invalid"))
    assert "word" not in str(raised.value)


@pytest.mark.parametrize("survey", ["asas", "eros2", "richards2012", "upsilont"])
def test_collections_of_a_survey_without_any_are_refused(survey, tmp_path):
    with pytest.raises(LctransferError, match=f"{survey} has no collections to choose from, but got nope"):
        fetch(tmp_path, survey, live("http://127.0.0.1:1"), ["nope"])


def test_half_an_address_is_refused(tmp_path):
    with pytest.raises(LctransferError, match=r"The mirror http://\[half is no address"):
        fetch(tmp_path, "asas", live("http://[half"))
    with pytest.raises(LctransferError, match="must start with http://"):
        overrides.parse({"acvs": {"url": "http://[half"}}, {"acvs": ()}, "surveys.asas.overrides")


NEW = "/asas/data/ACVS.1.1.gz"
CATALOGUE = "/new/catalogue"


@pytest.fixture
def other():
    with serving() as host:
        host.files = {CATALOGUE: b"101010-1010.1 1.5 1900.0 9.0 0.5 ED " + b"- " * 15 + b"\n"}
        yield host


def moved(host, to):
    host.files = {NEW: b""}
    host.faults[NEW] = [f"redirect to {to}"] * 9


def test_a_redirect_to_another_host_is_followed_and_resumed(other, tmp_path):
    with serving() as host:
        moved(host, other.address + CATALOGUE)
        other.faults[CATALOGUE] = ["break"]
        with pytest.raises(LctransferError, match="nothing is where it should be"):  # no light curve is served
            fetch(tmp_path, "asas", live(host.address, attempts=2))
    assert (tmp_path / f"asas{NEW}").read_bytes() == other.files[CATALOGUE]
    assert other.ranges[1] == f"bytes={len(other.files[CATALOGUE]) // 2}-"


def test_a_redirect_to_another_protocol_is_told_at_once(tmp_path):
    with serving() as host:
        moved(host, "ftp://archive.invalid/ACVS.1.1.gz")
        with pytest.raises(LctransferError, match="leads to what is no address of http or https"):
            fetch(tmp_path, "asas", live(host.address, attempts=20))
        assert host.requests[NEW] == 1


def test_a_full_disk_is_told_and_the_next_call_goes_on(other, tmp_path, monkeypatch, capsys):
    def full(part, chunk):
        raise OSError(28, "No space left on device")

    settings = f'{{"kind": "live", "name": "live", "attempts": 1, "mirror": "{other.address}"}}'
    command = ["retrieve", "asas", "--directory", str(tmp_path / "asas"), "--settings", settings]
    other.files = {NEW: other.files[CATALOGUE]}
    with monkeypatch.context() as patched:
        patched.setattr(Part, "write", full)
        assert main(command) == 2
    told = capsys.readouterr().err
    assert f"{tmp_path}/asas{NEW}. Make room there" in told
    main(command)
    assert (tmp_path / f"asas{NEW}").is_file()


def test_the_projects_address_stands_in_every_request_once_its_package_has_one(monkeypatch):
    class Metadata:
        def get_all(self, name):
            return ["Homepage, https://example.org/lctransfer"]

    monkeypatch.setattr(answers, "metadata", lambda name: Metadata())
    assert answers.new_client(1.0).headers["User-Agent"].endswith("(+https://example.org/lctransfer)")
    both = answers.new_client(1.0, "me@example.org").headers["User-Agent"]
    assert both.endswith("(+https://example.org/lctransfer; contact: me@example.org)")


def test_archives_see_whom_to_write_to(tmp_path, capsys):
    with serving() as host:
        settings = json.dumps({"kind": "live", "name": "live", "mirror": host.address, "contact": "me@example.org"})
        main(["retrieve", "asas", "--directory", str(tmp_path / "asas"), "--settings", settings])
        main(["retrieve", "--probe", "asas", "--settings", settings])
        assert host.agents == {answers.user_agent("me@example.org")}
    assert f"asked as: {answers.user_agent('me@example.org')}" in capsys.readouterr().err


@pytest.mark.parametrize("contact", ["me@example.org\r\nX: y", "two words", "ö@example.org"])
def test_a_contact_that_no_header_can_hold_is_refused(contact):
    with pytest.raises(LctransferError, match=r"archive\.contact is .*, but must be an address without blanks"):
        from_json(Archive, json.dumps({"contact": contact}))


def test_weights_put_by_hand_are_taken_without_a_network_if_they_are_the_right_ones(closed, tmp_path):
    with pytest.raises(LctransferError, match=r"put it at data/live/raw/upsilont/state_dict\.pt"):
        fetch(tmp_path, "upsilont", live(closed))
    (tmp_path / "upsilont/state_dict.pt").write_bytes(b"another file")
    with pytest.raises(LctransferError, match="put there by hand, is another file: bytes is 12, expected 203864"):
        fetch(tmp_path, "upsilont", live(closed))
