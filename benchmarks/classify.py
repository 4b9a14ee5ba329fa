"""Rate, memory and resumption of `lctransfer classify` on real light curves, repeated to the length asked for.

python benchmarks/classify.py STARS.parquet CLASS_MAP.yaml --rows 100000 --labels 200 --threads 2
"""

import argparse
import hashlib
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

VERB = [sys.executable, "-m", "lctransfer"]


def repeated(stars, target, rows):
    """Write the light curves again and again, with ids of their own, row group by row group."""
    with pq.ParquetWriter(target, stars.schema, compression="zstd") as writer:
        for start in range(0, rows, 1000):
            places = [i % len(stars) for i in range(start, min(start + 1000, rows))]
            part = stars.take(pa.array(places))
            ids = [f"{name}-{start + i}" for i, name in enumerate(part["source_id"].to_pylist())]
            writer.write_table(part.set_column(part.schema.get_field_index("source_id"), "source_id", pa.array(ids)))


def run(*arguments):
    """Run a verb; return its CPU seconds, seconds by the clock and peak memory [MiB] of its own process."""
    start = time.time()
    child = subprocess.Popen([*VERB, *map(str, arguments)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{arguments} failed: {status}")
    return used.ru_utime + used.ru_stime, time.time() - start, used.ru_maxrss / 1024


def killed(seconds, *arguments):
    """Start a verb, and kill it after so many seconds."""
    child = subprocess.Popen([*VERB, *map(str, arguments)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    child.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stars", type=Path)
    parser.add_argument("class_map", type=Path)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--labels", type=int, default=200)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--model", type=Path, help="a model that there is, instead of fitting one")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder, stars = Path(scratch), pq.read_table(given.stars)
        model = given.model or fitted(stars, given.class_map, given.labels, folder)
        for share in (0.1, 1.0):
            table = folder / f"{int(share * given.rows)}.parquet"
            repeated(stars, table, int(share * given.rows))
            clock, target = rates(model, table, given.threads)
        resumed(model, table, given.threads, clock, target)
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"({given.rows} rows, {given.threads} threads; this script itself {own:.0f} MiB)")


def fitted(stars, class_map, labels, folder):
    """Fit a model to so many labels of a table, and return its folder."""
    known = set(np.random.default_rng(0).permutation(len(stars))[:labels].tolist())
    words = [word if i in known else None for i, word in enumerate(stars["label"].to_pylist())]
    place, few, model = stars.schema.get_field_index("label"), folder / "few.parquet", folder / "model"
    pq.write_table(stars.set_column(place, "label", pa.array(words, pa.string())), few)
    cpu, clock, peak = run("fit", few, "--class-map", class_map, "--source", "simulated", "-o", model)
    print(f"fit, {labels} labels: {cpu:.0f} s of CPU, {clock:.0f} s, peak {peak:.0f} MiB", flush=True)
    return model


def rates(model, table, threads):
    """Print how fast features and classify are; return classify's seconds by the clock, and its catalogue."""
    rows, target = pq.ParquetFile(table).metadata.num_rows, table.with_suffix(".out.parquet")
    given = ("-o", table.with_name("f.parquet"), "--settings", '{"set": "both"}', "--threads", threads)
    cpu, clock, peak = run("features", table, *given)
    print(f"features, {rows} rows: {rows / cpu:.0f}/s of a core, {rows / clock:.0f}/s, {peak:.0f} MiB", flush=True)
    cpu_c, clock_c, peak = run("classify", model, table, "-o", target, "--threads", threads)
    print(
        f"classify, {rows} rows: {rows / cpu_c:.0f}/s of a core ({100 * cpu / cpu_c:.0f}% of features), "
        f"{rows / clock_c:.0f}/s, {peak:.0f} MiB",
        flush=True,
    )
    return clock_c, target


def resumed(model, table, threads, clock, whole):
    """Kill classify three times, let it end, and print whether its bytes are those of the run that was left alone."""
    dice, again = random.Random(0), table.with_name("again.parquet")
    command = ("classify", model, table, "-o", again, "--threads", threads)
    for _ in range(3):
        killed(dice.uniform(0.2, 0.9) * clock / 2, *command)
        parts = len(list(table.parent.glob("again.parquet.parts/part-*.parquet")))
        print(f"killed with {parts} parts done", flush=True)
    run(*command)
    one, two = (hashlib.sha256(path.read_bytes()).hexdigest() for path in (whole, again))
    print("resumed to the same bytes" if one == two else "RESUMED TO OTHER BYTES")


if __name__ == "__main__":
    main()
