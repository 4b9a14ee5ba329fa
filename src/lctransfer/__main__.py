"""`python -m lctransfer`: see `lctransfer.cli`."""

import sys

from lctransfer.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
