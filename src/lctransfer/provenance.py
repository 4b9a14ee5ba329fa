"""Where a result comes from: commit, versions, machine, date."""

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from lctransfer import __version__

PACKAGES = (
    *("astropy", "captum", "lightgbm", "lightning", "mlflow", "numba", "numpy", "pandas", "pyarrow", "scikit-learn"),
    *("scipy", "snakemake", "torch"),
)


def describe() -> dict[str, Any]:
    """Return commit, whether the tree had uncommitted changes, versions, machine and UTC date.

    Returns
    -------
    dict
        ``commit`` is null outside a git checkout.
    """
    commit = _git("rev-parse", "HEAD")
    return {
        "lctransfer": __version__,
        "commit": commit,
        "uncommitted_changes": bool(_git("status", "--porcelain", "--untracked-files=no")) if commit else None,
        "date_utc": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": sys.version.split()[0],
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "packages": {name: _version(name) for name in PACKAGES},
    }


def _git(*arguments: str) -> str | None:
    here = Path(__file__).parent
    try:
        done = subprocess.run(["git", *arguments], cwd=here, capture_output=True, text=True, check=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
