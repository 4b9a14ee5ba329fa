"""From sections to one self-contained HTML page, and to a file per figure and table."""

import io
import re
from importlib.resources import files as resources
from pathlib import Path

import jinja2
import matplotlib.pyplot as plt
from markupsafe import Markup, escape

from lctransfer.files import replacing, write_text
from lctransfer.report.blocks import Figure, Section

INK = "#1c2733"
"""The one text colour of journal.mplstyle; in the page it follows the reader's light or dark setting."""
STYLE = str(resources("lctransfer.report") / "journal.mplstyle")


def export(sections: list[Section], directory: Path) -> None:
    """Write every figure as SVG, PDF and CSV below ``figures/``, every table as CSV below ``tables/``."""
    for section in sections:
        for figure in section.figures:
            _export_figure(figure, directory / "figures")
        for table in section.tables:
            write_text(directory / "tables" / f"{table.name}.csv", table.data.to_csv(index=False))


def _export_figure(figure: Figure, directory: Path) -> None:
    with plt.style.context(STYLE):
        for kind in ("svg", "pdf"):
            # Dates would make every redrawing another file.
            stamp = {"Date": None} if kind == "svg" else {"CreationDate": None}
            with replacing(directory / f"{figure.name}.{kind}") as aside:
                figure.drawing.savefig(aside, format=kind, metadata=stamp, facecolor="white")
    write_text(directory / f"{figure.name}.csv", figure.data.to_csv(index=False))


def inline_svg(figure: Figure) -> str:
    """Return a drawing as an ``<svg>`` element for the page: described, with ids of its own, in the page's colours."""
    stream = io.StringIO()
    with plt.style.context(STYLE):
        figure.drawing.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    svg = stream.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    # Two drawings in one page must not share ids.
    svg = re.sub(r'\bid="', f'id="{figure.name}-', svg)
    svg = re.sub(r'(xlink:href="|url\()#', rf"\1#{figure.name}-", svg)
    svg = svg.replace(INK, "var(--ink)")
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*pt" height="[^"]*pt"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*pt"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*pt"', r"\1", svg, count=1)
    return svg.replace("<svg", f'<svg role="img" aria-label="{escape(figure.alt)}"', 1)


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
    environment.filters["svg"] = lambda figure: Markup(inline_svg(figure))
    template = environment.from_string((package / "template.html").read_text(encoding="utf-8"))
    style = Markup((package / "page.css").read_text(encoding="utf-8"))
    return template.render(sections=sections, style=style, **context)
