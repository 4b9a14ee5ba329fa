"""The one exception that is meant to be read by a person."""


class LctransferError(Exception):
    """A problem that the user can act upon.

    The message says what is wrong, where, and what to do, in one or two sentences; the command line
    prints it without a traceback and exits with status 2.
    """
