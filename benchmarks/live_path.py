"""The paper's experiment over the live code path, from a loopback server that stands in for all archives: its time.

    python benchmarks/live_path.py -o benchmarks/results/live_path.md

A few hundred simulated stars are served in the layout of each archive, and `experiment=paper archive=live` runs on two
cores from retrieval to its report: once from healthy archives, once with a collection of OGLE whose catalogue is
spoilt, which must be left out by itself and named in the report. No archive on the internet is asked. The strategies,
numbers of stars and epochs are far smaller than the paper's: the times say that the path works, not how long the paper
takes.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from archive_of_archives import OGLE
from archive_server import Archive, serving

from lctransfer.simulate import simulate

REPOSITORY = Path(__file__).resolve().parents[1]
STARS = {"ogle": 260, "eros2": 200, "asas": 60, "hipparcos": 60, "asassn": 60}
QUICK = [
    "transfer.fractions=[0.3]",
    "transfer.seeds=1",
    "transfer.epochs=2",
    "transfer.trees=10",
    "transfer.simulated_sky=false",
    "transfer.strategies=[finetune_last,extra_trees,zero_label]",
    "sensitivity.enabled=false",
    "novelty.enabled=false",
    "fit.enabled=false",
    "tracking.enabled=false",
    "archive.attempts=1",
    "archive.timeout_s=5",
]
"""Settings that leave every stage of the path to a target's report, and little to do in it."""
SMALL = [
    *QUICK,
    "pretrain.epochs=2",
    "pretrain.features=upsilon",
    "features.set=upsilon",
    *(f"surveys.{survey}.min_class_size=3" for survey in STARS),
]
"""The same for the paper's experiment, with its sources."""
SPOILT = f"{OGLE}/ogle3/OIII-CVS/smc/ecl/ident.dat"
"""The catalogue of a collection."""


def overrides(host: Archive) -> list[str]:
    """Return the settings of the experiment, with a server in place of every archive."""
    return ["experiment=paper", "archive=live", f"archive.mirror={host.address}", *SMALL]


def spoil(host: Archive) -> None:
    """Damage the positions of one collection."""
    host.files[SPOILT] = host.files[SPOILT].replace(b":", b"h")


def run(name: str, stars: dict[str, list[dict]]) -> str:
    """Run the experiment; return a row of the table: wall and CPU time [s], stars per survey, what was left out."""
    with serving(stars) as host, tempfile.TemporaryDirectory() as folder:
        if name == "spoilt":
            spoil(host)
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(REPOSITORY / "Snakefile")]
        command += ["--directory", folder, "--cores", "2", "--config", f"hydra={json.dumps(overrides(host))}"]
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        subprocess.run(command, check=True, capture_output=True)
        wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        read = {path.stem: json.loads(path.read_text()) for path in Path(folder).glob("data/live/lightcurves/*.json")}
        assert (Path(folder) / "results/paper/report.html").is_file()
    lost = [f"{survey} {loss['part']}" for survey, summary in sorted(read.items()) for loss in summary["left_out"]]
    return f"| {name} | {wall:.0f} | {spent:.0f} | {', '.join(sorted(read))} | {', '.join(lost) or 'nothing'} |\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="*", default=["healthy", "spoilt"], help="healthy, spoilt, or both (default)")
    parser.add_argument("-o", "--output", type=Path, help="a Markdown file to write the table to")
    chosen = parser.parse_args()
    if unknown := set(chosen.runs) - {"healthy", "spoilt"}:
        parser.error(f"there is no run {', '.join(sorted(unknown))}: choose healthy or spoilt")
    stars = {survey: simulate(survey, count, 7).to_pylist() for survey, count in STARS.items()}
    text = "# The paper's experiment from loopback archives\n\nMade by `python benchmarks/live_path.py`; two cores.\n\n"
    text += "| archives | wall [s] | CPU [s] | surveys | left out |\n|---|---|---|---|---|\n"
    for name in chosen.runs:
        text += (row := run(name, stars))
        print(row, end="", flush=True)
    if chosen.output:
        chosen.output.write_text(text)


if __name__ == "__main__":
    main()
