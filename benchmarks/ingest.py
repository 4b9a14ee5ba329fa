"""Speed of reading OGLE light curves, against pandas on the same rows in one text file.

Simulated stars are repeated under new names up to the number asked for, each time with magnitudes scattered anew by
their errors, written as OGLE's phot.tar.gz, and ingested into Parquet; pandas only reads the same lines, concatenated
and unpacked, into a table. The two take turns. Speeds are per CPU second, all threads together.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lctransfer import surveys
from lctransfer.simulate import simulate
from lctransfer.surveys.members import read as read_members
from lctransfer.table.light_curves import ragged

PEAK = """
def peak():
    # The resident set at its highest, kB; getrusage would count the parent's.
    return next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
"""
INGEST = (
    PEAK
    + """
import sys, time
from pathlib import Path
from lctransfer.config import Survey
from lctransfer import surveys
from lctransfer.surveys import ogle, rows
rows.parse([b"2184.81184 17.946 0.027"], ogle.PHOTOMETRY)
before = peak()
start, clock = time.process_time(), time.perf_counter()
dropped = ingest.ingest_file("ogle", Path(sys.argv[1]), Survey(), Path(sys.argv[2]))
print(time.process_time() - start, time.perf_counter() - clock, peak(), before)
"""
)
PANDAS = (
    PEAK
    + """
import sys, time
import pandas as pd
start, clock = time.process_time(), time.perf_counter()
rows = pd.read_csv(sys.argv[1], sep=r"\\s+", header=None, names=["time", "mag", "mag_err"])
print(time.process_time() - start, time.perf_counter() - clock, peak(), len(rows))
"""
)


def build(stars: int, folder: Path, text: Path) -> None:
    """Write the archive, and all its light curves as one text file."""
    pattern = simulate("ogle", min(stars, 500), 1)
    pattern = pattern.filter(pc.equal(pattern["label"], "RRab"))
    copies = -(-stars // pattern.num_rows)
    table = pa.concat_tables([pattern] * copies).slice(0, stars)
    rng = np.random.default_rng(0)
    new = {
        "source_id": pa.array([f"OGLE-LMC-RRLYR-{i:05d}" for i in range(stars)]),
        "ra_deg": pa.array(rng.uniform(0, 360, stars)),
        "dec_deg": pa.array(np.degrees(np.arcsin(rng.uniform(-1, 1, stars)))),
    }
    new["mag"] = _scattered(table, rng)
    for name, column in new.items():
        table = table.set_column(table.column_names.index(name), name, column)
    surveys.write_archive("ogle", table, folder)
    with open(text, "wb") as stream:
        for path in folder.rglob("phot.tar.gz"):
            for _, content in read_members(path):
                stream.write(content)


def _scattered(table: pa.Table, rng: np.random.Generator) -> pa.ListArray:
    """Return the magnitudes with noise of the size of their errors: no two copies of a star are alike."""
    epochs = ragged(table.combine_chunks())
    mag = epochs.mag + epochs.mag_err * rng.standard_normal(len(epochs.mag), np.float32)
    return pa.ListArray.from_arrays(epochs.offsets.astype(np.int32), mag)


def measured(code: str, *arguments: Path) -> list[float]:
    """Run code in a process of its own and return the numbers that it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], check=True, capture_output=True, text=True
    )
    return [float(word) for word in done.stdout.split()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stars", type=int, default=100_000, help="light curves (default %(default)s)")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each, of which the best counts")
    parser.add_argument("-o", "--output", type=Path, help="write the table here as well")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, text = Path(name) / "ogle", Path(name) / "rows.txt"
        build(arguments.stars, folder, text)
        runs = [
            (measured(INGEST, folder, Path(name) / "x.parquet"), measured(PANDAS, text))
            for _ in range(arguments.repeats)
        ]
        ours, theirs = (min(kind) for kind in zip(*runs))
        rows = int(theirs[3])
        lines = [
            f"{arguments.stars} light curves, {rows} epochs, {text.stat().st_size / 1e6:.0f} MB of text; "
            f"the best of {arguments.repeats} runs, in turns",
            "",
            "| | CPU s | wall s | million epochs per CPU s | memory at its highest, MB |",
            "|---|---|---|---|---|",
            f"| pandas.read_csv, text unpacked and in one piece | {theirs[0]:.1f} | {theirs[1]:.1f} "
            f"| {rows / theirs[0] / 1e6:.2f} | {theirs[2] / 1e3:.0f} |",
            f"| ingest, tar.gz to Parquet | {ours[0]:.1f} | {ours[1]:.1f} | {rows / ours[0] / 1e6:.2f} "
            f"| {ours[2] / 1e3:.0f} ({ours[3] / 1e3:.0f} before it starts) |",
            "",
            f"Speed against pandas: {theirs[0] / ours[0]:.2f} (CPU), {theirs[1] / ours[1]:.2f} (wall).",
        ]
    report = "\n".join(lines) + "\n"
    print(report)
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(report)


if __name__ == "__main__":
    main()
