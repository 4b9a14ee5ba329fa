"""Load: a survey ten times as long through features and classify, and the report of an experiment of 10,000 fits.

Memory must not grow with the rows, nor the rate fall. Light curves are real ones, repeated; the fits are made up, in
the folders and files that a sweep writes.

python benchmarks/load.py survey STARS.parquet CLASS_MAP.yaml --rows 100000 1000000
python benchmarks/load.py report --fits 10000
"""

import argparse
import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq
from classify import fitted, measured, repeated, run
from publishing import publish

from lctransfer import read_light_curves

TESTS = Path(__file__).parents[1] / "tests"
TARGETS = ("asas", "hipparcos", "asassn", "gaia", "ztf")
STRATEGIES = ("auto", "mapped_head", "finetune_all", "finetune_last", "scratch", "upsilont_recipe")
STRATEGIES += ("extra_trees", "lightgbm", "logistic", "zero_label")
FRACTIONS = (0.01, 0.02, 0.03, 0.05, 0.075, 0.10, 0.125, 0.15, 0.175, 0.20)
MOST_BYTES, MOST_SECONDS = 8_000_000, 60


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


def page(given: argparse.Namespace) -> str:
    """Return size, time and memory of the report of so many made-up fits."""
    sys.path.insert(0, str(TESTS))
    from results_folder import write_results

    seeds = -(-given.fits // (len(TARGETS) * len(STRATEGIES) * len(FRACTIONS)))
    with tempfile.TemporaryDirectory() as scratch:
        results, data = write_results(
            Path(scratch), targets=TARGETS, strategies=STRATEGIES, fractions=FRACTIONS, seeds=seeds
        )
        fits = pq.ParquetFile(results / "metrics.parquet").metadata.num_rows
        cpu, seconds, peak = run("report", results, "--data", data)
        size = (results / "report.html").stat().st_size
    met = "met" if size < MOST_BYTES and seconds < MOST_SECONDS else "MISSED"
    line = f"| {fits:,} | {seconds:.0f} | {cpu:.0f} | {peak:.0f} | {size / 1e6:.2f} | {met} |"
    return "\n".join([*PAGE, line])


SURVEY = (
    "# Load: a long survey",
    "",
    "`python benchmarks/load.py survey {given.stars.name} {given.class_map.name}`: light curves repeated; `auto` with",
    "{given.labels} labels, {given.threads} threads. Growth and change of rate: against the verb's first run.",
    "",
    "| verb | rows | seconds | rows per second | peak [MiB] | growth of memory | change of rate |",
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
    fits = parts.add_parser("report")
    fits.add_argument("--fits", type=int, default=10_000)
    fits.set_defaults(measure=page)
    for part in (stars, fits):
        part.add_argument("--target", type=Path)
    given = parser.parse_args()
    publish(given.measure(given), given.target)


if __name__ == "__main__":
    main()
