"""One archive of a finished experiment, with checksums and a Workflow Run RO-Crate, fit for a repository."""

import re
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from lctransfer.errors import LctransferError
from lctransfer.files import replacing, sha256, write_text
from lctransfer.progress import track
from lctransfer.publish import crate
from lctransfer.report.results import Results, read
from lctransfer.report.sections import reforms
from lctransfer.workflow_files import FILES

NEEDED = ("report.html", "metrics.parquet", "provenance.json")
"""What a finished experiment has."""
CHECKSUMS = "checksums.sha256"
LEFT_OUT = ("logs", ".snakemake_timestamp", "tracked.json")
"""What speaks of the machine, and not of the experiment."""
TEXTS = frozenset({".csv", ".html", ".json", ".md", ".svg", ".tsv", ".yaml"})
README = """# Experiment {experiment} of lctransfer

Made by lctransfer {version}{commit}.{made} `results/{experiment}/report.html` is the report.
`REFORMS.md` is the checklist of Kapoor et al. (2024). `ro-crate-metadata.json` describes every file, and
`sha256sum -c {checksums}` checks them.

With lctransfer {version}, `lctransfer reproduce ARCHIVE.zip -o FOLDER` runs the experiment again.
It says of every number whether it is the same.
"""
FORMER = re.compile(r"file:///[^\s\"'<>,|]*?/(?=(?:data|results)/)")
"""What stood before the names of local files where the folder has been moved since it was made."""
WORKFLOW = ("Snakefile", "workflow", "config", "profiles")


def package(
    directory: Path,
    target: Path,
    *,
    data: Path | None = None,
    licence: str = "",
    authors: Sequence[str] = (),
) -> list[str]:
    """Write one archive of a finished experiment: results, workflow, checksums, RO-Crate, REFORMS checklist.

    Light curves and downloaded files are not in it; the manifests of the downloads are. Paths are relative. The same
    results give the same bytes.

    Parameters
    ----------
    directory : Path
        results/<experiment>, with its report.
    target : Path
        The ZIP file to write.
    data : Path, optional
        data/<archive> that the results came from; by default as their configuration says.
    licence : str
        Address or SPDX name of the licence of the results; if empty, the archive says that none was chosen.
    authors : sequence of str
        Names of those who made the results.

    Returns
    -------
    list of str
        The files of the archive.

    Raises
    ------
    LctransferError
        If the experiment is not finished, or the target is no ZIP file.
    """
    if target.suffix != ".zip":
        raise LctransferError(f"{target}: name a file that ends in .zip.")
    results = read(directory, data)
    if missing := [name for name in NEEDED if not (directory / name).is_file()]:
        raise LctransferError(f"{directory} is not finished: it has no {', '.join(missing)}. Run the experiment first.")
    with tempfile.TemporaryDirectory() as scratch:
        sources = dict(_sources(results, Path(scratch)))
        digests = {name: sha256(path) for name, path in sources.items()}
        described, sums = Path(scratch) / crate.METADATA, Path(scratch) / CHECKSUMS
        write_text(described, crate.describe(results, sources, digests, licence=licence, authors=authors))
        digests[crate.METADATA] = sha256(described)
        write_text(sums, "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())))
        sources |= {crate.METADATA: described, CHECKSUMS: sums}
        _zipped(sources, target, results.provenance["date_utc"])
    return sorted(sources)


def _sources(results: Results, scratch: Path) -> Iterator[tuple[str, Path]]:
    """Yield the name in the archive, and the path, of each file; texts without the place where they were made."""
    home = results.directory.resolve().parent.parent
    for name, path in _files(results):
        if path.suffix in TEXTS:
            cleaned = scratch / "texts" / name
            write_text(cleaned, _relative(path.read_text(encoding="utf-8"), home))
            path = cleaned  # noqa: PLW2901 - the same file, cleaned
        yield name, path
    for name, text in (("REFORMS.md", reforms.checklist(results)), (crate.README, _readme(results))):
        write_text(scratch / name, text)
        yield name, scratch / name


def _readme(results: Results) -> str:
    known = results.provenance
    return README.format(
        experiment=results.experiment,
        version=known.get("lctransfer", ""),
        commit=f", commit {known['commit']}" if known.get("commit") else "",
        made=" Its stars are simulated." if results.simulated else "",
        checksums=CHECKSUMS,
    )


def _files(results: Results) -> Iterator[tuple[str, Path]]:
    for path in _below(results.directory):
        yield f"results/{results.experiment}/{path.relative_to(results.directory).as_posix()}", path
    for survey in [*results.sources, *results.targets]:
        for folder in ("raw", "lightcurves"):
            path = results.data / folder / f"{survey}.json"
            if path.is_file():
                yield f"data/{results.data.name}/{folder}/{survey}.json", path
    for part in WORKFLOW:
        place = FILES / part
        for path in [place] if place.is_file() else _below(place):
            yield f"code/{path.relative_to(FILES).as_posix()}", path


def _below(folder: Path) -> list[Path]:
    """Return the files that belong to an archive, in the order of their names."""
    every = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return sorted(path for path in every if not set(path.relative_to(folder).parts) & set(LEFT_OUT))


def _relative(text: str, home: Path) -> str:
    """Return a text in which paths below a folder are relative to it."""
    for prefix in (f"{home.as_uri()}/", f"{home}/"):
        text = text.replace(prefix, "")
    return FORMER.sub("", text)


def _zipped(sources: dict[str, Path], target: Path, date: str) -> None:
    """Write the files into an archive, all with the date of the results."""
    year, month, day = (int(part) for part in date[:10].split("-"))
    with replacing(target) as aside, zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in track(sorted(sources.items()), desc="package", unit="file"):
            entry = zipfile.ZipInfo(name, (year, month, day, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            with path.open("rb") as stream, archive.open(entry, "w", force_zip64=True) as written:
                while piece := stream.read(1 << 20):
                    written.write(piece)
