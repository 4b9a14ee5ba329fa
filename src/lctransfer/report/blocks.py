"""What a report is made of: sections with sentences, figures and tables. Pure data; `page` and `export` render it."""

import io
import re
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files as resources
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure as Drawing
from matplotlib.image import AxesImage
from matplotlib.text import Text

STYLE = str(resources("lctransfer.report") / "journal.mplstyle")
JOURNAL = {"pdf.fonttype": 42, "svg.fonttype": "none", "savefig.facecolor": "white", "savefig.dpi": 300}
"""What a journal wants of a file, and what takes too long for every figure of every report."""
LONG = 24
"""Letters of a word that is too long for a column on paper."""
MISSING = "\N{EN DASH}"
FORMULA = re.compile(r"\$(M_c|\\math\w+\{[^$]*\})\$")
"""What is set as a formula: our own symbol, and the powers of ten on an axis."""


@dataclass
class Figure:
    """A drawing with its caption, its text for readers who cannot see it, and the numbers it was drawn from."""

    name: str
    """File name without ending, also the anchor in the page."""
    caption: str
    alt: str
    drawing: Drawing
    data: pd.DataFrame
    lead: str = ""
    """What the drawing shows, in a sentence or two above it."""
    narrow: Drawing | None = None
    """The same for narrow screens, where `drawing` is too wide for them."""
    stars: list[dict[str, Any]] = field(default_factory=list)
    """Of the cells of a confusion matrix, as `folded.stars` returns them."""
    rule: str = ""
    """How these stars were chosen."""
    texts: dict[str, list[str]] = field(default_factory=dict)
    """What the page says of each dot or bar: the drawing's id of the line to a sentence per point."""
    outside: bool = False
    """Whether the page only names the drawing's file, which keeps it small; see `page.MOST_BYTES`."""

    @property
    def size(self) -> str:
        """How much of the page's width the drawing needs: ``column``, ``middle`` or ``wide`` (two journal columns)."""
        width = self.drawing.get_figwidth()
        return "column" if width < 4 else "middle" if width < 6 else "wide"

    @cached_property
    def svg(self) -> str:
        """The drawing as SVG text on a transparent ground, the same bytes each time."""
        return _saved(self.drawing, "svg", {"Date": None, "Creator": None}).decode()

    @cached_property
    def narrow_svg(self) -> str:
        """The drawing for narrow screens as SVG text; empty if there is none."""
        return _saved(self.narrow, "svg", {"Date": None, "Creator": None}).decode() if self.narrow else ""

    def forget_narrow(self) -> None:
        """Have no drawing for narrow screens: these scroll sideways."""
        self.narrow = None
        vars(self).pop("narrow_svg", None)

    @cached_property
    def pdf(self) -> bytes:
        """The drawing as a PDF file, the same bytes each time."""
        return _saved(self.drawing, "pdf", {"CreationDate": None})

    def for_a_journal(self, kind: str) -> bytes:
        """Return the drawing as a ``svg``, ``pdf`` or ``png`` file on white, whose letters can be edited."""
        metadata = {"svg": {"Date": None, "Creator": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}
        return _saved(self.drawing, kind, metadata[kind], JOURNAL)


def _saved(drawing: Drawing, kind: str, metadata: dict[str, None], changes: dict[str, Any] | None = None) -> bytes:
    for text in drawing.findobj(Text):
        if "$" in FORMULA.sub("", text.get_text()):  # a name of the user's
            text.set_parse_math(False)
    for image in drawing.findobj(AxesImage):
        # A cell is a pixel that the page enlarges; not all readers of PDF do so without blur.
        image.set_interpolation("none" if kind == "svg" else None)
    stream = io.BytesIO()
    with plt.style.context([STYLE, changes or {}]):
        drawing.savefig(stream, format=kind, metadata=metadata)
    # The layout is settled by now. A figure with any engine, even one that does nothing, is drawn once more for it.
    with plt.rc_context({"figure.constrained_layout.use": False, "figure.autolayout": False}):
        drawing.set_layout_engine(None)
    return stream.getvalue()


@dataclass
class Table:
    """A table as the page shows it; the CSV holds the same rows with full digits."""

    name: str
    caption: str
    data: pd.DataFrame
    formats: dict[str, str] = field(default_factory=dict)
    """Column to format specification, such as ``".3f"``; columns not named are shown as they are."""
    folded: bool = False
    """Whether the page shows it only when the reader opens it."""

    def cells(self) -> list[list[str]]:
        """Return the rows as text, with an en dash where a value is missing."""
        columns = [
            [_text(value, self.formats.get(name, "")) for value in self.data[name]] for name in self.data.columns
        ]
        return [list(row) for row in zip(*columns, strict=True)]

    def kinds(self) -> list[str]:
        """Return, per column, ``number`` (these are aligned to the right), ``long`` (see `LONG`), or nothing."""
        return [_kind(self.data[name]) for name in self.data.columns]


def _kind(column: pd.Series) -> str:
    if pd.api.types.is_numeric_dtype(column):
        return "number"
    return "long" if any(len(word) > LONG for value in column for word in str(value).split()) else ""


def _text(value: object, spec: str) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return MISSING
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return format(value, spec or (",d" if isinstance(value, int) else ".3g"))


@dataclass
class Section:
    """A question and its answer."""

    name: str
    title: str
    sentences: list[str] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Sentences below the figures."""
    tables: list[Table] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    """What a reader must know, as pairs of a term and a sentence or two."""
    missing: str = ""
    """Why there is nothing to show; such sections are listed under what was not run."""
