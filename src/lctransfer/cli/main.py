"""The verbs: `python -m lctransfer VERB`. Each is a thin shell over one public function."""

import argparse
import sys
from collections.abc import Sequence

from lctransfer.cli import arguments as typed
from lctransfer.cli import catalogue, data, learning, results  # noqa: F401 - they register their verbs
from lctransfer.cli.arguments import VERBS
from lctransfer.errors import LctransferError, missing_extra


def parser() -> argparse.ArgumentParser:
    """Return the parser of all verbs."""
    top = argparse.ArgumentParser(
        prog="lctransfer",
        description="Classify the variable stars of a new survey with few labels. `snakemake --cores N` runs all the "
        "verbs in order; each also runs alone. Settings are JSON objects; keys left out take their defaults.",
        epilog="What a verb takes, and an example: lctransfer VERB --help.",
    )
    verbs = top.add_subparsers(title="verbs", metavar="VERB", required=True)
    for name, (function, options) in VERBS.items():
        example = f"Example: {typed.EXAMPLES[name]}"
        added = verbs.add_parser(name, help=function.__doc__, description=function.__doc__, epilog=example)
        added.set_defaults(function=function)
        for one in options:
            added.add_argument(*one.names, **one.kinds)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line without the program's name; by default that of the process.

    Returns
    -------
    int
        0, 2 after an error that a sentence explains, or 130 after Ctrl-C.
    """
    parsed = parser().parse_args(arguments)
    try:
        parsed.function(parsed)
    except LctransferError as error:
        sys.stderr.write(f"lctransfer: {error}\n")
        return 2
    except OSError as error:  # a full disk, a folder without the right to write
        sys.stderr.write(f"lctransfer: {error.strerror or error}: {error.filename or 'no file named'}.\n")
        return 2
    except ModuleNotFoundError as error:
        if not (sentence := missing_extra(error)):
            raise
        sys.stderr.write(f"lctransfer: {sentence}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("lctransfer: stopped.\n")
        return 130
    return 0
