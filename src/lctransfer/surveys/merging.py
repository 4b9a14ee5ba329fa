"""Light curves that come in pieces: ASAS fields, OGLE phases. Each piece may have a zero point of its own."""

import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from lctransfer.surveys.base import Curves

Piece = list[np.ndarray]
"""Time [d], mag, mag_err of one piece."""
SAME_FRAME_DAYS = 90 / 86_400
"""Reductions of one exposure differ by up to a minute and a half in time."""
FEWEST_FRAMES = 5
"""So many exposures in common fix a zero point by their median."""
SAME_NIGHT_DAYS = 0.5
"""Epochs of two pieces so near in time see the star at nearly the same brightness."""
FEWEST_NIGHTS = 5
"""So many overlapping nights fix a zero point by their median."""
SURE_SIGMA = 2.0
"""A shift is taken if it is so many times its own standard error: short periods scatter within a night."""


def joined(pieces: list[Piece], align: str) -> Piece:
    """Return one light curve, sorted by time, of pieces of the same star and band.

    Each piece is shifted to the zero point of those before it, and its epochs that repeat one of theirs (within
    `SAME_FRAME_DAYS`) are left out: put the preferred piece first.

    Parameters
    ----------
    pieces : list of Piece
        At least one.
    align : str
        How a shift is found. ``frames``: the median difference of the exposures in common, where there are
        `FEWEST_FRAMES` (OGLE, whose phases are otherwise on one system, Udalski et al. 2015). ``nights``: that too,
        else the median difference in the nights that both saw, where there are `FEWEST_NIGHTS` (ASAS, whose fields
        are calibrated one by one, Pojmanski 2002). ``none``: never. The medians of the pieces say nothing: where they
        saw different parts of a Mira's cycle, their difference is real.

    Returns
    -------
    Piece
        Time, mag, mag_err.
    """
    whole = _sorted(pieces[0])
    for piece in pieces[1:]:
        if len(piece[0]):
            whole = _with(whole, _sorted(piece), align) if len(whole[0]) else _sorted(piece)
    return whole


def _with(whole: Piece, piece: Piece, align: str) -> Piece:
    """Add one piece to what is there."""
    nearest = _nearest(whole[0], piece[0])
    common = np.abs(whole[0][nearest] - piece[0]) <= SAME_FRAME_DAYS
    shift = _shift(whole, piece, nearest, common, align)
    new = [piece[0][~common], piece[1][~common] + shift, piece[2][~common]]
    return _sorted([np.concatenate(pair) for pair in zip(whole, new)])


def _shift(whole: Piece, piece: Piece, nearest: np.ndarray, common: np.ndarray, align: str) -> float:
    """Return what to add to the magnitudes of the piece."""
    if align == "none":
        return 0.0
    if np.count_nonzero(common) >= FEWEST_FRAMES:
        return float(np.median(whole[1][nearest[common]] - piece[1][common]))
    if align == "nights":
        return _median_shift(_nightly_differences(whole, piece, nearest))
    return 0.0


def _median_shift(differences: np.ndarray) -> float:
    """Return the median of nightly differences; 0 where they are few, or scatter so much that it may be chance."""
    if len(differences) < FEWEST_NIGHTS:
        return 0.0
    shift = float(np.median(differences))
    # Standard error of a median of normal deviates, their width from the median absolute deviation.
    error = 1.2533 * 1.4826 * np.median(np.abs(differences - shift)) / np.sqrt(len(differences))
    return shift if abs(shift) > SURE_SIGMA * error else 0.0


def _nightly_differences(whole: Piece, piece: Piece, nearest: np.ndarray) -> np.ndarray:
    """Return the difference of magnitudes in each night that both saw: one number a night, however many epochs."""
    same = np.abs(whole[0][nearest] - piece[0]) <= SAME_NIGHT_DAYS
    differences = whole[1][nearest[same]] - piece[1][same]
    nights = np.floor(piece[0][same]).astype(np.int64)
    return np.array([np.median(differences[nights == night]) for night in np.unique(nights)])


def _nearest(times: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the index of the nearest of sorted `times` to each wanted one."""
    after = np.clip(np.searchsorted(times, wanted), 1, max(len(times) - 1, 1))
    after = np.minimum(after, len(times) - 1)
    before = np.maximum(after - 1, 0)
    return np.where(wanted - times[before] <= times[after] - wanted, before, after)


def _sorted(piece: Piece) -> Piece:
    if np.all(piece[0][1:] >= piece[0][:-1]):
        return piece
    order = np.argsort(piece[0], kind="stable")
    return [column[order] for column in piece]


STARS_AT_ONCE = 500


class Shelf:
    """Pieces put aside on disk until all of a star's have come, so that memory stays bounded; a context manager.

    Parameters
    ----------
    folder : Path
        Where the file lies, without a name, until the shelf is closed.
    """

    def __init__(self, folder: Path):
        self._stream = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed by `__exit__`)
        self._places: dict[tuple[str, str], list[tuple[int, int]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stream.close()

    def put(self, key: tuple[str, str], piece: Piece) -> None:
        """Put a piece aside, behind those that have come before."""
        place = (self._stream.tell(), len(piece[0]))
        self._places.setdefault(key, []).append(place)
        self._stream.write(np.ascontiguousarray(piece, np.float64).tobytes())

    def stars(self) -> Iterator[tuple[tuple[str, str], list[Piece]]]:
        """Yield each key with its pieces, in the order in which they came."""
        for key, places in self._places.items():
            pieces = []
            for start, epochs in places:
                self._stream.seek(start)
                content = self._stream.read(3 * 8 * epochs)
                pieces.append(list(np.frombuffer(content, np.float64).reshape(3, epochs)))
            yield key, pieces


def put_aside(batch: Curves, in_pieces: set[str], shelf: Shelf) -> Curves:
    """Put the light curves of the stars `in_pieces` on the shelf, and return those of the others."""
    aside = np.array([name in in_pieces for name in batch.source_ids], bool)
    if not aside.any():
        return batch
    for i in np.flatnonzero(aside):
        part = slice(batch.offsets[i], batch.offsets[i + 1])
        shelf.put((batch.source_ids[i], batch.bands[i]), [batch.time[part], batch.mag[part], batch.mag_err[part]])
    lengths = np.diff(batch.offsets)
    epochs = np.repeat(~aside, lengths)
    return Curves(
        source_ids=[name for name, gone in zip(batch.source_ids, aside) if not gone],
        bands=[band for band, gone in zip(batch.bands, aside) if not gone],
        time=batch.time[epochs],
        mag=batch.mag[epochs],
        mag_err=batch.mag_err[epochs],
        offsets=np.concatenate([[0], np.cumsum(lengths[~aside])]),
        unreadable=batch.unreadable,
    )


def read_back(shelf: Shelf, align: str) -> Iterator[Curves]:
    """Yield the light curves of the stars on the shelf, each joined from its pieces; see `joined`."""
    stars = shelf.stars()
    while group := list(islice(stars, STARS_AT_ONCE)):
        yield together([(*key, joined(pieces, align)) for key, pieces in group], [])


def together(stars: list[tuple[str, str, Piece]], unreadable: list[str]) -> Curves:
    """Return a batch of the light curves of some stars: identifier, band, epochs."""
    columns = [np.concatenate([np.empty(0), *(piece[i] for _, _, piece in stars)]) for i in range(3)]
    offsets = np.cumsum([0, *(len(piece[0]) for _, _, piece in stars)])
    names, bands = [name for name, _, _ in stars], [band for _, band, _ in stars]
    return Curves(names, bands, columns[0], columns[1], columns[2], offsets, unreadable)
