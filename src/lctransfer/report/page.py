"""From sections to one self-contained HTML page, and to a file per figure and table."""

from importlib.resources import files as resources
from pathlib import Path

import jinja2
from markupsafe import Markup

from lctransfer.files import csv_text, replacing, write_text
from lctransfer.report import interactive
from lctransfer.report.blocks import Figure, Section
from lctransfer.report.inline import Drawings


def export(sections: list[Section], directory: Path) -> None:
    """Write every figure as SVG, PDF and CSV below ``figures/``, every table as CSV below ``tables/``."""
    for section in sections:
        for figure in section.figures:
            _export_figure(figure, directory / "figures")
        for table in section.tables:
            write_text(directory / "tables" / f"{table.name}.csv", csv_text(table.data))


def _export_figure(figure: Figure, directory: Path) -> None:
    # Viewers with a dark background would hide the dark ink of a transparent drawing.
    write_text(directory / f"{figure.name}.svg", figure.svg.replace("<svg", '<svg style="background: white"', 1))
    with replacing(directory / f"{figure.name}.pdf") as aside:
        aside.write_bytes(figure.pdf)
    write_text(directory / f"{figure.name}.csv", csv_text(figure.data))


def render(sections: list[Section], **context: object) -> str:
    """Return the page as HTML text.

    Parameters
    ----------
    sections : list of Section
        In reading order.
    **context
        What else the template shows: title, lead, simulated, missing, ...

    Returns
    -------
    str
        One file without any reference to another.
    """
    package = resources("lctransfer.report")
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    drawings = Drawings()
    environment.filters["svg"] = lambda figure: Markup(drawings.inline(figure))  # noqa: S704
    environment.globals["letters"] = lambda: Markup(drawings.letters())  # noqa: S704
    template = environment.from_string((package / "template.html").read_text(encoding="utf-8"))
    style = Markup((package / "page.css").read_text(encoding="utf-8"))  # noqa: S704
    scripts = [(package / name).read_text(encoding="utf-8") for name in ("zoom.js", "page.js")]
    script = Markup("".join(scripts))  # noqa: S704
    told = Markup(interactive.told(sections))  # noqa: S704
    return template.render(sections=sections, style=style, script=script, told=told, **context)
