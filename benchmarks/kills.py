"""Kill anywhere: SIGKILL of a whole process group at random moments, then the same command again.

Four things are killed: `lctransfer run` over all its stages, `retrieve` (from a slow server on the loopback interface),
`classify`, and the import to MLflow. Each first runs undisturbed; then, in a fresh folder, it is killed after a random
part of the time that took, started again by the same command, killed again, and at last left to end. What it leaves
must be that of the undisturbed run, bit for bit: tables, models, classes; of MLflow, runs with all their metrics and
parameters. Nothing half-written may be left where a reader would look.

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


def chain(job: Job, wanted: Digests, moments: list[float], scratch: Path) -> tuple[int, list[str]]:
    """Kill a job at each moment in one fresh folder, let it end; return how many kills hit it, and what differs."""
    folder = Path(tempfile.mkdtemp(dir=scratch))
    hit = sum(kill_after(job, folder, moment) for moment in moments)
    try:
        finish(job, folder)
        wrong = differences(wanted, job.made(folder))
    except RuntimeError as error:
        wrong = [str(error)]
    halves = [str(path) for path in folder.rglob("*.part") if not str(path.name).startswith(".")]
    if not wrong:
        shutil.rmtree(folder, ignore_errors=True)
    return hit, [*wrong, *halves]


def spread(kills: int, at_once: int) -> list[int]:
    """Return how many kills each chain takes, at most `at_once`."""
    return [min(at_once, kills - done) for done in range(0, kills, at_once)]


def parsed() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--experiment", default="smoke")
    parser.add_argument("--whole", action="store_true", help="the experiment as it is, not made smaller")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--of", choices=SHARES, action="append", help="only these")
    parser.add_argument("--chain", type=int, default=5, help="kills in one folder (default %(default)s)")
    parser.add_argument("--finished", type=Path, help="folder of a finished run, for what is not `run` to start from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path)
    return parser.parse_args()


def main() -> int:
    """Kill, compare, and print a row per chain; return 1 if anything differed."""
    arguments = parsed()
    small = () if arguments.whole or arguments.experiment != "smoke" else SMALL
    named = arguments.of or [name for name in SHARES if name != "run" or not arguments.finished]
    share = sum(SHARES[name] for name in named)
    rng = random.Random(arguments.seed)
    lines = ["| what | undisturbed [s] | kills | at [s] | what differs |", "|---|---|---|---|---|"]
    failed = total = 0
    with tempfile.TemporaryDirectory() as name:
        whole = arguments.finished.resolve() if arguments.finished else Path(name) / "whole"
        took = {}
        if not arguments.finished:
            whole.mkdir()
            took["run"] = finish(jobs(whole, arguments.experiment, list(small), "")["run"], whole)
        mirror = next(iter((whole / "data").glob("*/mirror/hipparcos")), whole)
        with serving(mirror) as address:
            for what, job in jobs(whole, arguments.experiment, list(small), address).items():
                if what not in named:
                    continue
                plain = whole if what == "run" else Path(tempfile.mkdtemp(dir=name))
                if what != "run":
                    finish(job, plain)  # the first time compiles
                    took[what] = finish(job, Path(tempfile.mkdtemp(dir=name)))
                elif arguments.finished:
                    continue  # another run than this one's
                wanted = job.made(plain)
                for kills in spread(round(arguments.kills * SHARES[what] / share), arguments.chain):
                    moments = [round(rng.uniform(0.02, 0.98) * took[what], 1) for _ in range(kills)]
                    hit, wrong = chain(job, wanted, moments, Path(name))
                    failed, total = failed + bool(wrong), total + hit
                    differs = "; ".join(wrong)[:600] or f"nothing ({len(wanted)} digests)"
                    lines.append(f"| {what} | {took[what]:.0f} | {hit} | {moments} | {differs} |")
                    sys.stderr.write(lines[-1] + "\n")
    head = ["# Kills", "", f"`{' '.join(['python', *sys.argv])}`", "", f"{total} kills; {failed} chains differ.", ""]
    publish("\n".join([*head, *lines]), arguments.output)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
