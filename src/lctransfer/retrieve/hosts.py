"""What a failing request means, and which hosts answer at all: a silent one is not asked again for every file."""

import logging
import threading
import urllib.request
from urllib.parse import urlsplit

import httpx

from lctransfer.retrieve.answers import ElsewhereError, TryAgainError
from lctransfer.secret import hide

LOG = logging.getLogger(__name__)
NO_NETWORK = (
    "No address could be reached: check the network, or name a folder or server that holds the files (archive.mirror)."
)
UNREACHED = (httpx.ConnectError, httpx.ProxyError)
MOST_SILENT = 3
"""So many requests without any answer, one after another, and a host is silent."""


class UnreachedError(TryAgainError):
    """No connection could be made."""


def is_certificate(error: Exception) -> bool:
    """Tell whether a connection was refused because of the server's certificate."""
    return "CERTIFICATE" in str(error).upper()


def follows(error: httpx.RequestError | httpx.InvalidURL, timeout_s: float) -> Exception:
    """Return what follows from an error of the client: `TryAgainError`, or `ElsewhereError` where that is in vain."""
    if isinstance(error, httpx.ConnectTimeout) or (isinstance(error, UNREACHED) and not is_certificate(error)):
        return UnreachedError(f"cannot be reached{_by_proxy()} ({error or 'no answer'})")
    if isinstance(error, httpx.TimeoutException):
        return TryAgainError(f"nothing came for {timeout_s:g} s")
    in_vain = _in_vain(error)
    return ElsewhereError(in_vain) if in_vain else TryAgainError(f"the connection broke off ({error})")


def _in_vain(error: Exception) -> str:
    """Return why another try would be of no use; nothing if it may be."""
    if isinstance(error, httpx.InvalidURL):
        return f"is no address ({error})"
    if isinstance(error, httpx.TooManyRedirects):
        return "the server redirects in a circle"
    if isinstance(error, httpx.UnsupportedProtocol):
        return f"it leads to what is no address of http or https ({error})"
    if is_certificate(error):
        return f"its certificate cannot be trusted ({error}): check your clock and your proxy"
    return ""


def _by_proxy() -> str:
    """Name the proxies that the environment sets."""
    proxies = sorted({hide(address) for name, address in urllib.request.getproxies().items() if name != "no"})
    return f" by the proxy {' or '.join(proxies)} that the environment names" if proxies else ""


class Hosts:
    """Which hosts have answered in this run, and which are silent; safe to use from several threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._answered: set[str] = set()
        self._failures: dict[str, int] = {}
        self._reasons: dict[str, str] = {}

    def answer(self, address: str) -> None:
        """Take note that a host has answered, whatever it said."""
        with self._guard:
            self._answered.add(urlsplit(address).netloc)

    def fail(self, address: str, why: object = "") -> None:
        """Take note of a request without an answer; the first one of a host that never answered is said."""
        host = urlsplit(address).netloc
        with self._guard:
            failures = self._failures[host] = self._failures.get(host, 0) + 1
            self._reasons[host] = str(why)
            answered = host in self._answered
        if failures == 1 and not answered:
            LOG.warning("%s does not answer: %s.", host, why)

    def silent(self, address: str) -> str:
        """Return why a host, which has not answered once, is not worth another request; nothing if it is."""
        host = urlsplit(address).netloc
        with self._guard:
            if host in self._answered or self._failures.get(host, 0) < MOST_SILENT:
                return ""
            return f"its host does not answer ({self._reasons[host]})"
