"""The documentation site: `make docs`. The tables of the reference are written from the code at every build."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

import tables  # noqa: E402

from lctransfer import __version__  # noqa: E402

project = "lctransfer"
author = "The lctransfer developers"
copyright = f"2026, {author}"
release = version = __version__

extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.mathjax", "sphinx.ext.viewcode", "myst_nb"]
exclude_patterns = ["_build", "**/.ipynb_checkpoints"]
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # notebooks are stored with their results
autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
suppress_warnings = ["myst.xref_missing"]  # links to files of the repository

html_theme = "pydata_sphinx_theme"
html_title = "lctransfer"
html_theme_options = {"show_prev_next": False, "navigation_with_keys": False}
html_show_sourcelink = False


def setup(app: object) -> None:
    """Write the generated pages before Sphinx looks for its sources."""
    tables.write(HERE / "reference" / "generated")
