"""A seed is the same whatever integer type it comes in."""

import numpy as np
import pytest

from lctransfer.errors import LctransferError
from lctransfer.evaluation.splits import ranks
from lctransfer.seeds import as_seed


@pytest.mark.parametrize("seed", [3, np.int64(3), np.uint8(3), np.array(3)])
def test_the_same_number_is_the_same_seed(seed):
    assert as_seed(seed) == 3
    assert (ranks(np.array(["a", "b"]), seed) == ranks(np.array(["a", "b"]), 3)).all()


@pytest.mark.parametrize("seed", [-1, 2**32, 3.0, "3", None, np.array([3])])
def test_what_is_no_seed_is_a_sentence(seed):
    with pytest.raises(LctransferError, match="must be a whole number from 0"):
        as_seed(seed)
