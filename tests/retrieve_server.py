"""A loopback HTTP server that misbehaves on demand, as the archives' servers do."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import loopback


class Host(loopback.Server):
    """Serves `files` by path; `faults` maps a path to a list of faults, one taken per request."""

    def __init__(self) -> None:
        super().__init__(Handler)
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, list[str]] = {}
        self.etag = '"one"'
        self.requests: Counter = Counter()
        self.questions: list[tuple[str, bytes]] = []
        self.ranges: list[str | None] = []
        self.agents: set[str | None] = set()
        self.sent = 0
        self.at_once = self.most_at_once = 0

    def lookup(self, path: str) -> bytes | None:
        return self.files.get(path)


class Handler(loopback.Handler):
    server: Host

    def do_GET(self) -> None:
        host = self.server
        with host.guard:
            host.requests[self.path] += 1
            host.ranges.append(self.headers.get("Range"))
            host.agents.add(self.headers.get("User-Agent"))
            host.at_once += 1
            host.most_at_once = max(host.most_at_once, host.at_once)
            faults = host.faults.get(self.path, [])
            fault = faults.pop(0) if faults else ""
        try:
            self.answer(fault)
        except (BrokenPipeError, ConnectionResetError):
            pass
        finally:
            with host.guard:
                host.at_once -= 1

    def do_POST(self) -> None:
        host = self.server
        question = self.question()
        with host.guard:
            host.questions.append((self.path, question))
            faults = host.faults.get(self.path, [])
            fault = faults.pop(0) if faults else ""
        self.answer(fault)

    def answer(self, fault: str) -> None:
        body = self.server.lookup(self.path)
        if fault == "busy":
            return self.reply(503, b"busy", [("Retry-After", "0")])
        if fault.startswith("redirect to "):
            return self.reply(302, b"", [("Location", fault.removeprefix("redirect to "))])
        if body is None:
            return self.reply(404, b"no such file", [])
        if fault == "web page":
            return self.reply(200, b"<html><body>not found</body></html>", [("Content-Type", "text/html")])
        if fault == "disguised web page":
            return self.reply(200, b"<!DOCTYPE html><html></html>", [])
        if fault == "chunked, cut":
            return self.chunked(body, len(body))
        if fault == "chunked, short":
            return self.chunked(body, len(body) // 2)
        if fault == "new etag":
            self.server.etag = '"two"'
        if fault == "slow":
            time.sleep(0.1)
        return self.whole_or_part(body, fault)

    def whole_or_part(self, body: bytes, fault: str) -> None:
        wanted = self.headers.get("Range")
        headers = [("ETag", self.server.etag), ("Last-Modified", "Mon, 23 Nov 2026 00:00:00 GMT")]
        same = not self.headers.get("If-Range") or self.headers["If-Range"] in (
            self.server.etag,
            "Mon, 23 Nov 2026 00:00:00 GMT",
        )
        if wanted and same and fault != "no range":
            part, span = self.part(body)
            headers.append(span)
            return self.reply(206, part, headers, fault)
        return self.reply(200, body, headers, fault)

    def reply(self, status: int, body: bytes, headers: list[tuple[str, str]], fault: str = "") -> None:
        self.begin(status, len(body), headers)
        if fault in ("break", "stall"):
            self.send(body[: len(body) // 2])
            if fault == "stall":
                time.sleep(3)
            self.close_connection = True
        else:
            self.send(body)

    def send(self, body: bytes) -> None:
        self.wfile.write(body)
        self.wfile.flush()
        with self.server.guard:
            self.server.sent += len(body)

    def chunked(self, body: bytes, stop: int) -> None:
        """Send one chunk and break off without the last, empty one."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"%x\r\n%s\r\n" % (stop, body[:stop]))
        self.wfile.flush()
        self.close_connection = True


@contextmanager
def serving(kind: type[Host] = Host) -> Iterator[Host]:
    """Run a host in a thread."""
    with loopback.running(kind()) as host:
        yield host
