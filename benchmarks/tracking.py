"""Time to mirror a sweep of some thousand runs in MLflow: first import, second import, and the same calls uncombined.

The sweep is made up (three surveys, six strategies, six fractions), its numbers random. The rival makes the same calls
of MLflow's client, each with the commits that MLflow does by itself. Wall time depends on the disk and on who else is
there, so CPU seconds stand beside it.
"""

import argparse
import contextlib
import tempfile
import time
from dataclasses import asdict
from itertools import product
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
from publishing import publish

from lctransfer.config import Config, Transfer
from lctransfer.files import write_json
from lctransfer.parquet import write_parquet
from lctransfer.tracking import importing, mirror

SURVEYS = ("asas", "hipparcos", "asassn")
STRATEGIES = ("finetune_all", "finetune_last", "scratch", "upsilont_recipe", "extra_trees", "zero_label")
FRACTIONS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2)
METRICS = ("m_c", "mcc", "macro_f1", "accuracy", "log_loss", "ece", "fit_seconds")


def build(directory: Path, seeds: int) -> int:
    """Write config.json and metrics.parquet; return the number of fits."""
    rng = np.random.default_rng(0)
    keys = list(product(SURVEYS, STRATEGIES, FRACTIONS, range(seeds)))
    rows = pd.DataFrame(keys, columns=["survey", "strategy", "fraction", "seed"]).assign(n_labels=100, n_test=500)
    write_parquet(directory / "metrics.parquet", rows.assign(**{name: rng.uniform(size=len(rows)) for name in METRICS}))
    config = Config(experiment=directory.name, transfer=Transfer(strategies=list(STRATEGIES), seeds=seeds))
    write_json(directory / "config.json", asdict(config))
    return len(rows)


def timed(directory: Path, uri: str) -> tuple[float, float]:
    """Return wall and CPU seconds of an import."""
    wall, cpu = time.perf_counter(), time.process_time()
    mirror(directory, uri)
    return time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    """Print a row per way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="108 fits each (default %(default)s)")
    parser.add_argument("-o", "--output", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch) / "sweep"
        fits = build(directory, arguments.seeds)
        one, other = (f"sqlite:///{scratch}/{name}.db" for name in ("one", "other"))
        rows = {"first import": timed(directory, one), "second import": timed(directory, one)}
        with mock.patch.object(importing.store, "transaction", return_value=contextlib.nullcontext()):
            rows["the same calls, each by itself"] = timed(directory, other)
    lines = [f"{fits} fits in {len(SURVEYS) * len(STRATEGIES)} curves.", "", "| | wall, s | CPU, s |", "|---|---|---|"]
    lines += [f"| {name} | {wall:.1f} | {cpu:.1f} |" for name, (wall, cpu) in rows.items()]
    publish("\n".join(lines), arguments.output)


if __name__ == "__main__":
    main()
