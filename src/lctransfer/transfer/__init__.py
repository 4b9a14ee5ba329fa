"""From a source model and few labels to a classifier of another survey; imports torch only when it is used."""

from importlib import import_module
from typing import Any

from lctransfer.transfer.registry import STRATEGIES

__all__ = ["STRATEGIES", "run"]


def __getattr__(name: str) -> Any:
    if name == "run":
        return import_module(f"{__name__}.sweep").run
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
