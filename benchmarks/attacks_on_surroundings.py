"""Attacks on stores, servers, secrets and the code itself; see `attacks.py`."""

import json
import re
import subprocess
from pathlib import Path

from attacking import ROOT, attack, refusal

PASSWORD = "s3cret-canary"


@attack("an MLflow store whose artifacts point outside: is a file there removed?")
def artifacts_outside(folder: Path) -> str:
    """Let a store from elsewhere say where its files lie; removal must not believe it."""
    from lctransfer.tracking import artifacts

    victim = folder / "victim" / "artifacts"
    victim.mkdir(parents=True)
    (victim / "precious").touch()
    (folder / "store" / artifacts.FOLDER).mkdir(parents=True)
    (folder / "store" / artifacts.FOLDER / "link").symlink_to(victim.parent)
    places = [victim.as_uri(), f"{(folder / 'store' / artifacts.FOLDER).as_uri()}/../../victim/artifacts"]
    places.append((folder / "store" / artifacts.FOLDER / "link" / "artifacts").as_uri())
    for place in places:
        artifacts.remove(folder / "store" / "m.db", place)
        assert (victim / "precious").exists(), place
    return "3 addresses, nothing touched"


@attack("a password in the address of a server, a store or a mirror: messages, results, configuration")
def secrets(folder: Path) -> str:
    """Look for it in what is shown and kept."""
    from lctransfer.cli.compose import compose
    from lctransfer.errors import LctransferError

    sentence = refusal("ui", "--no-browser", "--uri", f"http://me:{PASSWORD}@127.0.0.1:9")
    for override in (f"tracking.uri=http://me:{PASSWORD}@h", f"archive.mirror=https://me:{PASSWORD}@h/"):
        try:
            compose(["experiment=smoke", override])
        except LctransferError as error:
            sentence += str(error)
            continue
        raise AssertionError(f"{override.partition('=')[0]} was taken")
    assert PASSWORD not in sentence
    return "hidden in messages, refused in the configuration"


@attack("TLS: a server with a certificate of its own making")
def tls(folder: Path) -> str:
    """Retrieve from it, which must be refused."""
    import ssl
    import threading
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    key, certificate = folder / "key.pem", folder / "cert.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = {"kind": "simulated", "name": "x", "mirror": f"https://127.0.0.1:{server.server_port}/", "attempts": 1}
    words = ("retrieve", "hipparcos", "--settings", json.dumps(settings), "--directory", folder / "raw")
    try:
        sentence = refusal(*words, "-o", folder / "raw.json")
    finally:
        server.shutdown()
    assert "certificate" in sentence.lower(), sentence
    return sentence[-110:]


@attack("code: servers that listen beyond loopback, unverified TLS, unpickling, shells")
def code(folder: Path) -> str:
    """Words that must not stand in the package."""
    words = (
        r"0\.0\.0\.0|verify=False|CERT_NONE|shell=True|os\.system|pickle\.load|joblib\.load"
        r"|allow_pickle=True|yaml\.load\("
        r"|weights_only=False|\beval\(|\bexec\(|extractall"
    )
    found = [
        f"{path.name}: {line.strip()[:60]}"
        for path in sorted((ROOT / "src").rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(words, line) and "SafeLoader" not in line and not re.search(r"\.eval\(|yaml\.load\(.*_Words", line)
    ]
    assert not found, "; ".join(found)
    return "none of 12 words"
