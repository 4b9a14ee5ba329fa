"""A packaged experiment run again in another folder, and compared number by number."""

import contextlib
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from lctransfer.config import Config, to_json
from lctransfer.errors import LctransferError, one_line
from lctransfer.evaluation.metrics import METRICS
from lctransfer.files import csv_text, write_json, write_text
from lctransfer.publish.package import CHECKSUMS
from lctransfer.report.sections.comparison import flatten
from lctransfer.validate import parse_json
from lctransfer.workflow.running import run

PARTS = ("config.json", "metrics.parquet", "provenance.json")
"""What of a packaged experiment is needed to run and compare it."""
KEYS = ["survey", "strategy", "fraction", "labels"]
SAME, WITHIN, DIFFERENT, MISSING = "same", "within the spread of seeds", "different", "missing"
TOLERANCE = 1e-12
"""Differences of a metric up to this are rounding of the file format, not of the run."""
Compose = Callable[[list[str]], Config]
"""What makes a configuration of Hydra overrides."""


def reproduce(
    archive: Path, folder: Path, compose: Compose, *, overrides: Sequence[str] = (), cores: int = 1
) -> pd.DataFrame:
    """Run a packaged experiment again, and write ``reproduced.csv`` and ``reproduced.json`` into its folder.

    Parameters
    ----------
    archive : Path
        What `package` wrote.
    folder : Path
        Where to run; gets ``data/`` and ``results/``.
    compose : callable
        What makes a configuration of overrides: `lctransfer.cli.compose.compose`.
    overrides : sequence of str
        Hydra overrides on top of the packaged configuration, such as the place of one's own table.
    cores : int
        Jobs at once.

    Returns
    -------
    DataFrame
        A row per survey, strategy, label fraction, draw of labels and metric; see `compare`.

    Raises
    ------
    LctransferError
        If the archive is damaged or of another software, its experiment cannot be composed, or the run fails.
    """
    config, metrics, provenance = _packaged(archive)
    everything = [*overrides_of(config, compose), *overrides]
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.chdir(folder):
        if run(everything, cores):
            raise LctransferError(f"The run in {folder} did not end well; what went wrong stands above.")
        place = Path("results") / config["experiment"]
        table = compare(metrics, pq.read_table(place / "metrics.parquet").to_pandas())
        write_text("reproduced.csv", csv_text(table))
        counts = {name: int((table["outcome"] == name).sum()) for name in (SAME, WITHIN, DIFFERENT, MISSING)}
        write_json("reproduced.json", {"archive": archive.name, "packaged": provenance, "outcomes": counts})
    return table


def compare(packaged: pd.DataFrame, again: pd.DataFrame) -> pd.DataFrame:
    """Return each packaged number beside that of the second run.

    Parameters
    ----------
    packaged, again : pandas.DataFrame
        Rows of metrics.parquet.

    Returns
    -------
    pandas.DataFrame
        Per survey, strategy, fraction, draw of labels and metric: the mean over seeds of both, the standard deviation
        over the packaged seeds, and the outcome: ``same`` (of every seed), ``within the spread of seeds`` (the means
        differ by less than that standard deviation), ``different``, or ``missing`` (no such rows in the second run).
    """
    both = packaged.merge(again, on=[*KEYS, "seed"], how="left", suffixes=("", "_again"), validate="one_to_one")
    rows = []
    for key, part in both.groupby(KEYS, sort=False):
        for metric in (name for name in METRICS if name in packaged):
            first, second = part[metric], part[f"{metric}_again"]
            numbers = first.mean(), second.mean(), first.std()
            rows.append((*key, metric, *numbers, _outcome(first, second)))
    return pd.DataFrame(rows, columns=[*KEYS, "metric", "packaged", "again", "spread", "outcome"])


def _outcome(first: pd.Series, second: pd.Series) -> str:
    if (second.isna() & first.notna()).any():
        return MISSING
    gaps = (first - second).abs()
    if (gaps.fillna(0) <= TOLERANCE).all():
        return SAME
    spread = first.std()
    return WITHIN if abs(first.mean() - second.mean()) <= spread else DIFFERENT


def overrides_of(config: dict[str, Any], compose: Compose) -> list[str]:
    """Return the Hydra overrides that make the experiment of a configuration the same as it.

    Raises
    ------
    LctransferError
        If this version has no such experiment, or no such key.
    """
    start = [f"experiment={config['experiment']}"]
    found = dict(flatten(_plain(compose(start))))
    wanted = dict(flatten(config))
    needed = [f"{key}={json.dumps(value)}" for key, value in wanted.items() if key not in found or found[key] != value]
    overrides = [*start, *(f"++{one}" for one in needed)]
    made = dict(flatten(_plain(compose(overrides))))
    unlike = sorted(key for key in wanted if made.get(key) != wanted[key])
    if unlike:
        raise LctransferError(f"This version of the software cannot take the packaged value of {', '.join(unlike)}.")
    return overrides


def _plain(config: Config) -> dict[str, Any]:
    """Return a configuration as it stands in config.json."""
    plain: dict[str, Any] = json.loads(to_json(config))
    return plain


def _packaged(archive: Path) -> tuple[dict[str, Any], pd.DataFrame, dict[str, Any]]:
    """Return configuration, metrics and provenance of an archive, checked by their digests."""
    try:
        with zipfile.ZipFile(archive) as opened:
            lines = [line.split("  ", 1) for line in opened.read(CHECKSUMS).decode().splitlines()]
            digests = {name: digest for digest, name in lines}
            place = next((name for name in digests if name.count("/") == 2 and name.endswith("/config.json")), "")
            read = {name: _checked(opened, f"{place[:-11]}{name}", digests) for name in PARTS}
    except FileNotFoundError:
        raise LctransferError(f"There is no file {archive}. Check the path.") from None
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise LctransferError(f"{archive} is no archive that `lctransfer package` wrote: {one_line(error)}") from None
    config, provenance = (parse_json(read[name].decode()) for name in ("config.json", "provenance.json"))
    return config, pq.read_table(io.BytesIO(read["metrics.parquet"])).to_pandas(), provenance


def _checked(archive: zipfile.ZipFile, name: str, digests: dict[str, str]) -> bytes:
    held = archive.read(name)
    if hashlib.sha256(held).hexdigest() != digests.get(name):
        raise ValueError(f"{name} is not as it was packaged")
    return held
