"""Speed and memory of a long CSV: read as light curves, beside pyarrow.csv reading the same file.

Usage: ``python benchmarks/own_tables.py --epochs 10000000 --scattered``.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

READ = """
import sys, time
from pyarrow import csv
start = time.perf_counter()
csv.read_csv(sys.argv[1])
print(time.perf_counter() - start)
"""
INGEST = """
import resource, sys, time
from pathlib import Path
from lctransfer.table.canonical import Reading
from lctransfer.table.reading import write
start = time.perf_counter()
account = write(sys.argv[1], Path(sys.argv[2]), Reading())
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, account.rows)
"""


def make(path: Path, epochs: int, stars: int, *, scattered: bool) -> None:
    """Write simulated epochs of stars as a long CSV, star after star or all mixed."""
    rng = np.random.default_rng(0)
    with path.open("wb") as stream:
        for number, size in enumerate(np.diff(np.linspace(0, epochs, 11).astype(int))):
            star = rng.integers(0, stars, size)
            if not scattered:
                star = np.sort(star // 10 + number * (stars // 10))
            columns = {"source_id": star + 4_472_832_130_000_000_000, "mjd": rng.uniform(5.8e4, 5.9e4, size).round(6)}
            columns |= {"mag": rng.normal(15, 0.3, size).round(4), "magerr": rng.uniform(0.01, 0.1, size).round(4)}
            table = pa.Table.from_pandas(pd.DataFrame(columns), preserve_index=False)
            csv.write_csv(table, stream, csv.WriteOptions(include_header=number == 0))


def main() -> None:
    """Print seconds and memory."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--epochs", type=int, default=10_000_000)
    options.add_argument("--stars", type=int, default=20_000)
    options.add_argument("--scattered", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path, target = Path(folder) / "long.csv", Path(folder) / "stars.parquet"
        make(path, given.epochs, given.stars, scattered=given.scattered)
        command = [sys.executable, "-c"]
        plain = float(subprocess.run([*command, READ, str(path)], capture_output=True, text=True, check=True).stdout)
        told = subprocess.run([*command, INGEST, str(path), str(target)], capture_output=True, text=True, check=True)
        seconds, gib, rows = told.stdout.split()
    size = "scattered" if given.scattered else "star after star"
    print(f"{given.epochs} epochs of {rows} light curves, {size}: pyarrow.csv {plain:.1f} s, read as light curves")
    print(f"{float(seconds):.1f} s ({plain / float(seconds):.2f} of its speed), at most {float(gib):.2f} GiB")
    print(f"this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
