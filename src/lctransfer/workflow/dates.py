"""Dates of files under a clock that was set back: what is made from now on must not look older than what is there."""

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

TOLERANCE_S = 60
"""How far ahead the clock of a file server may be."""
STEP_NS = 1000
"""Between the dates of two files that had different ones."""


def bring_back(folders: Iterable[Path], now: float | None = None) -> str | None:
    """Give files that are dated in the future dates of just now, in the order that they have.

    Snakemake takes a result for fresh that is younger than its input. After a clock was set back, an input that a run
    makes anew would look older than the results made before, and these would stay if that run were killed.

    Parameters
    ----------
    folders : iterable of Path
        Where data and results lie.
    now : float, optional
        Seconds since 1970; by default the clock's.

    Returns
    -------
    str or None
        What was done, in a sentence; None where no file is dated in the future.
    """
    present = time.time_ns() if now is None else int(now * 1e9)
    ahead = {path: date for folder in folders for path, date in _dates(folder) if date > present}
    if not ahead or max(ahead.values()) <= present + TOLERANCE_S * 1e9:
        return None
    order = sorted(set(ahead.values()), reverse=True)
    new = {date: present - rank * STEP_NS for rank, date in enumerate(order)}
    for path, date in ahead.items():
        with contextlib.suppress(OSError):  # a file that is not ours to date is no result of this run
            os.utime(path, ns=(new[date], new[date]))
    return (
        f"{len(ahead)} files are dated in the future, so the clock was set back; they are dated now, in their order. "
        "If you changed files by hand since then, make what comes of them anew: snakemake --forceall."
    )


def _dates(folder: Path) -> Iterator[tuple[Path, int]]:
    """Yield every file below a folder and its date; what cannot be looked at is left to Snakemake."""
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            try:
                if not path.is_symlink():
                    yield path, path.stat().st_mtime_ns
            except OSError:
                continue
