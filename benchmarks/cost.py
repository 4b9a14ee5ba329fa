"""CPU and bytes of a star from epochs to catalogue row, and what a survey costs: python benchmarks/cost.py MODEL.

Light curves are simulated sines in noise: the work depends on epochs and baseline, not on what the star is.
"""

import argparse
import io
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch

from lctransfer.classifier.columns import catalogue_schema
from lctransfer.classifier.model import open_model
from lctransfer.classifier.partition import catalogue_rows
from lctransfer.features.engine import extract_stream
from lctransfer.table.light_curves import validate

EPOCHS, BASELINES = (60, 200, 500, 1000, 2000), (1000, 2500, 3650)
STARS = 64
SURVEYS = (("ZTF", 1e9, 500, 2500), ("LSST", 1e10, 60, 3650), ("LSST", 1e10, 200, 3650), ("LSST", 1e10, 1000, 3650))
PRICE = 0.04
"""Dollars per core and hour, by the list prices of general cloud machines; spot machines cost a third."""


def light_curves(n_epochs, days, rng):
    """Return simulated light curves as a validated table."""
    time_days = [np.sort(rng.uniform(0, days, n_epochs)) for _ in range(STARS)]
    mag = [15 + 0.3 * np.sin(2 * np.pi * t / rng.uniform(0.3, 5)) + rng.normal(0, 0.05, n_epochs) for t in time_days]
    columns = {"source_id": [f"s{i}" for i in range(STARS)], "time": time_days, "mag": mag}
    return validate(pa.table({**columns, "mag_err": [np.full(n_epochs, 0.05)] * STARS}))


def cpu_ms(work):
    """Return the least CPU time of three runs, per star."""
    spent = []
    for _ in range(3):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return 1e3 * min(spent)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    model, rng = open_model(given.model), np.random.default_rng(0)
    measured = {}
    print("| epochs | baseline [d] | CPU ms, features | KiB of Parquet |\n|---|---|---|---|")
    for days in BASELINES:
        for n_epochs in EPOCHS:
            table = light_curves(n_epochs, days, rng)
            spent = cpu_ms(lambda table=table: list(extract_stream([table], model.features, 1, int))) / STARS
            stream = io.BytesIO()
            pq.write_table(table, stream, compression="zstd")
            measured[n_epochs, days] = spent, len(stream.getvalue()) / STARS / 1024
            print(f"| {n_epochs} | {days} | {spent:.2f} | {measured[n_epochs, days][1]:.1f} |", flush=True)
    curves = [light_curves(200, 1000, rng) for _ in range(16)]
    block = pa.concat_tables(extract_stream(curves, model.features, 1, int))
    schema = catalogue_schema(model, ["source_id"], 0.9)
    predicting = cpu_ms(lambda: catalogue_rows(block, model, schema, 0.9)) / len(block)
    out = io.BytesIO()
    pq.write_table(catalogue_rows(block, model, schema, 0.9), out, compression="zstd")
    bytes_out = len(out.getvalue()) / len(block)
    print(f"\nPredicting, with {len(model.classes)} classes: {predicting:.3f} CPU ms, {bytes_out:.0f} bytes per row.\n")
    print("| survey | light curves | epochs | core hours | days on 1,000 cores | dollars | read [TB] | written [TB] |")
    print("|---|---|---|---|---|---|---|---|")
    for name, n, n_epochs, days in SURVEYS:
        spent, kib = measured[n_epochs, days]
        hours = n * (spent + predicting) / 3.6e6
        read, written = n * kib * 1024 / 1e12, n * bytes_out / 1e12
        print(
            f"| {name} | {n:.0e} | {n_epochs} | {hours:,.0f} | {hours / 24_000:.2f} | {PRICE * hours:,.0f} | "
            f"{read:.1f} | {written:.2f} |"
        )


if __name__ == "__main__":
    main()
