"""How the source's classes become the target's: by name, through the taxonomy."""

import numpy as np

from lctransfer.taxonomy import members

FLOOR = 1e-3
"""What every class gets at least, before the sum is made one."""


def merge_matrix(source: tuple[str, ...], target: np.ndarray) -> np.ndarray:
    """Return the share of each source class that belongs to each target class.

    A class of the taxonomy stands for its leaves, without those that are classes of the source themselves (T2CEPH means
    the other Type II Cepheids where T2CEPH_RVTau stands beside it); a leaf belongs to the narrowest target class that
    contains it.
    Names outside the taxonomy belong to each other when they are equal.

    Parameters
    ----------
    source : sequence of str, length n_source
    target : sequence of str, length n_target

    Returns
    -------
    ndarray of shape (n_source, n_target)
        Rows sum to at most 1; a row of zeros is a source class that the target does not have, a column of zeros the
        reverse.

    Examples
    --------
    >>> merge_matrix(("EB_EC", "EB_ED", "QSO"), ["EB", "RS_CVn"])
    array([[1., 0.],
           [1., 0.],
           [0., 0.]])
    """
    leaves = [members(name) or (name,) for name in target]
    narrowest = sorted(range(len(target)), key=lambda i: -len(leaves[i]))
    owner = {leaf: i for i in narrowest for leaf in leaves[i]}
    # Classes of the same leaves, which only the labels tell apart, have equal shares.
    equal = {i: [j for j in range(len(target)) if set(leaves[j]) == set(leaves[i])] for i in set(owner.values())}
    matrix = np.zeros((len(source), len(target)))
    for row, name in enumerate(source):
        own = [leaf for leaf in members(name) or (name,) if leaf == name or leaf not in source]
        for leaf in own:
            if leaf in owner:
                matrix[row, equal[owner[leaf]]] += 1 / len(own) / len(equal[owner[leaf]])
    return matrix


def merge(probabilities: np.ndarray, source: tuple[str, ...], target: np.ndarray) -> np.ndarray:
    """Return source probabilities summed into target classes, without those of classes that the target lacks.

    Parameters
    ----------
    probabilities : ndarray of shape (n, n_source)
        Rows sum to 1.

    Returns
    -------
    ndarray of shape (n, n_target)
        Rows sum to 1; equal probabilities where the source and the target have no class in common. Nothing is ruled
        out: a class that the source does not know keeps a share of about `FLOOR`.
    """
    merged = probabilities @ merge_matrix(source, target) + FLOOR
    return merged / merged.sum(axis=1, keepdims=True)
