"""What LSDB and Dask cost beside `classify` alone: python benchmarks/hats_catalogue.py MODEL STARS.parquet.

The stars are written as a HATS catalogue of several partitions, which two workers classify. The catalogue must say of
every source what `classify` says of the plain table; one run is killed while it writes, and goes on.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import lsdb
import pandas as pd
import pyarrow.parquet as pq
from publishing import publish

from lctransfer.table.light_curves import validate

VERB = [sys.executable, "-m", "lctransfer", "classify"]


def run(*arguments):
    """Run `classify`; return its CPU seconds, workers included, and seconds by the clock."""
    start = time.time()
    child = subprocess.Popen([*VERB, *map(str, arguments)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    told = child.stderr.read().decode()
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{arguments} failed: {told[-2000:]}")
    return used.ru_utime + used.ru_stime, time.time() - start


def killed(target, *arguments):
    """Kill the command and its workers when two partitions are written; return how many are."""
    child = subprocess.Popen(
        [*VERB, *map(str, arguments)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
    )
    written = []
    while child.poll() is None and len(written) < 2:
        time.sleep(0.05)
        written = list(target.glob("dataset/Norder=*/Dir=*/Npix=*.parquet"))
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    return len(written)


def differences(plain, catalogue):
    """Return in how many cells a HATS catalogue differs from the plain one of the same sources."""
    one = pd.read_parquet(plain).sort_values("source_id").reset_index(drop=True)
    two = pd.DataFrame(lsdb.open_catalog(catalogue).compute()).sort_values("source_id").reset_index(drop=True)
    names = ["source_id", "class", "flag", "period_days", "novelty_score", *(n for n in one if n.startswith("p_"))]
    return sum(_unequal(one[name].astype(object), two[name].astype(object)) for name in names)


def _unequal(one, two):
    return int(((one != two) & ~(one.isna() & two.isna())).sum())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("stars", type=Path)
    parser.add_argument("--rows", type=int, default=7000)
    parser.add_argument("--partition-rows", type=int, default=1000)
    parser.add_argument("--target", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        table = validate(pq.read_table(given.stars).slice(0, given.rows))
        pq.write_table(table, folder / "stars.parquet")
        frame = table.to_pandas(types_mapper=pd.ArrowDtype)
        made = lsdb.from_dataframe(frame, ra_column="ra_deg", dec_column="dec_deg", partition_rows=given.partition_rows)
        made.write_catalog(folder / "hats", as_collection=False, progress_bar=False)
        plain = run(given.model, folder / "stars.parquet", "-o", folder / "plain.parquet", "--threads", 2)
        spread = run(given.model, f"hats://{folder / 'hats'}", "-o", folder / "spread", "--threads", 2)
        again = (given.model, f"hats://{folder / 'hats'}", "-o", folder / "again", "--threads", 2)
        done = killed(folder / "again", *again)
        run(*again)
        wrong = [differences(folder / "plain.parquet", folder / name) for name in ("spread", "again")]
        n_rows, n_parts = len(table), len(made.get_healpix_pixels())
    lines = [
        "# What LSDB and Dask cost",
        f"{n_rows} light curves of {given.stars.name} in {n_parts} partitions, two workers; every run includes its "
        "start.",
        "| | CPU s | seconds |\n|---|---|---|\n"
        f"| `classify` of the table, 2 threads | {plain[0]:.0f} | {plain[1]:.0f} |\n"
        f"| `classify hats://`, 2 workers | {spread[0]:.0f} | {spread[1]:.0f} |",
        f"The overhead is {100 * (spread[0] / plain[0] - 1):.0f}% of CPU. Cells that differ: {wrong[0]}; after a kill "
        f"with {done} partitions written and a second run: {wrong[1]}.",
    ]
    publish("\n\n".join(lines), given.target)


if __name__ == "__main__":
    main()
