"""The probe on the archive of archives: no false alarm where all is well, and every planted fault by its name."""

import gzip
import json
import re
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from archive_of_archives import ASAS, ASASSN, CDS, OGLE, VIZIER
from archive_server import serving
from fetched import live

from lctransfer.cli.main import main
from lctransfer.config import Archive
from lctransfer.errors import LctransferError
from lctransfer.retrieve import probe, retrieve
from lctransfer.simulate import simulate

COUNTS = {"ogle": 200, "eros2": 120, "asas": 40, "hipparcos": 40, "asassn": 40}
FEW = ["ogle4/lmc/cep", "ogle3/lmc/ecl", "ogle4/lmc/rrlyr", "ogle3/smc/ecl"]
RRLYR = f"{OGLE}/ogle4/OCVS/lmc/rrlyr"
HEP = f"{CDS}/ftp/cats/I/239/epophot/hep.gz"
CSV = f"{ASASSN}/variables.csv?action=index&controller=variables"


@pytest.fixture(scope="module")
def stars():
    return {survey: simulate(survey, count, 7).to_pylist() for survey, count in COUNTS.items()}


@pytest.fixture
def host(stars, monkeypatch):
    monkeypatch.setattr(probe, "PAUSE_S", 0.0)
    with serving(stars) as running:
        yield running


def look(host, survey, collections=(), overrides=None, lock=None):
    return probe.probe(survey, live(host), list(collections), overrides, lock)


def alarms(findings):
    return {finding.path: finding.result for finding in findings if not finding.fine}


@pytest.mark.parametrize("survey", COUNTS)
def test_no_false_alarm_on_the_healthy_archive(host, survey):
    findings = look(host, survey)
    assert alarms(findings) == {}
    assert sum(finding.result == "alive" for finding in findings) >= 2
    if survey in {"asas", "hipparcos", "asassn"}:  # one star of the queue, too
        assert findings[-1].path.startswith("lightcurves/")


def replaced(host, path, before, after):
    assert before in host.files[path]
    host.files[path] = host.files[path].replace(before, after)


def shifted(host):
    path = f"{CDS}/ftp/cats/I/239/hip_va_1.dat.gz"
    lines = gzip.decompress(host.files[path]).splitlines(keepends=True)
    host.files[path] = gzip.compress(b"".join(b" " + line for line in lines))


FAULTS = {
    "moved": ("asas", lambda host: host.faults.update({f"{ASAS}/asas/data/ACVS.1.1.gz": "moved"}), "ACVS.1.1.gz"),
    "wrong type": ("ogle", lambda host: host.faults.update({f"{RRLYR}/phot.tar.gz": "html"}), "rrlyr/phot.tar.gz"),
    "changed format": ("asassn", lambda host: replaced(host, CSV, b"variable_type", b"type"), "catalog_full.csv"),
    "changed format (shifted bytes)": ("hipparcos", shifted, "hip_va_1.dat.gz"),
    "gone": ("ogle", lambda host: host.faults.update({f"{RRLYR}/ident.dat": "gone"}), "rrlyr/ident.dat"),
    "no ranges": ("hipparcos", lambda host: host.faults.update({HEP: "no range"}), ".gz"),
    "refused": ("asas", lambda host: host.faults.update({f"{ASAS}/asas/data/ACVS.1.1.gz": "403"}), "ACVS.1.1.gz"),
    "redirect loop": ("asassn", lambda host: host.faults.update({CSV: "redirect loop"}), "catalog_full.csv"),
    "damaged": ("asas", lambda host: host.faults.update({f"{ASAS}/asas/data/ACVS.1.1.gz": "truncated"}), "ACVS.1.1.gz"),
    "damaged (an empty table)": (
        "ogle",
        lambda host: host.files.update({f"{RRLYR}/RRab.dat": b""}),
        "rrlyr/RRab.dat",
    ),
    "changed format (a table without a star)": (
        "ogle",
        lambda host: host.files.update({f"{RRLYR}/RRab.dat": b"\n\n"}),
        "rrlyr/RRab.dat",
    ),
    "unknown words": (
        "ogle",
        lambda host: replaced(host, f"{RRLYR}/ident.dat", b"RRab ", b"RRxx "),
        "rrlyr/ident.dat",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_planted_fault_is_found_by_its_name(host, fault):
    survey, plant, path = FAULTS[fault]
    if fault == "moved":
        host.files[f"new/{ASAS}/asas/data/ACVS.1.1.gz"] = host.files[f"{ASAS}/asas/data/ACVS.1.1.gz"]
    plant(host)
    findings = look(host, survey, FEW if survey == "ogle" else [])
    (alarm,) = [finding for finding in findings if not finding.fine]
    assert (alarm.result, alarm.path.endswith(path)) == (fault.partition(" (")[0], True)
    assert alarm.said
    assert alarm.advice
    if fault == "moved":
        assert f'surveys.asas.overrides={{acvs:{{url:"{host.address}/new/{ASAS}/asas/data/"}}}}' in alarm.advice


def test_a_size_that_has_changed_since_the_first_download_is_found(host, tmp_path):
    retrieve("ogle", live(host), FEW[:1], tmp_path / "ogle", tmp_path / "ogle.json")
    lock = tmp_path / "ogle.lock.jsonl"
    assert alarms(look(host, "ogle", FEW[:1], lock=lock)) == {}
    replaced(host, f"{OGLE}/ogle4/OCVS/lmc/cep/cepF.dat", b"\n", b" \n")
    (alarm,) = [one for one in look(host, "ogle", FEW[:1], lock=lock) if not one.fine]
    assert (alarm.result, alarm.path.endswith("cepF.dat")) == ("size changed", True)
    assert "archive.accept_changes" in alarm.advice


@pytest.fixture(scope="module")
def impostor(tmp_path_factory):
    """A server with a certificate that nobody has signed."""
    folder = tmp_path_factory.mktemp("certificate")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2"]
    try:
        subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl makes the certificate")
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.handle_error = lambda request, address: None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}/ACVS.1.1.gz"
    server.shutdown()
    server.server_close()


def test_a_bad_certificate_is_found(host, impostor):
    found = alarms(look(host, "asas", overrides={"acvs": {"url": impostor}}))
    assert found == {"asas/data/ACVS.1.1.gz": "bad certificate"}


def test_a_bad_certificate_is_told_by_a_download_at_once(host, impostor, tmp_path):
    corrected = {"acvs": {"url": impostor}}
    patient = Archive(name="live", kind="live", mirror=host.address, timeout_s=5.0, attempts=20)
    with pytest.raises(LctransferError, match=r"certificate cannot be trusted .*: check your clock and your proxy"):
        retrieve("asas", patient, [], tmp_path / "asas", tmp_path / "asas.json", corrected)


def test_a_corrected_address_is_probed_and_no_mirror_stands_in_for_it(host):
    host.files["elsewhere/catalogue"] = host.files.pop(f"{ASAS}/asas/data/ACVS.1.1.gz")
    assert alarms(look(host, "asas")) == {"asas/data/ACVS.1.1.gz": "gone"}
    corrected = {"acvs": {"url": f"{host.address}/elsewhere/catalogue"}}
    assert alarms(look(host, "asas", overrides=corrected)) == {}


RENAMED = {
    "asassn": (CSV, b"variable_type", b"type_now", {"catalogue": {"columns": {"variable_type": "type_now"}}}),
    "ogle": (f"{RRLYR}/ident.dat", b"RRab ", b"RRxx ", {"ogle4/lmc/rrlyr": {"words": {"RRxx": "RRL_ab"}}}),
}


@pytest.mark.parametrize("survey", RENAMED)
def test_what_a_user_has_corrected_is_no_alarm(host, survey):
    path, before, after, correction = RENAMED[survey]
    replaced(host, path, before, after)
    assert len(alarms(look(host, survey, FEW if survey == "ogle" else []))) == 1
    assert alarms(look(host, survey, FEW if survey == "ogle" else [], correction)) == {}


def test_a_catalogue_without_the_keys_of_its_light_curves_is_no_silent_zero(host):
    replaced(host, CSV, b"id,source_id", b"uuid,source_id")
    findings = look(host, "asassn")
    assert "has no column id" in findings[-1].said


def test_sky_patrol_is_asked_by_post(host):
    findings = look(host, "asassn", ["skypatrol"])
    assert alarms(findings) == {}
    assert findings[-1].address.endswith("lookup_targets/catalog_list")
    assert findings[-1].said.startswith("The query is answered")
    host.queries.clear()


@pytest.mark.parametrize("survey", ["gaia", "ztf"])
def test_services_of_queries_are_probed(host, survey):
    assert alarms(look(host, survey)) == {}
    whole = host.content
    host.content = lambda path: whole(path) and whole(path).replace(b"RAJ2000", b"RA_ICRS").replace(b",ra,", b",alpha,")
    assert set(alarms(look(host, survey)).values()) == {"changed format"}


def test_light_curves_that_are_there_need_no_hand(host):
    findings = look(host, "eros2")
    assert [one.path for one in findings if one.result == "needs hand"] == ["eros2_classes.cat"]


def test_eros2_needs_a_hand_and_vizier_is_asked_for_the_start_only(host):
    del host.files["eros2/eros2_stars.cat"], host.files["eros2/eros2_lightcurves.tar.gz"]
    findings = look(host, "eros2")
    assert alarms(findings) == {}
    assert "needs hand" in {finding.result for finding in findings}
    assert any(path.startswith(f"{VIZIER}/viz-bin/asu-tsv") for path, _ in host.asked)


def test_the_verb_prints_a_table_and_writes_json(host, tmp_path, capsys):
    host.faults[f"{ASAS}/asas/data/ACVS.1.1.gz"] = "403"
    settings = json.dumps({"kind": "live", "name": "live", "mirror": host.address, "timeout_s": 5})
    assert main(["retrieve", "--probe", "asas", "--settings", settings, "-o", str(tmp_path / "probe.json")]) == 0
    said = capsys.readouterr().out
    assert re.search(r"asas/data/ACVS\.1\.1\.gz +refused", said)
    assert "1 of them with something to do" in said
    (entry, *_) = json.loads((tmp_path / "probe.json").read_text())
    assert (entry["result"], entry["said"]) == ("refused", "The server answered 403.")
    assert entry["verdict"] == entry["result"]  # the former name


def test_the_verb_takes_overrides_of_the_configuration_beside_the_names(host, capsys):
    host.files["elsewhere/ACVS.1.1.gz"] = host.files.pop(f"{ASAS}/asas/data/ACVS.1.1.gz")
    given = [f"archive.mirror={host.address}", "archive.timeout_s=5"]
    assert main(["retrieve", "--probe", "asas", *given]) == 0
    assert re.search(r"ACVS\.1\.1\.gz +gone", capsys.readouterr().out)
    # As the advice says, with the new address.
    corrected = f'surveys.asas.overrides={{acvs:{{url:"{host.address}/elsewhere/"}}}}'
    assert main(["retrieve", "--probe", "asas", *given, corrected]) == 0
    assert "0 of them with something to do" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["asas", "archive.miror=x"], "There is no configuration key archive.miror"),
        (["asas", "archive.mirror=x", "--settings", "{}"], "Give --settings, or overrides such as archive.mirror=x"),
        (["asass"], "There is no reader for survey 'asass'"),
        (["ogle", "--collections", '["ogle4/lmc/xyz"]'], "OGLE has no collection ogle4/lmc/xyz"),
    ],
)
def test_a_mistyped_name_is_said_before_anything_is_asked(words, said, capsys):
    assert main(["retrieve", "--probe", *words]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "asking" not in told
