"""Kill anywhere: SIGKILL of a whole process group at random moments, then the same command again.

Four things are killed: the workflow (`lctransfer run`, which is Snakemake) over all its stages, `retrieve` (from a slow
server on the loopback interface), `classify`, and the import to MLflow. Each first runs undisturbed; then, in a fresh
folder, it is killed at a random moment, started again by the same command from what the kill left, killed again, and
so on until it ends; if kills are left, a fresh folder is begun. What it leaves must be that of the undisturbed run, bit
for bit: tables, models, classes; of MLflow, runs with all their metrics and parameters. Nothing half-written may be
left where a reader would look. A kill falls into the start, or into the next fifth of the work, so that the stages are
reached one after the other, and a kill costs little.

    python benchmarks/kills.py --kills 30 -o benchmarks/results/kills.md
    python benchmarks/kills.py --experiment demo --of run --kills 10
"""

import argparse
import contextlib
import hashlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyarrow.parquet as pq
from publishing import publish

VERB = (sys.executable, "-m", "lctransfer")
SMALL = (
    *("sources=[ogle]", "targets=[hipparcos]", "surveys.ogle.stars=150", "surveys.hipparcos.stars=80"),
    *("pretrain.epochs=2", "transfer.fractions=[0.2]", "transfer.seeds=1", "sensitivity.enabled=false"),
    *("transfer.strategies=[extra_trees,finetune_last,zero_label]", "novelty.enabled=false"),
)
"""The smoke experiment made smaller still: every stage but two, in a minute."""
SHARES = {"run": 0.5, "classify": 0.2, "retrieve": 0.15, "tracking": 0.15}
START_S = 1.5
"""How long a verb loads what it needs."""
STEP = 0.2
"""Part of the work after which a kill has come at the latest."""
Digests = dict[str, str]


@dataclass(frozen=True)
class Job:
    """A command that is killed in a folder, and how to read what it has made there."""

    command: tuple[str, ...]
    made: Callable[[Path], Digests]
    prepare: Callable[[Path], None] = lambda folder: None


def start(job: Job, folder: Path) -> subprocess.Popen[bytes]:
    """Start a job as the leader of a process group of its own."""
    with open(folder / "log.txt", "ab") as log:
        return subprocess.Popen(job.command, cwd=folder, stdout=log, stderr=log, start_new_session=True)


def finish(job: Job, folder: Path) -> float:
    """Run a job to its end; return the seconds it took.

    Raises
    ------
    RuntimeError
        With the end of its log, if it fails.
    """
    begun = time.monotonic()
    if start(job, folder).wait():
        raise RuntimeError(f"{' '.join(job.command)} failed: {(folder / 'log.txt').read_text()[-1500:]}")
    return time.monotonic() - begun


def kill_after(job: Job, folder: Path, seconds: float) -> bool:
    """Run a job for some seconds, then kill its whole group; return whether it was still at work."""
    process = start(job, folder)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def tables_and_models(folder: Path) -> Digests:
    """Return the digest of every table, without the columns of seconds, and of every model's numbers."""
    found = {}
    for path in sorted(folder.rglob("*.parquet")):
        table = pq.ParquetFile(path).read()
        table = table.select([name for name in table.schema.names if not name.endswith("seconds")])
        content = table.replace_schema_metadata(None).to_pandas().to_csv(float_format="%.17g").encode()
        found[str(path.relative_to(folder))] = hashlib.sha256(content).hexdigest()
    for path in sorted(folder.rglob("*.safetensors")):
        found[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return {name: digest for name, digest in found.items() if "mlartifacts" not in name}


def raw_files(folder: Path) -> Digests:
    """Return the digest of every retrieved file; parts of downloads count too, and must not be left."""
    files = [path for path in sorted((folder / "raw").rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


STORED = {
    "runs": "SELECT name, status FROM runs WHERE lifecycle_stage = 'active' ORDER BY 1, 2",
    "metrics": "SELECT r.name, m.key, m.value, m.step FROM metrics m JOIN runs r USING (run_uuid)"
    " WHERE r.lifecycle_stage = 'active' ORDER BY 1, 2, 3, 4",
    "params": "SELECT r.name, p.key, p.value FROM params p JOIN runs r USING (run_uuid)"
    " WHERE r.lifecycle_stage = 'active' ORDER BY 1, 2, 3",
}


def store(folder: Path) -> Digests:
    """Return digests of what stands in the MLflow store, and SQLite's verdict on the file."""
    with contextlib.closing(sqlite3.connect(folder / "m.db")) as connection:
        rows = {name: connection.execute(query).fetchall() for name, query in STORED.items()}
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
    digests = {name: f"{len(found)} {hashlib.sha256(repr(found).encode()).hexdigest()}" for name, found in rows.items()}
    return digests | {"integrity": verdict}


class Slow(SimpleHTTPRequestHandler):
    """Serves files as slowly as an archive may, so that a kill falls into a download."""

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""

    def copyfile(self, source, outputfile) -> None:  # type: ignore[no-untyped-def]
        """Send a tenth of a second's worth at a time."""
        with contextlib.suppress(OSError):
            while part := source.read(64 * 1024):
                outputfile.write(part)
                time.sleep(0.1)


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder on the loopback interface; yield the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Slow, directory=str(folder)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


def jobs(whole: Path, experiment: str, overrides: list[str], address: str) -> dict[str, Job]:
    """Return the jobs; all but `run` start from what an undisturbed run has left in `whole`."""
    results = whole / "results" / experiment
    archive = next(iter(sorted((whole / "data").glob("*/mirror"))), whole)
    curves = next(iter(sorted(archive.parent.glob("lightcurves/hipparcos.parquet"))), whole)
    settings = f'{{"kind": "simulated", "name": "x", "mirror": "{address}"}}'
    classify = (*VERB, "classify", str(curves), "--source", "simulated", "--threads", "1", "-o", "classes.parquet")
    retrieve = (*VERB, "retrieve", "hipparcos", "--settings", settings, "--directory", "raw/files", "-o", "raw.json")
    return {
        "tracking": Job((*VERB, "tracking", str(results), "--uri", "sqlite:///m.db"), store),
        "classify": Job(classify, tables_and_models),
        "retrieve": Job(retrieve, raw_files),
        "run": Job((*VERB, "run", experiment, *overrides, "--cores", "2"), tables_and_models),
    }


def differences(wanted: Digests, found: Digests) -> list[str]:
    """Return the names whose content is missing, new or another."""
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def half_written(folder: Path) -> list[str]:
    """Return the parts of files that lie where a reader would look."""
    return [str(path) for path in folder.rglob("*.part") if not path.name.startswith(".")]


@dataclass(frozen=True)
class Undisturbed:
    """What a job makes if nobody kills it, in how many seconds, and of these how many until it begins to work."""

    wanted: Digests
    seconds: float
    start: float

    def moment(self, rng: random.Random) -> float:
        """Return after how many seconds a kill falls: into the start, or into the next piece of the work."""
        return round(rng.uniform(0.3, self.start + STEP * (self.seconds - self.start)), 1)


def chain(job: Job, plain: Undisturbed, kills: int, rng: random.Random, folder: Path) -> tuple[list[float], list[str]]:
    """Kill a job in one folder until it ends, at most `kills` times; return at what seconds, and what then differs."""
    moments: list[float] = []
    while len(moments) < kills:
        moment = plain.moment(rng)
        if not kill_after(job, folder, moment):
            break
        moments.append(moment)
    try:
        finish(job, folder)
        wrong = differences(plain.wanted, job.made(folder))
    except RuntimeError as error:
        wrong = [str(error)]
    wrong += half_written(folder)
    if not wrong:
        shutil.rmtree(folder, ignore_errors=True)
    return moments, wrong


def spread(kills: int, names: list[str]) -> dict[str, int]:
    """Return how many of the kills each job takes, by `SHARES`: together all of them."""
    ends, place = {}, 0.0
    for name in names:
        place += SHARES[name] / sum(SHARES[one] for one in names)
        ends[name] = round(kills * place)
    return {
        name: ends[name] - sum(ends[one] for one in names[names.index(name) - 1 : names.index(name)]) for name in names
    }


def undisturbed(job: Job, folder: Path, again: Path | None) -> Undisturbed:
    """Run a job undisturbed: in `folder`, and where another is named, there again for the time without compiling."""
    seconds = finish(job, folder)
    if again is None:
        return Undisturbed(job.made(folder), seconds, finish(job, folder))  # the second time, there is nothing to do
    return Undisturbed(job.made(folder), finish(job, again), START_S)


def parsed() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--experiment", default="smoke")
    parser.add_argument("--whole", action="store_true", help="the experiment as it is, not made smaller")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--of", choices=SHARES, action="append", help="only these")
    parser.add_argument("--finished", type=Path, help="folder of a finished run, for what is not `run` to start from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path)
    return parser.parse_args()


def killed(what: str, job: Job, kills: int, plain: Undisturbed, rng: random.Random) -> Iterator[tuple[int, bool, str]]:
    """Kill a job so many times, in as many folders as that takes; yield of each kills, failure, and a row."""
    while kills > 0:
        begun = time.monotonic()
        moments, wrong = chain(job, plain, kills, rng, Path(tempfile.mkdtemp()))
        kills -= len(moments)
        differs = "; ".join(wrong)[:600] or f"nothing ({len(plain.wanted)} digests)"
        row = [what, f"{plain.seconds:.0f}", len(moments), moments, f"{time.monotonic() - begun:.0f}", differs]
        yield len(moments), bool(wrong), f"| {' | '.join(map(str, row))} |"


def main() -> int:
    """Kill, compare, and print a row per chain; return 1 if anything differed."""
    arguments, begun = parsed(), time.monotonic()
    small = () if arguments.whole or arguments.experiment != "smoke" else SMALL
    named = arguments.of or [name for name in SHARES if name != "run" or not arguments.finished]
    shares, rng = spread(arguments.kills, named), random.Random(arguments.seed)
    rows, failed, total = [], 0, 0
    with tempfile.TemporaryDirectory() as name:
        tempfile.tempdir = name
        whole = arguments.finished.resolve() if arguments.finished else Path(tempfile.mkdtemp())
        run = jobs(whole, arguments.experiment, list(small), "")["run"]
        plain = {} if arguments.finished else {"run": undisturbed(run, whole, None)}
        mirror = next(iter((whole / "data").glob("*/mirror/hipparcos")), whole)
        with serving(mirror) as address:
            known = jobs(whole, arguments.experiment, list(small), address)
            for what in named:
                if what != "run":
                    plain[what] = undisturbed(known[what], Path(tempfile.mkdtemp()), Path(tempfile.mkdtemp()))
                for kills, differs, row in killed(what, known[what], shares[what], plain[what], rng):
                    failed, total = failed + differs, total + kills
                    rows.append(row)
                    sys.stderr.write(row + "\n")
    said = f"{total} kills; {failed} chains differ. All took {time.monotonic() - begun:.0f} s."
    head = ["# Kills", "", f"`{' '.join(['python', *sys.argv])}`", "", said, ""]
    table = ["| what | undisturbed [s] | kills | at [s] | took [s] | what differs |", "|---|---|---|---|---|---|"]
    publish("\n".join([*head, *table, *rows]), arguments.output)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
