"""From light curves to features: a table in, a table out, one row per source.

The package itself can be called, ``lctransfer.features(time, mag, mag_err)``: see `lctransfer.api.features`.
"""

import sys
from types import ModuleType
from typing import Any

from lctransfer.feature_names import NAMES
from lctransfer.features.describe import describe
from lctransfer.features.engine import SETS, extract, extract_file

__all__ = ["NAMES", "SETS", "describe", "extract", "extract_file"]


class _Callable(ModuleType):
    """A module that computes features when it is called, as `lctransfer.features` is both a name and a package."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Return the features of one star as a dict, or of many as a frame; see `lctransfer.api.features`."""
        from lctransfer.api import features

        return features(*arguments, **options)


sys.modules[__name__].__class__ = _Callable
