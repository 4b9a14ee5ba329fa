"""Classify the variable stars of a new survey with few labels, by transfer from OGLE and EROS-2."""

__version__ = "0.1.0"
