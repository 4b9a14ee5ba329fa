"""Progress of long work: a live bar on a terminal, a line every ten seconds in a log."""

import sys
from collections.abc import Iterable
from typing import Any

from tqdm import tqdm


def track(items: Iterable[Any] | None = None, **options: Any) -> tqdm:
    """Wrap `items` in a progress display on standard error; work of less than a second shows none.

    Parameters
    ----------
    items : iterable, optional
        What to iterate over; without it, call ``update(n)`` on the result.
    **options
        Passed to `tqdm.tqdm`: ``desc``, ``total``, ``unit``, ``unit_scale``...

    Returns
    -------
    tqdm.tqdm
        The iterable, also a context manager.
    """
    live = sys.stderr.isatty()
    pace = {"mininterval": 0.1} if live else {"mininterval": 10, "maxinterval": 30, "ascii": True, "ncols": 100}
    return tqdm(items, file=sys.stderr, dynamic_ncols=live, **{"delay": 1, **pace, **options})


def track_jobs(work: Iterable[Any], total: int, jobs: int, **options: Any) -> tqdm:
    """Return the results of `joblib.delayed` calls, in order, with a progress bar on standard error.

    Parameters
    ----------
    work : iterable
        The calls.
    total : int
        How many they are.
    jobs : int
        Processes, at most: one without work would still load every library.
    **options
        Of `track`.
    """
    from joblib import Parallel

    return track(Parallel(min(jobs, total), return_as="generator")(work), total=total, **options)


def say(message: str) -> None:
    """Write a line to standard error, beside any progress bar."""
    tqdm.write(message, file=sys.stderr)
