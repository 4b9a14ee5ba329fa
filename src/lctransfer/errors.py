"""The one exception that is meant to be read by a person, and what tells the machine's faults from the input's."""

import errno
from collections.abc import Container

EXTRAS = {
    "captum": "report",
    "jinja2": "report",
    "lightning": "workflow",
    "matplotlib": "report",
    "mlflow": "mlflow",
    "snakemake": "workflow",
}
"""Libraries that a plain ``pip install lctransfer`` leaves out, and the extra that brings each."""


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""No room on the disk, in the user's share of it, or in what the shell allows a file (``ulimit -f``)."""
FORBIDDEN = (errno.EROFS, errno.EACCES, errno.EPERM)
"""No right to write or read there."""
LIMITS = (*FULL, errno.EMFILE, errno.ENFILE, errno.ENOMEM)
"""And no further open files, no further memory."""


class LctransferError(Exception):
    """A problem that the user can act upon.

    The message says what is wrong, where, and what to do, in one or two sentences; the command line
    prints it without a traceback and exits with status 2.
    """


def check_name(kind: str, name: str, names: Container[str], listed: str) -> None:
    """Refuse a name that is none of the known ones.

    Parameters
    ----------
    kind : str
        What it would be the name of, in the singular.
    name : str
        What was given.
    names : container of str
        The known ones.
    listed : str
        The same, as the message lists them.

    Raises
    ------
    LctransferError
        With what there is.
    """
    if name not in names:
        plural = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
        raise LctransferError(f"There is no {kind} {name!r}. {plural.capitalize()}: {listed}.")


def pass_on_limits(error: BaseException) -> None:
    """Raise an error again that a limit of the machine has caused.

    To be called first where an error of reading costs one part, or one star: a full disk, or too few open files, is no
    fault of what is read, and must neither flag nor leave out any of it.
    """
    if isinstance(error, OSError) and error.errno in LIMITS:
        raise error


def one_line(error: object, longest: int = 300) -> str:
    """Return what a library's exception says, or a text, on one line that a person reads: of a long one, both ends."""
    text = " ".join(str(error).split()) or type(error).__name__
    half = (longest - 5) // 2
    return text if len(text) <= longest else f"{text[:half]} ... {text[-half:]}"


def missing_extra(error: ModuleNotFoundError) -> str | None:
    """Return the sentence that names the extra which brings the missing library; None where no extra does."""
    library = (error.name or "").partition(".")[0]
    if library not in EXTRAS:
        return None
    return f"This needs {library}, which is not installed: pip install 'lctransfer[{EXTRAS[library]}]'."
