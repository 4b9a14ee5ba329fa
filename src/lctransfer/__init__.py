"""Classify the variable stars of a new survey with few labels, by transfer from OGLE and EROS-2."""

from typing import Any

__version__ = "0.1.0"
__all__ = ["TransferClassifier"]


def __getattr__(name: str) -> Any:
    if name == "TransferClassifier":  # imports torch, which takes seconds
        from lctransfer.classifier.estimator import TransferClassifier

        return TransferClassifier
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
