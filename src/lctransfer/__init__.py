"""Classify the variable stars of a new survey with few labels, by transfer from OGLE and EROS-2."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lctransfer.api import features as features
    from lctransfer.classifier.estimator import TransferClassifier as TransferClassifier
    from lctransfer.table.reading import read_light_curves as read_light_curves

__version__ = "0.1.0"
__all__ = ["TransferClassifier", "features", "read_light_curves"]

_HOMES = {
    "TransferClassifier": "lctransfer.classifier.estimator",
    "read_light_curves": "lctransfer.table.reading",
}
"""Where each public name is; imported when it is asked for, since torch takes seconds."""


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name == "features":  # the package, which can be called: see there
        return import_module("lctransfer.features")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*(name for name in globals() if name.startswith("__")), *__all__])
