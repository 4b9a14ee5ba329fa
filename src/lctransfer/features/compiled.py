"""How the numerical functions of this package are compiled, and the arithmetic that several of them share."""

import functools
import hashlib
from pathlib import Path

import numba
import numpy as np

from lctransfer.files import write_text

kernel = functools.partial(numba.njit, cache=True, nogil=True, error_model="numpy", fastmath=False)
"""Compile ahead of the second process (cache), let threads run beside each other (nogil), divide by zero to inf.

``fastmath=False`` is said aloud, since a function that says nothing takes over its first caller's freedom.
"""
REORDER = {"reassoc", "contract", "nsz"}
"""Freedom to sum in vector lanes: still deterministic, and NaN and inf still mean what they mean."""
reduction = functools.partial(kernel, fastmath=REORDER, forceinline=True)
"""A kernel with that freedom. It is part of its callers' code: as a function of its own it might be compiled to other
lanes than inside a caller, and which of the two ran would depend on what the cache held."""


def _forget_stale_code(folder: Path) -> None:
    """Delete the compiled functions of a package whose source has changed since.

    Numba compares each function with its own file only, so that an edit here would leave its callers as they were.
    """
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(folder.glob("*.py")))).hexdigest()
    cache = folder / "__pycache__"
    stamp = cache / "compiled.sha256"
    try:
        if not stamp.exists() or stamp.read_text() != digest:
            for index in cache.glob("*.nbi"):
                index.unlink(missing_ok=True)
            write_text(stamp, digest)
    except OSError:
        return  # an installation that cannot be written to is replaced as a whole, with new dates


_forget_stale_code(Path(__file__).parent)

# Adding and taking away 1.5 * 2^52 rounds to the nearest integer, in vector registers.
_ROUND = 6755399441055744.0


@kernel
def cos_sin(cycles):
    """Return cos and sin of 2 pi `cycles`, to 2e-16 beside the rounding of `cycles` itself.

    The nearest quarter turn is taken off, the rest (at most an eighth of a turn) goes into the Taylor series, and the
    quarters are put back by swapping; unlike the library's functions this runs in vector registers.
    """
    turn = cycles - ((cycles + _ROUND) - _ROUND)
    quarter = ((4.0 * turn) + _ROUND) - _ROUND
    x = 2.0 * np.pi * (turn - 0.25 * quarter)
    z = x * x
    s = 1.0 - z / 210.0 * (1.0 - z / 272.0)
    s = 1.0 - z / 72.0 * (1.0 - z / 110.0 * (1.0 - z / 156.0 * s))
    s = x * (1.0 - z / 6.0 * (1.0 - z / 20.0 * (1.0 - z / 42.0 * s)))
    c = 1.0 - z / 182.0 * (1.0 - z / 240.0 * (1.0 - z / 306.0))
    c = 1.0 - z / 56.0 * (1.0 - z / 90.0 * (1.0 - z / 132.0 * c))
    c = 1.0 - z / 2.0 * (1.0 - z / 12.0 * (1.0 - z / 30.0 * c))
    odd = abs(quarter) == 1.0
    cos = s if odd else c
    sin = c if odd else s
    cos = -cos if (quarter == 1.0 or abs(quarter) == 2.0) else cos
    sin = -sin if (quarter == -1.0 or abs(quarter) == 2.0) else sin
    return cos, sin


@reduction
def mean(values):
    """Return the mean of an array."""
    total = 0.0
    for i in range(len(values)):
        total += values[i]
    return total / len(values)


@kernel
def percentile(ordered, percent):
    """Return the percentile of an ascending array by linear interpolation, as `numpy.percentile` does."""
    place = (len(ordered) - 1) * (percent / 100.0)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    part = place - below
    step = ordered[above] - ordered[below]
    # numpy interpolates from the nearer end, so that both ends are exact.
    return ordered[above] - step * (1.0 - part) if part >= 0.5 else ordered[below] + step * part


@kernel
def median(ordered):
    """Return the median of an ascending array."""
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else 0.5 * (ordered[half - 1] + ordered[half])
