"""Published numbers, which a reader filled in, next to ours."""

from pathlib import Path

import pandas as pd
import yaml

from lctransfer.config import CONFIG_DIRECTORY
from lctransfer.errors import LctransferError
from lctransfer.report import statistics
from lctransfer.report.blocks import Section, Table
from lctransfer.report.results import Results

REFERENCE_DIRECTORY = CONFIG_DIRECTORY / "reference"
KEYS = {"survey", "strategy", "fraction", "metric", "value", "cited_from"}


def section(results: Results, directory: Path = REFERENCE_DIRECTORY) -> Section | None:
    """Return published values beside ours, or nothing where no reader has filled any in."""
    entries = [entry for path in sorted(directory.glob("*.yaml")) for entry in _read(path)]
    entries = [entry for entry in entries if entry["survey"] in results.targets]
    if not entries:
        return None
    ours = statistics.summary(results.metrics).set_index(["survey", "strategy", "fraction"])
    rows = []
    for entry in entries:
        place = (entry["survey"], entry["strategy"], entry["fraction"])
        own = ours.loc[place, entry["metric"]] if place in ours.index and entry["metric"] in ours else float("nan")
        rows.append((results.title(place[0]), *place[1:], entry["metric"], entry["value"], own, entry["cited_from"]))
    names = ["survey", "strategy", "label fraction", "metric", "published", "here", "cited from"]
    formats = {"label fraction": ".1%", "published": ".3f", "here": ".3f"}
    table = Table("reference", "Published values, as filled in.", pd.DataFrame(rows, columns=names), formats)
    note = "Filled in by a reader under config/reference; classes, stars and splits may differ from those here."
    return Section("reference", "Published values", [note], tables=[table])


def _read(path: Path) -> list[dict]:
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except yaml.YAMLError as error:
        raise LctransferError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from None
    for entry in entries if isinstance(entries, list) else [entries]:
        if not isinstance(entry, dict) or set(entry) != KEYS:
            raise LctransferError(f"{path}: every entry must be a mapping with the keys {', '.join(sorted(KEYS))}.")
    return entries
