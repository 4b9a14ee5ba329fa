"""Rate, memory and resumption of `lctransfer classify` on real light curves, repeated to the length asked for.

`features` and `classify` run on a tenth of the rows, `classify` on all of them, and once more with three kills.
python benchmarks/classify.py STARS.parquet CLASS_MAP.yaml --rows 100000 --labels 200 --threads 2
"""

import argparse
import hashlib
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from publishing import publish

from lctransfer import read_light_curves

VERB = [sys.executable, "-m", "lctransfer"]


def repeated(stars, target, rows):
    """Write the light curves again and again, with ids of their own, row group by row group."""
    with pq.ParquetWriter(target, stars.schema, compression="zstd") as writer:
        for start in range(0, rows, 1000):
            places = [i % len(stars) for i in range(start, min(start + 1000, rows))]
            part = stars.take(pa.array(places))
            ids = [f"{name}-{start + i}" for i, name in enumerate(part["source_id"].to_pylist())]
            writer.write_table(part.set_column(part.schema.get_field_index("source_id"), "source_id", pa.array(ids)))


ALONE = """
import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
_, status, used = os.wait4(child.pid, 0)
print(status, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""
"""A small process between: the peak that a child is charged with begins with the memory of who started it."""


def run(*arguments, cwd=None):
    """Run a verb; return its CPU seconds, seconds by the clock and peak memory [MiB] of its own process."""
    start = time.time()
    command = [sys.executable, "-c", ALONE, *VERB, *map(str, arguments)]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=cwd).stdout.split()
    status, cpu, peak = map(float, told)
    if status:
        raise SystemExit(f"{arguments} failed: {status:.0f}")
    return cpu, time.time() - start, peak


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
    parser.add_argument("--target", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder, stars = Path(scratch), read_light_curves(given.stars)
        model = given.model or fitted(stars, given.class_map, given.labels, folder)
        few, table = folder / "few_rows.parquet", folder / "all_rows.parquet"
        repeated(stars, few, given.rows // 10)
        repeated(stars, table, given.rows)
        features = ("-o", folder / "features.parquet", "--settings", '{"set": "both"}', "--threads", given.threads)
        runs = [
            measured("features", few, *features),
            measured("classify", few, "-o", folder / "few_out.parquet", "--threads", given.threads, model=model),
            measured("classify", table, "-o", folder / "out.parquet", "--threads", given.threads, model=model),
        ]
        seconds = runs[-1]["seconds"]
        told = resumed(model, table, given.threads, seconds, folder / "out.parquet")
        publish(report(runs, told, given), given.target)


def measured(verb, table, *options, model=None):
    """Run a verb over a table; return how fast it was, and its peak memory."""
    rows = pq.ParquetFile(table).metadata.num_rows
    cpu, seconds, peak = run(verb, *([model] if model else []), table, *options)
    print(f"{verb}, {rows} rows: {cpu:.0f} s of CPU, {seconds:.0f} s, {peak:.0f} MiB", flush=True)
    return {"verb": verb, "rows": rows, "cpu": cpu, "seconds": seconds, "peak": peak}


def report(runs, told, given):
    """Return the table of all runs as Markdown."""
    lines = [
        "# Rate, memory and resumption of `classify`",
        f"Light curves of {given.stars.name}, repeated; `auto`, {given.labels} labels, feature set both, "
        f"{given.threads} threads. Every run includes its start.",
        "| verb | rows | CPU s | rows per CPU second | seconds | peak MiB |\n|---|---|---|---|---|---|",
    ]
    for one in runs:
        cells = (one["verb"], one["rows"], f"{one['cpu']:.0f}", f"{one['rows'] / one['cpu']:.0f}")
        lines[-1] += "\n| " + " | ".join(map(str, (*cells, f"{one['seconds']:.0f}", f"{one['peak']:.0f}"))) + " |"
    share = runs[0]["cpu"] / runs[1]["cpu"]
    lines.append(f"On the same rows, `classify` has {100 * share:.0f}% of the speed of `features` per core. {told}")
    return "\n\n".join(lines)


def fitted(stars, class_map, labels, folder):
    """Fit a model to so many labels of a table, and return its folder."""
    known = set(np.random.default_rng(0).permutation(len(stars))[:labels].tolist())
    words = [word if i in known else None for i, word in enumerate(stars["label"].to_pylist())]
    place, few, model = stars.schema.get_field_index("label"), folder / "few.parquet", folder / "model"
    pq.write_table(stars.set_column(place, "label", pa.array(words, pa.string())), few)
    cpu, clock, peak = run("fit", few, "--class-map", class_map, "--source", "simulated", "-o", model)
    print(f"fit, {labels} labels: {cpu:.0f} s of CPU, {clock:.0f} s, peak {peak:.0f} MiB", flush=True)
    return model


def resumed(model, table, threads, clock, whole):
    """Kill classify three times, let it end, and say whether its bytes are those of the run that was left alone."""
    dice, again = random.Random(0), table.with_name("again.parquet")
    command = ("classify", model, table, "-o", again, "--threads", threads)
    done = []
    for _ in range(3):
        killed(dice.uniform(0.15, 0.3) * clock, *command)  # three together take less time than a whole run
        done.append(str(len(list(table.parent.glob("again.parquet.parts/part-*.parquet")))))
    run(*command)
    one, two = (hashlib.sha256(path.read_bytes()).hexdigest() for path in (whole, again))
    end = "ended with the same bytes" if one == two else "ENDED WITH OTHER BYTES"
    return f"Killed at three random moments ({', '.join(done)} parts were done), it went on and {end}."


if __name__ == "__main__":
    main()
