"""Where the workflow's own files lie: in the checkout, or in an installed package in its folder workflow."""

from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2]
FILES = _CHECKOUT if (_CHECKOUT / "Snakefile").is_file() else Path(__file__).resolve().with_name("workflow") / "files"
"""Folder of ``Snakefile``, ``workflow/``, ``config/`` and ``profiles/``."""
SNAKEFILE = FILES / "Snakefile"
PROFILE = FILES / "profiles" / "default"
