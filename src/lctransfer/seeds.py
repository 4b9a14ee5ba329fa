"""One rule for seeds: the numbers that scikit-learn takes, whatever integer type they come in."""

import operator
from typing import Any

from lctransfer.errors import LctransferError

LARGEST = 2**32 - 1
"""NumPy's ``RandomState`` takes no larger seed."""


def as_seed(seed: Any) -> int:
    """Return a seed as a Python integer, so that 3 and ``np.int64(3)`` are the same seed.

    Raises
    ------
    LctransferError
        If it is no whole number from 0 to 2**32 - 1.

    Examples
    --------
    >>> import numpy as np
    >>> as_seed(np.int64(3))
    3
    """
    try:
        number = operator.index(seed)
    except TypeError:
        number = -1
    if not 0 <= number <= LARGEST:
        raise LctransferError(f"The seed is {seed!r}, but must be a whole number from 0 to {LARGEST}.")
    return number
