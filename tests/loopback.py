"""A loopback HTTP server for tests: quiet, on a free port, with replies that may be parts of a file."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar


class Server(ThreadingHTTPServer):
    """Listens on the loopback interface, at `address`."""

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.guard = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that hangs up."""


class Handler(BaseHTTPRequestHandler):
    """Writes no log, and knows how to reply."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments: object) -> None:
        pass

    def question(self) -> bytes:
        """Return the body of a request."""
        return self.rfile.read(int(self.headers["Content-Length"]))

    def part(self, body: bytes) -> tuple[bytes, tuple[str, str]]:
        """Return the bytes that the header Range asks for, and the header that says which they are."""
        first, _, last = self.headers["Range"].removeprefix("bytes=").partition("-")
        part = body[int(first) : int(last) + 1 if last else None]
        return part, ("Content-Range", f"bytes {first}-{int(first) + len(part) - 1}/{len(body)}")

    def begin(self, status: int, length: int, headers: list[tuple[str, str]]) -> None:
        """Send status and headers of a reply of so many bytes."""
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()


S = TypeVar("S", bound=Server)


@contextmanager
def running(server: S) -> Iterator[S]:
    """Run a server in a thread."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
