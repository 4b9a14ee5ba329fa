"""The verbs: `python -m lctransfer VERB`. Each is a thin shell over one public function."""

import argparse
import errno
import io
import os
import shlex
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

from lctransfer.cli import arguments as typed
from lctransfer.cli import catalogue, data, learning, results  # noqa: F401 - they register their verbs
from lctransfer.cli.arguments import VERBS
from lctransfer.errors import FORBIDDEN, FULL, LctransferError, missing_extra, one_line
from lctransfer.files import protecting, refuse_input
from lctransfer.secret import hide


class Lines(argparse.HelpFormatter):
    """Keep the line breaks of help texts: a key of a JSON object stands on a line of its own."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return [part for line in text.splitlines() for part in super(Lines, self)._split_lines(line, width)]


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
        # Without abbreviations: `--set both` is not to be read as `--settings both`.
        added = verbs.add_parser(
            name,
            help=function.__doc__,
            description=function.__doc__,
            epilog=example,
            formatter_class=Lines,
            allow_abbrev=False,
        )
        added.set_defaults(function=function)
        for one in options:
            added.add_argument(*one.names, **one.kinds)
    return top


INPUTS = ("table", "tables", "features", "labels", "class_map", "source", "take", "not_in", "check", "model")
"""Arguments that name what a verb reads."""


UNLOADED = "failed to map segment"
"""What the loader says of a library for which there is not enough memory."""


def inputs(parsed: argparse.Namespace) -> list[Path]:
    """Return the files and folders that a command line names to be read."""
    named = [getattr(parsed, name, None) for name in INPUTS]
    every = [one for value in named if value for one in (value if isinstance(value, list) else [value])]
    return [Path(one) for one in every if isinstance(one, str | Path) and os.path.exists(one)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line without the program's name; by default that of the process.

    Returns
    -------
    int
        0, 2 after an error that a sentence explains, 1 after one that nobody foresaw, or 130 after Ctrl-C.
    """
    _print_anything()
    parsed = parser().parse_args(arguments)
    with noticing_interrupts() as interrupted:
        try:
            with protecting(inputs(parsed)):
                if isinstance(getattr(parsed, "output", None), Path):
                    refuse_input(parsed.output)
                parsed.function(parsed)
            sys.stdout.flush()
        except BrokenPipeError:  # whoever read the output, such as `head`, has enough of it
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except (Exception, KeyboardInterrupt) as error:
            if interrupted() or isinstance(error, KeyboardInterrupt):
                return _fail("stopped.", status=130)
            return _explain(error)
    return 0


@contextmanager
def noticing_interrupts() -> Iterator[Callable[[], bool]]:
    """Yield what says whether Ctrl-C was pressed: libraries may turn its exception into one of their own."""
    pressed = []

    def stop(number: int, frame: object) -> None:
        pressed.append(number)
        raise KeyboardInterrupt

    usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not usual or threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    signal.signal(signal.SIGINT, stop)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _explain(error: BaseException) -> int:
    """Say what went wrong in a sentence; return the status."""
    if isinstance(error, LctransferError):
        return _fail(str(error))
    unloaded = isinstance(error, ImportError) and UNLOADED in str(error)
    if isinstance(error, MemoryError) or unloaded:
        return _fail("there is not enough memory for this; take fewer light curves at a time.")
    if isinstance(error, OSError):
        return _fail(_of_the_system(error))
    extra = missing_extra(error) if isinstance(error, ModuleNotFoundError) else None
    return _fail(extra) if extra else _fail(_unforeseen(error), status=1)


def _of_the_system(error: OSError) -> str:
    """Return what to tell of a full disk, a limit of the machine, a folder without the right to write."""
    said = f"{error.strerror or error}: {one_line(error.filename or 'no file named')}."
    if error.errno in FULL:
        where = "there, or name another place" if error.filename else f"in the output's folder and in {gettempdir()}"
        return f"{said} Make room {where}, and run the same command again."
    if error.errno in FORBIDDEN:
        return f"{said} Name a place that you may use."
    if error.errno in {errno.EMFILE, errno.ENFILE}:
        return f"{said} Allow more open files (ulimit -n 1024), and run the same command again."
    if error.errno == errno.ENOMEM:
        return f"{said} Allow more memory (ulimit -v), or take fewer light curves at a time."
    return said


def _fail(sentence: str, *, status: int = 2) -> int:
    sys.stderr.write(f"lctransfer: {hide(sentence)}\n")
    return status


def _unforeseen(error: BaseException) -> str:
    """Save the traceback of an error that nobody foresaw; return what to tell."""
    first = one_line(error) if str(error) else "no message"
    try:
        where = f"the traceback is in {_kept_traceback()}"
    except OSError as unkept:
        where = f"the traceback could not be kept ({unkept.strerror})"
    return f"{type(error).__name__}: {first}. This should not happen; {where}: please report it."


def _kept_traceback() -> str:
    """Return the file that the traceback of the error at hand was written to."""
    with tempfile.NamedTemporaryFile("w", prefix="lctransfer-", suffix=".log", delete=False, encoding="utf-8") as log:
        log.write(hide(f"{shlex.join(sys.argv)}\n\n{traceback.format_exc()}"))
    return log.name


def _print_anything() -> None:
    """Let a terminal of few characters print a stand-in for those that it lacks, instead of failing after the work."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
