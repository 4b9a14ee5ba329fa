"""Speed and memory of a long CSV: read as light curves, beside pyarrow.csv reading the same file.

Usage: ``python benchmarks/own_tables.py --target benchmarks/results/own_tables.md``, on an idle machine.
"""

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from publishing import publish
from pyarrow import csv

READ = """
import sys, time
from pyarrow import csv
start, cpu = time.perf_counter(), time.process_time()
csv.read_csv(sys.argv[1])
print(time.perf_counter() - start, time.process_time() - cpu)
"""
INGEST = """
import resource, sys, time
from pathlib import Path
from lctransfer.table.canonical import Reading
from lctransfer.table.reading import write
start, cpu = time.perf_counter(), time.process_time()
account = write(sys.argv[1], Path(sys.argv[2]), Reading())
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
print(time.perf_counter() - start, time.process_time() - cpu, most, account.rows)
"""


def make(path: Path, epochs: int, stars: int, *, scattered: bool, named: bool = False) -> None:
    """Write simulated epochs as a long CSV, star after star or all mixed; stars have numbers, or names."""
    rng = np.random.default_rng(0)
    with path.open("wb") as stream:
        for number, size in enumerate(np.diff(np.linspace(0, epochs, 11).astype(int))):
            star = rng.integers(0, stars, size)
            if not scattered:
                star = np.sort(star // 10 + number * (stars // 10))
            columns = {"source_id": star + 4_472_832_130_000_000_000, "mjd": rng.uniform(5.8e4, 5.9e4, size).round(6)}
            columns |= {"mag": rng.normal(15, 0.3, size).round(4), "magerr": rng.uniform(0.01, 0.1, size).round(4)}
            if named:
                columns["source_id"] = np.char.add("SIM-LMC-VAR-", star.astype(str))
            table = pa.Table.from_pandas(pd.DataFrame(columns), preserve_index=False)
            csv.write_csv(table, stream, csv.WriteOptions(include_header=number == 0))


def measured(epochs: int, stars: int, *, scattered: bool, named: bool) -> str:
    """Return a line of the table of results for one file."""
    with tempfile.TemporaryDirectory() as folder:
        path, target = Path(folder) / "long.csv", Path(folder) / "stars.parquet"
        make(path, epochs, stars, scattered=scattered, named=named)
        command = [sys.executable, "-c"]
        plain, plain_cpu = _told([*command, READ, str(path)])
        seconds, cpu, gib, rows = _told([*command, INGEST, str(path), str(target)])
    order = "scattered over the file" if scattered else "star after star"
    times = f"{plain:.1f} ({plain_cpu:.1f}) | {seconds:.1f} ({cpu:.1f}) | {plain / seconds:.2f} ({plain_cpu / cpu:.2f})"
    order += ", names" if named else ""
    return f"| {epochs:,} of {rows:,.0f} stars, {order} | {times} | {gib:.2f} |"


def _told(command: list[str]) -> list[float]:
    """Return the numbers that a process prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [float(number) for number in done.stdout.split()]


def main() -> None:
    """Write a line per file."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--epochs", type=int, default=10_000_000)
    options.add_argument("--target", type=Path)
    given = options.parse_args()
    files = itertools.product((20_000, 200_000), (False, True), (False, True))
    lines = [measured(given.epochs, stars, scattered=scattered, named=named) for stars, scattered, named in files]
    publish("\n".join([*HEAD, *lines]), given.target)


HEAD = (
    "# A long CSV of one's own: speed and memory",
    "",
    f"`python benchmarks/own_tables.py` on {os.cpu_count()} cores: a long CSV of simulated epochs, read by",
    "`pyarrow.csv`, and read as light curves with all checks and written as the Parquet file that a verb goes on",
    "with, each in a process of its own. Identifiers are numbers of 19 digits, or names such as SIM-LMC-VAR-170124.",
    "",
    "In brackets: CPU time, which depends less on what else runs.",
    "",
    "| epochs | pyarrow.csv [s] | as light curves [s] | share of its speed | at most [GiB] |",
    "|---|---|---|---|---|",
)


if __name__ == "__main__":
    main()
