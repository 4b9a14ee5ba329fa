"""Both feature sets side by side: a network takes its own by name, trees take all."""

from lctransfer.features import lctransfer, upsilon

NAMES = (*upsilon.NAMES, *lctransfer.NAMES)
"""No name stands in both sets."""
ONLY_OURS = tuple(name for name in lctransfer.DIAGNOSTICS if name not in (*upsilon.NAMES, *upsilon.DIAGNOSTICS))
DIAGNOSTICS = (*upsilon.DIAGNOSTICS, *ONLY_OURS)
"""Of a diagnostic that both have, that of the released software's search."""


def row(curve, search):
    """Return the values of `NAMES` and `DIAGNOSTICS` for one light curve; see `upsilon.row`."""
    theirs, ours = upsilon.row(curve, search), lctransfer.row(curve, search)
    cut, end = len(upsilon.NAMES), len(lctransfer.NAMES)
    diagnostics = dict(zip(lctransfer.DIAGNOSTICS, ours[end:]))
    return (*theirs[:cut], *ours[:end], *theirs[cut:], *(diagnostics[name] for name in ONLY_OURS))
