"""Several at once: the same command started together in one folder, by as many processes as are asked for.

The workflow (two runs at once), `features`, `retrieve`, `classify` and the import to MLflow are the jobs of `kills.py`.
Each process must end with status 0 or with a sentence, none with a traceback, and at least one must end well. What is
left must be that of one undisturbed run, bit for bit: nothing lost, nothing twice, nothing half-written.

    python benchmarks/concurrency.py -o benchmarks/results/concurrency.md
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import kills
from publishing import publish

AT_ONCE = {"run": 2, "features": 8, "retrieve": 8, "classify": 8, "tracking": 8}
SECONDS = 600


def together(job: kills.Job, folder: Path, count: int) -> list[tuple[int, str]]:
    """Start a job so many times at once; return status and log of each."""
    logs = [folder / f"log-{number}.txt" for number in range(count)]
    processes = []
    for path in logs:
        with path.open("wb") as log:
            processes.append(subprocess.Popen(job.command, cwd=folder, stdout=log, stderr=log))
    ended = [process.wait(SECONDS) for process in processes]
    return [(status, path.read_text(errors="replace")) for status, path in zip(ended, logs, strict=True)]


def wrongs(job: kills.Job, wanted: kills.Digests, ended: list[tuple[int, str]], folder: Path) -> list[str]:
    """Return what is not as it must be."""
    found = [f"a traceback: {log[-300:]}" for _, log in ended if "Traceback (most recent call last)" in log]
    found += [f"status {status} without a sentence" for status, log in ended if status and "lctransfer: " not in log]
    found += [] if any(status == 0 for status, _ in ended) else ["none ended well"]
    found += [f"{name} differs" for name in kills.differences(wanted, job.made(folder))]
    return found + [f"{path} is left" for path in kills.half_written(folder)]


def features(whole: Path) -> kills.Job:
    """Return the job that extracts the features of a table of an undisturbed run."""
    curves = next((whole / "data").glob("*/lightcurves/hipparcos.parquet"))
    command = (*kills.VERB, "features", str(curves), "-o", "features.parquet")
    return kills.Job(command, kills.tables_and_models)


def measured(whole: Path, address: str, names: list[str]) -> list[str]:
    """Return a row per job: how many at once, how they ended, and what is wrong."""
    rows = []
    jobs = kills.jobs(whole, "smoke", list(kills.SMALL), address) | {"features": features(whole)}
    for name, job in jobs.items():
        if name not in names:
            continue
        alone, at_once = (Path(tempfile.mkdtemp(dir=whole.parent)) for _ in range(2))
        kills.finish(job, alone)
        begun = time.monotonic()
        ended = together(job, at_once, AT_ONCE[name])
        wrong = wrongs(job, job.made(alone), ended, at_once)
        said = sorted({log.strip().splitlines()[-1] for status, log in ended if status})
        well = sum(status == 0 for status, _ in ended)
        cells = (name, AT_ONCE[name], well, f"{time.monotonic() - begun:.0f}", " ".join(said) or "-")
        rows.append(
            f"| {' | '.join(map(str, cells))} | {'; '.join(wrong) or 'nothing'} |".replace(str(whole.parent), "FOLDER")
        )
    return rows


def main() -> int:
    """Print a row per job; return 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--of", choices=AT_ONCE, action="append", help="only these")
    parser.add_argument("-o", "--output", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole"
        whole.mkdir()
        command = (*kills.VERB, "run", "smoke", *kills.SMALL, "--cores", "2")
        kills.finish(kills.Job(command, kills.tables_and_models), whole)
        mirror = next((whole / "data").glob("*/mirror/hipparcos"))
        with kills.serving(mirror) as address:
            rows = measured(whole, address, given.of or list(AT_ONCE))
    publish("\n".join([*HEAD, *rows]), given.output)
    return int(any(not row.endswith("| nothing |") for row in rows))


HEAD = (
    "# Several at once",
    "",
    "`python benchmarks/concurrency.py`: the same command started together in one folder. The experiment is smoke,",
    "made smaller. What is left is compared with one undisturbed run's, bit for bit.",
    "",
    "| what | at once | ended well | all took [s] | what the others said | what is wrong |",
    "|---|---|---|---|---|---|",
)

if __name__ == "__main__":
    sys.exit(main())
