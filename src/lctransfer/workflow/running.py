"""A run of the workflow from wherever one stands: Snakemake with the files that come with the package."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lctransfer.errors import LctransferError
from lctransfer.workflow_files import PROFILE, SNAKEFILE


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

    program = [sys.executable, "-m", "snakemake", "--snakefile", str(SNAKEFILE), "--workflow-profile", str(PROFILE)]
    settings = ["--config", f"hydra={json.dumps(list(overrides))}"]
    if any(Path(".snakemake/locks").glob("*")):
        _refuse_second_run(Path.cwd())
        subprocess.run([*program, "--unlock", *settings], check=False, capture_output=True)
    return subprocess.run([*program, "--cores", str(cores), *options, *settings], check=False).returncode


def _refuse_second_run(folder: Path) -> None:
    """Raise if a Snakemake process other than this one's ancestors works in a folder."""
    import psutil  # comes with snakemake

    ancestors = {os.getpid(), *(process.pid for process in psutil.Process().parents())}
    for process in psutil.process_iter(["pid", "cmdline", "cwd"]):
        words = " ".join(process.info["cmdline"] or [])
        here = process.info["cwd"] and Path(process.info["cwd"]) == folder
        if here and "snakemake" in words and "python" in words and process.pid not in ancestors:
            raise LctransferError(
                f"Another run is at work in {folder} (process {process.pid}). Wait for it, or end it."
            )
