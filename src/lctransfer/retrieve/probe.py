"""A look at every address before gigabytes are fetched: one ranged request each, the reader run on what it brings."""

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from lctransfer.config import Archive
from lctransfer.errors import LctransferError
from lctransfer.progress import track
from lctransfer.retrieve import heads
from lctransfer.retrieve.answers import new_client, patience
from lctransfer.retrieve.findings import Finding, advised
from lctransfer.retrieve.hosts import Hosts, follows, is_certificate
from lctransfer.retrieve.lock import Lock
from lctransfer.retrieve.mirrors import addresses, local, mirrored
from lctransfer.surveys import corrected, remote_files, star_files
from lctransfer.surveys.base import RemoteFile
from lctransfer.surveys.overrides import Overrides, apply

HEAD_BYTES = 2**16
PAUSE_S = 0.1
"""Between two requests, one connection at a time."""
FACTOR = 2.0
"""A size that a document mentions is off if it is wrong by more than this."""


def probe(
    survey: str,
    settings: Archive,
    collections: list[str],
    overrides: Mapping[str, Any] | None = None,
    lock: Path | None = None,
) -> list[Finding]:
    """Look at every file of a survey, and at one of those that are asked for star by star.

    Parameters
    ----------
    survey : str
        A survey, or ``upsilont``.
    settings : Archive
        Mirrors and patience.
    collections : list of str
        Parts wanted; all if empty.
    overrides : dict, optional
        A user's corrections.
    lock : Path, optional
        The lock file of an earlier download, whose sizes are compared.

    Returns
    -------
    list of Finding
        One per file.
    """
    known = {name: record["bytes"] for name, record in Lock(lock).records.items()} if lock and lock.is_file() else {}
    given = corrected(survey, overrides)
    files = apply(remote_files(survey, collections, "live"), given)
    with new_client(settings.timeout_s, settings.contact) as client, tempfile.TemporaryDirectory() as folder:
        look = _Look(client, settings, Path(folder), known, given)
        findings = [look.at(file) for file in track(files, desc=f"probe {survey}", unit="files")]
        try:
            stars = star_files(survey, Path(folder), collections, overrides)
        except LctransferError as error:
            said = str(error).replace(f"{folder}/", "")
            if all(one.fine and not (one.result == "needs hand" and said.startswith(one.path)) for one in findings):
                advice = "See `lctransfer retrieve --list`."
                findings.append(Finding(survey, "lightcurves", "lightcurves", "", "needs hand", said, advice))
        else:
            findings += [look.at(file.pieces[0] if file.pieces else file) for file in stars[:1]]
    return findings


@dataclass
class _Look:
    """Asks one address after another, with a pause."""

    client: httpx.Client
    settings: Archive
    folder: Path
    known: dict[str, int]
    given: Overrides
    hosts: Hosts = field(default_factory=Hosts)

    def at(self, file: RemoteFile) -> Finding:
        """Return what the addresses of a file answer: the first one that has something to say."""
        if file.first_post:
            return self._query(file, *file.first_post)
        found: list[Finding] = []
        for address in addresses(file, self.settings.mirror, hosts_first=True):
            finding = self._one(file, address)
            if finding.result == "alive":
                # Another spelling of the same address is no fault; anything else is reported although a mirror serves.
                wrong = [other for other in found if other.result != "gone"]
                return replace(wrong[0], said=f"{wrong[0].said} {address} serves it.") if wrong else finding
            found.append(finding)
        wrong = [other for other in found if other.result != "gone"]
        if wrong:
            return wrong[0]
        absent = Finding(file.survey, file.collection, file.path, found[0].address if found else "", "gone")
        if file.by_hand and not file.urls:
            return advised(replace(absent, result="needs hand"), file)
        if file.optional or file.instead_of:
            return replace(absent, result="not there", said="It may be missing.")
        return advised(replace(absent, said="No address has it."), file)

    def _query(self, file: RemoteFile, question: str, body: dict[str, Any]) -> Finding:
        """Return what a query answers that must be posted before the file is there."""
        (address, *_) = mirrored(file.mirror or self.settings.mirror, (question,))
        blank = Finding(file.survey, file.collection, file.path, address, "alive")
        time.sleep(PAUSE_S)
        try:
            response = self.client.post(address, json=body)
            _refuse(response, file)
            if file.is_whole and not file.is_whole(response.content):
                raise _WrongError("changed format", "The answer to the query is not in the format of the file.")
        except (httpx.RequestError, httpx.InvalidURL) as error:
            wrong = self._failed(address, error, file)
            return advised(replace(blank, result=wrong.result, said=str(wrong)), file)
        except _WrongError as error:
            return advised(replace(blank, result=error.result, said=str(error)), file)
        return replace(blank, bytes=len(response.content), said="The query is answered; its block was not fetched.")

    def _one(self, file: RemoteFile, address: str) -> Finding:
        blank = Finding(file.survey, file.collection, file.path, address, "alive")
        try:
            head, total, new = self._local(file, address) if address.startswith("file:") else self._ask(file, address)
            finding = replace(
                blank, bytes=total, expected_bytes=file.size or self.known.get(file.path) or file.about_bytes
            )
            self._examine(file, head, total)
            if new:
                raise _WrongError("moved", f"It lies at {new} now.")
            self._compare(file, finding)
        except _WrongError as error:
            return advised(replace(blank, result=error.result, said=str(error)), file, error.address)
        return finding

    def _ask(self, file: RemoteFile, address: str) -> tuple[bytes, int | None, str]:
        """Return the first bytes, the size of the whole file, and its new address if it has moved for good."""
        if silent := self.hosts.silent(address):
            raise _WrongError("unreachable", f"The request was not made: {silent}.")
        time.sleep(PAUSE_S)
        first, last = file.span or (0, HEAD_BYTES)
        wanted = {"Range": f"bytes={first}-{last - 1 if last >= 0 else ''}"}
        try:
            limit = patience(self.settings.timeout_s, file)
            with self.client.stream("GET", address, headers=wanted, timeout=limit) as response:
                self.hosts.answer(address)
                _refuse(response, file)
                head, all_came = b"", response.status_code == 200
                for chunk in response.iter_raw():
                    head += chunk
                    if len(head) >= HEAD_BYTES:
                        all_came = False
                        break
                moved = [one for one in response.history if one.status_code in (301, 308)]
                size = _total(response)
                return head, len(head) if size is None and all_came else size, str(response.url) if moved else ""
        except (httpx.RequestError, httpx.InvalidURL) as error:
            raise self._failed(address, error, file) from None

    def _failed(self, address: str, error: httpx.RequestError | httpx.InvalidURL, file: RemoteFile) -> "_WrongError":
        """Return what an error of the client means, and take note of a host that does not answer."""
        if isinstance(error, httpx.TooManyRedirects):
            return _WrongError("redirect loop", "The server redirects in a circle.")
        if is_certificate(error):
            return _WrongError("bad certificate", f"{error}.")
        why = follows(error, patience(self.settings.timeout_s, file).read or 0.0)
        if isinstance(error, httpx.TransportError):
            self.hosts.fail(address, why)
        return _WrongError("unreachable", f"The request failed: {why}.")

    def _local(self, file: RemoteFile, address: str) -> tuple[bytes, int | None, str]:
        path = local(address)
        if not path.is_file():
            raise _WrongError("gone", "There is no such file.")
        with open(path, "rb") as stream:
            first, last = file.span or (0, HEAD_BYTES)
            stream.seek(first)
            return stream.read(last - first if last >= 0 else -1), path.stat().st_size, ""

    def _examine(self, file: RemoteFile, head: bytes, total: int | None) -> None:
        """Run the reader on the head, and keep it for those that need it."""
        if not head and not heads.may_be_empty(file):
            raise _WrongError("damaged", "The file is empty.")
        if head.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
            raise _WrongError("wrong type", "The content is a web page.")
        whole = file.span is not None or (total is not None and len(head) >= total)
        try:
            text = heads.unpacked(head, whole)
        except LctransferError as error:
            raise _WrongError("damaged", str(error)) from None
        if not file.path.endswith((".tar.gz", ".zip")):
            text = heads.cut(text, whole)
        try:
            heads.check(file, text, self.folder, self.given)
        except LctransferError as error:
            words = "unknown class words" in str(error)
            raise _WrongError("unknown words" if words else "changed format", str(error)) from None
        target = self.folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        # Of an archive of light curves it is enough that it is there.
        target.write_bytes(b"" if file.path.endswith((".tar.gz", ".zip")) else text)

    def _compare(self, file: RemoteFile, finding: Finding) -> None:
        """Refuse a size that is not the known one, or far from what a document mentions."""
        exact = file.size or self.known.get(file.path)
        if finding.bytes is None or file.span is not None:
            return
        if exact and finding.bytes != exact:
            raise _WrongError("size changed", f"It has {finding.bytes:,} bytes, expected {exact:,}.")
        # A mirror may hold a smaller archive.
        about = None if self.settings.mirror or exact else file.about_bytes
        if about and not about / FACTOR < finding.bytes < about * FACTOR:
            raise _WrongError("size changed", f"It has {finding.bytes:,} bytes, a document says {about:,}.")


class _WrongError(Exception):
    def __init__(self, result: str, said: str):
        super().__init__(said)
        self.result = result
        self.address = said.removeprefix("It lies at ").removesuffix(" now.") if result == "moved" else ""


def _refuse(response: httpx.Response, file: RemoteFile) -> None:
    """Raise if the status or the type of an answer shows that it is not the file."""
    status = response.status_code
    if status in (404, 410):
        raise _WrongError("gone", f"The server answered {status}.")
    if status in (401, 403, 407, 451):
        raise _WrongError("refused", f"The server answered {status}.")
    if status not in (200, 206):
        raise _WrongError("unreachable", f"The server answered {status}.")
    if response.headers.get("Content-Type", "").startswith("text/html"):
        raise _WrongError("wrong type", "The server answered with a web page.")
    if file.span is not None and status != 206:
        raise _WrongError("no ranges", "The server sends only the whole file, not a part of it.")


def _total(response: httpx.Response) -> int | None:
    """Return the size of the whole file, if the server says it."""
    if response.status_code == 206:
        size = response.headers.get("Content-Range", "").rpartition("/")[2]
    else:
        size = response.headers.get("Content-Length", "")
    return int(size) if size.isdigit() else None
