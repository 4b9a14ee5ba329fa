"""From a source model and few labels to a classifier of another survey; imports torch only when it is used."""

from importlib import import_module
from typing import Any

from lctransfer.transfer.registry import STRATEGIES

__all__ = ["STRATEGIES", "evaluate", "run"]

_LAZY = {"evaluate": "evaluation", "run": "sweep"}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
