"""A loopback server that answers as the archives do, from the files of `archive_of_archives`, with faults on demand."""

import base64
import json
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, unquote, urlsplit

import archive_services
import loopback
from archive_of_archives import BLOCKS, CDS, PATROL, Star, asas, asassn, eros2, hipparcos, ogle, patrol_block


def asu_tsv(columns: list[str], rows: list[tuple[str, ...]]) -> bytes:
    """Return an answer of VizieR's text service."""
    head = "#RESOURCE=yCat\n#INFO\tservice_protocol=ASU\n#Table\n"
    lines = ["\t".join(columns), "\t".join(" " * len(name) for name in columns), "\t".join("-" * 10 for _ in columns)]
    return (head + "\n".join([*lines, *map("\t".join, rows)]) + "\n\n").encode()


class Archive(loopback.Server):
    """Serves `files` by path; `faults` maps a path (without leading slash) to a mood."""

    def __init__(self, stars: dict[str, list[Star]]) -> None:
        super().__init__(Handler)
        self.stars = stars
        by_hand, lists = eros2(stars["ogle"], stars["eros2"])
        self.files = (
            ogle(stars["ogle"])
            | by_hand
            | asas(stars["asas"])
            | hipparcos(stars["hipparcos"])
            | asassn(stars["asassn"])
        )
        self.lists = {
            "J/ApJ/775/92": lists["QSO"],
            "J/AJ/124/2039": lists["BV"],
            "J/A+A/566/A43/table2": [(20.0 + i, 10.0) for i in range(5)],
            "II/247/machovar": [(21.0 + i, 11.0) for i in range(5)],
        }
        self.faults: dict[str, str] = {}
        self.bad_ids: set[int] = set()
        self.asked: list[tuple[str, str]] = []
        self.queries: dict[str, list[int]] = {}

    def content(self, path: str) -> bytes | None:
        """Return what stands at a path, with its query; a listing for a folder."""
        if path in self.files:
            return self.files[path]
        parts = urlsplit(f"http://{path}")
        if "/viz-bin/asu-tsv" in path:
            asked = parse_qs(parts.query)
            rows = self.lists.get(unquote(asked["-source"][0]))
            columns = asked["-out"][0].split(",")
            return rows and asu_tsv(columns, [(f"{ra:.6f}", f"{dec:+.6f}", "0.5")[: len(columns)] for ra, dec in rows])
        if path == f"{PATROL}/get_block_servers":
            return json.dumps([BLOCKS.split(":", maxsplit=1)[0]]).encode()
        if path.startswith(f"{BLOCKS}/get_block/query_hash-"):
            query = base64.decodebytes(
                unquote(path.split("query_hash-")[1].split("-block_idx", maxsplit=1)[0]).encode()
            ).decode()
            return patrol_block(self.stars["asassn"], self.queries[query])[1]
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        answer = archive_services.answer(path, asked, self.stars["ogle"], self.bad_ids)
        if answer is not None:
            return answer
        below = sorted({name[len(path) :].split("/")[0] for name in self.files if name.startswith(path)} - {""})
        if path.endswith("/") and below:
            return (
                "<html><body><h1>Index</h1>"
                + "".join(f'<a href="{name}">{name}</a>' for name in below)
                + "</body></html>"
            ).encode()
        return None


class Handler(loopback.Handler):
    server: Archive

    def do_GET(self) -> None:
        path = self.path.removeprefix("http://").lstrip("/")  # whole for a proxy
        with self.server.guard:
            self.server.asked.append((path, self.headers.get("User-Agent", "")))
        if path.startswith(f"{CDS}/ftp/I/239/"):  # CDS keeps an older address alive
            return self.reply(302, b"", [("Location", f"/{path.replace('/ftp/I/', '/ftp/cats/I/')}")])
        mood, body = self.server.faults.get(path, ""), self.server.content(path)
        if body is None or mood == "gone":
            return self.reply(404, b"<html>not found</html>", [("Content-Type", "text/html")])
        return self.answer(path, mood, body)

    def answer(self, path: str, mood: str, body: bytes) -> None:
        kind = "text/html" if path.endswith("/") else "application/octet-stream"
        if mood == "html":
            return self.reply(200, b"<!DOCTYPE html><html>Please log in</html>", [("Content-Type", "text/plain")])
        if mood == "moved":
            return self.reply(301, b"", [("Location", f"/new/{path}")])
        if mood == "redirect loop":
            return self.reply(302, b"", [("Location", f"/{path}")])
        if mood == "403":
            return self.reply(403, b"forbidden", [])
        if mood == "truncated":
            body = body[: len(body) * 2 // 3]
        if mood == "slow":
            time.sleep(2)
        headers = [("Content-Type", kind), ("ETag", f'"{zlib.crc32(body):08x}"')]
        same = self.headers.get("If-Range") in (None, headers[1][1])
        if self.headers.get("Range") and same and mood != "no range" and "?" not in path:
            part, span = self.part(body)
            return self.reply(206, part, [*headers, ("Accept-Ranges", "bytes"), span])
        if mood == "breaks off":
            self.begin(200, len(body), headers)
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
            return None
        return self.reply(200, body, headers)

    def do_POST(self) -> None:
        if self.path == "/data-server/data":  # Gaia's client posts what a browser would put into the address
            path = f"{archive_services.GAIA}{self.path}?{self.question().decode()}"
            with self.server.guard:
                self.server.asked.append((path, self.headers.get("User-Agent", "")))
            return self.reply(200, self.server.content(path) or b"", [("Content-Type", "application/zip")])
        question = json.loads(self.question())
        ids = question["tar_ids"]
        query = (
            f"listlen-{len(ids)}_listfirst-{ids[0]}_listend-{ids[-1]}|catalog-{question['catalog']}"
            f"|id_col-{question['id_col']}|cols-{'/'.join(question['cols'])}"
        )
        with self.server.guard:
            self.server.queries[query] = ids
        return self.reply(200, patrol_block(self.server.stars["asassn"], ids)[0], [])

    def reply(self, status: int, body: bytes, headers: list[tuple[str, str]]) -> None:
        self.begin(status, len(body), headers)
        self.wfile.write(body)


@contextmanager
def serving(stars: dict[str, list[Star]]) -> Iterator[Archive]:
    """Run the archive of archives in a thread."""
    with loopback.running(Archive(stars)) as host:
        yield host
