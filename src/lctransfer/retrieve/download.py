"""One file over a network that fails: resumed where it stopped, tried again, verified, and only then given its name."""

import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_any,
    stop_when_event_set,
    wait_random_exponential,
)
from tqdm import tqdm

from lctransfer import __version__, files
from lctransfer.config import Archive
from lctransfer.errors import LctransferError
from lctransfer.retrieve.lock import Lock, Record
from lctransfer.retrieve.mirrors import addresses, local
from lctransfer.retrieve.part import Part
from lctransfer.retrieve.slots import host_slot
from lctransfer.surveys.base import RemoteFile

LONGEST_WAIT_S = 60.0
BUSY = {408, 425, 429, 500, 502, 503, 504}
"""Statuses that another try may cure."""


class MissingError(LctransferError):
    """No address has the file."""


class TryAgainError(Exception):
    """A try failed, but the next may not; carries the seconds that the server asks to wait."""

    def __init__(self, reason: str, wait_s: float = 0.0):
        super().__init__(reason)
        self.wait_s = wait_s


class ElsewhereError(Exception):
    """One address cannot give the file; `absent` tells a plain absence from something wrong there."""

    def __init__(self, reason: str, *, absent: bool = False):
        super().__init__(reason)
        self.absent = absent


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
        self.client = httpx.Client(
            timeout=httpx.Timeout(settings.timeout_s, connect=min(settings.timeout_s, 30.0)),
            headers={"User-Agent": f"lctransfer/{__version__}", "Accept-Encoding": "identity"},
            follow_redirects=True,
        )

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
        places = addresses(file, self.settings.mirror)
        if not places:
            return self._adopt(file, target)
        target.parent.mkdir(parents=True, exist_ok=True)
        reasons, absent = [], True
        for address in places:
            try:
                return self._fetch_from(address, file, target, bar)
            except ElsewhereError as error:
                reasons.append(f"{address}: {error}")
                absent = absent and error.absent
        if target.is_file() and self.lock.get(file.path) is None:
            return self._adopt(file, target)  # no address has it, but somebody has put it there
        kind = MissingError if absent else LctransferError
        raise kind(f"{file.path} cannot be had. {'; '.join(reasons)}. {file.by_hand}".strip())

    def _adopt(self, file: RemoteFile, target: Path) -> Record:
        """Take a file that was put in its place by hand."""
        if not target.is_file():
            raise MissingError(f"{target} has to be put there by hand, or on a mirror. {file.by_hand}")
        if file.is_whole and not file.is_whole(target.read_bytes()):
            raise LctransferError(f"{target}, put there by hand, is not whole or not what is expected. {file.by_hand}")
        record = _record(file, "by hand", Part(target), target)
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
        if address.startswith("file:"):
            _copy(local(address), file, part, bar)
        else:
            self._download(address, file, part, bar)
        record = _record(file, address, part, part.path)
        _verify(file, record, part)
        try:
            self.lock.check(record, self.settings.accept_changes)
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
        retrying = Retrying(
            stop=stop_any(stop_after_attempt(self.settings.attempts), stop_when_event_set(self.stopped)),
            wait=_wait,
            retry=retry_if_exception_type(TryAgainError),
            sleep=self._rest,
            reraise=True,
        )
        try:
            with host_slot(urlsplit(address).netloc, self.settings.connections_per_host):
                retrying(self._try, address, file, part, bar)
        except TryAgainError as error:
            raise ElsewhereError(f"{error} ({self.settings.attempts} tries)") from None

    def _try(self, address: str, file: RemoteFile, part: Part, bar: tqdm | None) -> None:
        try:
            if file.first_post:
                self._post(file, part)
            with self.client.stream("GET", address, headers=_headers(address, file, part)) as response:
                part.begin(address, response, lambda: _check_status(response, file, part))
                _grow(bar, part, response)
                for chunk in response.iter_raw():
                    part.write(chunk)
                    if self.stopped.is_set():
                        raise TryAgainError("stopped")
                    if bar is not None:
                        bar.update(len(chunk))
        except httpx.TimeoutException:
            raise TryAgainError(f"nothing came for {self.settings.timeout_s:g} s") from None
        except httpx.TransportError as error:
            # Some servers close a chunked answer early although it is whole: only the content can tell.
            if not (file.is_whole and file.is_whole(part.content())):
                raise TryAgainError(f"the connection broke off ({error})") from None
        except httpx.InvalidURL as error:
            raise ElsewhereError(f"is no address ({error})") from None
        finally:
            part.close()
        if part.expected is not None and part.size != part.expected:
            raise TryAgainError(f"{part.size} of {part.expected} bytes came")
        if file.is_whole and not file.is_whole(part.content()):
            part.discard()
            raise TryAgainError("the file is cut short, or has other rows than it announces")
        if part.looks_like_a_web_page():
            part.discard()
            raise ElsewhereError("the server answered with a web page instead of the file", absent=True)

    def _post(self, file: RemoteFile, part: Part) -> None:
        """Send the query that comes before the file, and keep the answer beside it."""
        assert file.first_post is not None
        address, question = file.first_post
        response = self.client.post(address, json=question)
        _check_status(response, file, part)
        with files.replacing(part.target.with_name(f"{part.target.name}.index")) as aside:
            aside.write_bytes(response.content)


def _headers(address: str, file: RemoteFile, part: Part) -> dict[str, str]:
    """Return what asks for the bytes that are wanted: a span of the remote file, or the rest of it all."""
    if file.span is None:
        return part.resume_headers(address)
    part.discard()  # a span is small: it is asked for as a whole
    start, stop = file.span
    return {"Range": f"bytes={start}-{stop - 1 if stop >= 0 else ''}"}


def _wait(state: RetryCallState) -> float:
    """Return exponentially growing seconds with jitter, or what the server asked for."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait_s if isinstance(error, TryAgainError) else 0.0
    return max(min(asked, LONGEST_WAIT_S), wait_random_exponential(multiplier=0.5, max=LONGEST_WAIT_S)(state))


def _check_status(response: httpx.Response, file: RemoteFile, part: Part) -> None:
    """Refuse an answer that is not the file."""
    status = response.status_code
    if file.span is not None and status == 200 and response.request.method == "GET":
        raise ElsewhereError("the server sends only the whole file, not a part of it")
    if file.span is not None and status == 206:
        _check_span(response.headers.get("Content-Range", ""), file.span[0])
    if status in BUSY:
        asked = response.headers.get("Retry-After", "")
        raise TryAgainError(f"the server answered {status}", float(asked) if asked.isdigit() else 0.0)
    if status == 416:  # the part is longer than the file has become
        part.discard()
        raise TryAgainError("the file has become shorter than what had come")
    if status not in (200, 206):
        raise ElsewhereError(f"the server answered {status}", absent=status in (404, 410))
    if response.headers.get("Content-Type", "").startswith("text/html"):
        raise ElsewhereError("the server answered with a web page instead of the file", absent=True)


def _check_span(said: str, start: int) -> None:
    if not said.startswith(f"bytes {start}-"):
        raise TryAgainError(f"the server sent {said or 'bytes that it does not name'}, not those from {start} on")


def _grow(bar: tqdm | None, part: Part, response: httpx.Response) -> None:
    """Tell the progress bar how much this answer adds."""
    length = response.headers.get("Content-Length", "")
    if bar is not None and length.isdigit() and not part.announced:
        bar.total = (bar.total or 0) + int(length)
        part.announced = True


def _copy(source: Path, file: RemoteFile, part: Part, bar: tqdm | None) -> None:
    """Copy a file of a local mirror, or a part of it."""
    if not source.is_file():
        raise ElsewhereError("there is no such file", absent=True)
    if file.span is not None:
        with open(source, "rb") as stream:
            stream.seek(file.span[0])
            part.path.write_bytes(stream.read(file.span[1] - file.span[0] if file.span[1] >= 0 else -1))
    else:
        _copy_whole(source, part, bar)
    if file.is_whole and not file.is_whole(part.content()):
        part.discard()
        raise ElsewhereError("the file is cut short, or has other rows than it announces")


def _copy_whole(source: Path, part: Part, bar: tqdm | None) -> None:
    size = source.stat().st_size
    if bar is not None:
        bar.total = (bar.total or 0) + size
    shutil.copyfile(source, part.path)
    if bar is not None:
        bar.update(size)


def _record(file: RemoteFile, address: str, part: Part, path: Path) -> Record:
    return Record(
        path=file.path,
        url=f"{address} (bytes {file.span[0]}-)" if file.span else address,
        bytes=path.stat().st_size,
        sha256=files.sha256(path),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        etag=part.etag,
        last_modified=part.last_modified,
    )


def _verify(file: RemoteFile, record: Record, part: Part) -> None:
    """Refuse content that is not what the table of files says it is."""
    for name, wanted in (("bytes", file.size), ("sha256", file.sha256)):
        if wanted and record[name] != wanted:  # type: ignore[literal-required]
            part.discard()
            raise ElsewhereError(f"{name} is {record[name]}, expected {wanted}")  # type: ignore[literal-required]
