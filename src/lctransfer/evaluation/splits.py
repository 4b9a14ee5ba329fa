"""Which stars are test, labelled and unlabelled: pure functions of source ids, labels, fraction and seed.

Every star gets a pseudo-random rank from a digest of its source id and the seed, so that neither the order of rows nor
the presence of other stars moves it. Within a class, the first ranks are test; the others are the pool. One test set
serves all protocols and all numbers of labels, and the labelled stars of a smaller number are among those of a larger.

How labels are drawn from the pool is a protocol:

stratified
    So many of each class as its share asks for, at least one: the design of Kim et al. (2021). It needs to know the
    truth before there is a label.
random
    A plain draw. A class that got no label stays in the test set, where its stars count as missed.
brightest
    A plain draw from the brightest fifth of the pool, as cross-matches with shallower catalogues give labels; beyond
    that fifth, the next brightest.
"""

import hashlib
from typing import NamedTuple

import numpy as np
import pandas as pd

from lctransfer.errors import LctransferError
from lctransfer.seeds import as_seed

PROTOCOLS = {
    "stratified": "Labels are drawn from every class by its share. An observer cannot do that, as it needs the truth.",
    "random": "Labels are drawn at random. A class without a label is missed.",
    "brightest": "Labels are drawn from the brightest fifth of the survey. The test stars are of all magnitudes.",
}
"""What is said of each protocol beside its numbers."""
BRIGHT_SHARE = 0.2
"""Share of the pool that `brightest` draws from."""


class Split(NamedTuple):
    """Boolean masks over rows; the rows in neither are the unlabelled rest of the pool."""

    test: np.ndarray
    labelled: np.ndarray

    @property
    def unlabelled(self) -> np.ndarray:
        """Rows that a strategy may see without their labels."""
        return ~(self.test | self.labelled)


def ranks(source_ids: np.ndarray, seed: int) -> np.ndarray:
    """Return a pseudo-random uint64 per star that depends on nothing but its id and the seed."""
    digests = b"".join(hashlib.blake2b(f"{seed}/{name}".encode(), digest_size=8).digest() for name in source_ids)
    return np.frombuffer(digests, dtype="<u8")


def split(
    source_ids: np.ndarray,
    labels: np.ndarray,
    seed: int,
    fraction: float,
    test_fraction: float,
    *,
    protocol: str = "stratified",
    median_mag: np.ndarray | None = None,
) -> Split:
    """Divide stars into test, labelled and unlabelled.

    Parameters
    ----------
    source_ids, labels : ndarray of shape (n,)
        Rows of the same star (two bands) share an id and stay together; its first label in id order counts.
    seed : int
        Of the ranks.
    fraction : float
        Below 1: labelled stars over all stars (``stratified``: of each class, at least one star and at most its part
        of the pool). From 1 on: how many stars are labelled, at most the pool (``stratified``: a star of each class
        before the second of any, largest class first, then by share).
    test_fraction : float
        Test stars of each class over all of its stars; one star always remains for the pool.
    protocol : str
        One of `PROTOCOLS`; see the module's text.
    median_mag : ndarray of shape (n,), optional
        Median magnitude of each row [mag], which ``brightest`` needs; of a star with two bands, the brighter counts.

    Returns
    -------
    Split
        Masks of shape (n,).

    Raises
    ------
    LctransferError
        If there is no such protocol, or magnitudes are needed and missing.
    """
    seed = as_seed(seed)
    rows = pd.DataFrame({"id": np.asarray(source_ids, dtype=str), "label": labels})
    if protocol == "brightest":
        rows["mag"] = _checked(median_mag)
        rows["mag"] = rows.groupby("id")["mag"].transform("min")
    elif protocol not in PROTOCOLS:
        raise LctransferError(f"There is no protocol {protocol!r} of drawing labels: use {', '.join(PROTOCOLS)}.")
    stars = rows.sort_values(["id", "label"]).drop_duplicates("id")
    seed = as_seed(seed)
    stars = stars.assign(rank=ranks(stars["id"].to_numpy(), seed)).sort_values(["label", "rank", "id"])
    place = stars.groupby("label").cumcount().to_numpy()
    size = stars.groupby("label")["id"].transform("size").to_numpy()
    n_test = np.minimum(np.floor(size * test_fraction + 0.5), size - 1)
    # Ranks of their own: those above say where a class's test stars end, which is earlier for some classes.
    stars = stars.assign(place=place - n_test, size=size, pool=size - n_test, draw=ranks(stars["id"].to_numpy(), ~seed))
    labelled = _labelled(stars, fraction, protocol)
    part = np.where(place < n_test, 0, np.where(labelled, 1, 2))
    of_rows = pd.Series(part, index=stars["id"]).loc[rows["id"]].to_numpy()
    return Split(of_rows == 0, of_rows == 1)


def _checked(median_mag: np.ndarray | None) -> np.ndarray:
    if median_mag is None or not np.isfinite(median_mag).all():
        raise LctransferError(
            "Labels of the brightest stars need the median magnitude of every star, and the table has no sound column "
            "median_mag. Run features again, or draw labels at random."
        )
    return np.asarray(median_mag, dtype=float)


def _labelled(stars: pd.DataFrame, fraction: float, protocol: str) -> np.ndarray:
    """Return which stars (sorted by class and rank; ``place`` counts from the first of the pool) are labelled."""
    place = stars["place"].to_numpy()
    if protocol == "stratified" and fraction < 1:
        return (place >= 0) & (place < np.maximum(np.floor(stars["size"].to_numpy() * fraction + 0.5), 1))
    wanted = int(fraction) if fraction >= 1 else max(1, int(np.floor(len(stars) * fraction + 0.5)))
    order = _order(stars[stars["place"] >= 0], protocol)
    return stars["id"].isin(order[:wanted]).to_numpy()


def _order(pool: pd.DataFrame, protocol: str) -> np.ndarray:
    """Return the ids of the pool in the order in which they are labelled."""
    if protocol == "stratified":
        share = np.where(pool["place"] == 0, -pool["size"], (pool["place"] + 0.5) / pool["pool"])
        return pool.assign(share=share).sort_values(["share", "draw", "id"])["id"].to_numpy()
    if protocol == "random":
        return pool.sort_values(["draw", "id"])["id"].to_numpy()
    fainter = pool.sort_values(["mag", "id"])
    n_bright = int(np.ceil(BRIGHT_SHARE * len(pool)))
    bright = fainter[:n_bright].sort_values(["draw", "id"])
    return np.concatenate([bright["id"], fainter["id"][n_bright:]])
