"""`python -m lctransfer` and the command `lctransfer`: see `lctransfer.cli`."""

import gc
import sys


def entry() -> int:
    """Run one verb, as `lctransfer.cli.main.main` does; Ctrl-C while it is being loaded is answered here."""
    gc.set_threshold(10_000)  # Garbage collection took a fifth of the time in which libraries are loaded.
    try:
        from lctransfer.cli.main import main

        return main()
    except KeyboardInterrupt:
        sys.stderr.write("lctransfer: stopped.\n")
        return 130


if __name__ == "__main__":
    sys.exit(entry())
