"""Which stars are test, labelled and unlabelled: pure functions of source ids, labels, fraction and seed.

Every star gets a pseudo-random rank from a digest of its source id and the seed, so that neither the order of rows nor
the presence of other stars moves it. Within a class, the first ranks are test; the stars that follow are labelled, as
many as the fraction asks for. Hence subsets are nested, stratified, and one test set serves all fractions.
"""

import hashlib
from typing import NamedTuple

import numpy as np
import pandas as pd


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


def split(source_ids: np.ndarray, labels: np.ndarray, seed: int, fraction: float, test_fraction: float) -> Split:
    """Divide stars into test, labelled and unlabelled.

    Parameters
    ----------
    source_ids, labels : ndarray of shape (n,)
        Rows of the same star (two bands) share an id and stay together; its first label in id order counts.
    seed : int
        Of the ranks.
    fraction : float
        Labelled stars of each class over all of its stars, at least one star and at most its part of the pool.
    test_fraction : float
        Test stars of each class over all of its stars; one star always remains for the pool.

    Returns
    -------
    Split
        Masks of shape (n,).
    """
    rows = pd.DataFrame({"id": np.asarray(source_ids, dtype=str), "label": labels})
    stars = rows.sort_values(["id", "label"]).drop_duplicates("id")
    stars = stars.assign(rank=ranks(stars["id"].to_numpy(), seed)).sort_values(["label", "rank", "id"])
    place = stars.groupby("label").cumcount().to_numpy()
    size = stars.groupby("label")["id"].transform("size").to_numpy()
    n_test = np.minimum(np.floor(size * test_fraction + 0.5), size - 1)
    n_labelled = np.maximum(np.floor(size * fraction + 0.5), 1)
    part = np.where(place < n_test, 0, np.where(place < n_test + n_labelled, 1, 2))
    of_rows = pd.Series(part, index=stars["id"]).loc[rows["id"]].to_numpy()
    return Split(of_rows == 0, of_rows == 1)
