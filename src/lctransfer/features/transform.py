"""Many short non-uniform Fourier transforms of the same epochs, side by side, in single precision.

FINUFFT's method (Barnett, Magland & af Klinteberg 2019, SIAM J. Sci. Comput. 41, C479; Dutt & Rokhlin 1993, same
journal, 14, 1368): epochs are spread over a regular grid, which is transformed, and what spreading did is undone. The
transforms lie in neighbouring places ("lanes"), so that each step runs in vector registers, and how an epoch is spread
is worked out once for all of them. A library's transforms (FINUFFT's, benchmarks/features.py) take two and a half times
as long on real light curves, since each spreads anew, and Python must call them, which holds up the other threads.
"""

import functools
from typing import NamedTuple

import numpy as np

from lctransfer.features.compiled import cos_sin, kernel, reduction

U = np.uint64
"""Indices without a sign, since signed ones may count from the end, and checking that keeps loops out of registers."""
WIDTH = 5
"""Grid points that an epoch is spread over: aliases keep at most 0.7% of their amplitude, rms 0.2%."""
SHAPE = 0.92 * np.pi * WIDTH * 0.6
"""Exponent of the spreading kernel: the one that leaves least of the aliases at 1.25 grid points per mode."""
LANES = 16
"""Chunks side by side: single-precision numbers in the widest registers."""
ROW = U(2 * LANES)
"""Numbers per grid point: real parts in all lanes, imaginary parts in all lanes."""


class Plan(NamedTuple):
    """What a transform of a length needs; the modes are those of a chunk, and one more on either side."""

    cos: np.ndarray  # exp(-2 pi i k / length)
    sin: np.ndarray
    row: np.ndarray  # where the transform leaves each mode
    factor: np.ndarray  # undoes what spreading did to its power


@functools.cache
def plan(length: int) -> Plan:
    """Return what transforms of a length need; a chunk has a little less than four fifths as many modes."""
    turn = 2.0 * np.pi * np.arange(length) / length
    modes = length // 5 * 4 - 2
    mode = np.arange(-modes // 2 - 1, modes // 2 + 1)
    digits = round(np.log2(length) / 2)
    row = sum(mode % length // 4**k % 4 * 4 ** (digits - 1 - k) for k in range(digits))
    single = [part.astype(np.float32) for part in (np.cos(turn), -np.sin(turn), _spread_amplitude(mode / length) ** -2)]
    return Plan(single[0], single[1], row.astype(np.uint64), single[2])


def _spread_amplitude(cycles: np.ndarray) -> np.ndarray:
    """Return the Fourier transform of the spreading kernel, at cycles per grid point."""
    z, weight = np.polynomial.legendre.leggauss(20)
    kernel = weight * np.exp(SHAPE * (np.sqrt(1.0 - z**2) - 1.0))
    return 0.5 * WIDTH * np.cos(np.pi * WIDTH * np.outer(cycles, z)) @ kernel


@kernel
def spreading(cycles, length):
    """Return each epoch's first grid point and its weights there and on the next ones."""
    n = len(cycles)
    cell, weights = np.empty(n, np.uint64), np.empty((n, WIDTH), np.float32)
    half = 0.5 * WIDTH
    for i in range(n):
        place = (cycles[i] - np.floor(cycles[i])) * length
        start = np.ceil(place - half)
        cell[i] = int(start) % length
        for k in range(WIDTH):
            z = (start + k - place) / half
            weights[i, k] = np.exp(SHAPE * (np.sqrt(max(1.0 - z * z, 0.0)) - 1.0))
    return cell, weights


@kernel
def rotation(cycles, modes):
    """Return the phase of each epoch between the centres of the first chunk and of each lane's, `ROW` per epoch."""
    rotation = np.empty(len(cycles) * ROW, np.float32)
    for i in range(len(cycles)):
        step_re, step_im = cos_sin(cycles[i] * modes)
        re, im = 1.0, 0.0
        for k in range(LANES):
            rotation[i * 2 * LANES + k], rotation[i * 2 * LANES + LANES + k] = re, -im
            re, im = re * step_re - im * step_im, re * step_im + im * step_re
    return rotation


@reduction
def turning(cycles, strength, modes):
    """Return the strengths with the phase of the first lane's centre (re, im), and how it turns from block to block."""
    n = len(cycles)
    turning = np.empty((4, n))
    for i in range(n):
        cos, sin = cos_sin(cycles[i] * (modes // 2 + 1))
        turning[0, i], turning[1, i] = strength[i] * cos, -strength[i] * sin
        cos, sin = cos_sin(cycles[i] * (LANES * modes))
        turning[2, i], turning[3, i] = cos, -sin
    return turning


@reduction
def spread(x, turning, cell, weights, rotation):
    """Add each epoch to the grid points about it, in all lanes, and turn its strength to the next block."""
    lanes, circle = U(LANES), U(len(x)) - U(WIDTH) * ROW
    for i in range(U(turning.shape[1])):
        re, im, step_re, step_im = turning[0, i], turning[1, i], turning[2, i], turning[3, i]
        turning[0, i], turning[1, i] = re * step_re - im * step_im, re * step_im + im * step_re
        re, im = np.float32(re), np.float32(im)
        w0, w1, w2, w3, w4 = weights[i, 0], weights[i, 1], weights[i, 2], weights[i, 3], weights[i, 4]
        here, there = cell[i] * ROW, i * ROW
        for k in range(lanes):
            cos, sin = rotation[there + k], rotation[there + lanes + k]
            value = re * cos - im * sin
            at = here + k
            x[at] += w0 * value
            x[at + ROW] += w1 * value
            x[at + U(2) * ROW] += w2 * value
            x[at + U(3) * ROW] += w3 * value
            x[at + U(4) * ROW] += w4 * value
            value = re * sin + im * cos
            at = here + lanes + k
            x[at] += w0 * value
            x[at + ROW] += w1 * value
            x[at + U(2) * ROW] += w2 * value
            x[at + U(3) * ROW] += w3 * value
            x[at + U(4) * ROW] += w4 * value
    for k in range(U(WIDTH) * ROW):
        x[k] += x[circle + k]


@kernel
def transform(x, plan):
    """Transform `x` in place, each lane for itself; `Plan.row` says where each mode is left.

    Radix 4, by decimation in frequency (Van Loan 1992, Computational Frameworks for the FFT, section 2.1); the distance
    between the four points of a butterfly is spelled out, so that the compiler sees that they are apart.
    """
    length = U(len(plan.cos))
    if length > U(16_384):
        _butterflies(x, plan, length, U(16_384))
    if length > U(4096):
        _butterflies(x, plan, length, U(4096))
    if length > U(1024):
        _butterflies(x, plan, length, U(1024))
    _butterflies(x, plan, length, U(256))
    _butterflies(x, plan, length, U(64))
    _butterflies(x, plan, length, U(16))
    _butterflies(x, plan, length, U(4))
    _butterflies(x, plan, length, U(1))


@reduction
def _butterflies(x, plan, length, apart):
    """Transform four points each, `apart` rows from each other, and turn them for the next step."""
    step = length // (U(4) * apart)
    b, c, d = apart * ROW, U(2) * apart * ROW, U(3) * apart * ROW
    for j in range(apart):
        u_re, u_im = plan.cos[j * step], plan.sin[j * step]
        v_re, v_im = plan.cos[U(2) * j * step], plan.sin[U(2) * j * step]
        w_re, w_im = plan.cos[U(3) * j * step], plan.sin[U(3) * j * step]
        for first in range(j * ROW, length * ROW, U(4) * apart * ROW):
            for re in range(first, first + U(LANES)):
                im = re + U(LANES)
                even_re, even_im = x[re] + x[re + c], x[im] + x[im + c]
                rest_re, rest_im = x[re] - x[re + c], x[im] - x[im + c]
                odd_re, odd_im = x[re + b] + x[re + d], x[im + b] + x[im + d]
                turn_re, turn_im = x[im + b] - x[im + d], x[re + d] - x[re + b]
                x[re], x[im] = even_re + odd_re, even_im + odd_im
                p, q = rest_re + turn_re, rest_im + turn_im
                x[re + b], x[im + b] = p * u_re - q * u_im, p * u_im + q * u_re
                p, q = even_re - odd_re, even_im - odd_im
                x[re + c], x[im + c] = p * v_re - q * v_im, p * v_im + q * v_re
                p, q = rest_re - turn_re, rest_im - turn_im
                x[re + d], x[im + d] = p * w_re - q * w_im, p * w_im + q * w_re


@kernel(fastmath=True, forceinline=True)
def highest(x, plan):
    """Return the highest power of all lanes, for each mode."""
    highest = np.empty(len(plan.row), np.float32)
    for mode in range(len(highest)):
        start, most = plan.row[mode] * ROW, np.float32(0.0)
        for k in range(start, start + U(LANES)):
            most = max(most, x[k] * x[k] + x[k + U(LANES)] * x[k + U(LANES)])
        highest[mode] = plan.factor[mode] * most
    return highest


@kernel
def power(x, plan, mode, lane):
    """Return the power of a mode in one lane."""
    at = plan.row[mode] * ROW + U(lane)
    return plan.factor[mode] * (x[at] * x[at] + x[at + U(LANES)] * x[at + U(LANES)])
