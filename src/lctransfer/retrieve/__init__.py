"""Files of the archives, fetched once: resumed, verified, with their provenance. Nothing else uses the network.

`retrieve` fetches what `lctransfer.surveys.remote_files` lists; `plan` says beforehand what that is.
"""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lctransfer.config import Archive
from lctransfer.errors import LctransferError
from lctransfer.files import write_json
from lctransfer.progress import track
from lctransfer.retrieve.download import Downloader, MissingError
from lctransfer.retrieve.lock import Lock, Record
from lctransfer.retrieve.mirrors import addresses
from lctransfer.surveys import remote_files, star_files
from lctransfer.surveys.base import RemoteFile

GIVE_UP = 20
"""So many failures one after another end a queue: it is the server that fails, not a star."""


def plan(
    surveys: list[str], settings: Archive, collections: dict[str, list[str]] | None = None
) -> list[dict[str, Any]]:
    """Say what would be fetched, from where, on what terms.

    Parameters
    ----------
    surveys : list of str
        Surveys, and ``upsilont`` for the released weights.
    settings : Archive
        Live or simulated, and the mirrors that stand in for the hosts.
    collections : dict, optional
        Per survey, the parts wanted; all where absent.

    Returns
    -------
    list of dict
        Per file: survey, dataset, path, from (addresses), bytes and sha256 (None where not known),
        about_bytes (what a document says), how (download, or
        by hand), by_hand (the steps), sure, licence, reference, optional.
    """
    rows = []
    for survey in surveys:
        for file in remote_files(survey, (collections or {}).get(survey, []), settings.kind):
            places = addresses(file, settings.mirror)
            rows.append(
                {
                    "survey": survey,
                    "dataset": file.dataset,
                    "path": file.path,
                    "from": places,
                    "bytes": file.size,
                    "about_bytes": file.size or file.about_bytes,
                    "sha256": file.sha256 or None,
                    "how": "download" if places else "by hand",
                    "by_hand": file.by_hand,
                    "sure": str(file.sure),
                    "licence": file.licence,
                    "reference": file.reference,
                    "optional": file.optional,
                }
            )
    return rows


def retrieve(survey: str, settings: Archive, collections: list[str], directory: Path, manifest: Path) -> None:
    """Fetch the files of a survey that are not yet there, and write down where they came from.

    Parameters
    ----------
    survey : str
        A survey, or ``upsilont`` for the released weights.
    settings : Archive
        Where from, how patiently, and which upstream changes are accepted.
    collections : list of str
        Parts wanted; all if empty.
    directory : Path
        Where the files go, at the paths that `remote_files` gives them.
    manifest : Path
        JSON, written once all is there: per file its address, size, digest, date, licence and reference.

    Raises
    ------
    LctransferError
        If a file cannot be had, has changed upstream, or must be fetched by hand. What has arrived stays; the next
        call goes on from there.
    """
    directory, manifest = Path(directory), Path(manifest)
    lock = Lock(manifest.with_name(f"{manifest.stem}.lock.jsonl"), trusted=settings.kind == "live")
    with Downloader(settings, lock) as downloader:
        files = remote_files(survey, collections, settings.kind)
        fetched = _fetch_all(files, directory, downloader, survey)
        queue = _chosen(star_files(survey, directory, collections), settings.most_requests)
        fetched += _fetch_queue(queue, directory, downloader, survey)
    write_json(manifest, {"survey": survey, "archive": settings.name, "kind": settings.kind, "files": fetched})


def released_weights(directory: Path = Path("data/live/raw/upsilont")) -> Path:
    """Return the file of the released UPSILoN-T weights, fetched if it is not there yet."""
    weights = directory / "state_dict.pt"
    if not weights.exists():
        retrieve("upsilont", Archive(name="live", kind="live"), [], directory, directory.with_suffix(".json"))
    return weights


def _fetch_all(files: list[RemoteFile], directory: Path, downloader: Downloader, survey: str) -> list[dict[str, Any]]:
    """Fetch every file; raise for the first that is needed and cannot be had, once the others are done."""
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
    if failed:
        raise min(failed.values(), key=str)
    return [found[file.path] for file in files if file.path in found]


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
    return found, failed


def _chosen(files: list[RemoteFile], most: int) -> list[RemoteFile]:
    """Return so many of the files at most: the same ones each time, and among those of a larger choice."""
    if not most or len(files) <= most:
        return files
    return sorted(files, key=lambda file: hashlib.sha256(file.path.encode()).digest())[:most]


def _fetch_queue(files: list[RemoteFile], directory: Path, downloader: Downloader, survey: str) -> list[dict[str, Any]]:
    """Fetch many small files; those that are missing upstream are skipped, the others must all arrive."""
    found: list[dict[str, Any]] = []
    failed: list[LctransferError] = []
    missing = in_a_row = 0
    if not files:
        return []
    with _pool(downloader) as pool:
        jobs = {pool.submit(downloader.fetch, file, directory): file for file in files}
        for job in track(as_completed(jobs), desc=f"retrieve {survey}, star by star", total=len(jobs), unit="files"):
            in_a_row += 1
            try:
                found.append(_entry(jobs[job], job.result()))
                in_a_row = 0
            except MissingError:
                missing, in_a_row = missing + 1, 0
            except LctransferError as error:
                failed.append(error)
            if in_a_row >= GIVE_UP or (not found and missing >= 10 * GIVE_UP):
                break
        if failed or not found:
            first = failed[0] if failed else "nothing is where it should be; its address may have changed."
            raise LctransferError(
                f"{survey}: {len(found)} of {len(files)} light curves arrived, {missing} are missing upstream, "
                f"{len(failed)} failed; run again to go on. The first failure: {first}"
            )
    return sorted(found, key=lambda entry: entry["path"])


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
