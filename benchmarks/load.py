"""Load: a survey ten times as long through features and classify; a sweep, its report and MLflow store of 10,000 fits.

Memory must not grow with the rows, nor the rate fall. Light curves are real ones, repeated. `sweep` runs the whole
experiment on small simulated surveys; for `report` and `store` the fits are made up, in the folders and files that a
sweep writes. The chart of all curves is drawn by Chromium without a window.

python benchmarks/load.py survey STARS.parquet CLASS_MAP.yaml --rows 100000 1000000
python benchmarks/load.py sweep --fits 10000
python benchmarks/load.py report --fits 10000
python benchmarks/load.py store --fits 10000
"""

import argparse
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
from classify import VERB, fitted, measured, repeated, run
from publishing import publish

from lctransfer import read_light_curves
from lctransfer.report.page import MOST_BYTES
from lctransfer.tracking import ui

TESTS = Path(__file__).parents[1] / "tests"
TARGETS = ("asas", "hipparcos", "asassn", "gaia", "ztf")
STRATEGIES = ("auto", "mapped_head", "finetune_all", "finetune_last", "scratch", "upsilont_recipe")
STRATEGIES += ("extra_trees", "lightgbm", "logistic", "zero_label")
SIMULATED = ("asas", "hipparcos", "asassn")
SWEPT = ("zero_label", "mapped_head", "extra_trees")
SWEPT_FRACTIONS = (0.05, 0.1, 0.15, 0.2, 0.3)
FRACTIONS = (0.01, 0.02, 0.03, 0.05, 0.075, 0.10, 0.125, 0.15, 0.175, 0.20)
MOST_SECONDS = 60
LINE = re.compile(r'class="js-line" d="M[^"]*" style="[^"]*stroke: (rgb[^;]*)')
"""A curve of MLflow's chart, by its colour."""


def survey(given: argparse.Namespace) -> str:
    """Return rate and memory of both verbs for each number of rows."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, stars = Path(scratch), read_light_curves(given.stars)
        model = fitted(stars, given.class_map, given.labels, folder)
        runs = []
        for rows in given.rows:
            repeated(stars, folder / "stars.parquet", rows)
            options = ("-o", folder / f"out_{rows}.parquet", "--threads", given.threads)
            runs.append(measured("features", folder / "stars.parquet", *options))
            options = ("-o", folder / f"catalogue_{rows}.parquet", "--threads", given.threads)
            runs.append(measured("classify", folder / "stars.parquet", *options, model=model))
    return "\n".join([*(line.format(given=given) for line in SURVEY), *_growth(runs)])


def _growth(runs: list[dict]) -> list[str]:
    """Return a line per run, with its peak memory and rate as shares of the same verb's first run."""
    first = {one["verb"]: one for one in reversed(runs)}
    lines = []
    for one in runs:
        before = first[one["verb"]]
        rate = one["rows"] / one["seconds"]
        shares = f"{one['peak'] / before['peak'] - 1:+.1%} | {rate / (before['rows'] / before['seconds']) - 1:+.1%}"
        cells = f"{one['rows']:,} | {one['seconds']:.0f} | {rate:.0f} | {one['peak']:.0f}"
        lines.append(f"| {one['verb']} | {cells} | {shares} |")
    return lines


def sweep(given: argparse.Namespace) -> str:
    """Return time and memory of an experiment of so many fits, from simulated files to report and MLflow."""
    seeds = -(-given.fits // (len(SIMULATED) * len(SWEPT) * len(SWEPT_FRACTIONS)))
    settings = [
        f"transfer.strategies=[{','.join(SWEPT)}]",
        f"transfer.fractions={list(SWEPT_FRACTIONS)}".replace(" ", ""),
        f"transfer.seeds={seeds}",
        *("sensitivity.enabled=false", "novelty.enabled=false", "fit.enabled=false"),
    ]
    command = ("run", "smoke", *settings)
    with tempfile.TemporaryDirectory() as scratch:
        cpu, seconds, peak = run(*command, cwd=scratch)
        _, again, _ = run(*command, cwd=scratch)
        results = Path(scratch) / "results" / "smoke"
        rows = pq.read_table(results / "metrics.parquet", columns=["survey", "strategy", "fraction", "seed"])
        fits = len(rows.group_by(rows.column_names).aggregate([]))  # none twice
        size = (results / "report.html").stat().st_size
        with closing(sqlite3.connect(Path(scratch) / "results" / "mlflow.db")) as store:
            kept = store.execute("SELECT count(*) FROM runs WHERE status = 'FINISHED'").fetchone()[0]
    cells = f"{fits:,} | {seconds:.0f} | {cpu:.0f} | {peak:.0f} | {size / 1e6:.2f} | {kept:,} | {again:.0f}"
    return "\n".join([*SWEEP, f"| {cells} |"])


def page(given: argparse.Namespace) -> str:
    """Return size, time and memory of the report of so many made-up fits."""
    with tempfile.TemporaryDirectory() as scratch:
        results, data, fits = _made_up(Path(scratch), given.fits)
        cpu, seconds, peak = run("report", results, "--data", data)
        size = (results / "report.html").stat().st_size
    met = "met" if size < MOST_BYTES and seconds < MOST_SECONDS else "MISSED"
    line = f"| {fits:,} | {seconds:.0f} | {cpu:.0f} | {peak:.0f} | {size / 1e6:.2f} | {met} |"
    return "\n".join([*PAGE, line])


def _made_up(folder: Path, fits: int) -> tuple[Path, Path, int]:
    """Write the results of at least so many fits; return their folder, that of their data, and how many they are."""
    sys.path.insert(0, str(TESTS))
    from results_folder import write_results

    seeds = -(-fits // (len(TARGETS) * len(STRATEGIES) * len(FRACTIONS)))
    results, data = write_results(folder, targets=TARGETS, strategies=STRATEGIES, fractions=FRACTIONS, seeds=seeds)
    return results, data, pq.ParquetFile(results / "metrics.parquet").metadata.num_rows


def store(given: argparse.Namespace) -> str:
    """Return time and size of the MLflow store of so many made-up fits, and the time of its page of curves."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        results, _, fits = _made_up(folder, given.fits)
        uri = f"sqlite:///{folder / 'mlflow.db'}"
        cpu, seconds, peak = run("tracking", results, "--uri", uri)
        _, again, _ = run("tracking", results, "--uri", uri)
        size = (folder / "mlflow.db").stat().st_size / 1e6
        drawn, lines = _drawn(folder, uri, results.name, given.chromium)
    row = f"{fits:,} | {seconds:.0f} | {cpu:.0f} | {peak:.0f} | {again:.0f} | {size:.0f} | {lines} | {drawn:.0f}"
    return "\n".join([*STORE, f"| {row} |"])


def _drawn(folder: Path, uri: str, experiment: str, chromium: str) -> tuple[float, int]:
    """Return the seconds until Chromium has drawn the page of all curves, and how many curves it shows."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*VERB, "ui", "--uri", uri, "--port", str(port), "--no-browser"]
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    command += ["--window-size=1400,1000", "--virtual-time-budget=90000", "--dump-dom"]
    found = []

    def look(address: str) -> None:
        start = time.monotonic()
        page = subprocess.run([*command, address], capture_output=True, text=True, check=True).stdout
        found.append((time.monotonic() - start, len(set(LINE.findall(page)))))

    try:
        ui.open_when_ready(f"http://127.0.0.1:{port}", ui.curves_url(uri, experiment, f"http://127.0.0.1:{port}"), look)
        return found[0]
    finally:
        server.terminate()
        server.wait()


SURVEY = (
    "# Load: a long survey",
    "",
    "`python benchmarks/load.py survey {given.stars.name} {given.class_map.name}`: light curves repeated; `auto` with",
    "{given.labels} labels, {given.threads} threads. Growth and change of rate: against the verb's first run.",
    "",
    "| verb | rows | seconds | rows per second | peak [MiB] | growth of memory | change of rate |",
    "|---|---|---|---|---|---|---|",
)
SWEEP = (
    "# Load: a sweep of many fits",
    "",
    f"`python benchmarks/load.py sweep`: experiment smoke, {len(SIMULATED)} simulated targets of 120 stars, strategies",
    f"{', '.join(SWEPT)}, {len(SWEPT_FRACTIONS)} fractions, as many seeds as it takes; with report and MLflow.",
    "The peak is that of the largest process. Started again, it has nothing to do.",
    "",
    "| fits | seconds | CPU s | peak [MiB] | page [MB] | runs in MLflow | started again [s] |",
    "|---|---|---|---|---|---|---|",
)
PAGE = (
    "# Load: the report of many fits",
    "",
    f"`python benchmarks/load.py report`: made-up fits of {len(TARGETS)} targets, {len(STRATEGIES)} strategies and",
    f"{len(FRACTIONS)} fractions of labels. Goal: below {MOST_BYTES / 1e6:.0f} MB and {MOST_SECONDS} s.",
    "",
    "| fits | seconds | CPU s | peak [MiB] | page [MB] | goal |",
    "|---|---|---|---|---|---|",
)

STORE = (
    "# Load: the MLflow store of many fits",
    "",
    f"`python benchmarks/load.py store`: made-up fits of {len(TARGETS)} targets, {len(STRATEGIES)} strategies and",
    f"{len(FRACTIONS)} fractions of labels; a curve has a run, and each of its fits another.",
    "The page of all curves is what `lctransfer ui` opens, in Chromium without a window.",
    "",
    "| fits | import [s] | CPU s | peak [MiB] | again [s] | store [MB] | curves drawn | page drawn after [s] |",
    "|---|---|---|---|---|---|---|---|",
)


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(required=True)
    stars = parts.add_parser("survey")
    stars.add_argument("stars", type=Path)
    stars.add_argument("class_map", type=Path)
    stars.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    stars.add_argument("--labels", type=int, default=200)
    stars.add_argument("--threads", type=int, default=2)
    stars.set_defaults(measure=survey)
    for name, measure in (("sweep", sweep), ("report", page), ("store", store)):
        part = parts.add_parser(name)
        part.add_argument("--fits", type=int, default=10_000)
        part.set_defaults(measure=measure)
    parts.choices["store"].add_argument("--chromium", default="chromium", help="the browser's program (%(default)s)")
    for part in parts.choices.values():
        part.add_argument("--target", type=Path)
    given = parser.parse_args()
    publish(given.measure(given), given.target)


if __name__ == "__main__":
    main()
