"""One process at a time: work on a file or a folder that others of this machine may begin too."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from lctransfer.errors import LctransferError


@contextlib.contextmanager
def alone(target: Path, *, patient: bool = False) -> Iterator[None]:
    """Work on something as the only process that does so.

    The lock is a file beside it, which goes with the process, however it ends. A file system without locks has none.

    Parameters
    ----------
    target : Path
        What is made or changed.
    patient : bool
        Whether to wait for another process that works on it.

    Raises
    ------
    LctransferError
        If another process works on it, unless `patient`.
    """
    path = target.with_name(f".{target.name}.lock")
    held = _held(path, target, patient=patient)
    try:
        yield
    finally:
        if held is not None:
            path.unlink(missing_ok=True)  # while it is held: whoever waits for it finds that it is gone
            os.close(held)


def _held(path: Path, target: Path, *, patient: bool) -> int | None:
    """Return the open file of the lock, or None where there can be none."""
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            held = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError:  # a folder that cannot be written to is refused, in a sentence, by who writes there
            return None
        try:
            fcntl.flock(held, fcntl.LOCK_EX | (0 if patient else fcntl.LOCK_NB))
        except BlockingIOError:
            os.close(held)
            raise LctransferError(
                f"Another process is at work on {target}. Wait for it or end it, or name another place to write to."
            ) from None
        except OSError:
            os.close(held)
            return None
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.stat(path), os.fstat(held)):
                return held
        os.close(held)  # the process before took its file away: there is, or will be, another
