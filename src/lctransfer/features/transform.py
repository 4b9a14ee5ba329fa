"""Many short non-uniform Fourier transforms of the same epochs, side by side, in single precision.

FINUFFT's method (Barnett, Magland & af Klinteberg 2019, SIAM J. Sci. Comput. 41, C479; Dutt & Rokhlin 1993, same
journal, 14, 1368): epochs are spread over a regular grid, which is transformed, and what spreading did is undone. The
transforms lie in neighbouring places ("lanes"), so that each step runs in vector registers, and how an epoch is spread
is worked out once for all of them. A library's transforms (FINUFFT's, benchmarks/features.py) take several times as
long on real light curves, since each spreads anew, and Python must call them, which holds up the other threads.
"""

import functools
from typing import NamedTuple

import numpy as np

from lctransfer.features.compiled import cos_sin, fma, inlined, kernel

U = np.uint64
"""Indices without a sign, since signed ones may count from the end, and checking that keeps loops out of registers."""
WIDTH = 5
"""Grid points that an epoch is spread over: aliases keep at most 0.7% of their amplitude, rms 0.2%."""
SHAPE = 0.92 * np.pi * WIDTH * 0.6
"""Exponent of the spreading kernel: the one that leaves least of the aliases at 1.25 grid points per mode."""
DEGREE = 9
"""Of the polynomials that stand for the spreading kernel between two grid points."""
LANES = 16
"""Chunks side by side: single-precision numbers in the widest registers."""
ROW = U(2 * LANES)
"""Numbers per grid point: real parts in all lanes, imaginary parts in all lanes."""
NEAR = U(256)
"""Rows that are transformed to the end before the next ones: they stay in the fastest cache."""


class Plan(NamedTuple):
    """What a transform of a length needs; the modes are those of a chunk, and one more on either side."""

    cos: np.ndarray  # float32 (length,): exp(-2 pi i k / length)
    sin: np.ndarray
    row: np.ndarray  # uint64 (modes + 2,): where the transform leaves each mode
    scale: np.ndarray  # float32 (length,): what undoes the spreading in each row, zero in rows that hold no mode
    spread: np.ndarray  # float64 (WIDTH, DEGREE + 1): polynomials of the weights, highest power first


class Spread(NamedTuple):
    """How the epochs of a light curve are spread, and turned from chunk to chunk."""

    cell: np.ndarray  # uint64 (n,): first grid point
    weights: np.ndarray  # float32 (n, WIDTH)
    rotation: np.ndarray  # float32 (n * ROW,): phase between the first lane's centre and each lane's
    turning: np.ndarray  # float64 (4, n): strength at the first lane's centre (re, im), its turn from block to block


@functools.cache
def plan(length: int) -> Plan:
    """Return what transforms of a length (a power of 4) need; a chunk has a little less than 4/5 as many modes."""
    turn = 2.0 * np.pi * np.arange(length) / length
    modes = length // 5 * 4 - 2
    mode = np.arange(-modes // 2 - 1, modes // 2 + 1)
    digits = round(np.log2(length) / 2)
    row = sum(mode % length // 4**k % 4 * 4 ** (digits - 1 - k) for k in range(digits))
    scale = np.zeros(length, np.float32)
    scale[row] = 1.0 / _spread_amplitude(mode / length)
    turns = np.cos(turn).astype(np.float32), -np.sin(turn).astype(np.float32)
    return Plan(*turns, row.astype(np.uint64), scale, _spread_polynomials())


def _spread_polynomials() -> np.ndarray:
    """Return polynomials of the weights of the grid points, in the distance of the first from the edge (0 to 1)."""
    nodes = 0.5 - 0.5 * np.cos(np.pi * (np.arange(64) + 0.5) / 64)
    z = (nodes[:, None] + np.arange(WIDTH) - 0.5 * WIDTH) / (0.5 * WIDTH)
    return np.polyfit(nodes, np.exp(SHAPE * (np.sqrt(1.0 - z**2) - 1.0)), DEGREE).T.copy()


def _spread_amplitude(cycles: np.ndarray) -> np.ndarray:
    """Return the Fourier transform of the spreading kernel, at cycles per grid point."""
    z, weight = np.polynomial.legendre.leggauss(20)
    shape = weight * np.exp(SHAPE * (np.sqrt(1.0 - z**2) - 1.0))
    return 0.5 * WIDTH * np.cos(np.pi * WIDTH * np.outer(cycles, z)) @ shape


@kernel
def prepare(cycles: np.ndarray, strength: np.ndarray, plan: Plan) -> Spread:
    """Return how epochs are spread.

    Parameters
    ----------
    cycles : ndarray of float64, shape (n,)
        Time of each epoch, in units of one over the distance of the frequencies.
    strength : ndarray of float64, shape (n,)
        What is summed, of order one.
    plan : Plan
        The transform.
    """
    n, length, modes = len(cycles), len(plan.cos), len(plan.row) - 2
    cell, weights = np.empty(n, np.uint64), np.empty((n, WIDTH), np.float32)
    for i in range(n):
        edge = (cycles[i] - np.floor(cycles[i])) * length - 0.5 * WIDTH
        start = np.ceil(edge)
        cell[i] = int(start) % length
        for k in range(WIDTH):
            weight = 0.0
            for power in range(DEGREE + 1):
                weight = fma(weight, start - edge, plan.spread[k, power])
            weights[i, k] = weight
    return Spread(cell, weights, _rotation(cycles, float(modes)), _turning(cycles, strength, modes))


@kernel
def _rotation(cycles: np.ndarray, modes: float) -> np.ndarray:
    rotation, lane = np.empty(len(cycles) * 2 * LANES, np.float32), modes * np.arange(LANES)
    for i in range(len(cycles)):
        at = i * 2 * LANES
        for k in range(LANES):
            cos, sin = cos_sin(cycles[i] * lane[k])
            rotation[at + k], rotation[at + LANES + k] = cos, -sin
    return rotation


@kernel
def _turning(cycles: np.ndarray, strength: np.ndarray, modes: int) -> np.ndarray:
    turning = np.empty((4, len(cycles)))
    for i in range(len(cycles)):
        cos, sin = cos_sin(cycles[i] * (modes // 2 + 1))
        turning[0, i], turning[1, i] = strength[i] * cos, -strength[i] * sin
        turning[2, i], turning[3, i] = cos_sin(-cycles[i] * (LANES * modes))
    return turning


@kernel
def spread(x: np.ndarray, epochs: Spread) -> None:
    """Put the epochs onto the grid `x`, float32 ((length + WIDTH) * ROW,), and turn them to the next block."""
    x[:] = np.float32(0.0)
    turning, weights, rotation = epochs.turning, epochs.weights, epochs.rotation
    lanes, circle = U(LANES), U(len(x)) - U(WIDTH) * ROW
    for i in range(U(turning.shape[1])):
        re, im, step_re, step_im = turning[0, i], turning[1, i], turning[2, i], turning[3, i]
        turning[0, i], turning[1, i] = re * step_re - im * step_im, re * step_im + im * step_re
        re, im = np.float32(re), np.float32(im)
        w0, w1, w2, w3, w4 = weights[i, 0], weights[i, 1], weights[i, 2], weights[i, 3], weights[i, 4]
        here, there = epochs.cell[i] * ROW, i * ROW
        for k in range(lanes):
            cos, sin = rotation[there + k], rotation[there + lanes + k]
            value = fma(re, cos, -(im * sin))
            at = here + k
            x[at] = fma(w0, value, x[at])
            x[at + ROW] = fma(w1, value, x[at + ROW])
            x[at + U(2) * ROW] = fma(w2, value, x[at + U(2) * ROW])
            x[at + U(3) * ROW] = fma(w3, value, x[at + U(3) * ROW])
            x[at + U(4) * ROW] = fma(w4, value, x[at + U(4) * ROW])
            value = fma(re, sin, im * cos)
            at = here + lanes + k
            x[at] = fma(w0, value, x[at])
            x[at + ROW] = fma(w1, value, x[at + ROW])
            x[at + U(2) * ROW] = fma(w2, value, x[at + U(2) * ROW])
            x[at + U(3) * ROW] = fma(w3, value, x[at + U(3) * ROW])
            x[at + U(4) * ROW] = fma(w4, value, x[at + U(4) * ROW])
    for k in range(U(WIDTH) * ROW):
        x[k] += x[circle + k]


@kernel
def transform(x: np.ndarray, plan: Plan) -> None:
    """Transform `x` in place, each lane for itself, but for the last step; `Plan.row` says where each mode is left.

    Radix 4, by decimation in frequency (Van Loan 1992, Computational Frameworks for the FFT, section 2.1): the first
    steps over all rows, the others over `NEAR` rows at a time. Distances between the points of a butterfly are spelled
    out, so that the compiler sees that they are apart.
    """
    length = U(len(plan.cos))
    every = (U(0), length)
    if length > U(16_384):
        _butterflies(x, plan, every, U(16_384))
    if length > U(4096):
        _butterflies(x, plan, every, U(4096))
    if length > U(1024):
        _butterflies(x, plan, every, U(1024))
    if length > U(256):
        _butterflies(x, plan, every, U(256))
    for begin in range(U(0), length, NEAR):
        rows = (begin, begin + NEAR)
        _butterflies(x, plan, rows, U(64))
        _butterflies(x, plan, rows, U(16))
        _butterflies(x, plan, rows, U(4))


@inlined
def _butterflies(x: np.ndarray, plan: Plan, rows: tuple[int, int], apart: int) -> None:
    """Transform four points each, `apart` rows from each other, and turn them for the next step."""
    step = U(len(plan.cos)) // (U(4) * apart)
    b, c, d = apart * ROW, U(2) * apart * ROW, U(3) * apart * ROW
    for j in range(apart):
        u_re, u_im = plan.cos[j * step], plan.sin[j * step]
        v_re, v_im = plan.cos[U(2) * j * step], plan.sin[U(2) * j * step]
        w_re, w_im = plan.cos[U(3) * j * step], plan.sin[U(3) * j * step]
        for first in range((rows[0] + j) * ROW, rows[1] * ROW, U(4) * apart * ROW):
            for re in range(first, first + U(LANES)):
                im = re + U(LANES)
                even_re, even_im = x[re] + x[re + c], x[im] + x[im + c]
                rest_re, rest_im = x[re] - x[re + c], x[im] - x[im + c]
                odd_re, odd_im = x[re + b] + x[re + d], x[im + b] + x[im + d]
                turn_re, turn_im = x[im + b] - x[im + d], x[re + d] - x[re + b]
                x[re], x[im] = even_re + odd_re, even_im + odd_im
                p, q = rest_re + turn_re, rest_im + turn_im
                x[re + b], x[im + b] = fma(p, u_re, -(q * u_im)), fma(p, u_im, q * u_re)
                p, q = even_re - odd_re, even_im - odd_im
                x[re + c], x[im + c] = fma(p, v_re, -(q * v_im)), fma(p, v_im, q * v_re)
                p, q = rest_re - turn_re, rest_im - turn_im
                x[re + d], x[im + d] = fma(p, w_re, -(q * w_im)), fma(p, w_im, q * w_re)


@kernel
def finish(x: np.ndarray, plan: Plan) -> None:
    """Do the last step of a transform in place, and undo the spreading."""
    b, c, d = ROW, U(2) * ROW, U(3) * ROW
    for row in range(U(0), U(len(plan.cos)), U(4)):
        s0, s1, s2, s3 = plan.scale[row], plan.scale[row + U(1)], plan.scale[row + U(2)], plan.scale[row + U(3)]
        for re in range(row * ROW, row * ROW + U(LANES)):
            im = re + U(LANES)
            even_re, even_im = x[re] + x[re + c], x[im] + x[im + c]
            rest_re, rest_im = x[re] - x[re + c], x[im] - x[im + c]
            odd_re, odd_im = x[re + b] + x[re + d], x[im + b] + x[im + d]
            turn_re, turn_im = x[im + b] - x[im + d], x[re + d] - x[re + b]
            x[re], x[im] = s0 * (even_re + odd_re), s0 * (even_im + odd_im)
            x[re + b], x[im + b] = s1 * (rest_re + turn_re), s1 * (rest_im + turn_im)
            x[re + c], x[im + c] = s2 * (even_re - odd_re), s2 * (even_im - odd_im)
            x[re + d], x[im + d] = s3 * (rest_re - turn_re), s3 * (rest_im - turn_im)


@kernel
def powers(x: np.ndarray, plan: Plan, power: np.ndarray) -> None:
    """Do the last step of a transform, undo the spreading, and put squared moduli into `power`, (length * LANES,)."""
    lanes = U(LANES)
    b, c, d = ROW, U(2) * ROW, U(3) * ROW
    for row in range(U(0), U(len(plan.cos)), U(4)):
        s0, s1, s2, s3 = plan.scale[row], plan.scale[row + U(1)], plan.scale[row + U(2)], plan.scale[row + U(3)]
        s0, s1, s2, s3 = s0 * s0, s1 * s1, s2 * s2, s3 * s3
        for k in range(lanes):
            re, im, at = row * ROW + k, row * ROW + lanes + k, row * lanes + k
            even_re, even_im = x[re] + x[re + c], x[im] + x[im + c]
            rest_re, rest_im = x[re] - x[re + c], x[im] - x[im + c]
            odd_re, odd_im = x[re + b] + x[re + d], x[im + b] + x[im + d]
            turn_re, turn_im = x[im + b] - x[im + d], x[re + d] - x[re + b]
            p, q = even_re + odd_re, even_im + odd_im
            power[at] = s0 * fma(p, p, q * q)
            p, q = rest_re + turn_re, rest_im + turn_im
            power[at + lanes] = s1 * fma(p, p, q * q)
            p, q = even_re - odd_re, even_im - odd_im
            power[at + U(2) * lanes] = s2 * fma(p, p, q * q)
            p, q = rest_re - turn_re, rest_im - turn_im
            power[at + U(3) * lanes] = s3 * fma(p, p, q * q)
