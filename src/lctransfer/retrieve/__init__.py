"""Files of the archives, fetched once: resumed, verified, with their provenance. Nothing else uses the network.

`retrieve` fetches what `lctransfer.surveys.remote_files` lists; `plan` says beforehand what that is.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lctransfer.alone import alone
from lctransfer.config import Archive
from lctransfer.files import write_json
from lctransfer.retrieve.batch import chosen, fetch_all, fetch_queue
from lctransfer.retrieve.download import Downloader
from lctransfer.retrieve.lock import Lock
from lctransfer.retrieve.mirrors import addresses
from lctransfer.secret import hide_all
from lctransfer.surveys import corrected, remote_files, star_files
from lctransfer.surveys.losses import Tally
from lctransfer.surveys.overrides import apply


def plan(
    surveys: list[str],
    settings: Archive,
    collections: dict[str, list[str]] | None = None,
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
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
    overrides : dict, optional
        Per survey, a user's corrections.

    Returns
    -------
    list of dict
        Per file: survey, dataset, path, from (addresses), bytes and sha256 (None where not known),
        about_bytes (what a document says), how (download, or
        by hand), by_hand (the steps), sure, licence, reference, optional.
    """
    rows = []
    for survey in surveys:
        files = remote_files(survey, (collections or {}).get(survey, []), settings.kind)
        for file in apply(files, corrected(survey, (overrides or {}).get(survey))):
            places = addresses(file, settings.mirror)
            rows.append(
                {
                    "survey": survey,
                    "collection": file.collection,
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


def retrieve(  # noqa: PLR0917
    survey: str,
    settings: Archive,
    collections: list[str],
    directory: Path,
    manifest: Path,
    overrides: Mapping[str, Any] | None = None,
) -> None:
    """Fetch the files of a survey that are not yet there, and write down where they came from.

    Parameters
    ----------
    survey : str
        A survey, or ``upsilont`` for the released weights.
    settings : Archive
        Where from, how patiently, which upstream changes are accepted, and whether every doubt is fatal (``strict``).
    collections : list of str
        Parts wanted; all if empty.
    directory : Path
        Where the files go, at the paths that `remote_files` gives them.
    manifest : Path
        JSON, written at the end: per file its address, size, digest, date, licence and reference; ``left_out`` (what
        could not be had, see `lctransfer.surveys.losses.Loss`), ``queue`` (how many light curves were asked for star
        by star, and how many arrived), ``overrides``, and ``status``.
    overrides : dict, optional
        A user's corrections, see `lctransfer.surveys.overrides`.

    Raises
    ------
    LctransferError
        If nothing can be had (strict: if one file cannot), a file has changed upstream, the survey's light curves must
        be fetched by hand, or another process is at work on the folder. What has arrived stays; the next call goes on
        from there.
    """
    directory, manifest = Path(directory), Path(manifest)
    tally = Tally(strict=settings.strict)
    with alone(directory):
        lock = Lock(manifest.with_name(f"{manifest.stem}.lock.jsonl"), trusted=settings.kind == "live")
        with Downloader(settings, lock) as downloader:
            files = apply(remote_files(survey, collections, settings.kind), corrected(survey, overrides))
            fetched = fetch_all(files, directory, downloader, survey, tally)
            stars = star_files(survey, directory, collections, overrides)
            queue = chosen(stars, settings.most_requests)
            arrived = fetch_queue(queue, directory, downloader, survey, tally)
    record = {
        "survey": survey,
        "archive": settings.name,
        "kind": settings.kind,
        "files": [*fetched, *arrived],
        "left_out": [loss.as_json() for loss in tally.lost],
        "queue": {"of": len(stars), "asked": len(queue), "arrived": len(arrived)},
        "overrides": dict(overrides or {}),
        "status": "parts left out" if tally.lost else "complete",
    }
    write_json(manifest, hide_all(record))


def released_weights(directory: Path = Path("data/live/raw/upsilont")) -> Path:
    """Return the file of the released UPSILoN-T weights, fetched if it is not there yet."""
    weights = directory / "state_dict.pt"
    if not weights.exists():
        retrieve("upsilont", Archive(name="live", kind="live"), [], directory, directory.with_suffix(".json"))
    return weights
