"""Arguments of the command line: how they are described, and what the texts that people type stand for."""

import json
import os
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

from lctransfer.validate import parse_json

EXAMPLES = {
    "config": "lctransfer config experiment=quickstart transfer.seeds=5",
    "simulate": "lctransfer simulate asas --stars 500 -o simulated/asas",
    "retrieve": "lctransfer retrieve --list experiment=paper",
    "ingest": "lctransfer ingest asas --directory data/live/raw/asas -o asas.parquet",
    "features": "lctransfer features stars.parquet -o features.parquet",
    "pretrain": "lctransfer pretrain ogle.parquet eros2.parquet --settings '{\"epochs\": 50}' -o source",
    "transfer": "lctransfer transfer asas.parquet --source source --survey asas --strategy auto -o transfer",
    "fit": "lctransfer fit stars.parquet --labels labels.csv --source released+simulated -o model",
    "card": "lctransfer card model",
    "suggest": "lctransfer suggest model stars.parquet -n 20 -o to_label.csv",
    "classify": "lctransfer classify model stars.parquet -o catalogue.parquet",
    "sensitivity": "lctransfer sensitivity lightcurves.parquet --source source -o sensitivity.parquet",
    "novelty": "lctransfer novelty asas.parquet --source source --survey asas -o novelty.parquet",
    "evaluate": "lctransfer evaluate stars.parquet -o my_survey --fractions 0.01,0.05 --seeds 0-9 --jobs 2",
    "join": "lctransfer join one.parquet two.parquet -o both.parquet",
    "report": "lctransfer report results/demo --data data/simulated",
    "figure": "lctransfer figure confusion-asas-0.0100 results/demo --width single -o confusion.pdf",
    "tracking": "lctransfer tracking results/demo",
    "run": "lctransfer run demo --cores 2",
    "package": "lctransfer package results/demo -o demo.zip --licence CC-BY-4.0 --author 'Ada Lovelace'",
    "reproduce": "lctransfer reproduce demo.zip -o again --cores 2",
    "ui": "lctransfer ui --experiment quickstart",
}
"""A command line per verb that does something sensible; tests parse them."""


Arguments = Namespace


class Option(NamedTuple):
    """One argument of a verb: its names and what argparse is told of it."""

    names: tuple[str, ...]
    kinds: dict[str, Any]


VERBS: dict[str, tuple[Callable[[Arguments], None], tuple[Option, ...]]] = {}


def verb(*options: Option) -> Callable[[Callable[[Arguments], None]], Callable[[Arguments], None]]:
    """Register a function as the verb of its name; its docstring is the help."""

    def register(function: Callable[[Arguments], None]) -> Callable[[Arguments], None]:
        VERBS[function.__name__.strip("_")] = (function, options)
        return function

    return register


def option(*names: str, **kinds: Any) -> Option:
    """Return an argument; `kinds` goes to `argparse.ArgumentParser.add_argument`."""
    return Option(names, kinds)


def output(help: str, *, required: bool = True) -> Option:
    """Return the argument that says where to write."""
    return option("-o", "--output", type=Path, required=required, help=help)


def settings(section: type, name: str = "--settings", default: str = "{}") -> Option:
    """Return the argument that takes a section of the configuration as JSON, and explains its keys."""
    known = zip(fields(section), vars(section()).values())
    keys = [f"{item.name} ({json.dumps(value)}): {item.metadata['help']}" for item, value in known]
    help = "\n- ".join(["JSON object with any of these keys (defaults in brackets):", *keys])
    return option(name, default=default, metavar="JSON", help=help.replace("%", "%%"))


def shard(text: str) -> tuple[int, int]:
    """Return (shard, shards) of a text such as ``3/8``.

    Examples
    --------
    >>> shard("3/8")
    (3, 8)
    """
    part, _, parts = text.partition("/")
    if not (part.isdigit() and parts.isdigit() and 1 <= int(part) <= int(parts)):
        raise ArgumentTypeError(f"{text!r} is no shard: write 3/8 for the third of eight")
    return int(part), int(parts)


def positive(text: str) -> int:
    """Return a number of at least 1.

    Examples
    --------
    >>> positive("2")
    2
    """
    if not (text.isascii() and text.isdigit() and int(text)):
        raise ArgumentTypeError(f"{text!r} is no number of at least 1")
    return int(text)


def whole(text: str) -> int:
    """Return a number of at least 0.

    Examples
    --------
    >>> whole("0")
    0
    """
    if not (text.isascii() and text.isdigit()):
        raise ArgumentTypeError(f"{text!r} is no whole number of at least 0")
    return int(text)


def port(text: str) -> int:
    """Return the number of a port that needs no special rights."""
    if not 1024 <= whole(text) <= 65_535:
        raise ArgumentTypeError(f"{text} is no port from 1024 to 65535")
    return int(text)


def section(text: str) -> dict[str, Any]:
    """Return the value of a JSON object."""
    try:
        value = parse_json(text)
    except ValueError as error:
        raise ArgumentTypeError(f"it is not valid JSON: {error}") from None
    if not isinstance(value, dict):
        raise ArgumentTypeError(f"{text[:100]!r} is no JSON object such as {{}}")
    return value


def texts(text: str) -> list[str]:
    """Return the items of a JSON list of texts.

    Examples
    --------
    >>> texts('["OGLE-IV"]')
    ['OGLE-IV']
    """
    try:
        value = parse_json(text)
    except ValueError:
        value = None
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ArgumentTypeError(f"""{text[:100]!r} is no list of texts: write '["one","two"]'""")
    return value


def names(text: str) -> list[str]:
    """Return the items of a text such as ``auto,extra_trees``."""
    return [item.strip() for item in text.split(",") if item.strip()]


def fractions(text: str) -> list[float]:
    """Return the label fractions of a text such as ``0.01,0.1``.

    Examples
    --------
    >>> fractions("0.01, 0.1")
    [0.01, 0.1]
    """
    try:
        values = [float(item) for item in names(text)]
    except ValueError:
        values = []
    if not values or not all(0 < value < 1 for value in values):
        raise ArgumentTypeError(f"{text!r} are no label fractions: write 0.01,0.1 for 1% and 10% of the stars")
    return values


def counts(text: str) -> list[int]:
    """Return the numbers of labels of a text such as ``20,100,500``.

    Examples
    --------
    >>> counts("20, 100")
    [20, 100]
    """
    try:
        values = [int(item) for item in names(text)]
    except ValueError:
        values = []
    if not values or min(values) < 2:
        raise ArgumentTypeError(f"{text!r} are no numbers of labels: write 20,100,500, each at least 2")
    return values


def seeds(text: str) -> list[int]:
    """Return the seeds of a text such as ``0-9`` or ``3,5,7-8``.

    Examples
    --------
    >>> seeds("0,2-4")
    [0, 2, 3, 4]
    """
    try:
        ends = [tuple(map(whole, item.split("-"))) for item in names(text)]
    except ArgumentTypeError:
        ends = []
    found = [seed for end in ends for seed in range(end[0], end[-1] + 1)]
    if not found or len(set(found)) < len(found) or any(len(end) > 2 for end in ends):
        raise ArgumentTypeError(f"{text!r} are no seeds: write 0-9, or 1,5,7, each once")
    return found


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
