"""A run of the workflow from wherever one stands: Snakemake with the files that come with the package."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lctransfer.errors import LctransferError
from lctransfer.workflow_files import PROFILE, SNAKEFILE

SNAKEMAKE = """
import sys
try:
    from snakemake.cli import main
    main()
except KeyboardInterrupt:
    sys.exit(130)
"""
"""Snakemake, but without a traceback where it is stopped while it still starts."""
PATIENCE_S = 10
"""How long Snakemake and its jobs may take to stop."""


def run(overrides: Sequence[str], cores: int, options: Sequence[str] = ()) -> int:
    """Run the workflow in the current folder, and return Snakemake's status.

    A lock that a killed run left behind is taken away; results that it left half made are made again.

    Parameters
    ----------
    overrides : sequence of str
        Hydra overrides, such as ``experiment=demo``.
    cores : int
        Jobs at once.
    options : sequence of str
        Further options of Snakemake, such as ``--dry-run``.

    Raises
    ------
    LctransferError
        If another run is at work in this folder.
    """
    import snakemake  # noqa: F401 - says which extra is missing before anything else is tried

    program = [sys.executable, "-c", SNAKEMAKE, "--snakefile", str(SNAKEFILE), "--workflow-profile", str(PROFILE)]
    settings = ["--config", f"hydra={json.dumps(list(overrides))}"]
    if at_work := clear_stale_lock(Path.cwd()):
        raise LctransferError(at_work)
    return _to_its_end([*program, "--cores", str(cores), *options, *settings])


def _to_its_end(command: Sequence[str]) -> int:
    """Run a command and return its status; on Ctrl-C, which it gets too, wait until it has ended its jobs.

    `subprocess.run` would kill it after a quarter of a second, and leave its jobs at work and its lock behind.
    """
    with subprocess.Popen(command, env={**os.environ, **_caches(Path.cwd())}) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            _wait_patiently(process)
            raise


def _caches(folder: Path) -> dict[str, str]:
    """Return where Snakemake and the compiler keep their caches, if the user's own folder cannot be written to."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
    there = next((place for place in (cache, *cache.parents) if place.exists()), cache)
    return {} if os.access(there, os.W_OK) else {"XDG_CACHE_HOME": str(folder / ".snakemake" / "cache")}


def _wait_patiently(process: "subprocess.Popen[bytes]") -> None:
    """Wait for a process that Ctrl-C has told to stop; tell it where only this process was told."""
    while process.poll() is None:
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
        except KeyboardInterrupt:
            continue  # a further Ctrl-C reaches it by itself


def clear_stale_lock(folder: Path) -> str | None:
    """Remove the lock of a run that was killed, and note which machine works here from now on.

    A lock stays where its run may still be alive: a Snakemake process of this machine works in the folder, or does not
    tell where it works; or the lock belongs to another user or was made on another machine.

    Parameters
    ----------
    folder : Path
        Where Snakemake works.

    Returns
    -------
    str or None
        Why the lock was left, and what to do; None where there is none any more.
    """
    locks = [path for path in folder.glob(".snakemake/locks/*") if path.is_file()]
    maker = folder / ".snakemake" / "lctransfer_host"
    if not locks:
        _note_host(maker)
        return None
    if reason := _may_be_alive(folder, locks, maker):
        return f"{reason} Wait for it, or end it; if it has ended, remove {folder}/.snakemake/locks."
    for path in locks:
        path.unlink(missing_ok=True)
    return None


def _may_be_alive(folder: Path, locks: list[Path], maker: Path) -> str | None:
    if process := _other_snakemake(folder):
        return f"Another run is at work in {folder} (process {process})."
    if any(path.stat().st_uid != os.getuid() for path in locks):
        return f"A run of another user may be at work in {folder}."
    host = maker.read_text(encoding="utf-8").strip() if maker.is_file() else socket.gethostname()
    return f"A run on {host} may be at work in {folder}." if host != socket.gethostname() else None


def _note_host(maker: Path) -> None:
    with contextlib.suppress(OSError):  # a folder that cannot be written to is Snakemake's to refuse
        maker.parent.mkdir(exist_ok=True)
        maker.write_text(socket.gethostname() + "\n", encoding="utf-8")


def _other_snakemake(folder: Path) -> int | None:
    """Return a Snakemake process, other than this one and its ancestors, that works in a folder or may do so."""
    import psutil  # comes with snakemake

    ancestors = {os.getpid(), *(process.pid for process in psutil.Process().parents())}
    for process in psutil.process_iter(["pid", "cmdline", "cwd"]):
        words = " ".join(process.info["cmdline"] or [])
        cwd = process.info["cwd"]  # unknown of a process of another user
        here = not cwd or Path(cwd) == folder.resolve()
        if here and "snakemake" in words and "python" in words and process.pid not in ancestors:
            return int(process.pid)
    return None
