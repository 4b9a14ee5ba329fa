"""Drawings as parts of a page: described, small, with ids of their own, in the page's colours."""

import re

from markupsafe import escape

from lctransfer.report.blocks import Figure
from lctransfer.report.palette import INK

GLYPH = re.compile(r'<path id="(DejaVu[\w-]+)" (d="[^"]*"[^>]*)/>')
"""The outline of a letter; every drawing brings those that it uses."""
SPACE = re.compile(r'<path id="(DejaVu[\w-]+)" transform="[^"]*"/>')
MARKERS = re.compile(r'<g (clip-path="[^"]*")>((?:\s*<use [^>]*(style="[^"]*")/>)(?:\s*<use [^>]*\3/>)*\s*)</g>')
"""Markers of one line, each with the same style."""
PLACES = re.compile(r' (?:d|x|y|transform)="[^"]*"')
DIGITS = re.compile(r"(\d+\.\d\d)\d+")


class Drawings:
    """The drawings of one page, which share the outlines of their letters."""

    def __init__(self) -> None:
        self._glyphs: dict[str, str] = {}

    def inline(self, figure: Figure) -> str:
        """Return a drawing for the page, and beside it, where there is one, that for narrow screens."""
        wide = self._svg(figure.svg, figure.name, figure.alt)
        if not figure.narrow_svg:
            return wide
        narrow = self._svg(figure.narrow_svg, f"{figure.name}-narrow", figure.alt)
        return f'<div class="on-wide">{wide}</div><div class="on-narrow">{narrow}</div>'

    def letters(self) -> str:
        """Return the outlines of all letters that the drawings so far use, as an element that shows nothing."""
        paths = "".join(f'<path id="{name}" {outline}/>' for name, outline in sorted(self._glyphs.items()))
        return f'<svg class="letters" aria-hidden="true" width="0" height="0"><defs>{paths}</defs></svg>'

    def _svg(self, svg: str, name: str, alt: str) -> str:
        svg = svg[svg.index("<svg") :]
        svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.DOTALL)
        self._glyphs |= dict(GLYPH.findall(svg))
        for space in set(SPACE.findall(svg)):
            svg = re.sub(rf'<use xlink:href="#{space}"[^>]*/>', "", svg)
        svg = re.sub(r"<defs>\s*</defs>", "", GLYPH.sub("", SPACE.sub("", svg)))
        svg = MARKERS.sub(lambda found: f"<g {found[1]} {found[3]}>{found[2].replace(found[3], '')}</g>", svg)
        # Two drawings in one page must not share ids; a hundredth of a point cannot be seen.
        svg = re.sub(r'\bid="', f'id="{name}-', svg)
        svg = re.sub(r'xlink:href="#(?!DejaVu)|url\(#', rf"\g<0>{name}-", svg).replace("xlink:href", "href")
        svg = PLACES.sub(lambda found: DIGITS.sub(r"\1", found[0]) if "scale(0.0" not in found[0] else found[0], svg)
        svg = re.sub(r"\s*\n\s*", "\n", svg).replace(INK, "var(--ink)")
        head, body = svg.split(">", 1)
        # The page sets the width; the view box keeps the shape.
        head = re.sub(r' (width|height)="[^"]*"', "", head)
        return f'{head} data-name="{escape(name)}" role="img" aria-label="{escape(alt)}">{body}'
