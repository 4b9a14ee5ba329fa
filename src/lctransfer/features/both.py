"""Both feature sets side by side: a network takes its own by name, trees take all."""

import numpy as np

from lctransfer import feature_names
from lctransfer.features import lctransfer, upsilon
from lctransfer.features.search import Search
from lctransfer.table.light_curves import Ragged

NAMES = feature_names.NAMES["both"]
ONLY_OURS = tuple(name for name in lctransfer.DIAGNOSTICS if name not in (*upsilon.NAMES, *upsilon.DIAGNOSTICS))
DIAGNOSTICS = (*upsilon.DIAGNOSTICS, *ONLY_OURS)
"""Of a diagnostic that both have, that of the released software's search."""


def rows(epochs: Ragged, search: Search, nyquist: np.ndarray) -> np.ndarray:
    """Return the values of `NAMES` and `DIAGNOSTICS` of light curves; see `upsilon.rows`."""
    theirs, ours = upsilon.rows(epochs, search, nyquist), lctransfer.rows(epochs, search, nyquist)
    cut, end = len(upsilon.NAMES), len(lctransfer.NAMES)
    extra = [end + lctransfer.DIAGNOSTICS.index(name) for name in ONLY_OURS]
    return np.concatenate([theirs[:cut], ours[:end], theirs[cut:], ours[extra]])
