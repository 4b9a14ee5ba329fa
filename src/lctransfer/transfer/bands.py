"""Several bands of one source: light curves that are classified apart, and combined in the end."""

from typing import NamedTuple

import numpy as np
import pandas as pd

LEAST = 1e-9
"""Probabilities below count as this: no single band rules a class out."""


class Combined(NamedTuple):
    """Rows that stand for their sources, and the probabilities of each source."""

    rows: np.ndarray
    probabilities: np.ndarray


def combine(source_ids: np.ndarray, probabilities: np.ndarray) -> Combined:
    """Return the probabilities of each source from those of its bands: the mean of the log-probabilities, normalised.

    Parameters
    ----------
    source_ids : ndarray of shape (n,)
        Of each light curve.
    probabilities : ndarray of shape (n, n_classes)
        Rows of NaN, which are light curves without features, do not count.

    Returns
    -------
    Combined
        The first row of each source, in order, and probabilities of shape (n_sources, n_classes): NaN for a source
        without any.

    Examples
    --------
    >>> combine(np.array(["a", "a", "b"]), np.array([[0.8, 0.2], [0.2, 0.8], [0.9, 0.1]])).probabilities.round(3)
    array([[0.5, 0.5],
           [0.9, 0.1]])
    """
    codes, names = pd.factorize(np.asarray(source_ids))
    known = np.isfinite(probabilities).all(axis=1)
    mean = np.zeros((len(names), probabilities.shape[1]))
    np.add.at(mean, codes[known], np.log(np.maximum(probabilities[known], LEAST)))
    counts = np.bincount(codes[known], minlength=len(names))
    mean /= np.where(counts > 0, counts, np.nan)[:, None]
    mean = np.exp(mean - mean.max(axis=1, keepdims=True))
    rows = np.unique(codes, return_index=True)[1]
    return Combined(rows, mean / mean.sum(axis=1, keepdims=True))
