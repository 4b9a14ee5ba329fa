"""What a server answers, and what follows from it: take it, try again, or look elsewhere."""

from importlib.metadata import PackageNotFoundError, metadata

import httpx
from tenacity import RetryCallState, wait_random_exponential

from lctransfer import __version__
from lctransfer.errors import LctransferError
from lctransfer.retrieve import encoding
from lctransfer.retrieve.part import Part
from lctransfer.secret import hide
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


def user_agent(contact: str = "") -> str:
    """Return who asks: the software, its version, its home if its package says so, and whom to write to."""
    try:
        known = metadata("lctransfer").get_all("Project-URL") or []
    except PackageNotFoundError:
        known = []
    homes = [f"+{line.partition(',')[2].strip()}" for line in known[:1]]
    reached = [f"contact: {contact}"] if contact else []
    return f"lctransfer/{__version__} ({'; '.join([*homes, *reached]) or 'classification of variable stars, research'})"


def patience(timeout_s: float, file: RemoteFile | None = None) -> httpx.Timeout:
    """Return how long to wait for the next byte; a service may be known to need longer."""
    longest = max(timeout_s, file.answers_in_s if file else 0.0)
    return httpx.Timeout(longest, connect=min(timeout_s, 30.0))


def new_client(timeout_s: float, contact: str = "") -> httpx.Client:
    """Return a client that says who asks.

    Raises
    ------
    LctransferError
        If the environment names a proxy or certificates that cannot be used.
    """
    try:
        return httpx.Client(
            timeout=patience(timeout_s),
            headers={"User-Agent": user_agent(contact), "Accept-Encoding": "identity"},
            follow_redirects=True,
        )
    except (ImportError, ValueError, OSError, httpx.InvalidURL) as error:
        said = hide(str(error).rstrip("."))
        raise LctransferError(
            f"No connection can be set up ({said}): check the variables HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, "
            "SSL_CERT_FILE and SSL_CERT_DIR. Proxies are http:// or https://; for SOCKS install httpx[socks]."
        ) from None


def headers(address: str, file: RemoteFile, part: Part) -> dict[str, str]:
    """Return what asks for the bytes that are wanted: a span of the remote file, or the rest of it all."""
    if file.span is None:
        return part.resume_headers(address)
    part.discard()  # a span is small: it is asked for as a whole
    start, stop = file.span
    return {"Range": f"bytes={start}-{stop - 1 if stop >= 0 else ''}"}


def wait(state: RetryCallState) -> float:
    """Return exponentially growing seconds with jitter, or what the server asked for."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait_s if isinstance(error, TryAgainError) else 0.0
    return max(min(asked, LONGEST_WAIT_S), wait_random_exponential(multiplier=0.5, max=LONGEST_WAIT_S)(state))


def check_status(response: httpx.Response, file: RemoteFile, part: Part) -> None:
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
    packed = encoding.unknown(response.headers.get("Content-Encoding", ""))
    if packed:
        raise ElsewhereError(f"the server sent it packed as {packed}, which was not asked for and is not read")
    if response.headers.get("Content-Type", "").startswith("text/html"):
        raise ElsewhereError("the server answered with a web page instead of the file", absent=True)


def _check_span(said: str, start: int) -> None:
    if not said.startswith(f"bytes {start}-"):
        raise TryAgainError(f"the server sent {said or 'bytes that it does not name'}, not those from {start} on")
