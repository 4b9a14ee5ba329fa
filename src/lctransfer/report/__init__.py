"""The report: one page that answers the question, shows the evidence, and says what was not run."""

from collections.abc import Iterator
from pathlib import Path

from lctransfer.errors import LctransferError
from lctransfer.files import write_text
from lctransfer.report import page
from lctransfer.report.blocks import Section
from lctransfer.report.results import Results, read
from lctransfer.report.sections import (
    answer,
    calibration,
    catalogue,
    comparison,
    cost,
    data,
    examples,
    imbalance,
    importance,
    novelty,
    origin,
    reference,
    references,
    reforms,
    sensitivity,
    shift,
    source,
    strategies,
    surveys,
    targets,
    zero_label,
)

SECTIONS = (
    *(answer, surveys, data, shift, source, importance, targets, strategies, reference, zero_label, imbalance),
    *(sensitivity, calibration, novelty, catalogue, examples, cost),
)
"""In reading order; each module's `section` takes results and returns a section."""


def build(directory: Path, data: Path | None = None) -> None:
    """Write report.html, figures/ and tables/ into a results folder, from what lies there.

    Parameters
    ----------
    directory : Path
        results/<experiment>. Only config.json must be there; what else is missing, the report says.
    data : Path, optional
        data/<archive> that the results came from; by default the archive that config.json names.

    Raises
    ------
    LctransferError
        If the folder is no results folder, or a file in it cannot be read.
    """
    results = read(directory, data)
    parts = sections(results)
    page.export(parts, results.directory)
    command = f"python -m lctransfer report results/{results.experiment} --data data/{results.data.name}"
    text = page.render(
        parts,
        title="How few labels does a new survey need?",
        experiment=results.experiment,
        description=results.config.get("description", ""),
        date=results.provenance.get("date_utc", ""),
        simulated=results.simulated,
        command=command,
        redraw=f"results/{results.experiment}",
    )
    write_text(results.directory / "report.html", text)


def compare(directories: list[Path], target: Path) -> None:
    """Write a page that puts experiments side by side, with its figures and tables beside it.

    Parameters
    ----------
    directories : list of Path
        At least two results folders.
    target : Path
        The HTML file to write.

    Raises
    ------
    LctransferError
        If fewer than two folders are given, or one is no results folder.
    """
    if len(directories) < 2:
        raise LctransferError("A comparison needs at least two results folders.")
    everything = [read(directory, directory) for directory in directories]
    parts = comparison.sections(everything)
    page.export(parts, target.parent)
    command = "python -m lctransfer report --compare " + " ".join(f"results/{one.experiment}" for one in everything)
    names = ", ".join(comparison.unique_names(everything))
    context = {"experiment": names, "description": "", "date": "", "redraw": "", "command": command}
    # One simulated experiment is enough for the warning.
    simulated = any(one.simulated for one in everything)
    write_text(target, page.render(parts, title="Experiments compared", simulated=simulated, **context))


def sections(results: Results) -> list[Section]:
    """Return all sections of a results folder, in reading order."""
    shown = list(main_sections(results))
    closing = [reforms.section(results), references.section(results)]
    return [*shown, origin.not_run(results, shown), origin.section(results), *closing]


def main_sections(results: Results) -> Iterator[Section]:
    """Yield the sections on what was found, one after the other, as they are made."""
    for module in SECTIONS:
        if part := module.section(results):
            yield part
