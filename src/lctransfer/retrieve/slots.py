"""At most so many connections to one host at once, from all processes of this machine together."""

import contextlib
import fcntl
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PAUSE_S = 0.05


@contextlib.contextmanager
def host_slot(host: str, slots: int) -> Iterator[None]:
    """Wait for one of the host's slots and hold it.

    Each slot is a locked file in the folder for temporary files; the lock goes with the process, however it ends.

    Parameters
    ----------
    host : str
        Name and port.
    slots : int
        How many may be held at once.
    """
    folder = Path(tempfile.gettempdir()) / "lctransfer-connections"
    folder.mkdir(exist_ok=True, mode=0o777)
    paths = [folder / f"{re.sub(r'[^A-Za-z0-9.-]', '_', host)}.{slot}" for slot in range(slots)]
    while True:
        for path in paths:
            stream = open(path, "w")  # noqa: SIM115 (held open as long as the slot)
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                stream.close()
                continue
            try:
                yield
            finally:
                stream.close()
            return
        time.sleep(PAUSE_S)
