"""A mirror of finished results in MLflow, for browsing. The only package that imports mlflow; nothing reads it back."""

from importlib import import_module
from typing import Any

__all__ = ["curves_url", "mirror", "serve"]
_HOME = {"mirror": "importing", "serve": "ui", "curves_url": "ui"}


def __getattr__(name: str) -> Any:
    """Return a public function; imported when it is asked for, since pretraining needs `live` alone."""
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
