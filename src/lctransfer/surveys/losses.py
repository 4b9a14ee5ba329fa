"""What could not be had or read: one collection, field, camera or file is left out by itself, and named."""

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from lctransfer.errors import LctransferError

T = TypeVar("T")
LOG = logging.getLogger(__name__)
LINE = re.compile(r"\bline (\d+)")
FILE = re.compile(r"^(\S+?)(?:, (?:line|row|bytes|column)\b|:? )")
MOST_BAD = 0.01
"""Archives have a few damaged rows; where more than this share is bad, the format is not what was thought."""
MOST_BAD_KEPT = 0.5
"""Unless every doubt is fatal, the good rows are kept up to this share of bad ones, and the others are named."""
ADVICE = (
    "Run `lctransfer retrieve --probe` to see what the archive serves now; an address, columns or words can be "
    "corrected with surveys.<name>.overrides."
)


@dataclass(frozen=True)
class Loss:
    """One part of a survey that was left out.

    Parameters
    ----------
    part : str
        The collection, field, camera or file.
    said : str
        What was expected and what was found, in a sentence.
    advice : str
        What to do.
    file : str
        Which file, empty if none came.
    line : int or None
        Where in the file.
    """

    part: str
    said: str
    advice: str = ADVICE
    file: str = ""
    line: int | None = None

    @classmethod
    def of(cls, part: str, error: Exception | str, advice: str = "", file: str = "") -> "Loss":
        """Return the loss that an error's sentence tells of; file and line are taken from the sentence."""
        said = str(error)
        line, named = LINE.search(said), FILE.match(said)
        name = file or (named[1] if named and re.search(r"[./]", named[1]) else "")
        return cls(part, said, advice or ADVICE, name, int(line[1]) if line else None)

    def as_json(self) -> dict[str, Any]:
        """Return it as the manifest and the summary of ingest hold it."""
        return asdict(self)


class Tally(Counter):
    """How many rows were left out for which reason, and which parts could not be read.

    Parameters
    ----------
    strict : bool
        Whether a part that cannot be read is an error.
    quiet : bool
        Whether losses are not said, since another pass over the same files says them.

    Attributes
    ----------
    lost : list of Loss
        What was left out by itself.
    expected, arrived : dict
        Stars per class that should have a light curve, and that have one.
    """

    def __init__(self, *, strict: bool = False, quiet: bool = False):
        super().__init__()
        self.strict, self.quiet = strict, quiet
        self.lost: list[Loss] = []
        self.expected: dict[str, int] = {}
        self.arrived: dict[str, int] = {}

    def lose(self, loss: Loss) -> None:
        """Take note of a part that is left out, and say so.

        Raises
        ------
        LctransferError
            If every doubt is fatal (``archive.strict``).
        """
        if self.strict:
            raise LctransferError(loss.said)
        if not self.quiet:
            LOG.warning("Left out: %s. %s %s", loss.part, loss.said, loss.advice)
        self.lost.append(loss)


@contextmanager
def by_itself(dropped: Counter, part: str, advice: str = "", file: str = "") -> Iterator[None]:
    """Let an error cost one part only: it is named in `dropped` if that is a `Tally`, and raised otherwise."""
    try:
        yield
    except LctransferError as error:
        if not isinstance(dropped, Tally):
            raise
        dropped.lose(Loss.of(part, error, advice, file))


def tolerate(bad: list[str], total: int, dropped: Counter, reason: str, *, most: float = MOST_BAD_KEPT) -> None:
    """Count rows that cannot be read.

    Parameters
    ----------
    bad : list of str
        A sentence about each of them.
    total : int
        Rows altogether.
    dropped : Counter
        Takes up how many; a `Tally` also takes note of a format that is not as known.
    reason : str
        What they are.
    most : float
        Share of bad rows up to which a `Tally` keeps the others.

    Raises
    ------
    LctransferError
        With the first sentence, if more than `MOST_BAD` of the rows are bad (a `Tally`: `most`).
    """
    if len(bad) > MOST_BAD * total:
        said = f"{bad[0]} {len(bad)} of {total} are so: the format differs from what is known of it."
        if not isinstance(dropped, Tally) or len(bad) > most * total:
            raise LctransferError(said)
        dropped.lose(Loss.of(f"{reason}: {len(bad)} of {total}", said))
    if bad:
        dropped[reason] += len(bad)
        dropped[f"such as: {bad[0]}"] += 1


def catalogue_or_copy(
    directory: Path, names: tuple[str, str], read: Callable[[Path], list[T]], dropped: Counter
) -> list[T]:
    """Return what `read` finds in an archive's catalogue, or in its copy from VizieR should that fail.

    Parameters
    ----------
    directory : Path
        Where both would be.
    names : (str, str)
        File names of the catalogue and of the copy.
    read : callable
        From a path to rows.
    dropped : Counter
        Told of a catalogue that cannot be read; without a copy that is an error.
    """
    catalogue, copy = (directory / name for name in names)
    if copy.is_file():
        found: list[T] = []
        if catalogue.is_file():
            with by_itself(dropped, catalogue.name, f"The copy {copy.name} was taken instead."):
                found = read(catalogue)
        return found or read(copy)
    return read(catalogue)
