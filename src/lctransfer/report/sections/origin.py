"""Provenance: code, versions, data, configuration, and what was not run."""

import json

import pandas as pd

from lctransfer.files import sha256
from lctransfer.report import losses
from lctransfer.report.blocks import Section, Table
from lctransfer.report.results import Results
from lctransfer.report.sections.comparison import flatten


def not_run(results: Results, sections: list[Section]) -> Section:
    """Return what this experiment did not do: missing fits and sections without input."""
    part = Section("not-run", "What was run, and what was not")
    fits = len(results.metrics)
    surveys = sorted(set(results.metrics["survey"]))
    part.sentences = [
        f"Run: {fits:,} fits on {len(surveys)} target surveys ({', '.join(map(results.title, surveys)) or 'none'})."
    ]
    part.sentences += [f"Not run: {line}" for line in results.missing_runs()]
    part.sentences += [f"Left out: {line}" for line in losses.sentences(results)]
    part.sentences += [f"Not shown: {other.title}. {other.missing}" for other in sections if other.missing]
    if len(part.sentences) == 1:
        part.sentences.append("Everything that the configuration asks for was run.")
    return part


def section(results: Results) -> Section:
    """Return code, versions, files with digests, and the whole configuration."""
    part = Section("provenance", "Provenance")
    known = results.provenance
    if known:
        part.sentences.append(f"Code: {commit(results)}; {known.get('date_utc', '')}.")
    else:
        part.sentences.append("The run recorded no commit or versions.")
    part.sentences.append(stars(results))
    part.sentences.append(weights(results))
    part.tables = [_versions(known), _retrieved(results), _digests(results), _configuration(results)]
    part.tables = [table for table in part.tables if len(table.data)]
    return part


def commit(results: Results) -> str:
    """Return which code was run, and whether it had changes that were not committed."""
    known = results.provenance
    changes = ", with uncommitted changes" if known.get("uncommitted_changes") else ""
    return f"commit {known.get('commit') or 'unknown'}{changes}"


def stars(results: Results) -> str:
    """Return where the stars come from, in a sentence."""
    titles = ", ".join(map(results.title, [*results.sources, *results.targets]))
    archive = results.config.get("archive", {})
    if results.simulated:
        return (
            f"Stars: simulated in the manner of {titles}, with seed {archive.get('seed')}; no real star is among them."
        )
    surveys = results.config.get("surveys", {})
    own = sorted(filter(None, (surveys.get(name, {}).get("table") for name in [*results.sources, *results.targets])))
    if own:
        return f"Stars: {titles}, as they stand in {', '.join(own)}."
    return f"Stars: real ones of {titles}; the files they come from are listed below with their dates and digests."


def weights(results: Results) -> str:
    """Return where the source model comes from, in a sentence."""
    source = results.config.get("pretrain", {}).get("source", "train")
    if source == "released":
        return "Source model: the released weights of UPSILoN-T (Kim et al. 2021), loaded without unpickling."
    if source != "train":
        return f"Source model: taken from {source}."
    made = " on simulated light curves" if results.simulated else ""
    return f"Source model: trained in this experiment{made} of {', '.join(map(results.title, results.sources))}."


def _versions(known: dict) -> Table:
    rows = [(name, known[name]) for name in ("lctransfer", "python", "machine") if known.get(name)]
    rows += sorted(known.get("packages", {}).items())
    return Table("versions", "Versions.", pd.DataFrame(rows, columns=["package", "version"]), folded=True)


def _retrieved(results: Results) -> Table:
    rows = []
    for survey in [*results.sources, *results.targets, "upsilont"]:
        listed = results.manifest(survey)
        for entry in listed.get("files", []) if isinstance(listed, dict) else listed:
            rows.append((results.title(survey), *(str(entry.get(key, "")) for key in _KEYS)))
    shown = pd.DataFrame(rows, columns=["survey", *_KEYS])
    return Table("files-retrieved", f"Retrieved files ({len(shown)}).", shown, folded=True)


_KEYS = ("url", "bytes", "sha256", "date", "licence", "reference")


def _digests(results: Results) -> Table:
    patterns = (
        "metrics.parquet",
        "sensitivity.parquet",
        "novelty/*.parquet",
        "source/model.safetensors",
        "source/model.json",
        "features/*.parquet",
    )
    paths = [path for pattern in patterns for path in sorted(results.directory.glob(pattern))]
    rows = [(str(path.relative_to(results.directory)), path.stat().st_size, sha256(path)) for path in paths]
    caption = "Files that this report was made from, with their SHA-256."
    return Table("digests", caption, pd.DataFrame(rows, columns=["file", "bytes", "sha256"]), folded=True)


def _configuration(results: Results) -> Table:
    rows = [(name, json.dumps(value)) for name, value in flatten(results.config)]
    return Table("configuration", "Configuration in force.", pd.DataFrame(rows, columns=["key", "value"]), folded=True)
