"""The same work as on other kinds of CPU, and by other versions of Python: what differs, and by how much.

Compiled code is made for another CPU, and libraries are told not to use the vector units of this one; each reads its
variables of the environment. The work is `lctransfer evaluate`, from light curves to predictions of every strategy.

    python benchmarks/cpu_kinds.py TABLE -o benchmarks/results/cpu_kinds.md --python 3.13=/path/to/python
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from publishing import publish
from sklearn.metrics import matthews_corrcoef

VECTORS = "SSE41 SSE42 AVX F16C FMA3 AVX2 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR"
KINDS = {
    "AVX2 (Haswell, 2013)": {
        "NUMBA_CPU_NAME": "haswell",
        "OPENBLAS_CORETYPE": "Haswell",
        "ATEN_CPU_CAPABILITY": "avx2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    },
    "no vector units (any x86-64)": {
        "NUMBA_CPU_NAME": "generic",
        "OPENBLAS_CORETYPE": "Prescott",
        "ATEN_CPU_CAPABILITY": "default",
        "ONEDNN_MAX_CPU_ISA": "SSE41",
        "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
        "NPY_DISABLE_CPU_FEATURES": VECTORS,
    },
}
STRATEGIES = "auto,extra_trees,source_trees,lightgbm,mapped_head,finetune_weighted,scratch,in_context,zero_label"
COUNTS, SEEDS = "25,100", "0-2"


def evaluate(python: str, table: Path, folder: Path, more: dict[str, str]) -> None:
    """Write features and predictions, with compiled code of its own."""
    asked = ["--strategies", STRATEGIES, "--label-counts", COUNTS, "--seeds", SEEDS, "--source", "simulated"]
    command = [python, "-m", "lctransfer", "evaluate", str(table), "-o", str(folder), *asked]
    environment = {**os.environ, **more, "NUMBA_CACHE_DIR": str(folder / "compiled")}
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def compared_features(one: Path, other: Path) -> list[str]:
    """Return how many stars and numbers are not the same to the bit, and the largest difference."""
    a, b = (pq.read_table(path / "features.parquet").to_pandas() for path in (one, other))
    x, y = (frame.select_dtypes("number").to_numpy(float) for frame in (a, b))
    differ = (x != y) & ~(np.isnan(x) & np.isnan(y))
    with np.errstate(divide="ignore", invalid="ignore"):
        largest = np.nanmax(np.where(differ, np.abs(x - y) / np.abs(x), 0))
    flags = int((a["flag"] != b["flag"]).sum())
    return [str(len(a)), str(int(differ.any(axis=1).sum())), f"{largest:.1e}" if differ.any() else "0", str(flags)]


def compared_fits(one: Path, other: Path) -> pd.DataFrame:
    """Return, by strategy, how far probabilities and MCC are apart, and how many predictions are of another class."""
    keys = ["strategy", "fraction", "seed", "source_id"]
    a, b = (pq.read_table(path / "predictions.parquet").to_pandas().sort_values(keys) for path in (one, other))
    columns = [name for name in a if name.startswith("p_")]
    rows = []
    for strategy in STRATEGIES.split(","):
        x, y = (frame[frame["strategy"] == strategy].reset_index(drop=True) for frame in (a, b))
        gap = np.abs(x[columns].to_numpy(float) - y[columns].to_numpy(float))
        mcc = [matthews_corrcoef(frame["class_name"], frame["predicted"]) for frame in (x, y)]
        other_class = int((x["predicted"] != y["predicted"]).sum())
        rows.append((strategy, f"{np.nanmax(gap):.1e}", f"{other_class} of {len(x)}", f"{mcc[1] - mcc[0]:+.4f}"))
    return pd.DataFrame(rows, columns=["strategy", "largest difference of a probability", "another class", "MCC"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("table", type=Path, help="labelled light curves")
    parser.add_argument("--python", action="append", default=[], help="VERSION=PATH of another Python with the package")
    parser.add_argument("-o", "--output", type=Path)
    given = parser.parse_args()
    ways = {"this one": (sys.executable, {})} | {name: (sys.executable, more) for name, more in KINDS.items()}
    ways |= {f"Python {name}": (path, {}) for name, path in (text.split("=", 1) for text in given.python)}
    lines, parts = [], []
    with tempfile.TemporaryDirectory() as scratch:
        first = Path(scratch) / "0"
        for number, (name, (python, more)) in enumerate(ways.items()):
            folder = Path(scratch) / str(number)
            folder.mkdir()
            evaluate(python, given.table.resolve(), folder, more)
            if number:
                lines.append(f"| {name} | {' | '.join(compared_features(first, folder))} |")
                parts.append(f"## {name}: fits\n\n{compared_fits(first, folder).to_markdown(index=False)}\n")
            sys.stderr.write(f"{name}\n")
    publish(page(given.table.name, lines, parts), given.output)


def page(name: str, lines: list[str], parts: list[str]) -> str:
    """Return the tables as Markdown."""
    here = f"{platform.machine()}, Python {platform.python_version()}"
    head = f"# Other kinds of CPU\n\n`python benchmarks/cpu_kinds.py {name}`: this machine ({here}) against others.\n"
    columns = ["kind of CPU", "stars", "stars whose features differ", "largest relative difference", "other flags"]
    table = [f"| {' | '.join(columns)} |", "|---|---|---|---|---|", *lines]
    return "\n".join([head, *table, "", *parts])


if __name__ == "__main__":
    main()
