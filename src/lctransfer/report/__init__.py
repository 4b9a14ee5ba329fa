"""The report: one page that answers the question, shows the evidence, and says what was not run."""

from pathlib import Path

from lctransfer.files import write_text
from lctransfer.report import page
from lctransfer.report.blocks import Section
from lctransfer.report.results import Results, read
from lctransfer.report.sections import answer, data, origin, strategies, targets

SECTIONS = (answer, data, targets, strategies)
"""In reading order; each module's `section` takes results and returns a section."""


def build(directory: Path, data: Path) -> None:
    """Write report.html, figures/ and tables/ into a results folder, from what lies there.

    Parameters
    ----------
    directory : Path
        results/<experiment>. Only config.json must be there; what else is missing, the report says.
    data : Path
        data/<archive> that the results came from.

    Raises
    ------
    LctransferError
        If the folder is no results folder, or a file in it cannot be read.
    """
    results = read(directory, data)
    sections = _sections(results)
    page.export(sections, results.directory)
    html = page.render(
        sections,
        title="How few labels does a new survey need?",
        experiment=results.experiment,
        description=results.config.get("description", ""),
        date=results.provenance.get("date_utc", ""),
        simulated=results.simulated,
        command=f"python -m lctransfer report results/{results.experiment} --data data/{results.data.name}",
    )
    write_text(results.directory / "report.html", html)


def _sections(results: Results) -> list[Section]:
    shown = [module.section(results) for module in SECTIONS]
    return [*shown, origin.not_run(results, shown), origin.section(results)]
