"""One figure of the report, drawn anew for a journal."""

from difflib import get_close_matches
from pathlib import Path

from lctransfer.errors import LctransferError
from lctransfer.files import csv_text, replacing, write_text
from lctransfer.report import main_sections
from lctransfer.report.blocks import Figure
from lctransfer.report.figures.frame import WIDTHS, drawn_at
from lctransfer.report.results import Results, read

KINDS = ("svg", "pdf", "png")


def names(directory: Path, data: Path | None = None) -> list[tuple[str, str]]:
    """Return the name of every figure of a results folder, with the title of its section.

    Raises
    ------
    LctransferError
        If the folder is no results folder.
    """
    parts = main_sections(read(directory, data))
    return [(figure.name, part.title) for part in parts for figure in part.figures]


def write(name: str, directory: Path, path: Path, *, data: Path | None = None, width: str | None = None) -> str:
    """Draw one figure, and write the numbers that it shows beside it.

    Parameters
    ----------
    name : str
        As `names` returns it.
    directory : Path
        results/<experiment>.
    path : Path
        The file to write, .svg, .pdf or .png; a CSV file of the same name lies beside it afterwards.
    data : Path, optional
        data/<archive> that the results came from; by default the archive that config.json names.
    width : str, optional
        ``single`` or ``double``, as columns of a journal; by default the figure's own width.

    Returns
    -------
    str
        The caption.

    Raises
    ------
    LctransferError
        If there is no such figure, the ending is another, or the folder is no results folder.
    """
    kind = path.suffix.removeprefix(".").lower()
    if kind not in KINDS:
        raise LctransferError(f"{path} must end in one of .{', .'.join(KINDS)}.")
    results = read(directory, data)
    with drawn_at(WIDTHS[width] if width else None):
        figure = _find(results, name)
    if results.simulated:
        # A figure travels without its caption.
        figure.drawing.suptitle("simulated stars", x=0.99, ha="right", fontsize=6.5)
    with replacing(path) as aside:
        aside.write_bytes(figure.for_a_journal(kind))
    write_text(path.with_suffix(".csv"), csv_text(figure.data))
    return f"{'Simulated stars. ' if results.simulated else ''}{figure.caption}"


def _find(results: Results, name: str) -> Figure:
    known = []
    for part in main_sections(results):
        for figure in part.figures:
            if figure.name == name:
                return figure
            known.append(figure.name)
    near = get_close_matches(name, known, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "--list names all."
    raise LctransferError(f"{results.directory} has no figure {name!r}: {hint}")
