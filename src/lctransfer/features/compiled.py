"""How the numerical functions of this package are compiled, and the arithmetic that several of them share.

The compiler has no freedom to reorder or fuse operations: what is faster in vector registers is written so that it can
run there as it stands, and fused multiply-adds are asked for by name. So the same source gives the same bits, whatever
is compiled together, loaded from a cache, or run on another processor.
"""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba.core import types
from numba.extending import intrinsic

from lctransfer.code_cache import cache_folder, keep_compiled
from lctransfer.features.inner import OPTIONS, inner
from lctransfer.progress import say

kernel = inner
"""Compile as a part of what calls it."""

inlined = functools.partial(inner, forceinline=True)
"""A kernel that becomes part of its caller's code, where its arguments may be constants."""


def entry(function: Callable[..., Any]) -> Any:
    """Compile a function that Python calls, and keep its code, with all that it calls, for later processes."""
    return keep_compiled(numba.jit(**OPTIONS)(function))


@functools.cache
def announce_compiling() -> None:
    """Say on standard error, once, that compiling comes first, if nothing of this version has been kept."""
    folder = cache_folder(Path(__file__).parent)
    if folder is not None and not any(folder.glob("*.nbc")):
        say("Compiling the features' code, once per version of lctransfer: about 20 seconds.")


@intrinsic
def fma(typing_context: Any, a: Any, b: Any, c: Any) -> Any:
    """Return ``a * b + c``, rounded once; all three float32 or all float64."""
    if not (isinstance(a, types.Float) and a == b == c):
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fma(*arguments)

    return a(a, a, a), generate


# Adding and taking away 1.5 * 2^52 rounds to the nearest integer, in vector registers.
_ROUND = 6755399441055744.0
# (2 pi)^k / k!, with the signs of the Taylor series of sin 2 pi x and cos 2 pi x.
_S1, _S3, _S5, _S7 = 6.283185307179586, -41.34170224039976, 81.60524927607506, -76.70585975306139
_S9, _S11, _S13, _S15 = 42.058693944897655, -15.09464257682299, 3.819952584848282, -0.7181223017785006
_C2, _C4, _C6, _C8 = -19.739208802178716, 64.9393940226683, -85.45681720669373, 60.24464137187666
_C10, _C12, _C14, _C16 = -26.4262567833744, 7.903536371318469, -1.714390711088672, 0.28200596845579123


@kernel
def cos_sin(cycles: float) -> tuple[float, float]:
    """Return cos and sin of 2 pi `cycles`, to 2e-16 beside the rounding of `cycles` itself.

    The nearest quarter turn is taken off, the rest (at most an eighth of a turn) goes into the Taylor series, and the
    quarters are put back by swapping; unlike the library's functions this runs in vector registers.
    """
    turn = cycles - ((cycles + _ROUND) - _ROUND)
    quarter = ((4.0 * turn) + _ROUND) - _ROUND
    x = turn - 0.25 * quarter
    z = x * x
    s = fma(fma(fma(fma(z, _S15, _S13), z, _S11), z, _S9), z, _S7)
    s = x * fma(fma(fma(s, z, _S5), z, _S3), z, _S1)
    c = fma(fma(fma(fma(z, _C16, _C14), z, _C12), z, _C10), z, _C8)
    c = fma(fma(fma(fma(c, z, _C6), z, _C4), z, _C2), z, 1.0)
    odd = abs(quarter) == 1.0
    cos = s if odd else c
    sin = c if odd else s
    cos = -cos if (quarter == 1.0 or abs(quarter) == 2.0) else cos
    sin = -sin if (quarter == -1.0 or abs(quarter) == 2.0) else sin
    return cos, sin


@kernel
def fill(target: np.ndarray, values: Any) -> None:
    """Set an array, shape (n,), to n values, an array or a tuple; a slice assigned to costs a second of compiling."""
    for i in range(len(target)):
        target[i] = values[i]


@kernel
def dot(a: np.ndarray, b: np.ndarray) -> float:
    """Return ``sum a b`` of float64 arrays, shape (n,), in four sums that run side by side."""
    s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
    whole = len(a) // 4 * 4
    for i in range(0, whole, 4):
        s0 = fma(a[i], b[i], s0)
        s1 = fma(a[i + 1], b[i + 1], s1)
        s2 = fma(a[i + 2], b[i + 2], s2)
        s3 = fma(a[i + 3], b[i + 3], s3)
    for i in range(whole, len(a)):
        s0 = fma(a[i], b[i], s0)
    return (s0 + s1) + (s2 + s3)


@kernel
def mean(values: np.ndarray) -> float:
    """Return the mean of a float64 array, shape (n,)."""
    total = 0.0
    for i in range(len(values)):
        total += values[i]
    return total / len(values)


@kernel
def percentile(ordered: np.ndarray, percent: float) -> float:
    """Return the percentile of an ascending array by linear interpolation, as `numpy.percentile` does."""
    place = (len(ordered) - 1) * (percent / 100.0)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    part = place - below
    step = ordered[above] - ordered[below]
    # numpy interpolates from the nearer end, so that both ends are exact.
    return ordered[above] - step * (1.0 - part) if part >= 0.5 else ordered[below] + step * part


@kernel
def median(ordered: np.ndarray) -> float:
    """Return the median of an ascending array."""
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else 0.5 * (ordered[half - 1] + ordered[half])
