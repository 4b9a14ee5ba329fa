"""The one exception that is meant to be read by a person."""

EXTRAS = {
    "captum": "report",
    "jinja2": "report",
    "lightning": "workflow",
    "matplotlib": "report",
    "mlflow": "mlflow",
    "snakemake": "workflow",
}
"""Libraries that a plain ``pip install lctransfer`` leaves out, and the extra that brings each."""


class LctransferError(Exception):
    """A problem that the user can act upon.

    The message says what is wrong, where, and what to do, in one or two sentences; the command line
    prints it without a traceback and exits with status 2.
    """


def missing_extra(error: ModuleNotFoundError) -> str | None:
    """Return the sentence that names the extra which brings the missing library; None where no extra does."""
    library = (error.name or "").partition(".")[0]
    if library not in EXTRAS:
        return None
    return f"This needs {library}, which is not installed: pip install 'lctransfer[{EXTRAS[library]}]'."
