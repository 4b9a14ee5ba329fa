"""Many files at once: all of a survey's, then those that are asked for star by star. A failure costs one of them."""

import hashlib
import logging
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lctransfer.errors import LctransferError
from lctransfer.progress import track
from lctransfer.retrieve.answers import MissingError
from lctransfer.retrieve.download import Downloader
from lctransfer.retrieve.lock import ChangedError, Record
from lctransfer.retrieve.part import SMALL_BYTES
from lctransfer.surveys.base import RemoteFile
from lctransfer.surveys.losses import Loss, Tally

LOG = logging.getLogger(__name__)
GIVE_UP = 20
"""So many failures one after another end a queue: it is the server that fails, not a star."""
GIVE_UP_PIECES = 3
"""So many pieces that fail, and none that comes: it is the server."""
GO_ON = "Run `lctransfer retrieve` again: what has arrived is kept, and it goes on from there."


def fetch_all(
    files: list[RemoteFile], directory: Path, downloader: Downloader, survey: str, tally: Tally
) -> list[dict[str, Any]]:
    """Fetch every file; name in `tally` what is needed and cannot be had, unless another file replaces it.

    Raises
    ------
    LctransferError
        If nothing can be had at all, a file has changed upstream, or every doubt is fatal.
    """
    found, failed = _try_all([file for file in files if not file.instead_of], directory, downloader, survey)
    spares = [file for file in files if file.instead_of and file.instead_of not in found]
    if spares:
        more, failures = _try_all(spares, directory, downloader, survey)
        found |= more
        for file in spares:
            if file.path in more:
                failed.pop(file.instead_of, None)
            elif file.path in failures:
                failed.setdefault(file.instead_of, failures[file.path])
    fatal = [error for error in failed.values() if isinstance(error, ChangedError) or tally.strict or not found]
    if fatal:
        raise min(fatal, key=str)
    for file in files:
        if file.path in failed:
            _set_aside(directory / file.path)
            tally.lose(Loss.of(_part(file), failed[file.path], file.by_hand, file.path))
    return [found[file.path] for file in files if file.path in found]


def _part(file: RemoteFile) -> str:
    return f"{file.collection or file.dataset}: {file.path.rsplit('/', 1)[-1]}"


def _set_aside(path: Path) -> None:
    """Rename a file that is not what it was and could not be fetched again, so that nobody reads it."""
    if path.is_file():
        os.replace(path, path.with_name(f"{path.name}.not-verified"))


def _try_all(
    files: list[RemoteFile], directory: Path, downloader: Downloader, survey: str
) -> tuple[dict[str, dict[str, Any]], dict[str, LctransferError]]:
    """Fetch files; return by path what has come, and why the needed others have not."""
    found: dict[str, dict[str, Any]] = {}
    failed: dict[str, LctransferError] = {}
    with track(desc=f"retrieve {survey}", total=0, unit="B", unit_scale=True) as bar, _pool(downloader) as pool:
        jobs = {pool.submit(downloader.fetch, file, directory, bar): file for file in files}
        for job in as_completed(jobs):
            file = jobs[job]
            try:
                found[file.path] = _entry(file, job.result())
            except MissingError as error:
                if not file.optional:
                    failed[file.path] = error
            except LctransferError as error:
                failed[file.path] = error
            else:
                found[file.path] |= _counted(file, directory / file.path)
    return found, failed


def _counted(file: RemoteFile, path: Path) -> dict[str, int]:
    """Return how many rows a file has and should have, where a document says so; tell a difference."""
    if file.rows is None or path.stat().st_size > SMALL_BYTES:
        return {}
    expected, count = file.rows
    try:
        rows = count(path.read_bytes())
    except LctransferError:  # the reader will say so
        return {}
    if rows != expected:
        LOG.warning("%s has %d rows, a document states %d.", file.path, rows, expected)
    return {"rows": rows, "expected_rows": expected}


def chosen(files: list[RemoteFile], most: int) -> list[RemoteFile]:
    """Return so many of the files at most: the same ones each time, and among those of a larger choice."""
    if not most or len(files) <= most:
        return files
    return sorted(files, key=lambda file: hashlib.sha256(file.path.encode()).digest())[:most]


def fetch_queue(
    files: list[RemoteFile], directory: Path, downloader: Downloader, survey: str, tally: Tally
) -> list[dict[str, Any]]:
    """Fetch many small files; those that are missing upstream are skipped, those that fail are named.

    Raises
    ------
    LctransferError
        If none arrives, a file has changed upstream, or every doubt is fatal.
    """
    found: list[dict[str, Any]] = []
    failed: list[LctransferError] = []
    missing = in_a_row = 0
    if not files:
        return []
    with _pool(downloader) as pool:
        jobs = {pool.submit(_fetch, downloader, file, directory): file for file in files}
        for job in track(as_completed(jobs), desc=f"retrieve {survey}, star by star", total=len(jobs), unit="files"):
            in_a_row += 1
            try:
                entries, lost = job.result()
                found += entries
                failed += lost
                in_a_row = 0
            except MissingError:
                missing, in_a_row = missing + 1, 0
            except LctransferError as error:
                failed.append(error)
            if in_a_row >= GIVE_UP or (not found and missing >= 10 * GIVE_UP):
                pool.shutdown(wait=False, cancel_futures=True)
                downloader.stopped.set()
                break
    if failed or not found:
        _tell(survey, files, found, failed, missing, tally)
    return sorted(found, key=lambda entry: entry["path"])


def _fetch(
    downloader: Downloader, file: RemoteFile, directory: Path
) -> tuple[list[dict[str, Any]], list[LctransferError]]:
    """Fetch a file, or where it cannot be had its pieces; return what came and what failed.

    Raises
    ------
    LctransferError
        If nothing came.
    """
    held = [piece for piece in file.pieces if (directory / piece.path).is_file()]
    try:
        if not held:  # else an earlier call came down to the pieces
            return [_entry(file, downloader.fetch(file, directory))], []
    except LctransferError:
        if not file.pieces:
            raise
    found: list[dict[str, Any]] = []
    failed: list[LctransferError] = []
    for piece in file.pieces:
        try:
            found.append(_entry(piece, downloader.fetch(piece, directory)))
        except LctransferError as error:
            failed.append(error)
            if not found and len(failed) >= GIVE_UP_PIECES:
                break
    if not found:
        raise failed[0]
    return found, failed


def _tell(  # noqa: PLR0917
    survey: str,
    files: list[RemoteFile],
    found: list[dict[str, Any]],
    failed: list[LctransferError],
    missing: int,
    tally: Tally,
) -> None:
    """Say that a queue is not complete; an error if there is nothing to go on with."""
    first = failed[0] if failed else "nothing is where it should be; its address may have changed."
    changed = [error for error in failed if isinstance(error, ChangedError)]
    said = (
        f"{survey}: {len(found)} of {len(files)} light curves arrived, {missing} are missing upstream, "
        f"{len(failed)} failed; run again to go on. The first failure: {first}"
    )
    if not found or changed:
        raise LctransferError(said)
    tally.lose(Loss(f"{files[0].collection or survey}: star by star", said, GO_ON))


@contextmanager
def _pool(downloader: Downloader) -> Iterator[ThreadPoolExecutor]:
    """Yield a pool of threads that an interruption stops at once rather than after all its downloads."""
    with ThreadPoolExecutor(downloader.settings.connections_per_host) as pool:
        try:
            yield pool
        except BaseException:
            downloader.stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _entry(file: RemoteFile, record: Record) -> dict[str, Any]:
    return {
        **record,
        "dataset": file.dataset,
        "version": file.version,
        "licence": file.licence,
        "reference": file.reference,
        "sure": str(file.sure),
    }
