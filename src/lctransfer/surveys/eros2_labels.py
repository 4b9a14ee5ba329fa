"""Classes of EROS-2 stars by position, put together as Kim et al. (2014, A&A 566, A43) did for the training set.

OGLE's lists of the Large Cloud give the classes, the Magellanic Quasars Survey the quasars, MACHO's blue variables BV;
a fixed random choice of stars that none of these, nor the periodic variables of EROS-2 itself, come near stands for
NonVar. The authors also looked at every light curve, which nobody did here.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from lctransfer.errors import LctransferError
from lctransfer.surveys import ogle, vizier
from lctransfer.surveys.base import RemoteFile, Star, Sure
from lctransfer.surveys.losses import by_itself
from lctransfer.surveys.overrides import NONE, Overrides, words_of
from lctransfer.table import cross_match

STAR_LIST = "eros2_stars.cat"
STAR_COLUMNS = ("id", "ra", "dec")
"""The first of a dozen columns between blanks, as the members' archive has them; further ones are passed over."""
OGLE_FOLDER = "ogle"
OGLE_LISTS = [
    "ogle4/lmc/cep",
    "ogle4/lmc/t2cep",
    "ogle3/lmc/rrlyr",
    "ogle3/lmc/dsct",
    "ogle3/lmc/ecl",
    "ogle3/lmc/lpv",
]
"""OGLE-III where OGLE-IV no longer prints the classes of the paper; that phase also saw the sky when EROS-2 did."""
VIZIER_LISTS = {
    "lists/quasars.tsv": (vizier.QUASARS, "QSO"),
    "lists/blue_variables.tsv": (vizier.BLUE_VARIABLES, "BV"),
    "lists/eros2_periodic.tsv": (vizier.EROS2_PERIODIC, None),
    "lists/macho_variables.tsv": (vizier.MACHO_VARIABLES, None),
}
OPTIONAL_LISTS = ("lists/macho_variables.tsv",)

"""Path to table, and to the class that it stands for; none for stars that are merely known to vary."""
MATCH_ARCSEC = 1.5
APART_ARCSEC = 5.0
"""Constant stars are at least so far from known variables."""
CONSTANT_STARS = 5000
"""As many as the authors took."""
ROWS_AT_ONCE = 1_000_000
BV_BY_HAND = (
    "If VizieR has no such table, write lists/blue_variables.tsv yourself: a line _RAJ2000<TAB>_DEJ2000, then the "
    "positions in degrees from the paper's table."
)
STARS_BY_HAND = (
    "Look up https://cdsarc.cds.unistra.fr/ftp/II/390/ and join the lists of stars of the Large Cloud (identifier, RA, "
    f"Dec in degrees, blanks between) into {STAR_LIST}. With it, classes are found by position."
)


def _part(path: str) -> str:
    """Return what a list is called in a user's overrides."""
    return path.rsplit("/", 1)[-1].removesuffix(".tsv")


PARTS: dict[str, tuple[str, ...]] = {
    **{name: ogle.PARTS[name] for name in OGLE_LISTS},
    **{_part(path): table.columns for path, (table, _) in VIZIER_LISTS.items()},
}


def files() -> list[RemoteFile]:
    """Return the lists of classes, and the list of stars, which has to be fetched by hand."""
    return [*_ogle_files(), *_vizier_files()]


def _ogle_files() -> Iterator[RemoteFile]:
    for file in ogle.files(OGLE_LISTS, "live"):
        if not file.path.endswith(".tar.gz"):
            yield replace(file, survey="eros2", path=f"{OGLE_FOLDER}/{file.path}", inside=file.path)


def _vizier_files() -> Iterator[RemoteFile]:
    for path, (table, _) in VIZIER_LISTS.items():
        by_hand = BV_BY_HAND if table.sure is Sure.GUESS else ""
        yield vizier.remote_file(
            table,
            "eros2",
            path,
            collection=_part(path),
            by_hand=by_hand,
            optional=path in OPTIONAL_LISTS,
        )


@dataclass
class Known:
    """Positions of known variables [deg], with the class and period [d] of those that have one."""

    ra: np.ndarray
    dec: np.ndarray
    labels: list[str | None]
    periods: list[float | None]


def read_lists(directory: Path, dropped: Counter, overrides: Overrides = NONE) -> Known:
    """Return the stars of all lists under a folder; quasars and blue variables first."""
    places: list[tuple[float | None, float | None]] = []
    labels: list[str | None] = []
    periods: list[float | None] = []
    for path, (table, label) in VIZIER_LISTS.items():
        if path in OPTIONAL_LISTS and not (directory / path).is_file():
            continue
        ra, dec = np.empty(0), np.empty(0)
        with by_itself(dropped, path):
            rows = vizier.read(directory / path, vizier.renamed(table, overrides, _part(path)))
            ra, dec = vizier.positions(rows, (table.columns[0], table.columns[1]), str(directory / path))
        places += list(zip(ra.tolist(), dec.tolist()))
        labels += [label] * len(ra)
        periods += [None] * len(ra)
    stars = ogle.catalogue(directory / OGLE_FOLDER, OGLE_LISTS, dropped, overrides).values()
    places += [(star.ra_deg, star.dec_deg) for star in stars]
    words = words_of(overrides)
    labels += [words.get(star.label or "", ogle.LABEL_MAP.get(star.label or "")) for star in stars]
    periods += [star.period_days for star in stars]
    ra, dec = np.array(places, float).reshape(-1, 2).T
    return Known(ra, dec, labels, periods)


def labelled(directory: Path, dropped: Counter, overrides: Overrides = NONE) -> dict[str, Star]:
    """Return the EROS-2 stars that have a class, by position.

    Parameters
    ----------
    directory : Path
        Where the lists and `STAR_LIST` lie.
    dropped : Counter
        Takes up the entries of the lists that no EROS-2 star matches.

    Returns
    -------
    dict
        Identifier to star.

    Raises
    ------
    LctransferError
        If a file is missing or not in its format.
    """
    known = read_lists(directory, dropped, overrides)
    entry_of, constant = _scan(directory / STAR_LIST, known)
    stars = {
        name: Star(name, known.labels[entry], *place, known.periods[entry])
        for name, (entry, _, place) in entry_of.items()
        if known.labels[entry]
    }
    wanted = sum(label is not None for label in known.labels)
    dropped["listed, but no EROS-2 star at its place"] += wanted - len(stars)
    return stars | {name: Star(name, "NonVar", *place) for name, place in constant}


def _scan(
    path: Path, known: Known
) -> tuple[dict[str, tuple[int, float, tuple[float, float]]], list[tuple[str, tuple[float, float]]]]:
    """Go through the list of stars once: the nearest star of each entry, and stars that are near to none."""
    nearest: dict[int, tuple[float, str, tuple[float, float]]] = {}
    constant: list[tuple[int, str, tuple[float, float]]] = []
    for names, ra, dec in _chunks(path):
        star, matched, arcsec = cross_match.separations(ra, dec, known.ra, known.dec, APART_ARCSEC)
        for i, j, apart in zip(star.tolist(), matched.tolist(), arcsec.tolist()):
            if apart <= MATCH_ARCSEC and apart < nearest.get(j, (np.inf,))[0]:
                nearest[j] = (apart, names[i], (ra[i], dec[i]))
        alone = np.ones(len(names), bool)
        alone[star] = False
        constant = _fewest(constant, names, ra, dec, alone)
    entry_of: dict[str, tuple[int, float, tuple[float, float]]] = {}
    for entry, (apart, name, place) in nearest.items():
        if name not in entry_of or apart < entry_of[name][1]:
            entry_of[name] = (entry, apart, place)
    return entry_of, [(name, place) for _, name, place in constant]


def _fewest(before: list, names: list[str], ra: np.ndarray, dec: np.ndarray, alone: np.ndarray) -> list:
    """Return the stars whose names have the smallest digests: a random choice that no order of rows changes."""
    digests = pd.util.hash_array(np.array(names, object), categorize=False)
    digests[~alone] = np.iinfo(np.uint64).max
    first = np.argsort(digests, kind="stable")[: min(CONSTANT_STARS, int(alone.sum()))]
    new = [(int(digests[i]), names[i], (float(ra[i]), float(dec[i]))) for i in first]
    return sorted([*before, *new])[:CONSTANT_STARS]


def _chunks(path: Path) -> Iterator[tuple[list[str], np.ndarray, np.ndarray]]:
    """Yield identifiers and positions [deg] from the list of stars, so many rows at once."""
    row = 0
    try:
        reader = pd.read_csv(
            path, sep=r"\s+", comment="#", header=None, usecols=[0, 1, 2], dtype=str, chunksize=ROWS_AT_ONCE
        )
        for chunk in reader:
            ra, dec = (pd.to_numeric(chunk[column], errors="coerce").to_numpy() for column in (1, 2))
            bad = np.flatnonzero(~((ra >= 0) & (ra <= 360) & (dec >= -90) & (dec <= 90)))
            if len(bad):
                found = " ".join(map(str, chunk.iloc[bad[0]]))
                raise LctransferError(
                    f"{path}, row {row + bad[0] + 1}: {found!r} is no {', '.join(STAR_COLUMNS)} [deg]."
                )
            row += len(chunk)
            yield chunk[0].tolist(), ra, dec
    except FileNotFoundError:
        raise LctransferError(f"There is no file {path}. {STARS_BY_HAND}") from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError, ValueError) as error:
        raise LctransferError(f"{path}, after row {row}: {error}. {STARS_BY_HAND}") from None
