"""Published numbers, which a reader filled in, next to ours."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from lctransfer.config import REFERENCE_FOLDER
from lctransfer.errors import LctransferError, one_line
from lctransfer.evaluation.metrics import METRICS
from lctransfer.report import statistics
from lctransfer.report.blocks import Section, Table
from lctransfer.report.results import Results
from lctransfer.transfer.registry import STRATEGIES
from lctransfer.validate import key, validate

LARGEST_BYTES = 1_000_000
"""A larger file was surely not filled in by hand."""


@dataclass
class Published:
    """One published number."""

    survey: str = key("", "target survey, as the configuration names it")
    strategy: str = key("", "the strategy of ours that it belongs to", choices=tuple(STRATEGIES))
    fraction: float = key(0.0, "labelled stars / all stars", low=0, high=1)
    metric: str = key("m_c", "which number it is", choices=METRICS)
    value: float = key(0.0, "the number", low=-1, high=100)
    cited_from: str = key("", "where it was read")


KEYS = {item.name for item in fields(Published)}


def section(results: Results) -> Section | None:
    """Return published values beside ours, or nothing where no reader has filled any in.

    Raises
    ------
    LctransferError
        If a file cannot be read, or an entry says what cannot be.
    """
    named = Path(results.config.get("report", {}).get("reference") or REFERENCE_FOLDER)
    if not named.exists() and named != Path(REFERENCE_FOLDER):
        return Section(
            "reference", "Published values", [f"Not shown: there is no {named} where the report was written."]
        )
    entries = [entry for path in files(named) for entry in read(path, results)]
    entries = [entry for entry in entries if entry.survey in results.targets]
    if not entries:
        return None
    note = f"Filled in by a reader in {named}; classes, stars and splits may differ from those here."
    return Section("reference", "Published values", [note], tables=[_table(entries, results)])


def files(named: Path) -> list[Path]:
    """Return the files of published values: the one that is named, or those of a folder."""
    return sorted(named.glob("*.yaml")) if named.is_dir() else [named] if named.is_file() else []


def _table(entries: list[Published], results: Results) -> Table:
    ours = statistics.summary(results.metrics).set_index(["survey", "strategy", "fraction"])
    rows = []
    for entry in entries:
        place = (entry.survey, entry.strategy, entry.fraction)
        own = ours.loc[place, entry.metric] if place in ours.index and entry.metric in ours else float("nan")
        rows.append((results.title(place[0]), *place[1:], entry.metric, entry.value, own, entry.cited_from))
    names = ["survey", "strategy", "label fraction", "metric", "published", "here", "cited from"]
    formats = {"label fraction": ".1%", "published": ".3f", "here": ".3f"}
    return Table("reference", "Published values, as filled in.", pd.DataFrame(rows, columns=names), formats)


def read(path: Path, results: Results) -> list[Published]:
    """Return the entries of a file whose value is filled in.

    Raises
    ------
    LctransferError
        Naming the file, the entry and what is allowed.
    """
    entries = _loaded(path)
    found = []
    for number, entry in enumerate(entries, 1):
        where = f"{path}, entry {number}"
        if not isinstance(entry, dict) or set(entry) != KEYS:
            raise LctransferError(f"{where}: it must be a mapping with the keys {', '.join(sorted(KEYS))}.")
        if entry["value"] is None:  # not filled in yet
            continue
        validate(Published, {**entry, "cited_from": entry["cited_from"] or ""}, f"{where}: ")
        if entry["survey"] not in (known := results.config.get("surveys", {})):
            raise LctransferError(
                f"{where}: there is no survey {entry['survey']}. There are {', '.join(sorted(known))}."
            )
        if not entry["cited_from"]:
            raise LctransferError(f"{where}: cited_from must say where the value was read.")
        found.append(Published(**entry))
    return found


def _loaded(path: Path) -> list[Any]:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise LctransferError(f"{path} is larger than 1 MB, which no table of published values is.")
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except (OSError, UnicodeDecodeError) as error:
        raise LctransferError(f"{path} cannot be read: {one_line(error)}.") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise LctransferError(f"{path} is not valid YAML: {one_line(error)}") from None
    return entries if isinstance(entries, list) else [entries]
