"""One file over a network that fails: resumed where it stopped, tried again, verified, and only then given its name."""

import threading
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx
from tenacity import (
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_any,
    stop_when_event_set,
)
from tqdm import tqdm

from lctransfer import files
from lctransfer.config import Archive
from lctransfer.errors import LctransferError
from lctransfer.retrieve.answers import (
    ElsewhereError,
    MissingError,
    TryAgainError,
    check_status,
    headers,
    new_client,
    patience,
    wait,
)
from lctransfer.retrieve.hosts import NO_NETWORK, Hosts, UnreachedError, follows
from lctransfer.retrieve.local_copy import copy, unpack
from lctransfer.retrieve.lock import Lock, Record
from lctransfer.retrieve.mirrors import addresses, local, mirrored
from lctransfer.retrieve.part import Part
from lctransfer.retrieve.slots import host_slot
from lctransfer.secret import hide
from lctransfer.surveys.base import RemoteFile


class Downloader:
    """Fetches files; a context manager, safe to use from several threads.

    Parameters
    ----------
    settings : Archive
        Mirrors, patience, accepted changes.
    lock : Lock
        What the files were before.
    """

    def __init__(self, settings: Archive, lock: Lock):
        self.settings, self.lock = settings, lock
        self.stopped = threading.Event()
        self.client = new_client(settings.timeout_s, settings.contact)
        self.hosts = Hosts()
        self._answers: dict[str, bytes] = {}
        self._guard = threading.Lock()
        self._hosts_first = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stopped.set()
        self.client.close()

    def fetch(self, file: RemoteFile, directory: Path, bar: tqdm | None = None) -> Record:
        """Return the record of a file that lies under `directory`, fetched if need be.

        Raises
        ------
        MissingError
            If no address has it.
        LctransferError
            If it cannot be had whole, or is not what it was.
        """
        target = directory / file.path
        known = self._already(file, target)
        if known:
            return known
        places = addresses(file, self.settings.mirror, self._urls(file), hosts_first=self._hosts_first)
        if not places:
            return self._adopt(file, target)
        target.parent.mkdir(parents=True, exist_ok=True)
        reasons, absent, reached = [], True, False
        for address in places:
            try:
                record = self._fetch_from(address, file, target, bar)
                self._hosts_first = address in mirrored(file.mirror or self.settings.mirror, self._urls(file))
                return record
            except ElsewhereError as error:
                reasons.append(f"{address}: {error}")
                absent = absent and error.absent
                reached = reached or not isinstance(error.__cause__, UnreachedError)
        if target.is_file() and self.lock.get(file.path) is None:
            return self._adopt(file, target)  # no address has it, but somebody has put it there
        kind = MissingError if absent else LctransferError
        advice = file.by_hand if reached else f"{NO_NETWORK} {file.by_hand}"
        raise kind(f"{file.path} cannot be had. {'; '.join(reasons)}. {advice}".strip())

    def _urls(self, file: RemoteFile) -> tuple[str, ...]:
        """Return the addresses of a file: those that its servers name now, else those that are known."""
        if file.servers is None:
            return file.urls
        address, of_answer = file.servers
        with self._guard:
            if address not in self._answers:
                self._answers[address] = self._ask(mirrored(file.mirror or self.settings.mirror, (address,)))
        return of_answer(self._answers[address]) or file.urls

    def _ask(self, places: list[str]) -> bytes:
        """Return the first answer to a question that may remain without one."""
        for place in places:
            try:
                response = self.client.get(place)
            except httpx.HTTPError:
                continue
            if response.status_code == 200:
                return response.content
        return b""

    def _adopt(self, file: RemoteFile, target: Path) -> Record:
        """Take a file that was put in its place by hand."""
        if not target.is_file():
            raise MissingError(f"{target} has to be put there by hand, or on a mirror. {file.by_hand}")
        if file.is_whole and not file.is_whole(target.read_bytes()):
            raise LctransferError(f"{target}, put there by hand, is not whole or not what is expected. {file.by_hand}")
        record = _record(file, "by hand", Part(target), target)
        if wrong := _difference(file, record):
            raise LctransferError(f"{target}, put there by hand, is another file: {wrong}. {file.by_hand}".rstrip())
        self.lock.check(record, self.settings.accept_changes)
        self.lock.add(record)
        return record

    def _already(self, file: RemoteFile, target: Path) -> Record | None:
        """Return the record of a file that is there and is what it was when it came."""
        record = self.lock.get(file.path)
        if record is None or not self.lock.trusted or not target.is_file():
            return None
        if target.stat().st_size != record["bytes"] or files.sha256(target) != record["sha256"]:
            return None
        accepted = {file.path, target.name} & set(self.settings.accept_changes)
        return None if accepted else record

    def _fetch_from(self, address: str, file: RemoteFile, target: Path, bar: tqdm | None) -> Record:
        part = Part(target)
        way = partial(copy, local(address)) if address.startswith("file:") else partial(self._download, address)
        with files.naming(target):
            way(file, part, bar)
        record = _record(file, address, part, part.path)
        _verify(file, record, part)
        try:
            self.lock.check(record, self.settings.accept_changes if file.repeats else [file.path])
        except LctransferError:
            part.discard()
            raise
        self.lock.add(record)
        part.finish()
        return record

    def _rest(self, seconds: float) -> None:
        """Wait, but no longer than until everything is stopped."""
        self.stopped.wait(seconds)

    def _download(self, address: str, file: RemoteFile, part: Part, bar: tqdm | None) -> None:
        """Try until the whole file is in `part`; give up on this address after the attempts that the settings allow."""
        if silent := self.hosts.silent(address):
            raise ElsewhereError(silent) from UnreachedError(silent)
        retrying = Retrying(
            stop=stop_any(stop_after_attempt(self.settings.attempts), stop_when_event_set(self.stopped)),
            wait=wait,
            retry=retry_if_exception_type(TryAgainError),
            sleep=self._rest,
            reraise=True,
        )
        try:
            with host_slot(urlsplit(address).netloc, self.settings.connections_per_host):
                retrying(self._try, address, file, part, bar)
        except TryAgainError as error:
            tries = self.settings.attempts
            raise ElsewhereError(f"{error} ({tries} {'try' if tries == 1 else 'tries'})") from error

    def _try(self, address: str, file: RemoteFile, part: Part, bar: tqdm | None) -> None:
        try:
            if file.first_post:
                self._post(file, part)
            self._stream(address, file, part, bar)
        except (httpx.RequestError, httpx.InvalidURL) as error:
            # Some servers close a chunked answer early although it is whole: only the content can tell.
            ends_well = file.ends_well or file.is_whole
            broken = isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError)
            if not (broken and ends_well and ends_well(part.content())):
                raise self._follows(address, error, file) from None
        finally:
            part.close()
        _check_content(file, part)

    def _follows(self, address: str, error: httpx.RequestError | httpx.InvalidURL, file: RemoteFile) -> Exception:
        """Return what follows from an error, and take note of a host that does not answer."""
        found = follows(error, patience(self.settings.timeout_s, file).read or 0.0)
        if isinstance(found, UnreachedError) or isinstance(error, httpx.TimeoutException):
            self.hosts.fail(address, found)
        return found

    def _stream(self, address: str, file: RemoteFile, part: Part, bar: tqdm | None) -> None:
        asked, limit = headers(address, file, part), patience(self.settings.timeout_s, file)
        with self.client.stream("GET", address, headers=asked, timeout=limit) as response:
            self.hosts.answer(address)
            part.begin(address, response, lambda: check_status(response, file, part))
            _grow(bar, part, response)
            for chunk in response.iter_raw():
                part.write(chunk)
                if self.stopped.is_set():
                    raise TryAgainError("stopped")
                if bar is not None:
                    bar.update(len(chunk))

    def _post(self, file: RemoteFile, part: Part) -> None:
        """Send the query that comes before the file, and keep the answer beside it."""
        assert file.first_post is not None
        address, question = file.first_post
        for place in mirrored(file.mirror or self.settings.mirror, (address,)):
            response = self.client.post(place, json=question)
            if response.status_code == 200:
                break
        check_status(response, file, part)
        with files.replacing(part.target.with_name(f"{part.target.name}.index")) as aside:
            aside.write_bytes(response.content)


def _check_content(file: RemoteFile, part: Part) -> None:
    """Refuse what has come unless it is the whole file, unpacked as often as a server packed it on the way."""
    if part.expected is not None and part.size != part.expected:
        raise TryAgainError(f"{part.size} of {part.expected} bytes came")
    unpack(part, file)
    if file.is_nothing and file.is_nothing(part.content()):
        part.discard()
        raise ElsewhereError("the archive has nothing there", absent=True)
    if file.is_whole and not file.is_whole(part.content()):
        part.discard()
        raise TryAgainError("the file is cut short, or has other rows than it announces")
    if part.looks_like_a_web_page():
        part.discard()
        raise ElsewhereError("the server answered with a web page instead of the file", absent=True)


def _grow(bar: tqdm | None, part: Part, response: httpx.Response) -> None:
    """Tell the progress bar how much this answer adds."""
    length = response.headers.get("Content-Length", "")
    if bar is not None and length.isdigit() and not part.announced:
        bar.total = (bar.total or 0) + int(length)
        part.announced = True


def _record(file: RemoteFile, address: str, part: Part, path: Path) -> Record:
    return Record(
        path=file.path,
        url=hide(f"{address} (bytes {file.span[0]}-)" if file.span else address),
        bytes=path.stat().st_size,
        sha256=files.sha256(path),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        etag=part.etag,
        last_modified=part.last_modified,
    )


def _difference(file: RemoteFile, record: Record) -> str:
    """Return in what content differs from what the table of files says it is; nothing if it does not."""
    for name, wanted in (("bytes", file.size), ("sha256", file.sha256)):
        if wanted and record[name] != wanted:  # type: ignore[literal-required]
            return f"{name} is {record[name]}, expected {wanted}"  # type: ignore[literal-required]
    return ""


def _verify(file: RemoteFile, record: Record, part: Part) -> None:
    """Refuse content that is not what the table of files says it is."""
    if wrong := _difference(file, record):
        part.discard()
        raise ElsewhereError(wrong)
