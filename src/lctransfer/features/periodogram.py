"""Where the power of a light curve is: a coarse spectrum over the whole grid, then exact powers where it peaks.

The coarse spectrum is the plain Fourier sum |sum y exp(2 pi i f t)|^2, in float32, by non-uniform fast Fourier
transforms (FINUFFT; Barnett, Magland & af Klinteberg 2019, SIAM J. Sci. Comput. 41, C479). The grid is cut into chunks
that fit into the processor's cache and share their points: within a chunk, frequencies are modes -M/2..M/2-1 around
its centre, and the centre's own phase is put into the strengths in float64, so single precision has only M modes to
resolve, whatever the grid's length. It needs to be no better than a list of suspects: each is then evaluated exactly.
"""

from typing import NamedTuple

import finufft
import numpy as np

from lctransfer.features.compiled import REORDER, cos_sin, kernel

CHUNK_MODES = 10_240
"""Frequencies per transform: FFTs of 12,800 points stay in the second-level cache."""
LARGE_CHUNK_MODES = 81_920
"""The same where spreading many epochs costs more than the transform."""
LARGE_CHUNK_EPOCHS = 4_000
CHUNKS_PER_BLOCK = 32
"""Chunks per call; bounds the memory, however long the grid."""
PRECISION = 1e-3
TILE = 256
"""Frequencies that are looked through at a time."""
SUSPECTS = (16, 500, 10_000)
"""Peaks of the coarse spectrum that are evaluated exactly: at least, at most, and their product with the epochs.

Few epochs cost little each, and the fewer they are, the less the coarse spectrum tells.
"""
LOWEST = 60
"""Grid frequencies from the lowest up that are always evaluated: there the coarse spectrum is no guide."""


class Grid(NamedTuple):
    """Frequencies ``step_per_day * (1, 2, ..., size)``."""

    step_per_day: float
    size: int


class Peaks(NamedTuple):
    """Local maxima of the coarse spectrum, highest first; powers as the plain sum has them."""

    index: np.ndarray
    power: np.ndarray


class CoarseSpectrum:
    """Peaks of plain Fourier spectra; keeps the transforms' plans and buffers between light curves. Not thread-safe."""

    def __init__(self) -> None:
        self._plans: dict[tuple[int, int], finufft.Plan] = {}
        self._spectrum = np.empty(0, np.complex64)  # kept between calls

    def peaks(self, time: np.ndarray, strength: np.ndarray, grid: Grid) -> Peaks:
        """Return the highest local maxima of ``|sum strength exp(2 pi i f time)|^2`` over a grid.

        Parameters
        ----------
        time : ndarray, shape (n,)
            Days since about the first epoch.
        strength : ndarray, shape (n,)
            Of order one, with mean zero.
        grid : Grid
            At least one frequency per baseline, so that `time` spans at most one period of its step.

        Returns
        -------
        Peaks
            ``index`` counts from 1 (the grid's lowest frequency); how many depends on `SUSPECTS`.
        """
        modes = LARGE_CHUNK_MODES if len(time) > LARGE_CHUNK_EPOCHS else CHUNK_MODES
        cycles = time * grid.step_per_day
        points = _angles(cycles)
        chunks = -(-grid.size // modes)
        found = _nothing_found(len(time))
        for first in range(0, chunks, CHUNKS_PER_BLOCK):
            count = min(CHUNKS_PER_BLOCK, chunks - first)
            plan = self._plan(modes, count)
            if first == 0 or count < CHUNKS_PER_BLOCK:
                plan.setpts(points)  # all full blocks share a plan
            block = self._room(count * modes)
            plan.execute(
                _shifted(cycles, strength, first, count, modes),
                out=block.reshape((count, modes) if count > 1 else (modes,)),
            )
            _scan(block[: grid.size - first * modes], first * modes, first + count == chunks, found)
        used = found.power >= 0
        return Peaks(found.index[used], found.power[used])

    def _room(self, size: int) -> np.ndarray:
        if len(self._spectrum) < size:
            self._spectrum = np.empty(size, np.complex64)
        return self._spectrum[:size]

    def _plan(self, modes: int, count: int) -> finufft.Plan:
        if (modes, count) not in self._plans:
            # fftw=64 is FFTW_ESTIMATE: timing the plans instead would be a fifth faster, but each process could then
            # round its powers differently, and near-tied peaks change places.
            self._plans[modes, count] = finufft.Plan(
                1,
                (modes,),
                n_trans=count,
                eps=PRECISION,
                isign=1,
                dtype="complex64",
                nthreads=1,
                upsampfac=1.25,
                fftw=64,
            )
        return self._plans[modes, count]


class _Found(NamedTuple):
    """The running list of peaks, in descending order, while blocks of the spectrum go by."""

    index: np.ndarray
    power: np.ndarray
    state: np.ndarray  # the last two powers


def _nothing_found(n_epochs: int) -> _Found:
    least, most, product = SUSPECTS
    suspects = max(least, min(most, product // n_epochs))
    return _Found(np.zeros(suspects, np.int64), np.full(suspects, -1.0), np.zeros(2))


@kernel
def _angles(cycles):
    angles = np.empty(len(cycles), np.float32)
    for i in range(len(cycles)):
        angles[i] = 2.0 * np.pi * (cycles[i] - np.floor(cycles[i] + 0.5))
    return angles


@kernel(fastmath=REORDER)
def _shifted(cycles, strength, first, count, modes):
    """Return the strengths with the phase of each chunk's central frequency, shape (count, n)."""
    n = len(cycles)
    shifted = np.empty((count, n), np.complex64)
    re, im, step_re, step_im = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    for i in range(n):
        c, s = cos_sin(cycles[i] * (first * modes + modes // 2 + 1))
        re[i], im[i] = strength[i] * c, strength[i] * s
        step_re[i], step_im[i] = cos_sin(cycles[i] * modes)
    for k in range(count):
        for i in range(n):
            shifted[k, i] = complex(re[i], im[i])
            re[i], im[i] = re[i] * step_re[i] - im[i] * step_im[i], re[i] * step_im[i] + im[i] * step_re[i]
    return shifted


@kernel
def _scan(spectrum, start, last, found):
    """Merge a block's local maxima into `found`, whose state carries on to the next block."""
    p = np.empty(TILE + 3, np.float32)
    index, power, state = found
    for first in range(0, len(spectrum), TILE):
        part = spectrum[first : first + TILE]
        n = len(part)
        p[0], p[1] = state[0], state[1]
        highest = _powers(part, p)
        end = last and first + n == len(spectrum)
        p[n + 2] = 0.0
        if highest > power[-1]:
            for i in range(1, n + (2 if end else 1)):
                if p[i] > power[-1] and p[i] > p[i - 1] and p[i] >= p[i + 1]:
                    _insert(start + first + i - 1, p[i], index, power)
        state[0], state[1] = p[n], p[n + 1]


@kernel(fastmath=True)
def _powers(spectrum, p):
    """Write the squared moduli to ``p[2:]``; return the highest, ``p[1]`` included, which waits for its neighbour."""
    highest = p[1]
    for i in range(len(spectrum)):
        p[i + 2] = spectrum[i].real * spectrum[i].real + spectrum[i].imag * spectrum[i].imag
        highest = max(highest, p[i + 2])
    return highest


@kernel
def _insert(position, value, index, power):
    k = len(power) - 1
    while k > 0 and power[k - 1] < value:
        index[k], power[k] = index[k - 1], power[k - 1]
        k -= 1
    index[k], power[k] = position, value


@kernel(fastmath=REORDER)
def lomb_scargle(time, deviation, first, count, step_per_day):
    """Return the exact Lomb-Scargle power at consecutive grid frequencies ``(first + j) * step_per_day``.

    Parameters
    ----------
    time : ndarray, shape (n,)
        Days since about the first epoch.
    deviation : ndarray, shape (n,)
        Magnitude minus its mean.
    first, count : int
        The first frequency, counted in steps, and how many.
    step_per_day : float
        Step of the grid.

    Returns
    -------
    ndarray, shape (count,)
        Fraction of the variance that a sinusoid explains (0 to 1): Scargle (1982, ApJ 263, 835), eq. 10, over half the
        sum of squares. Neither weights nor a floating mean, as in the released software.
    """
    n = len(time)
    re, im, step_re, step_im = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    squares = 0.0
    for i in range(n):
        re[i], im[i] = cos_sin(time[i] * step_per_day * first)
        step_re[i], step_im[i] = cos_sin(time[i] * step_per_day)
        squares += deviation[i] ** 2
    power = np.empty(count)
    for j in range(count):
        yc, ys, c2, s2 = 0.0, 0.0, 0.0, 0.0
        for i in range(n):
            yc += deviation[i] * re[i]
            ys += deviation[i] * im[i]
            c2 += re[i] ** 2 - im[i] ** 2
            s2 += 2.0 * re[i] * im[i]
            re[i], im[i] = re[i] * step_re[i] - im[i] * step_im[i], re[i] * step_im[i] + im[i] * step_re[i]
        power[j] = _rotated_power(yc, ys, c2, s2, n) / squares
    return power


@kernel
def _rotated_power(yc, ys, c2, s2, n):
    """Return Scargle's two terms, in the frame where the cosine and the sine are orthogonal."""
    length = np.hypot(c2, s2)
    cos2, sin2 = (c2 / length, s2 / length) if length > 0 else (1.0, 0.0)
    cos = np.sqrt(0.5 * (1.0 + cos2))
    sin = np.copysign(np.sqrt(0.5 * (1.0 - cos2)), sin2)
    along, across = yc * cos + ys * sin, ys * cos - yc * sin
    cc, ss = 0.5 * (n + length), 0.5 * (n - length)
    # With all epochs at one phase the sine has no length: it explains nothing.
    return along**2 / cc + (across**2 / ss if ss > 1e-12 * n else 0.0)


@kernel
def best_on_grid(time, deviation, suspects, step_per_day, size):
    """Return index (from 1) and exact power of the highest grid frequency near the suspects or among the lowest."""
    lowest = lomb_scargle(time, deviation, 1, min(LOWEST, size), step_per_day)
    best = int(np.argmax(lowest))
    index, power = best + 1, lowest[best]
    for suspect in suspects:
        first = max(suspect - 1, 1)
        near = lomb_scargle(time, deviation, first, min(suspect + 1, size) - first + 1, step_per_day)
        best = int(np.argmax(near))
        if near[best] > power:
            index, power = first + best, near[best]
    return index, power


@kernel(fastmath=REORDER)
def generalised(curve, weight, start, count, step):
    """Return the power of the generalised Lomb-Scargle periodogram at frequencies ``start + j * step`` [1/d].

    Parameters
    ----------
    curve : tuple of ndarray, shape (n,)
        Days since about the first epoch; magnitude minus its weighted mean.
    weight : ndarray, shape (n,)
        Of sum one.
    start, step : float
        Lowest frequency and step, in cycles per day.
    count : int
        How many frequencies.

    Returns
    -------
    ndarray, shape (count,)
        Fraction of the weighted variance that a sinusoid and a free mean explain: Zechmeister & Kuerster (2009, A&A
        496, 577), eq. 5.
    """
    time, deviation = curve
    n = len(time)
    re, im, step_re, step_im = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    squares = 0.0
    for i in range(n):
        re[i], im[i] = cos_sin(time[i] * start)
        step_re[i], step_im[i] = cos_sin(time[i] * step)
        squares += weight[i] * deviation[i] ** 2
    power = np.empty(count)
    for j in range(count):
        yc, ys, c, s, cc, cs = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for i in range(n):
            wc, ws = weight[i] * re[i], weight[i] * im[i]
            yc += deviation[i] * wc
            ys += deviation[i] * ws
            c += wc
            s += ws
            cc += wc * re[i]
            cs += wc * im[i]
            re[i], im[i] = re[i] * step_re[i] - im[i] * step_im[i], re[i] * step_im[i] + im[i] * step_re[i]
        ss, cc, cs = 1.0 - cc - s * s, cc - c * c, cs - c * s
        determinant = cc * ss - cs * cs
        explained = ss * yc * yc + cc * ys * ys - 2.0 * cs * yc * ys
        power[j] = explained / (determinant * squares) if determinant > 1e-9 else 0.0
    return power


@kernel
def best_refined(curve, weight, suspects, grid, lowest):
    """Return frequency [1/d] and power of the highest generalised peak near the suspects, refined off the grid."""
    step, size = grid
    count = min(LOWEST, size - lowest + 1)
    power = generalised(curve, weight, lowest * step, count, step)
    best = np.argmax(power)
    frequency, highest = (lowest + best) * step, power[best]
    for suspect in suspects:
        start = max(suspect - 1, lowest) * step
        power = generalised(curve, weight, start, 3, step)
        best = np.argmax(power)
        if power[best] > highest:
            frequency, highest = start + best * step, power[best]
    # Twice ten times finer: the error left is a hundredth of the peak's width.
    for _ in range(2):
        step /= 6.0
        power = generalised(curve, weight, frequency - 6.0 * step, 13, step)
        best = np.argmax(power)
        frequency, highest = frequency + (best - 6) * step, power[best]
    return frequency, highest


@kernel
def period_snr(power, n):
    """Return the amplitude of the sinusoid over its standard error, ``sqrt(n P / (1 - P))``: A over sigma sqrt(2 / n).

    The highest of many noise peaks has about sqrt(2 ln(number of frequencies)), 5.
    """
    return np.sqrt(n * power / max(1.0 - power, 1e-12))


@kernel
def period_uncertainty(power, n, duration_days, period_days):
    """Return the standard error of the period of a sinusoid in white noise [d].

    sigma_f = sqrt(6 / n) sigma / (pi T A) (Montgomery & O'Donoghue 1999, Delta Scuti Star Newsletter 13, 28), where
    A^2 / (2 sigma^2) = P / (1 - P).
    """
    noise_to_signal = np.sqrt(0.5 * max(1.0 - power, 0.0) / power)
    return period_days**2 * np.sqrt(6.0 / n) / (np.pi * duration_days) * noise_to_signal
