"""`python -m lctransfer` and the command `lctransfer`: see `lctransfer.cli`."""

import gc
import os
import sys

MEMORY = {"MIMALLOC_ARENA_EAGER_COMMIT": "0", "MIMALLOC_PURGE_DELAY": "0"}
"""Arrow's allocator keeps no memory that it does not use: up to a fifth of what `features` would take."""


def entry() -> int:
    """Run one verb, as `lctransfer.cli.main.main` does; Ctrl-C while it is being loaded is answered here."""
    gc.set_threshold(10_000)  # Garbage collection took a fifth of the time in which libraries are loaded.
    for name, value in MEMORY.items():  # read when Arrow is loaded
        os.environ.setdefault(name, value)
    try:
        from lctransfer.cli.main import main

        return main()
    except KeyboardInterrupt:
        sys.stderr.write("lctransfer: stopped.\n")
        return 130


if __name__ == "__main__":
    sys.exit(entry())
