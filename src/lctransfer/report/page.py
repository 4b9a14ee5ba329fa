"""From sections to one self-contained HTML page, and to a file per figure and table."""

from importlib.resources import files as resources
from pathlib import Path

import jinja2
from markupsafe import Markup

from lctransfer.files import csv_text, replacing, write_text
from lctransfer.report import interactive
from lctransfer.report.blocks import Figure, Section
from lctransfer.report.inline import Drawings

MOST_BYTES = 8_000_000
"""A page that is larger opens slowly, and cannot be sent by mail."""


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
    """Return the page as HTML text, and leave out what makes it larger than `MOST_BYTES`.

    Parameters
    ----------
    sections : list of Section
        In reading order. What of the others makes the page too large is left to files; the page says so.
    **context
        What else the template shows: title, lead, simulated, missing, ...

    Returns
    -------
    str
        One file that needs no other.
    """
    text = _rendered(sections, context)
    while (excess := len(text.encode()) - MOST_BYTES) > 0 and _made_smaller(sections[1:], excess):
        text = _rendered(sections, context)
    return text


def _made_smaller(sections: list[Section], excess: int) -> bool:
    """Leave out about so many bytes: narrow drawings, then drawings, the largest first; False if none is left."""
    figures = [figure for section in sections for figure in section.figures if not figure.outside]
    narrow = sorted((one for one in figures if one.narrow), key=lambda one: len(one.narrow_svg), reverse=True)
    wide = sorted(figures, key=lambda one: len(one.svg), reverse=True)
    saved = 0
    for figure in narrow or wide:
        if saved >= excess:
            break
        saved += len(figure.narrow_svg if narrow else figure.svg)
        if narrow:
            figure.forget_narrow()
        else:
            figure.outside = True
    return saved > 0


def _rendered(sections: list[Section], context: dict[str, object]) -> str:
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
    drawn = Markup(interactive.as_json(sections))  # noqa: S704
    return template.render(sections=sections, style=style, script=script, drawn=drawn, **context)
